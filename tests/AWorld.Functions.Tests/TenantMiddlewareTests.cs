using AWorld.Functions.Triggers;
using AWorld.Platform;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
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
    public async Task A_message_without_a_tenant_fails(string? properties) =>
        await Should.ThrowAsync<TenantMissingException>(() => Seen(new FakeInvocation("f", "serviceBusTrigger", ("ApplicationProperties", properties))));

    [Fact]
    public async Task An_activity_is_of_the_tenant_of_its_instance() =>
        (await Seen(new FakeInvocation("f", "activityTrigger", ("instanceId", "acme000001.main000001.board:1")))).ShouldBe(Acme);

    [Theory]
    [InlineData("board:1")]
    [InlineData("acme000001.main000001.")]
    [InlineData("acme000001.other.board:1")]
    public async Task An_activity_of_an_instance_without_a_tenant_fails(string instance) =>
        await Should.ThrowAsync<TenantMissingException>(() => Seen(new FakeInvocation("f", "activityTrigger", ("instanceId", instance))));

    sealed class WithOrchestration(TaskOrchestrationContext? orchestration) : TenantMiddleware(NullLogger<TenantMiddleware>.Instance)
    {
        protected override ValueTask<TaskOrchestrationContext?> Orchestration(FunctionContext context, BindingMetadata trigger) => new(orchestration);
    }

    [Fact]
    public async Task An_orchestration_is_of_the_tenant_of_its_instance()
    {
        var orchestration = new FakeOrchestration("leaderboard", "acme000001.main000001.board:1");
        (await Seen(new FakeInvocation("leaderboard", "orchestrationTrigger"), new WithOrchestration(orchestration))).ShouldBe(Acme);
        await Should.ThrowAsync<TenantMissingException>(() => Seen(new FakeInvocation("leaderboard", "orchestrationTrigger"), new WithOrchestration(null)));
    }

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

    [Fact]
    public async Task A_failure_goes_on_to_the_host() =>
        await Should.ThrowAsync<TimeoutException>(() => new TenantMiddleware(NullLogger<TenantMiddleware>.Instance)
            .Invoke(new FakeInvocation("f", "timerTrigger"), static _ => throw new TimeoutException()));
}
