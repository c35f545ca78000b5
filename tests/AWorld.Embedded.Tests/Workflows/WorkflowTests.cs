using System.Collections.Concurrent;
using System.Text.Json;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>What a workflow may do, each also after a restart in the middle.</summary>
public sealed class WorkflowTests(ITestOutputHelper output)
{
    /// <summary>Counts its runs and remembers its keys.</summary>
    sealed class Steps
    {
        public ConcurrentDictionary<string, int> Runs { get; } = new();
        public ConcurrentQueue<ActivityContext> Contexts { get; } = new();
        public int FailuresLeft { get; set; }
        public TaskCompletionSource? Gate { get; set; }

        public async Task<string> Shout(ActivityContext context, string word, CancellationToken stop)
        {
            Contexts.Enqueue(context);
            Runs.AddOrUpdate(word, 1, static (_, runs) => runs + 1);
            if (Gate is { } gate)
            {
                await gate.Task.WaitAsync(stop);
            }
            return FailuresLeft-- > 0 ? throw new InvalidOperationException($"no voice for {word}") : word.ToUpperInvariant();
        }
    }

    static readonly WorkflowActivity<string, string> Shout = WorkflowActivity.Of<Steps, string, string>("shout", static steps => steps.Shout);

    static Workflow<TIn, TOut> Flow<TIn, TOut>(Func<WorkflowContext, TIn, Task<TOut>> run, string name = "flow", int version = 1) => new(name, version, run);

    static (Steps Steps, Action<IServiceCollection> Declare) Declare(params Workflow[] workflows)
    {
        var steps = new Steps();
        return (steps, services =>
        {
            services.AddSingleton(steps).AddActivity(Shout);
            foreach (var workflow in workflows)
            {
                services.AddWorkflow(workflow);
            }
        });
    }

    static string? Text(WorkflowInstance instance) => instance.Output?.Deserialize<string>();

