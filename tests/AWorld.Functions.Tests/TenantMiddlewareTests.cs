using System.Diagnostics.Metrics;
using System.Text;
using AWorld.Functions.Triggers;
using AWorld.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AWorld.Functions.Tests;

public sealed class TenantMiddlewareTests
{
    static readonly Tenant Acme = new("acme000001", "main000001");

    /// <summary>The tenant that the function saw, or null when it did not run.</summary>
    static async Task<Tenant?> Seen(FunctionContext context, TenantMiddleware? middleware = null)
    {
        Tenant? seen = null;
        await (middleware ?? new(NullLogger<TenantMiddleware>.Instance)).Invoke(context, inner =>
        {
            seen = TenantMiddleware.TenantOf(inner);
            return Task.CompletedTask;
        });
        return seen;
    }

    [Fact]
    public async Task A_message_is_of_the_tenant_in_its_properties() =>
        (await Seen(new FakeInvocation("f", "serviceBusTrigger", ("ApplicationProperties", """{"accountId":"acme000001","workspaceId":"main000001","other":1}""")))).ShouldBe(Acme);

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"accountId":"acme000001"}""")]
    [InlineData("""{"accountId":"acme000001","workspaceId":7}""")]
    [InlineData("""{"accountId":"acme000001","workspaceId":"../other/1"}""")]
    public async Task A_message_without_a_tenant_has_none_in_its_function(string? properties)
    {
        var ran = false;
        await new TenantMiddleware(NullLogger<TenantMiddleware>.Instance).Invoke(new FakeInvocation("f", "serviceBusTrigger", ("ApplicationProperties", properties)), context =>
        {
            ran = true;
            Should.Throw<InvalidOperationException>(() => TenantMiddleware.TenantOf(context));
            return Task.CompletedTask;
        });
        ran.ShouldBeTrue();
    }

    [Fact]
    public async Task An_activity_is_of_the_tenant_of_its_instance() =>
        (await Seen(new FakeInvocation("f", "activityTrigger", ("instanceId", "acme000001.main000001.board:1")))).ShouldBe(Acme);

    [Theory]
    [InlineData("board:1")]
    [InlineData("acme000001.main000001.")]
    [InlineData("acme000001.other.board:1")]
    public async Task An_activity_of_an_instance_without_a_tenant_fails(string instance) =>
        await Should.ThrowAsync<TenantMissingException>(() => Seen(new FakeInvocation("f", "activityTrigger", ("instanceId", instance))));

    sealed class WithInput(object? input) : TenantMiddleware(NullLogger<TenantMiddleware>.Instance)
    {
        protected override ValueTask<object?> Input(FunctionContext context, BindingMetadata trigger) => new(input);
    }

    static Task<Tenant?> SeenByOrchestration(object? input) => Seen(new FakeInvocation("leaderboard", "orchestrationTrigger"), new WithInput(input));

    /// <summary>As Microsoft.DurableTask.Grpc 1.28.0 writes one, of instance acme000001.main000001.board:1 and execution 0f1e2d, that has just started.</summary>
    const string History = "Ch1hY21lMDAwMDAxLm1haW4wMDAwMDEuYm9hcmQ6MRIICgYwZjFlMmQiDQj///////////8BcgA=";

    [Fact]
    public async Task An_orchestration_is_of_the_tenant_of_its_instance()
    {
        (await SeenByOrchestration(new FakeOrchestration("leaderboard", "acme000001.main000001.board:1"))).ShouldBe(Acme);
        (await SeenByOrchestration(History)).ShouldBe(Acme);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(105)]
    [InlineData(106)]
    [InlineData(300)]
    public async Task A_history_tells_its_instance_however_long_its_id_and_itself_are(int length)
    {
        var instance = $"acme000001.main000001.{new string('x', length)}";
        byte[] size = instance.Length < 0x80 ? [(byte)instance.Length] : [(byte)((instance.Length & 0x7f) | 0x80), (byte)(instance.Length >> 7)];
        (await SeenByOrchestration(Convert.ToBase64String([0x0a, .. size, .. Encoding.UTF8.GetBytes(instance), .. new byte[length * 1000]]))).ShouldBe(Acme);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base 64")]
    [InlineData("Ch1h")]
    [InlineData("EggKBjBmMWUyZA==")]
    public async Task An_orchestration_without_a_tenant_fails(string? history) =>
        await Should.ThrowAsync<TenantMissingException>(() => SeenByOrchestration(history));

    [Theory]
    [InlineData("timerTrigger")]
    [InlineData("cosmosDBTrigger")]
    [InlineData("warmupTrigger")]
    public async Task What_is_of_the_platform_runs_and_is_of_no_tenant(string trigger)
    {
        var ran = false;
        await new TenantMiddleware(NullLogger<TenantMiddleware>.Instance).Invoke(new FakeInvocation("f", trigger), context =>
        {
            ran = true;
            Should.Throw<InvalidOperationException>(() => TenantMiddleware.TenantOf(context));
            return Task.CompletedTask;
        });
        ran.ShouldBeTrue();
    }

    [Fact]
    public async Task A_trigger_that_nobody_thought_of_fails() =>
        await Should.ThrowAsync<InvalidOperationException>(() => Seen(new FakeInvocation("f", "queueTrigger")));

    [Theory]
    [InlineData(200, "completed")]
    [InlineData(404, "completed")]
    [InlineData(503, "failed")]
    public async Task A_request_that_was_answered_with_a_failure_of_ours_counts_as_failed(int status, string outcome)
    {
        var function = $"answers{status}";
        using var counted = new Outcomes(function);
        var invocation = new FakeInvocation(function, "httpTrigger");
        invocation.Items["HttpRequestContext"] = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider() };
        await new TenantMiddleware(NullLogger<TenantMiddleware>.Instance).Invoke(invocation, context =>
        {
            context.GetHttpContext()!.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        counted.Seen.ShouldBe([outcome]);
    }

    /// <summary>One that the function cannot dead-letter comes again, and is refused when it could.</summary>
    [Fact]
    public async Task A_message_of_no_tenant_counts_as_refused_once_its_function_has_taken_it_and_until_then_as_failed()
    {
        using var counted = new Outcomes("takesNobodys");
        var middleware = new TenantMiddleware(NullLogger<TenantMiddleware>.Instance);
        var message = new FakeInvocation("takesNobodys", "serviceBusTrigger", ("ApplicationProperties", "{}"));
        await Should.ThrowAsync<TimeoutException>(() => middleware.Invoke(message, static _ => throw new TimeoutException()));
        await middleware.Invoke(message, static _ => Task.CompletedTask);
        counted.Seen.ShouldBe(["failed", "refused"]);
    }

    [Theory]
    [InlineData("{}", "function=f invocationId=invocation")]
    [InlineData("""{"accountId":"acme000001","workspaceId":"main000001"}""", "function=f invocationId=invocation accountId=acme000001 workspaceId=main000001")]
    public async Task What_is_logged_of_a_message_says_its_function_and_its_tenant_where_it_has_one(string properties, string scope)
    {
        var log = new Scopes();
        string? during = null;
        await new TenantMiddleware(log).Invoke(new FakeInvocation("f", "serviceBusTrigger", ("ApplicationProperties", properties)), _ =>
        {
            during = string.Join(' ', log.Open.Select(static pair => $"{pair.Key}={pair.Value}"));
            return Task.CompletedTask;
        });
        during.ShouldBe(scope);
        log.Open.ShouldBeEmpty();
    }

    /// <summary>How invocations of a function were counted.</summary>
    sealed class Outcomes : IDisposable
    {
        readonly MeterListener listener = new();

        public Outcomes(string function)
        {
            listener.InstrumentPublished = static (instrument, listening) =>
            {
                if (instrument.Name == "aworld.functions.invocations")
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                var all = tags.ToArray();
                if (all.Contains(new("function", function)))
                {
                    Seen.AddRange(Enumerable.Repeat(all.Single(static tag => tag.Key == "outcome").Value as string, (int)count));
                }
            });
            listener.Start();
        }

        public List<string?> Seen { get; } = [];

        public void Dispose() => listener.Dispose();
    }

    /// <summary>What the lines that are logged now would say besides.</summary>
    sealed class Scopes : ILogger<TenantMiddleware>, IDisposable
    {
        public IReadOnlyList<KeyValuePair<string, object?>> Open { get; private set; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Open = (IReadOnlyList<KeyValuePair<string, object?>>)state;
            return this;
        }

        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) { }
        public void Dispose() => Open = [];
    }

    [Fact]
    public async Task A_failure_goes_on_to_the_host() =>
        await Should.ThrowAsync<TimeoutException>(() => new TenantMiddleware(NullLogger<TenantMiddleware>.Instance)
            .Invoke(new FakeInvocation("f", "timerTrigger"), static _ => throw new TimeoutException()));
}
