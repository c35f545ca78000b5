using AWorld.Platform.Workflows;
using static AWorld.Embedded.Tests.Workflows.Flows;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>What is done to instances from outside: suspended, ended, listed, removed.</summary>
public sealed class WorkflowClientTests
{
    [Fact]
    public async Task A_suspended_instance_keeps_what_it_is_told_and_goes_on_when_resumed()
    {
        var flow = Flow<string, string>(async (context, _) =>
        {
            var word = await context.WaitFor<string>("word");
            await context.Timer(TimeSpan.FromHours(1));
            return await context.CallActivity(Shout, word);
        });
        var (steps, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        (await bench.Client.Suspend(EngineBench.Tenant, "one", "not now", default)).Value.State.ShouldBe(WorkflowState.Suspended);
        await bench.Raise("one", "word", "a");
        await bench.Restart();
        await bench.Pass(TimeSpan.FromDays(1));
        (await bench.Now("one")).Reason.ShouldBe("not now");
        (await bench.Client.Resume(EngineBench.Tenant, "one", "now", default)).Value.State.ShouldBe(WorkflowState.Running);
        (await bench.Now("one")).State.ShouldBe(WorkflowState.Running);
        steps.Runs.ShouldBeEmpty();
        await bench.Pass(TimeSpan.FromHours(1));
        Text(await bench.Now("one")).ShouldBe("A");
    }

    [Fact]
    public async Task A_terminated_instance_has_ended()
    {
        var flow = Flow<string, string>((context, _) => context.WaitFor<string>("never"));
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        var terminated = (await bench.Client.Terminate(EngineBench.Tenant, "one", "enough", default)).Value;
        (terminated.State, terminated.Reason).ShouldBe((WorkflowState.Terminated, "enough"));
        (await bench.Client.Raise(EngineBench.Tenant, "one", "never", "x", default)).Error!.Status.ShouldBe(409);
        (await bench.Client.Terminate(EngineBench.Tenant, "one", "again", default)).Error!.Status.ShouldBe(409);
        (await bench.Client.Purge(EngineBench.Tenant, "one", default)).Succeeded.ShouldBeTrue();
        (await bench.Client.Get(EngineBench.Tenant, "one", default)).Error!.Status.ShouldBe(404);
        (await bench.Run(flow, "one", "")).State.ShouldBe(WorkflowState.Running);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found_and_what_makes_no_sense_is_refused()
    {
        var flow = Flow<string, string>((context, _) => context.WaitFor<string>("never"));
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        var (client, tenant) = (bench.Client, EngineBench.Tenant);
        (await client.Raise(tenant, "none", "x", 1, default)).Error!.Status.ShouldBe(404);
        (await client.Suspend(tenant, "none", "", default)).Error!.Status.ShouldBe(404);
        (await client.Retry(tenant, "none", "", default)).Error!.Status.ShouldBe(404);
        (await client.Purge(tenant, "none", default)).Error!.Status.ShouldBe(404);
        (await client.History(tenant, "none", null, default)).Error!.Status.ShouldBe(404);
        (await client.Start(flow, tenant, "a/b", "", default)).Error!.Status.ShouldBe(400);
        (await client.Start(flow, tenant, new string('a', WorkflowLimits.IdLength + 1), "", default)).Error!.Status.ShouldBe(400);
        (await client.Start(flow, tenant, "big", new string('a', 200_000), default)).Error!.Status.ShouldBe(413);
        await bench.Run(flow, "one", "");
        (await client.Raise(tenant, "one", "x", new string('a', 200_000), default)).Error!.Status.ShouldBe(413);
        (await client.Purge(tenant, "one", default)).Error!.Status.ShouldBe(409);
        (await client.Retry(tenant, "one", "", default)).Error!.Status.ShouldBe(409);
        (await client.Get(new(tenant.AccountId, "workspace2"), "one", default)).Error!.Status.ShouldBe(404);
        bench.Engine.InMemory.ShouldBe(1);
    }

    [Fact]
    public async Task Instances_are_listed_by_account_and_state_over_all_its_workspaces()
    {
        var flow = Flow<bool, string>(async (context, waits) => waits ? await context.WaitFor<string>("never") : "done");
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        foreach (var n in Enumerable.Range(0, 7))
        {
            foreach (var tenant in new AWorld.Platform.Tenant[] { EngineBench.Tenant, new("homeacct01", "workspace2"), new("otheracct1", "workspace1") })
            {
                await bench.Client.Start(flow, tenant, $"i{n}", n % 2 == 0, default);
            }
        }
        await bench.Engine.Idle();
        var found = new List<WorkflowInstance>();
        for (string? continuation = null; ;)
        {
            var page = await bench.Client.List("homeacct01", WorkflowState.Running, 3, continuation, default);
            found.AddRange(page.Items);
            if ((continuation = page.Continuation) is null)
            {
                break;
            }
        }
        found.Select(one => $"{one.Tenant.WorkspaceId} {one.Id}").ShouldBe(["workspace1 i0", "workspace1 i2", "workspace1 i4", "workspace1 i6", "workspace2 i0", "workspace2 i2", "workspace2 i4", "workspace2 i6"]);
    }

    [Fact]
    public async Task Ended_instances_are_removed_after_the_time_they_are_kept()
    {
        var flow = Flow<string, string>((context, name) => context.CallActivity(Shout, name));
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare, new() { EndedKept = TimeSpan.FromDays(10) });
        await bench.Run(flow, "one", "a");
        await bench.Pass(TimeSpan.FromDays(9));
        (await bench.Now("one")).State.ShouldBe(WorkflowState.Completed);
        bench.Clock.Advance(TimeSpan.FromDays(2));
        while ((await bench.Client.Get(EngineBench.Tenant, "one", default)).Succeeded)
        {
            await Task.Yield();
            await bench.Engine.Idle();
        }
        (await bench.Store.Query(AWorld.Platform.Partition.Workflows(EngineBench.Tenant), new(), default)).Items.ShouldBeEmpty();
    }
}
