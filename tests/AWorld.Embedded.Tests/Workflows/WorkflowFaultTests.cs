using AWorld.Embedded.Storage;
using AWorld.Embedded.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>What goes wrong: in the code, in the history, in the store.</summary>
public sealed class WorkflowFaultTests
{
    static readonly WorkflowActivity<string, string> Echo = new("echo", static (_, _, word, _) => Task.FromResult(word));
    static readonly WorkflowActivity<string, string> Other = new("other", static (_, _, word, _) => Task.FromResult(word));
    static readonly WorkflowActivity<int, string> Big = new("big", static (_, _, size, _) => Task.FromResult(new string('x', size)));

    static Workflow<TIn, TOut> Flow<TIn, TOut>(Func<WorkflowContext, TIn, Task<TOut>> run, int version = 1) => new("flow", version, run);

    static Action<IServiceCollection> Declare(params Workflow[] workflows) => services =>
    {
        services.AddActivity(Echo).AddActivity(Other).AddActivity(Big);
        foreach (var workflow in workflows)
        {
            services.AddWorkflow(workflow);
        }
    };

    static Workflow<string, string> Calling(WorkflowActivity<string, string> activity, int version = 1) => Flow<string, string>(async (context, _) =>
    {
        var first = await context.CallActivity(activity, "a");
        await context.WaitFor<int>("go");
        return first + await context.CallActivity(Echo, $"-v{version}");
    }, version);

    [Fact]
    public async Task Code_that_asks_for_something_else_than_its_history_fails_with_both_shown()
    {
        await using var bench = await EngineBench.Start(Declare(Calling(Echo)));
        await bench.Run(Calling(Echo), "one", "");
        await bench.Restart(Declare(Calling(Other)));
        var failed = await bench.Raise("one", "go", 1);
        failed.State.ShouldBe(WorkflowState.Failed);
        failed.Failure!.Type.ShouldBe("NonDeterministicWorkflowException");
        failed.Failure.Message.ShouldBe("step 2: the history has ActivityScheduled #1 'echo', the code now asks for ActivityScheduled #1 'other'; changed code needs a new version of the workflow");

        // The right code is back, and nothing the instance was told is lost.
        await bench.Restart(Declare(Calling(Echo)));
        await bench.Client.Retry(EngineBench.Tenant, "one", "the right code is back", default);
        (await bench.Now("one")).Output!.Value.GetString().ShouldBe("a-v1");
    }

    [Fact]
    public async Task A_running_instance_keeps_the_version_it_started_with()
    {
        await using var bench = await EngineBench.Start(Declare(Calling(Echo)));
        await bench.Run(Calling(Echo), "old", "");
        await bench.Restart(Declare(Calling(Echo), Calling(Other, version: 2)));
        await bench.Run(Calling(Other, version: 2), "new", "");
        (await bench.Raise("old", "go", 1)).Output!.Value.GetString().ShouldBe("a-v1");
        (await bench.Raise("new", "go", 1)).Output!.Value.GetString().ShouldBe("a-v2");
    }

    [Fact]
    public async Task An_instance_whose_code_is_gone_is_quarantined_until_it_is_back()
    {
        await using var bench = await EngineBench.Start(Declare(Calling(Echo)));
        await bench.Run(Calling(Echo), "one", "");
        await bench.Restart(Declare(Calling(Echo, version: 2)));
        await bench.Raise("one", "go", 1);
        var quarantined = await bench.Now("one");
        quarantined.State.ShouldBe(WorkflowState.Quarantined);
        quarantined.Failure!.Message.ShouldBe("this program has no workflow 'flow' of version 1");
        (await bench.Client.Resume(EngineBench.Tenant, "one", "", default)).Error!.Status.ShouldBe(409);

        await bench.Restart(Declare(Calling(Echo)));
        (await bench.Now("one")).State.ShouldBe(WorkflowState.Quarantined);
        await bench.Client.Retry(EngineBench.Tenant, "one", "deployed", default);
        (await bench.Now("one")).Output!.Value.GetString().ShouldBe("a-v1");
    }

