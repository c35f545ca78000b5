using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using AWorld.Functions.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using RetryPolicy = AWorld.Platform.Workflows.RetryPolicy;

namespace AWorld.Functions.Tests;

public sealed class DurableContextTests
{
    static readonly Tenant Acme = new("acme000001", "main000001");
    const string Instance = "acme000001.main000001.reminder:1";

    sealed record Order(string Text, int Number);

    static readonly WorkflowActivity<Order, Order> Double = new("numbers/double", static (_, _, order, _) => Task.FromResult(order with { Number = order.Number * 2 }));

    static async Task<(FakeOrchestration Asked, JsonElement Result)> Run<TOut>(Func<WorkflowContext, Order, Task<TOut>> code, Action<FakeOrchestration>? prepare = null)
    {
        var workflow = new Workflow<Order, TOut>("reminder", 2, code);
        var registry = new WorkflowRegistry([workflow], [Double], new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>());
        var orchestration = new FakeOrchestration("reminder", Instance, new WorkflowCall(Acme, 2, Json.Element(new Order("in", 1))));
        prepare?.Invoke(orchestration);
        return (orchestration, await WorkflowFunctions.Run(registry, orchestration));
    }

    [Fact]
    public async Task A_workflow_runs_with_its_input_tenant_and_own_id()
    {
        var (_, result) = await Run(static (context, order) => Task.FromResult($"{order.Text} {context.Tenant} {context.InstanceId} {context.Now:O}"));
        result.GetString().ShouldBe("in acme000001/main000001 reminder:1 2026-03-01T12:00:00.1230000+00:00");
    }

