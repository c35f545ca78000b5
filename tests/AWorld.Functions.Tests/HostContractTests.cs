using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Embedded;
using AWorld.Functions.Http;
using AWorld.Functions.Messages;
using AWorld.Functions.Triggers;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Platform.Workflows;
using AWorld.Tests;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests;

/// <summary>What the product declares and what the host on Azure has for it.</summary>
public sealed partial class HostContractTests
{
    sealed record Declared(string Function, ParameterInfo Parameter, TriggerBindingAttribute Trigger);

    static readonly IReadOnlyList<Declared> Functions =
        [.. from type in typeof(AzureHost).Assembly.GetExportedTypes()
            from method in type.GetMethods()
            let function = method.GetCustomAttribute<FunctionAttribute>()
            where function is not null
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<TriggerBindingAttribute>()
            where trigger is not null
            select new Declared(function.Name, parameter, trigger)];

    static IEnumerable<T> Triggers<T>() => Functions.Select(function => function.Trigger).OfType<T>();

    [Fact]
    public void A_function_has_a_name_of_its_own_that_the_host_takes_and_one_trigger()
    {
        Functions.GroupBy(function => function.Function, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).ShouldBeEmpty();
        Functions.ShouldAllBe(function => FunctionName().IsMatch(function.Function));
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_-]{0,127}$")]
    private static partial Regex FunctionName();