    [Fact]
    public async Task A_history_that_cannot_be_read_is_quarantined_and_the_others_go_on()
    {
        await using var bench = await EngineBench.Start(Declare(Calling(Echo)));
        await bench.Run(Calling(Echo), "one", "");
        await bench.Run(Calling(Echo), "two", "");
        await bench.Restart();
        await bench.Store.Commit(Partition.Workflows(EngineBench.Tenant), [Write.Upsert(HistoryDocuments.TurnId("one", 1, 2), "{\"at\":7}"u8.ToArray())], default);
        var quarantined = await bench.Raise("one", "go", 1);
        quarantined.State.ShouldBe(WorkflowState.Quarantined);
        quarantined.Failure!.Message.ShouldStartWith("step 2 of the history cannot be read");
        (await bench.Raise("two", "go", 1)).State.ShouldBe(WorkflowState.Completed);
    }

    [Theory]
    [InlineData("Task.Delay")]
    [InlineData("ConfigureAwait")]
    [InlineData("Task.Run")]
    public async Task Code_that_awaits_something_of_its_own_fails_and_says_why(string what)
    {
        var flow = Flow<string, string>(async (context, how) =>
        {
            switch (how)
            {
                case "Task.Delay":
                    await Task.Delay(TimeSpan.FromMinutes(1));
                    break;
                case "Task.Run":
                    await Task.Run(() => Task.Delay(TimeSpan.FromMinutes(1)));
                    break;
                default:
                    await context.CallActivity(Echo, "a").ConfigureAwait(false);
                    break;
            }
            return await context.CallActivity(Echo, "b");
        });
        await using var bench = await EngineBench.Start(Declare(flow));
        await bench.Run(flow, "one", what);
        // It notices as soon as the code shows up somewhere else.
        WorkflowInstance instance;
        while ((instance = await bench.Now("one")).State is WorkflowState.Pending or WorkflowState.Running)
        {
            await Task.Yield();
        }
        instance.State.ShouldBe(WorkflowState.Failed);
        instance.Failure!.Message.ShouldContain("its context");
    }

    [Fact]
    public async Task A_loop_that_waits_for_nothing_fails()
    {
        var flow = Flow<string, string>((context, word) =>
        {
            while (true)
            {
                _ = context.Timer(TimeSpan.FromDays(1));
            }
        });
        await using var bench = await EngineBench.Start(Declare(flow));
        (await bench.Run(flow, "one", "")).Failure!.Message.ShouldContain("without waiting");
    }

    [Fact]
    public async Task A_history_that_grows_too_long_fails_and_names_the_limit()
    {
        var flow = Flow<string, string>(async (context, _) =>
        {
            while (true)
            {
                await context.CallActivity(Echo, "again");
            }
        });
        await using var bench = await EngineBench.Start(Declare(flow), new() { HistoryEvents = 100 });
        (await bench.Run(flow, "one", "")).Failure!.Message.ShouldBe("the history has 102 entries; at most 100 are allowed: use ContinueAsNew");
    }

