using System.Collections.Concurrent;
using System.Text.Json;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Workflows;

/// <summary>
/// Runs workflows on this machine. Instances are taken step by step by a bounded number of workers, their activities
/// by others; instances that wait are in the store and, at most, in the list of timers.
/// </summary>
sealed class WorkflowEngine : BackgroundService, IClockObserver
{
    static readonly TimeSpan SweepEvery = TimeSpan.FromHours(6);

    static readonly TimeSpan MovedWithin = TimeSpan.FromSeconds(5);

    readonly InstanceQueue queue;
    readonly ActivityCalls calls;
    readonly ConcurrentDictionary<Tenant, bool> remembered = new();
    readonly ILoggerFactory logs;
    readonly WorkspaceClocks clocks;
    long steps;

    public WorkflowEngine(IDocumentStore store, WorkflowRegistry registry, IOptions<WorkflowsOptions> options, WorkspaceClocks clocks, ILoggerFactory logs)
    {
        (Store, Registry, Options, Clock, this.logs) = (store, registry, options.Value, clocks.Real, logs);
        this.clocks = clocks;
        Documents = new(store);
        Log = logs.CreateLogger<WorkflowEngine>();
        Timers = new(clocks, key => Deliver(key, Wake.Up));
        queue = new(Options, key => new(key, this));
        calls = new(this, queue);
    }

    public IDocumentStore Store { get; }
    public HistoryDocuments Documents { get; }
    public WorkflowRegistry Registry { get; }
    public WorkflowsOptions Options { get; }
    public WorkflowTimers Timers { get; }

    /// <summary>Of the machine; a tenant's is <see cref="Now"/>.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Ends with the host.</summary>
    public CancellationToken Stopping { get; private set; }

    public ILogger Log { get; }

    /// <summary>Instances in memory.</summary>
    public int InMemory => queue.InMemory;

    /// <summary>Taken since the start.</summary>
    public long Steps => Interlocked.Read(ref steps);

    public DateTimeOffset Now(Tenant tenant) => clocks.Now(tenant);

