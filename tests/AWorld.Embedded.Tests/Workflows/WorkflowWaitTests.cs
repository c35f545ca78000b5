using AWorld.Platform.Workflows;
using static AWorld.Embedded.Tests.Workflows.Flows;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>Workflows that wait: for a time, for an event, through restarts.</summary>
public sealed class WorkflowWaitTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_timer_survives_a_restart_and_fires_when_it_is_due()
    {
        var flow = Flow<int, DateTimeOffset>(async (context, days) =>
        {
            await context.Timer(TimeSpan.FromDays(days));
            return context.Now;
        });
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        (await bench.Run(flow, "one", 30)).State.ShouldBe(WorkflowState.Running);
        await bench.Pass(TimeSpan.FromDays(29));
        await bench.Restart();
        (await bench.Now("one")).State.ShouldBe(WorkflowState.Running);
        await bench.Pass(TimeSpan.FromDays(2));
        (await bench.Now("one")).Output!.Value.GetDateTimeOffset().ShouldBe(EngineBench.Begin.AddDays(30));
    }

    [Fact]
    public async Task A_timer_that_became_due_while_the_host_was_down_fires_at_the_start()
    {
        var flow = Flow<int, string>(async (context, hours) =>
        {
            await context.Timer(TimeSpan.FromHours(hours));
            return "rang";
        });
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", 1);
        await bench.Stop();
        bench.Clock.Advance(TimeSpan.FromHours(5));
        await bench.Start();
        Text(await bench.Now("one")).ShouldBe("rang");
    }

    [Fact]
    public async Task Real_timers_fire_within_a_second()
    {
        var due = new TaskCompletionSource();
        using var timers = new AWorld.Embedded.Workflows.WorkflowTimers(new(TimeProvider.System), _ => due.SetResult());
        var before = TimeProvider.System.GetUtcNow();
        timers.Set(new(EngineBench.Tenant, "one"), before.AddMilliseconds(50));
        await due.Task.WaitAsync(TimeSpan.FromSeconds(10));
        (TimeProvider.System.GetUtcNow() - before).ShouldBeInRange(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1050));
    }

    [Fact]
    public async Task Events_wait_for_who_waits_for_them_and_are_given_once_in_order()
    {
        var flow = Flow<string, string>(async (context, _) =>
        {
            var first = await context.WaitFor<string>("word");
            await context.WaitFor<int>("go");
            return $"{first} {await context.WaitFor<string>("word")}";
        });
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        await bench.Raise("one", "word", "a");
        await bench.Raise("one", "word", "b");
        await bench.Raise("one", "word", "c");
        await bench.Restart();
        Text(await bench.Raise("one", "go", 1)).ShouldBe("a b");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waiting_for_an_event_ends_at_its_time(bool comes)
    {
        var flow = Flow<string, string>(async (context, _) => await context.WaitFor<string>("answer", TimeSpan.FromHours(1)) is { Value: var value } ? value : "nobody");
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        await bench.Pass(TimeSpan.FromMinutes(59));
        if (comes)
        {
            await bench.Raise("one", "answer", "here");
        }
        await bench.Pass(TimeSpan.FromMinutes(2));
        Text(await bench.Now("one")).ShouldBe(comes ? "here" : "nobody");
        bench.Engine.Timers.Next.ShouldBeNull();
    }

    [Fact]
    public async Task A_workspaces_clock_that_was_moved_ahead_fires_its_timers_and_no_others()
    {
        var flow = Flow<int, DateTimeOffset>(async (context, days) =>
        {
            await context.Timer(TimeSpan.FromDays(days));
            return context.Now;
        });
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        var other = EngineBench.Tenant with { WorkspaceId = "workspace2" };
        await bench.Run(flow, "one", 3);
        await bench.Client.Start(flow, other, "one", 3, default);
        bench.Clocks.Move(EngineBench.Tenant, TimeSpan.FromDays(5));
        await bench.Engine.Moved(EngineBench.Tenant, bench.Clocks.Now(EngineBench.Tenant), default);
        (await bench.Now("one")).Output!.Value.GetDateTimeOffset().ShouldBe(EngineBench.Begin.AddDays(5));
        (await bench.Client.Get(other, "one", default)).Value.State.ShouldBe(WorkflowState.Running);
        (await bench.Run(flow, "two", 1)).State.ShouldBe(WorkflowState.Running);
        await bench.Pass(TimeSpan.FromDays(1));
        (await bench.Now("two")).Output!.Value.GetDateTimeOffset().ShouldBe(EngineBench.Begin.AddDays(6));
    }

    [Fact]
    public async Task Ten_thousand_that_wait_are_only_in_the_store_and_nothing_moves()
    {
        const int count = 10_000;
        var flow = Flow<int, int>(async (context, days) => await context.WaitFor<int>("go", TimeSpan.FromDays(days)) is { Value: var value } ? value : -1);
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare, new() { InstancesInMemory = 500 });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 200 }, async (n, stop) => await bench.Client.Start(flow, EngineBench.Tenant, $"i{n}", 2 + n % 1000, stop));
        await bench.Engine.Idle();
        output.WriteLine($"{count} waiting: {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0:0.0} MB");
        bench.Engine.InMemory.ShouldBe(500);
        var steps = bench.Engine.Steps;
        bench.Clock.Advance(TimeSpan.FromDays(1));
        await bench.Engine.Idle();
        bench.Engine.Steps.ShouldBe(steps, "no one was woken for nothing");

        await bench.Restart();
        await bench.Engine.Idle();
        (bench.Engine.InMemory, bench.Engine.Steps).ShouldBe((0, 0), "a start reads heads, not histories");
        (await bench.Raise("i77", "go", 5)).Output!.Value.GetInt32().ShouldBe(5);
        await bench.Pass(TimeSpan.FromDays(1));
        (await bench.Now("i1000")).Output!.Value.GetInt32().ShouldBe(-1);
        (await bench.Now("i1001")).State.ShouldBe(WorkflowState.Running);
    }
}
