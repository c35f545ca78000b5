using System.Text.Json;
using AWorld.Authorization;
using AWorld.Functions.Http;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Functions.Triggers;
using AWorld.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AWorld.Functions.Tests;

/// <summary>Nothing runs beside it: what others allocate would count.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>What docs/azure.md says that a request and an action cost, held here from above.</summary>
[Collection(nameof(Alone))]
public sealed class FiguresTests(ITestOutputHelper output)
{
    const int Requests = 400;

    [Fact]
    public async Task The_function_around_the_product_s_pipeline_costs_few_allocations()
    {
        await using var platform = await AzurePlatform.Start();
        var pipeline = platform.Services.GetRequiredService<ProductPipeline>();
        var function = new HttpFunctions(pipeline, new());
        var (tenants, failures) = (new TenantMiddleware(NullLogger<TenantMiddleware>.Instance), new FailureMiddleware(NullLogger<FailureMiddleware>.Instance));
        var token = platform.SignIn(platform.Dashboard);
        async Task Plain(HttpContext http) => await pipeline.Run(http);
        async Task Whole(HttpContext http)
        {
            var context = new FakeInvocation("Dashboard", "httpTrigger");
            await tenants.Invoke(context, outer => failures.Invoke(outer, _ => function.Dashboard(http.Request, null!)));
        }

        var (embedded, azure) = (long.MaxValue, long.MaxValue);
        // The least of several, as the background allocates too.
        for (var run = 0; run < 5; run++)
        {
            embedded = Math.Min(embedded, await Allocated(platform, token, Plain));
            azure = Math.Min(azure, await Allocated(platform, token, Whole));
        }
        output.WriteLine($"bytes a request: {embedded:N0} in the product's pipeline, {azure:N0} with the function and its middleware");
        embedded.ShouldBeLessThan(16 * 1024);
        (azure - embedded).ShouldBeLessThan(32 * 1024);
    }

    static async Task<long> Allocated(AzurePlatform platform, string token, Func<HttpContext, Task> send)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Requests; i++)
        {
            var scope = platform.Services.CreateAsyncScope();
            await using var _ = scope;
            var http = AzurePlatform.Request(scope.ServiceProvider, "GET", "/dashboard/v1/virtual-currencies", null, token);
            await send(http);
            http.Response.StatusCode.ShouldBe(200);
        }
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
    }

    const int Actions = 20;

    [Fact]
    public async Task An_action_that_pays_is_one_batch_and_reads_nothing_that_its_worker_knows()
    {
        await using var over = await StoreOverFake.Start();
        var (units, _) = await Act(over.Store, over.Fake.Requests.Clear);
        var sent = over.Fake.Requests.Where(request => request.Path.Contains("/players/", StringComparison.Ordinal)).ToList();
        var batches = sent.Where(request => request.Kind == "batch").ToList();
        output.WriteLine($"an action: {string.Join(", ", sent.GroupBy(request => request.Kind).Select(kind => $"{kind.Count() / (double)Actions} {kind.Key}"))}; {batches.Average(batch => batch.Body.Length):F0} bytes a batch");
        var operations = 0;
        foreach (var batch in batches)
        {
            var written = await BatchWire.Read(batch.Body);
            output.WriteLine(string.Join(", ", written.Select(operation => $"{operation.Verb} of {operation.Body?.Length}")));
            written.Count.ShouldBeLessThanOrEqualTo(4);
            operations += written.Count;
        }
        batches.Count.ShouldBe(Actions);
        var reads = sent.Count(request => request.Kind is "read" or "query");
        reads.ShouldBeLessThanOrEqualTo(Actions);
        units.ShouldBe(operations + reads, "the fake charges one for each document written and for each read");
    }

    [Fact]
    public async Task An_action_is_charged_what_the_account_says()
    {
        await using var account = await LiveAccount.Open();
        var (units, tenant) = await Act(account.Store, static () => { });
        output.WriteLine($"an action of {tenant}: {units / Actions:F2} request units on {account.Endpoint}");
        units.ShouldBeGreaterThan(0);
    }

    /// <summary>A user's actions that a rule pays for, and the request units that the account was charged for players.</summary>
    static async Task<(double Units, Tenant Tenant)> Act(IDocumentStore store, Action begin)
    {
        await using var platform = await AzurePlatform.Start(store, ("AWorld:Redis:Endpoint", ""), ("AWorld:Game:OutboxInterval", "01:00:00"), ("AWorld:Leaderboards:StoreEvery", "01:00:00"));
        const string text = "\"defaultLang\":\"en\",\"translations\":[{\"lang\":\"en\",\"label\":\"Any\",\"description\":\"Any\"}]";
        await Publish(platform, "activities", "activityId", $$"""{"activityId":"walk","name":"Walk",{{text}}}""");
        await Publish(platform, "virtual-currencies", "virtualCurrencyId", $$"""{"virtualCurrencyId":"points","name":"Points",{{text}}}""");
        await Publish(platform, "reward-rules", "rewardRuleId", $$"""
            {"name":"Ten a walk","ruleType":"ENTITY","matchEntity":"Activity","matchCondition":"true","applicationMode":"ALWAYS","defaultLang":"en","translations":[{"lang":"en","description":"Any"}],
             "rewards":[{"rewardType":"VIRTUAL_CURRENCY","virtualCurrencyId":"points","redemptionMode":"AUTO","expression":"10"}]}
            """);
        var user = (await Post(platform, "/dashboard/v1/users", """{"externalId":"ada","email":"ada@example.org","lang":"en","timezone":"Etc/UTC"}""", platform.Dashboard)).GetProperty("userId").GetString();
        var machine = platform.Dashboard with { Context = ApiContext.App, UserId = null, ClientId = "machine", IsMachine = true, Scopes = new HashSet<string> { "app/write" } };
        async Task Walk() => await Post(platform, "/app/v1/activity-logs", $$"""{"activityId":"walk","userId":"{{user}}"}""", machine);
        await Walk();
        await Walk();

        begin();
        // What all read of the feed is charged to no account.
        using var charges = new Counted("aworld.store.request_units", platform.Tenant.AccountId);
        for (var i = 0; i < Actions; i++)
        {
            await Walk();
        }
        return (charges.Seen.Where(static charge => charge.Tags.StartsWith(nameof(Container.Players), StringComparison.Ordinal)).Sum(static charge => charge.Value), platform.Tenant);
    }

    static async Task Publish(AzurePlatform platform, string kind, string idName, string body)
    {
        var made = await Post(platform, $"/dashboard/v1/{kind}", body, platform.Dashboard);
        await Post(platform, $"/dashboard/v1/{kind}/{made.GetProperty(idName).GetString()}/publish", null, platform.Dashboard);
    }

    static async Task<JsonElement> Post(AzurePlatform platform, string path, string? body, Caller caller)
    {
        var scope = platform.Services.CreateAsyncScope();
        await using var _ = scope;
        var http = AzurePlatform.Request(scope.ServiceProvider, "POST", path, body, platform.SignIn(caller));
        await platform.Services.GetRequiredService<ProductPipeline>().Run(http);
        var answer = System.Text.Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        http.Response.StatusCode.ShouldBeInRange(200, 299, $"{path}: {answer}");
        return answer.Length == 0 ? default : JsonElement.Parse(answer);
    }
}