    [Fact]
    public async Task An_activity_is_called_with_a_key_that_all_its_attempts_have()
    {
        var (asked, result) = await Run(static async (context, order) => await context.CallActivity(Double, order, new(3, TimeSpan.FromSeconds(2), 2, TimeSpan.FromMinutes(1))),
            static orchestration => orchestration.Answer = static (_, call) => new Order("out", 5));
        result.Deserialize<Order>(Json.Options).ShouldBe(new Order("out", 5));
        var (kind, name, input, options) = asked.Asked.ShouldHaveSingleItem();
        (kind, name).ShouldBe(("activity", "numbers/double"));
        var call = input.Deserialize<WorkflowCall>(Json.Options)!;
        (call.Tenant, call.Name).ShouldBe((Acme, "numbers/double"));
        call.Key!.Length.ShouldBe(Ids.Length);
        var policy = options!.Retry!.Policy!;
        (policy.MaxNumberOfAttempts, policy.FirstRetryInterval, policy.BackoffCoefficient, policy.MaxRetryInterval).ShouldBe((3, TimeSpan.FromSeconds(2), 2d, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task An_activity_that_is_not_to_be_tried_again_has_no_policy()
    {
        var (asked, _) = await Run(static async (context, order) => await context.CallActivity(Double, order, RetryPolicy.None), static orchestration => orchestration.Answer = static (_, _) => new Order("", 0));
        asked.Asked.ShouldHaveSingleItem().Options.ShouldBeNull();
    }

    [Fact]
    public async Task A_failed_activity_is_the_ports_failure()
    {
        var (_, result) = await Run(static async (context, order) =>
        {
            try
            {
                await context.CallActivity(Double, order);
                return "came back";
            }
            catch (WorkflowTaskFailedException failed)
            {
                return $"{failed.Task}: {failed.Failure.Type}: {failed.Failure.Message}";
            }
        }, static orchestration => orchestration.Answer = static (_, _) => new TaskFailureDetails("System.TimeoutException", "too late", null, null, null));
        result.GetString().ShouldBe("numbers/double: TimeoutException: too late");
    }

    [Fact]
    public async Task A_sub_workflow_is_of_the_same_tenant()
    {
        var child = new Workflow<Order, int>("child", 3, static (_, _) => Task.FromResult(0));
        var (asked, result) = await Run(async (context, order) => await context.CallWorkflow(child, order, "child:1") + await context.CallWorkflow(child, order), static orchestration => orchestration.Answer = static (_, _) => 4);
        result.GetInt32().ShouldBe(8);
        var (named, derived) = ((SubOrchestrationOptions)asked.Asked[0].Options!, (SubOrchestrationOptions)asked.Asked[1].Options!);
        (named.InstanceId, named.Version!.Value.Version).ShouldBe(("acme000001.main000001.child:1", "3"));
        InstanceIds.TenantOf(derived.InstanceId).ShouldBe(Acme);
        asked.Asked[0].Input.Deserialize<WorkflowCall>(Json.Options)!.Version.ShouldBe(3);
    }

    [Fact]
    public async Task Timers_events_and_status_are_passed_on()
    {
        var (asked, result) = await Run(static async (context, order) =>
        {
            await context.Timer(TimeSpan.FromDays(1));
            context.SetStatus(new { waiting = true });
            var answer = await context.WaitFor<Order>("answered", context.Now + TimeSpan.FromHours(1));
            return answer!.Value.Number;
        }, static orchestration => orchestration.Events["answered"] = new([new Order("yes", 9)]));
        result.GetInt32().ShouldBe(9);
        asked.Asked.Select(one => one.Kind).ShouldBe(["timer", "event"]);
        asked.Asked[0].Name.ShouldStartWith("2026-03-02T12:00:00.123");
        asked.Status!.Value.GetProperty("waiting").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_new_beginning_keeps_waiting_events_and_may_be_of_a_new_version()
    {
        var (asked, _) = await Run(static (context, order) =>
        {
            context.ContinueAsNew(order with { Number = 7 }, version: 5);
            return Task.FromResult(default(Nothing));
        });
        asked.Next!.PreserveUnprocessedEvents.ShouldBeTrue();
        asked.Next.NewVersion.ShouldBe("5");
        var next = (WorkflowCall)asked.Next.NewInput!;
        (next.Version, next.Tenant, next.Input.GetProperty("number").GetInt32()).ShouldBe((5, Acme, 7));
    }

    [Fact]
    public async Task Workflows_are_counted_when_they_end()
    {
        // The meter is the process's own, so only this test's own flow is counted.
        var (own, ended) = (new AsyncLocal<bool> { Value = true }, new ConcurrentBag<string>());
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (own.Value)
            {
                ended.Add($"{tags[0].Value} {tags[1].Value}");
            }
        });
        listener.EnableMeasurementEvents(Telemetry.WorkflowsEnded);

        await Run(static (_, _) => Task.FromResult(1));
        await Should.ThrowAsync<InvalidOperationException>(() => Run<int>(static (_, _) => throw new InvalidOperationException("broken")));
        await Run(static (_, _) => Task.FromResult(1), static orchestration => orchestration.Replays = true);
        await Run(static (context, order) =>
        {
            context.ContinueAsNew(order);
            return Task.FromResult(1);
        });
        ended.Order().ShouldBe(["reminder Completed", "reminder Failed"]);
    }

    [Fact]
    public async Task An_input_of_another_tenant_fails()
    {
        var registry = new WorkflowRegistry([], [], new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>());
        var foreign = new FakeOrchestration("reminder", Instance, new WorkflowCall(new("other00001", "main000001"), 2, Json.Element(1)));
        (await Should.ThrowAsync<InvalidOperationException>(() => WorkflowFunctions.Run(registry, foreign))).Message.ShouldContain("another tenant");
    }

    [Fact]
    public async Task A_version_that_is_not_here_fails()
    {
        var registry = new WorkflowRegistry([], [], new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>());
        var newer = new FakeOrchestration("reminder", Instance, new WorkflowCall(Acme, 9, Json.Element(1)));
        (await Should.ThrowAsync<InvalidOperationException>(() => WorkflowFunctions.Run(registry, newer))).Message.ShouldContain("'reminder' v9");
    }
}