    [Fact]
    public void Every_function_has_its_rule_of_tenants() =>
        Functions.Select(function => function.Trigger.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal))
            .Where(trigger => !TenantMiddleware.Rules.ContainsKey(trigger)).ShouldBeEmpty();

    [Fact]
    public async Task Every_path_of_the_product_has_its_function()
    {
        await using var platform = await AzurePlatform.Start();
        platform.Services.GetRequiredService<ProductPipeline>();
        var all = Triggers<HttpTriggerAttribute>().Select(trigger => trigger.Route!).ToList();
        Functions.Where(static function => function.Trigger is HttpTriggerAttribute).OrderBy(static function => function.Function, StringComparer.OrdinalIgnoreCase)
            .Select(static function => ((HttpTriggerAttribute)function.Trigger).Route).Last().ShouldBe("{*path}", "the Functions host would give it what is another's");
        var routes = all.FindAll(static route => route != "{*path}");
        routes.ShouldAllBe(route => route.EndsWith("/{*path}", StringComparison.Ordinal));
        platform.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').Split('/')[0]).Distinct()
            .Except(routes.Select(route => route[..^"/{*path}".Length])).ShouldBeEmpty("add a function to HttpFunctions");
    }

    [Fact]
    public async Task Every_workflow_and_activity_has_its_function()
    {
        await using var platform = await AzurePlatform.Start();
        var registry = platform.Services.GetRequiredService<WorkflowRegistry>();
        var orchestrations = Functions.Where(function => function.Trigger is OrchestrationTriggerAttribute).Select(function => function.Function).ToList();
        registry.Workflows.Select(workflow => workflow.Name).Except(orchestrations).ShouldBeEmpty("add a function to WorkflowFunctions");
        var activities = Functions.Where(function => function.Trigger is ActivityTriggerAttribute).Select(function => (function.Function, ((ActivityTriggerAttribute)function.Trigger).Activity)).ToList();
        registry.Activities.Select(activity => activity.Name).Except(activities.Select(activity => activity.Activity!)).ShouldBeEmpty("add a function to WorkflowFunctions");
        activities.ShouldAllBe(activity => activity.Function == activity.Activity!.Replace('/', '-'));
    }

    [Fact]
    public async Task Every_message_handler_has_its_function()
    {
        await using var platform = await AzurePlatform.Start();
        var entities = platform.Services.GetRequiredService<MessageEntities>();
        var triggers = Triggers<ServiceBusTriggerAttribute>().ToDictionary(trigger => (trigger.QueueName ?? trigger.TopicName!, trigger.SubscriptionName));
        triggers.Values.ShouldAllBe(trigger => !trigger.AutoCompleteMessages && trigger.Connection == ServiceBusConnection.Name);
        foreach (var handler in platform.Services.GetServices<MessageHandlerRegistration>())
        {
            triggers.ShouldContainKey((handler.Entity, handler.Subscription), "add a function to MessageFunctions");
            triggers[(handler.Entity, handler.Subscription)].IsSessionsEnabled.ShouldBe(entities.Find(handler.Entity)!.Find(handler.Subscription)!.RequiresSession, handler.Entity);
        }
    }

    [Fact]
    public async Task Every_upkeep_is_run_by_one_of_two_timers()
    {
        await using var platform = await AzurePlatform.Start();
        var (upkeeps, ran) = (platform.Services.GetServices<Upkeep>().ToList(), new List<string>());
        var noting = upkeeps.Select(upkeep => upkeep with { Run = _ => { ran.Add(upkeep.Name); return Task.CompletedTask; } });
        var functions = new UpkeepFunctions(noting, new(), platform.Services.GetRequiredService<TimeProvider>());
        var timers = Functions.Where(static function => function.Trigger is TimerTriggerAttribute).ToList();
        foreach (var timer in timers)
        {
            await (Task)((MethodInfo)timer.Parameter.Member).Invoke(functions, [new TimerInfo(), null, new FakeInvocation(timer.Function, "timerTrigger")])!;
        }
        timers.Count.ShouldBe(2, "each is a scaling group, whose ready workers are paid for");
        ran.Order().ShouldBe(upkeeps.Select(static upkeep => upkeep.Name).Order());
    }

    /// <summary>What is beside them keeps the transfers of all tenants waiting while it runs.</summary>
    [Fact]
    public async Task No_sweep_is_run_beside_the_recovery_of_transfers()
    {
        await using var platform = await AzurePlatform.Start();
        platform.Services.GetServices<Upkeep>().Where(UpkeepSlots.IsFrequent).Select(static upkeep => upkeep.Name).Order()
            .ShouldBe(["ConfigurationOutbox", "TransferRecovery"]);
    }

    /// <summary>Of a timer that ticks more often the Functions host remembers no last tick; at a full minute it and its worker may see two.</summary>
    [Fact]
    public void A_timer_ticks_once_a_minute_in_the_middle_of_it() =>
        Triggers<TimerTriggerAttribute>().Select(static timer => timer.Schedule.Split(' ', 2)).ShouldAllBe(static schedule => schedule[1] == "* * * * *" && int.Parse(schedule[0]) >= 15 && int.Parse(schedule[0]) <= 45);

    /// <summary>
    /// A worker comes and goes, so what runs in the background may only serve the worker itself: its own copy of ranks
    /// and clocks, its connections, what its requests left to write or to mail. Everything else is an upkeep or follows a trigger.
    /// </summary>
    [Fact]
    public async Task What_runs_in_the_background_of_each_worker_was_thought_of()
    {
        string[] ofTheWorker = ["PlayerFeed", "BoardKeeper", "EventSignal", "EmailCodes", "TestClocks", "AuditTrail", "ContainersOfEmulator", "RedisConnection"];
        await using var platform = await AzurePlatform.Start();
        platform.Services.GetServices<IHostedService>().Select(service => service.GetType())
            .Where(type => type.Assembly == typeof(Product).Assembly || type.Assembly == typeof(AzureHost).Assembly)
            .Select(type => type.Name).Except(ofTheWorker).ShouldBeEmpty("make it an Upkeep, or say why every worker needs it");
    }

    /// <summary>A worker holds so many sessions at once, each until nothing came for so long; those of other users wait meanwhile.</summary>
    [Fact]
    public void A_worker_turns_to_hundreds_of_sessions_a_second()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "functions", "AWorld.Functions", "host.json")));
        var bus = host.RootElement.GetProperty("extensions").GetProperty("serviceBus");
        (bus.GetProperty("maxConcurrentSessions").GetInt32() / TimeSpan.Parse(bus.GetProperty("sessionIdleTimeout").GetString()!, CultureInfo.InvariantCulture).TotalSeconds).ShouldBeGreaterThan(256);
    }

    [Fact]
    public void Each_stamp_is_told_of_all_changes() =>
        Triggers<CosmosDBTriggerAttribute>().ShouldAllBe(trigger => trigger.LeaseContainerPrefix!.Contains("%AWorldStamp%", StringComparison.Ordinal));

    [Fact]
    public void Every_setting_that_a_trigger_names_is_in_the_sample()
    {
        var sample = LocalSettings.Read(Path.Combine(Repository.Root, "local.settings.sample.json")).Select(setting => setting.Key).ToHashSet(StringComparer.Ordinal);
        var host = File.ReadAllText(Path.Combine(Repository.Root, "functions", "AWorld.Functions", "host.json"));
        var named = Functions.SelectMany(function => function.Trigger.GetType().GetProperties()
                .Where(property => property.PropertyType == typeof(string))
                .SelectMany(property => property.GetValue(function.Trigger) is not string value ? [] : property.Name == "Connection" ? [value] : Setting().Matches(value).Select(match => match.Groups[1].Value)))
            .Concat(Setting().Matches(host).Select(match => match.Groups[1].Value))
            .Append("AzureWebJobsStorage").Append("FUNCTIONS_WORKER_RUNTIME");
        named.Distinct().Except(sample).ShouldBeEmpty("add these to Values of local.settings.sample.json");
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Setting();

    /// <summary>A worker of an older deployment does not take instances of newer code.</summary>
    [Fact]
    public async Task The_host_is_of_the_newest_workflow_version()
    {
        await using var platform = await AzurePlatform.Start();
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "functions", "AWorld.Functions", "host.json")));
        var durable = host.RootElement.GetProperty("extensions").GetProperty("durableTask");
        durable.GetProperty("defaultVersion").GetString().ShouldBe($"{platform.Services.GetRequiredService<WorkflowRegistry>().Workflows.Max(workflow => workflow.Version)}");
        durable.GetProperty("versionMatchStrategy").GetString().ShouldBe("CurrentOrOlder");
        host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString().ShouldBe("");
    }

    [Theory]
    [InlineData("ServiceBus:FullyQualifiedNamespace", "", "ServiceBus__fullyQualifiedNamespace")]
    [InlineData("ServiceBus:FullyQualifiedNamespace", "https://aworld", "ServiceBus__fullyQualifiedNamespace")]
    [InlineData("AWorld:Azure:Proxies", "-1", "Proxies")]
    [InlineData("AWorld:Azure:Proxies", "many", "AWorld:Azure:Proxies")]
    public async Task A_missing_or_malformed_setting_stops_the_start_with_its_name(string key, string value, string named) =>
        (await Should.ThrowAsync<Exception>(() => AzurePlatform.Start(("ServiceBus", ""), (key, value)))).ToString().ShouldContain(named);
}