    /// <summary>What became due is done before whoever moved the clock goes on, unless it takes long.</summary>
    public async ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop)
    {
        Timers.Moved();
        try
        {
            await Idle().WaitAsync(MovedWithin, Clock, stop);
        }
        catch (TimeoutException)
        {
            Log.LogInformation("Workflows of {Tenant} are still at work after its clock was moved", tenant);
        }
    }

    public ILogger LoggerOf(string workflow) => logs.CreateLogger($"AWorld.Workflows.{workflow}");

    /// <summary>More is waiting than new work should add to.</summary>
    public bool IsFull => queue.Waiting + calls.Waiting >= Options.QueuedWork;

    /// <inheritdoc cref="InstanceQueue.Idle"/>
    public Task Idle() => queue.Idle();

    /// <inheritdoc cref="InstanceQueue.Deliver"/>
    public bool Deliver(InstanceKey key, Work work, int limit = int.MaxValue) => queue.Deliver(key, work, limit);

    /// <inheritdoc cref="ActivityCalls.Run"/>
    public void Run(ActivityCall call) => calls.Run(call);

    /// <summary>The head of a new instance, or of the one that has this id.</summary>
    public async Task<Head> Create(InstanceKey key, string workflow, int version, JsonElement input, ParentCall? parent, CancellationToken stop)
    {
        if (!remembered.ContainsKey(key.Tenant))
        {
            await Documents.Remember(key.Tenant, stop);
            remembered[key.Tenant] = true;
        }
        var at = Instants.Truncate(Now(key.Tenant));
        var first = new Turn(at, true, [new(EventKind.Started, Data: input)], []);
        var body = Json.Bytes(first);
        var head = new Head(workflow, version, WorkflowState.Pending, at, at, 1, 0, 0, 0) { Parent = parent }.Add(first, body.Length);
        while (true)
        {
            var result = await Store.Commit(key.Partition,
                [Write.Create(HistoryDocuments.HeadId(key.Id), Json.Bytes(head)), HistoryDocuments.Live(key.Id), Write.Create(HistoryDocuments.TurnId(key.Id, 1, 1), body)], stop);
            if (result.Committed)
            {
                Deliver(key, Wake.Up);
                return head;
            }
            if (await Documents.Head(key, stop) is { } found)
            {
                return found.Head;
            }
            if (result.Status != CommitStatus.Conflict)
            {
                throw new InvalidOperationException($"workflow '{key.Id}' could not be stored: {result.Status}");
            }
        }
    }

    /// <summary>Does an order while the engine stands still; what follows from it is done after the next start.</summary>
    public async Task<Result<WorkflowInstance>> Obey(InstanceKey key, OrderKind kind, string reason, CancellationToken stop)
    {
        var done = new TaskCompletionSource<Result<WorkflowInstance>>();
        await new Instance(key, this).Step([new Order(kind, reason) { Done = done }], stop);
        return await done.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Stopping = stoppingToken;
        await Task.Yield();
        var workers = Enumerable.Range(0, Options.ConcurrentSteps).Select(_ => Guard(TakeSteps, stoppingToken))
            .Concat(Enumerable.Range(0, Options.ConcurrentActivities).Select(_ => Guard(calls.Work, stoppingToken)))
            .Append(Guard(Sweep, stoppingToken)).ToList();
        await Guard(Recover, stoppingToken);
        queue.End();
        await Task.WhenAll(workers);
    }

    static async Task Guard(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        try
        {
            await work(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops; what was not finished is taken up by the next start.
        }
    }

    /// <summary>Takes up what the last process left: calls without a result, and timers.</summary>
    internal async Task Recover(CancellationToken stop)
    {
        foreach (var tenant in await Documents.WithWorkflows(null, stop))
        {
            await foreach (var key in Documents.Unfinished(tenant, stop))
            {
                if (await Documents.Head(key, stop) is not { Head: { IsHeld: false, HasEnded: false } head })
                {
                    continue;
                }
                Timers.Set(key, head.WakeAt);
                if (head.HasWork)
                {
                    Deliver(key, Wake.Up);
                }
            }
        }
    }

    async Task TakeSteps(CancellationToken stop)
    {
        await foreach (var instance in queue.Ready(stop))
        {
            var batch = queue.Take(instance);
            Interlocked.Increment(ref steps);
            Telemetry.WorkflowSteps.Add(1);
            try
            {
                await instance.Step(batch, stop);
                instance.Failures = 0;
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                await Failed(instance, batch, failure, stop);
                continue;
            }
            queue.Return(instance);
        }
    }

    /// <summary>The store did not take a step: it is taken again from what is stored, later, and in the end not any more.</summary>
    async Task Failed(Instance instance, List<Work> batch, Exception failure, CancellationToken stop)
    {
        Log.LogWarning(failure, "A step of workflow {Instance} could not be taken; trying again", instance.Key);
        instance.Failures++;
        instance.Forget();
        if (instance.Failures >= Options.StepAttempts)
        {
            instance.Failures = 0;
            if (await Quarantined(instance, batch, failure, stop))
            {
                queue.Return(instance);
                return;
            }
        }
        queue.PutBack(instance, batch);
        _ = Guard(async stop =>
        {
            await Pause(failure, stop);
            queue.TakeAgain(instance);
        }, stop);
    }

    Task Pause(Exception failure, CancellationToken stop) =>
        Task.Delay(failure is StoreBusyException { RetryAfter: var after } ? after : Options.RetryAfter, Clock, stop);

    /// <summary>Has an instance look again after something failed.</summary>
    public void WakeLater(InstanceKey key, Exception failure) => _ = Guard(async stop =>
    {
        await Pause(failure, stop);
        Deliver(key, Wake.Up);
    }, Stopping);

    async Task<bool> Quarantined(Instance instance, List<Work> batch, Exception failure, CancellationToken stop)
    {
        try
        {
            await instance.Quarantine(failure, batch, stop);
            return true;
        }
        catch (Exception again) when (!stop.IsCancellationRequested)
        {
            Log.LogError(again, "Workflow {Instance} could not be quarantined", instance.Key);
            return false;
        }
    }

    /// <summary>Removes what ended long ago.</summary>
    async Task Sweep(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(SweepEvery, Clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                foreach (var tenant in await Documents.WithWorkflows(null, stop))
                {
                    foreach (var key in await Documents.EndedBefore(tenant, Now(tenant) - Options.EndedKept, stop))
                    {
                        Deliver(key, new Order(OrderKind.Purge, "kept long enough"));
                    }
                }
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                Log.LogWarning(failure, "Ended workflows could not be removed; trying again later");
            }
        }
    }

    public override void Dispose()
    {
        Timers.Dispose();
        base.Dispose();
    }
}