    [Fact]
    public async Task Activities_run_one_after_the_other_as_the_instances_tenant()
    {
        var flow = Flow<string, string>(async (context, name) =>
        {
            var first = await context.CallActivity(Shout, "hello");
            return $"{first} {await context.CallActivity(Shout, name)}";
        });
        var (steps, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        var ended = await bench.Run(flow, "one", "ada");
        ended.State.ShouldBe(WorkflowState.Completed, ended.Failure?.Message);
        Text(ended).ShouldBe("HELLO ADA");
        steps.Contexts.ShouldAllBe(context => context.Tenant == EngineBench.Tenant && context.InstanceId == "one");
        steps.Contexts.Select(context => context.IdempotencyKey).Distinct().Count().ShouldBe(2);
        (await bench.History("one")).Select(one => one.Kind).ShouldBe(["Started", "ActivityScheduled", "ActivityCompleted", "ActivityScheduled", "ActivityCompleted", "Completed"]);
    }

    [Fact]
    public async Task Starting_twice_is_one_instance_also_when_it_has_ended()
    {
        var flow = Flow<string, string>((context, name) => context.CallActivity(Shout, name));
        var (steps, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => bench.Client.Start(flow, EngineBench.Tenant, "one", "a", default)));
        Text(await bench.Run(flow, "one", "b")).ShouldBe("A");
        steps.Runs.ShouldBe(new Dictionary<string, int> { ["a"] = 1 });
    }

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
    public async Task Fan_out_and_in_gives_all_results_in_order()
    {
        var flow = Flow<int, string[]>(async (context, count) => await Task.WhenAll(Enumerable.Range(0, count).Select(n => context.CallActivity(Shout, $"w{n}"))));
        var (steps, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        var ended = await bench.Run(flow, "one", 300);
        ended.Output!.Value.EnumerateArray().Select(one => one.GetString()).ShouldBe(Enumerable.Range(0, 300).Select(n => $"W{n}"));
        steps.Runs.Values.ShouldAllBe(runs => runs == 1);
    }

    [Fact]
    public async Task A_failing_activity_is_retried_by_its_policy_with_the_same_key()
    {
        var flow = Flow<string, string>((context, _) => context.CallActivity(Shout, "word", new(4, TimeSpan.FromMinutes(1), 2, TimeSpan.FromMinutes(3))));
        var (steps, declare) = Declare(flow);
        steps.FailuresLeft = 3;
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        await bench.Pass(TimeSpan.FromMinutes(1));
        await bench.Restart();
        steps.Runs["word"].ShouldBe(2);
        await bench.Pass(TimeSpan.FromMinutes(2));
        steps.Runs["word"].ShouldBe(3);
        await bench.Pass(TimeSpan.FromMinutes(2.9));
        steps.Runs["word"].ShouldBe(3);
        await bench.Pass(TimeSpan.FromMinutes(0.1));
        Text(await bench.Now("one")).ShouldBe("WORD");
        steps.Contexts.Select(context => context.IdempotencyKey).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_activity_that_keeps_failing_fails_the_workflow_with_its_message()
    {
        var flow = Flow<string, string>((context, _) => context.CallActivity(Shout, "word", RetryPolicy.None));
        var (steps, declare) = Declare(flow);
        steps.FailuresLeft = 1;
        await using var bench = await EngineBench.Start(declare);
        var failed = await bench.Run(flow, "one", "");
        (failed.State, failed.Failure!.Message).ShouldBe((WorkflowState.Failed, "shout failed: no voice for word"));

        (await bench.Client.Retry(EngineBench.Tenant, "one", "voice is back", default)).Succeeded.ShouldBeTrue();
        Text(await bench.Now("one")).ShouldBe("WORD");
        steps.Contexts.Select(context => context.IdempotencyKey).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Sub_workflows_give_their_results_and_their_failures()
    {
        var child = Flow<string, string>(async (context, word) => word == "bad" ? throw new InvalidOperationException("bad word") : await context.CallActivity(Shout, word), "child");
        var flow = Flow<string[], string>(async (context, words) =>
        {
            try
            {
                return string.Join(' ', await Task.WhenAll(words.Select(word => context.CallWorkflow(child, word))));
            }
            catch (WorkflowTaskFailedException failed)
            {
                return failed.Message;
            }
        });
        var (_, declare) = Declare(flow, child);
        await using var bench = await EngineBench.Start(declare);
        Text(await bench.Run(flow, "good", ["a", "b"])).ShouldBe("A B");
        Text(await bench.Run(flow, "bad", ["a", "bad"])).ShouldBe("child failed: bad word");
    }

    [Fact]
    public async Task Continuing_as_new_forgets_history_and_keeps_events()
    {
        var flow = Flow<int, int>(async (context, count) =>
        {
            context.SetStatus($"at {count}");
            var add = await context.WaitFor<int>("add", TimeSpan.FromDays(1));
            if (add is null)
            {
                return count;
            }
            context.ContinueAsNew(count + add.Value);
            return 0;
        });
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", 0);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => bench.Client.Raise(EngineBench.Tenant, "one", "add", 1, default)));
        await bench.Restart();
        var running = await bench.Raise("one", "add", 1);
        running.Status!.Value.GetString().ShouldBe("at 151");
        (await bench.History("one")).Count.ShouldBeLessThan(10);
        await bench.Pass(TimeSpan.FromDays(2));
        (await bench.Now("one")).Output!.Value.GetInt32().ShouldBe(151);
    }

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
    public async Task New_ids_and_time_are_the_same_in_a_replay()
    {
        var flow = Flow<string, string[]>(async (context, _) =>
        {
            var (id, now) = (context.NewId(), context.Now);
            await context.WaitFor<int>("go");
            return [id, $"{now:O}", context.NewId()];
        });
        var seen = new ConcurrentQueue<string>();
        var (_, declare) = Declare(flow);
        await using var bench = await EngineBench.Start(declare);
        await bench.Run(flow, "one", "");
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.Restart();
        var result = (await bench.Raise("one", "go", 1)).Output!.Value;
        result[1].GetString().ShouldBe($"{EngineBench.Begin:O}");
        result[0].GetString().ShouldNotBe(result[2].GetString());
    }

    [Fact]
    public async Task What_a_workflow_logs_is_logged_once()
    {
        var flow = Flow<string, string>(async (context, _) =>
        {
            context.Logger.LogInformation("before");
            await context.WaitFor<int>("go");
            context.Logger.LogInformation("after");
            return "";
        });
        var (_, declare) = Declare(flow);
        var lines = new Lines();
        await using var bench = await EngineBench.Start(services =>
        {
            declare(services);
            services.AddSingleton<ILoggerFactory>(new LoggerFactory([lines]));
        });
        await bench.Run(flow, "one", "");
        await bench.Restart();
        await bench.Raise("one", "go", 1);
        lines.Written.ShouldBe(["before", "after"]);
    }

    sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
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