    [Fact]
    public async Task What_is_too_large_fails_where_it_is_made()
    {
        var flow = Flow<string, string>(async (context, what) =>
        {
            switch (what)
            {
                case "input":
                    return await context.CallActivity(Echo, new string('x', 200_000));
                case "result":
                    return await context.CallActivity(Big, 200_000, RetryPolicy.None);
                case "status":
                    context.SetStatus(new string('x', 200_000));
                    return "";
                case "step":
                    await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => context.CallActivity(Echo, new string('x', 20_000))));
                    return "";
                default:
                    return new string('x', 200_000);
            }
        });
        await using var bench = await EngineBench.Start(Declare(flow));
        foreach (var (what, message) in new[] { ("input", "ActivityScheduled #1 'echo' carries"), ("result", "its result has"), ("status", "the status has"), ("step", "one step asks for 100 things"), ("output", "Completed carries") })
        {
            var failed = await bench.Run(flow, what, what);
            failed.State.ShouldBe(WorkflowState.Failed);
            failed.Failure!.Message.ShouldContain(message);
        }
    }

    [Fact]
    public async Task Large_results_of_many_activities_are_taken_in_several_steps()
    {
        var flow = Flow<int, int>(async (context, count) => (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => context.CallActivity(Big, 100_000)))).Sum(text => text.Length));
        await using var bench = await EngineBench.Start(Declare(flow));
        (await bench.Run(flow, "one", 60)).Output!.Value.GetInt32().ShouldBe(6_000_000);
    }

    [Fact]
    public async Task An_activity_that_does_not_end_has_failed_after_its_time()
    {
        var begun = new TaskCompletionSource();
        var stuck = new WorkflowActivity<string, string>("stuck", async (_, _, _, _) =>
        {
            begun.SetResult();
            await new TaskCompletionSource().Task;
            return "";
        });
        var flow = Flow<string, string>((context, _) => context.CallActivity(stuck, "", RetryPolicy.None));
        await using var bench = await EngineBench.Start(services => services.AddActivity(stuck).AddWorkflow(flow));
        (await bench.Client.Start(flow, EngineBench.Tenant, "one", "", default)).Succeeded.ShouldBeTrue();
        await begun.Task;
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        (await bench.Now("one")).Failure!.Message.ShouldContain("did not end within 00:05:00");
    }

    [Fact]
    public async Task Activities_interrupted_by_a_stop_run_again_with_the_same_key()
    {
        var (begun, keys) = (new SemaphoreSlim(0), new List<string>());
        var slow = new WorkflowActivity<string, string>("slow", async (_, context, word, stop) =>
        {
            keys.Add(context.IdempotencyKey);
            begun.Release();
            await Task.Delay(keys.Count == 1 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, TimeProvider.System, stop);
            return word;
        });
        var flow = Flow<string, string>((context, word) => context.CallActivity(slow, word));
        await using var bench = await EngineBench.Start(services => services.AddActivity(slow).AddWorkflow(flow));
        await bench.Client.Start(flow, EngineBench.Tenant, "one", "a", default);
        await begun.WaitAsync();
        await bench.Restart();
        (await bench.Now("one")).Output!.Value.GetString().ShouldBe("a");
        keys.Count.ShouldBe(2);
        keys.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Evicted_instances_are_replayed_and_do_nothing_twice()
    {
        var runs = 0;
        var count = new WorkflowActivity<int, int>("count", (_, _, n, _) => Task.FromResult(Interlocked.Increment(ref runs) * 0 + n));
        var flow = Flow<int, int>(async (context, n) =>
        {
            var sum = 0;
            for (var round = 0; round < 5; round++)
            {
                sum += await context.CallActivity(count, n);
                sum += (await Task.WhenAll(context.WaitFor<int>("add"), context.CallActivity(count, round)))[0];
            }
            return sum;
        });
        await using var bench = await EngineBench.Start(services => services.AddActivity(count).AddWorkflow(flow), new() { InstancesInMemory = 1 });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => bench.Client.Start(flow, EngineBench.Tenant, $"i{n}", n, default)));
        for (var round = 0; round < 5; round++)
        {
            await bench.Engine.Idle();
            bench.Engine.InMemory.ShouldBe(1);
            await Task.WhenAll(Enumerable.Range(0, 20).Select(n => bench.Client.Raise(EngineBench.Tenant, $"i{n}", "add", 1000, default)));
        }
        foreach (var n in Enumerable.Range(0, 20))
        {
            (await bench.Now($"i{n}")).Output!.Value.GetInt32().ShouldBe(5000 + 5 * n);
        }
        runs.ShouldBe(20 * 10);
    }

    [Fact]
    public async Task A_full_engine_refuses_more()
    {
        var gate = new TaskCompletionSource();
        var wait = new WorkflowActivity<string, string>("wait", async (_, _, _, _) =>
        {
            await gate.Task;
            return "";
        });
        var flow = Flow<int, string>(async (context, count) =>
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => context.CallActivity(wait, "")));
            return "";
        });
        await using var bench = await EngineBench.Start(services => services.AddActivity(wait).AddWorkflow(flow), new() { QueuedWork = 50, ConcurrentActivities = 2 });
        await bench.Client.Start(flow, EngineBench.Tenant, "one", 100, default);
        while (!bench.Engine.IsFull)
        {
            await Task.Yield();
        }
        var refused = await bench.Client.Start(flow, EngineBench.Tenant, "two", 1, default);
        (refused.Error!.Status, refused.Error.RetryAfter).ShouldBe((503, TimeSpan.FromSeconds(1)));
        (await bench.Client.Raise(EngineBench.Tenant, "one", "x", 1, default)).Error!.Status.ShouldBe(503);
        gate.SetResult();
        (await bench.Now("one")).State.ShouldBe(WorkflowState.Completed);
        (await bench.Run(flow, "two", 1)).State.ShouldBe(WorkflowState.Completed);
    }

    [Fact]
    public async Task Two_of_one_name_and_version_stop_the_start() =>
        await Should.ThrowAsync<InvalidOperationException>(() => EngineBench.Start(Declare(Calling(Echo), Calling(Other))));

    /// <summary>Loses commits of workflows before they take effect.</summary>
    sealed class FlakyStore(SqliteDocumentStore store) : IDocumentStore
    {
        public Func<IReadOnlyList<Write>, bool> Loses { get; set; } = static _ => false;

        public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop) => store.Read(partition, id, stop);
        public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop) => store.Query(partition, query, stop);
        public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop) => store.Changes(container, cursor, limit, prefixes, stop);

        public ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop) =>
            partition.Container == Container.Workflows && Loses(writes) ? throw new StoreBusyException(TimeSpan.FromSeconds(1)) : store.Commit(partition, writes, stop);
    }

    static Action<IServiceCollection> OverFlakyStore(params Workflow[] workflows) => services =>
    {
        Declare(workflows)(services);
        services.AddSingleton<FlakyStore>();
        services.AddSingleton<IDocumentStore>(provider => provider.GetRequiredService<FlakyStore>());
    };

    [Fact]
    public async Task Steps_the_store_refuses_are_taken_again_and_every_event_counts_once()
    {
        var child = new Workflow<int, int>("child", 1, async (context, n) => n + (await context.CallActivity(Echo, "1")).Length);
        var flow = Flow<int, int>(async (context, count) =>
        {
            var sum = (await Task.WhenAll(Enumerable.Range(0, count).Select(_ => context.WaitFor<int>("add")))).Sum();
            return sum + (await Task.WhenAll(Enumerable.Range(0, 10).Select(n => context.CallWorkflow(child, n)))).Sum();
        });
        await using var bench = await EngineBench.Start(OverFlakyStore(flow, child), new() { StepAttempts = 1000, ActivityTimeout = TimeSpan.FromDays(1) });
        var random = new Random(7);
        ((FlakyStore)bench.Store).Loses = _ =>
        {
            lock (random)
            {
                return random.Next(3) == 0;
            }
        };
        while (await Attempt(() => bench.Client.Start(flow, EngineBench.Tenant, "one", 30, default)) is false)
        {
        }
        var raising = Task.WhenAll(Enumerable.Range(0, 30).Select(n => bench.Client.Raise(EngineBench.Tenant, "one", "add", n, default)));
        while (!raising.IsCompleted || (await bench.Client.Get(EngineBench.Tenant, "one", default)).Value.State != WorkflowState.Completed)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        (await bench.Now("one")).Output!.Value.GetInt32().ShouldBe(435 + 45 + 10);
    }

    static async Task<bool> Attempt(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (StoreBusyException)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_step_that_never_succeeds_ends_in_quarantine_and_keeps_its_event()
    {
        var flow = Calling(Echo);
        await using var bench = await EngineBench.Start(OverFlakyStore(flow), new() { StepAttempts = 3 });
        await bench.Run(flow, "one", "");
        var poison = true;
        ((FlakyStore)bench.Store).Loses = writes => poison && writes.Any(write => write.Id.StartsWith("turn:", StringComparison.Ordinal) && !Json.Read<Turn>(write.Body).Held);
        var raised = bench.Client.Raise(EngineBench.Tenant, "one", "go", 1, default);
        while (!raised.IsCompleted)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        (await raised).Value.State.ShouldBe(WorkflowState.Quarantined);
        (await bench.Now("one")).Failure!.Type.ShouldBe("StoreBusyException");
        poison = false;
        await bench.Client.Retry(EngineBench.Tenant, "one", "repaired", default);
        (await bench.Now("one")).Output!.Value.GetString().ShouldBe("a-v1");
    }
}
