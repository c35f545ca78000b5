using AWorld.Embedded.Storage;
using AWorld.Embedded.Workflows;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.DependencyInjection;
using static AWorld.Embedded.Tests.Workflows.EchoFlows;
using static AWorld.Embedded.Tests.Workflows.Flows;

namespace AWorld.Embedded.Tests.Workflows;

/// <summary>What comes between: a stop, a full engine, an activity that hangs, a store that refuses.</summary>
public sealed class WorkflowInterruptionTests
{
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
        DeclareEchoes(workflows)(services);
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
