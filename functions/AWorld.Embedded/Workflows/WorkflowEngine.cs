using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
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

    readonly Lock gate = new();
    readonly Dictionary<InstanceKey, Instance> instances = [];
    readonly LinkedList<Instance> recent = [];
    // An instance is in it at most once, a call as long as it has no result: bounded by what is admitted.
    readonly Channel<Instance> ready = Channel.CreateUnbounded<Instance>();
    readonly Channel<ActivityCall> calls = Channel.CreateUnbounded<ActivityCall>();
    readonly ConcurrentDictionary<ActivityCall, bool> underWay = new();
    readonly ConcurrentDictionary<Tenant, bool> remembered = new();
    readonly ILoggerFactory logs;
    readonly WorkspaceClocks clocks;
    readonly TimeProvider clock;
    // Until the start has gone through what there is.
    int busy = 1;
    TaskCompletionSource? idle;
    long steps;

    public WorkflowEngine(IDocumentStore store, WorkflowRegistry registry, IOptions<WorkflowsOptions> options, WorkspaceClocks clocks, ILoggerFactory logs)
    {
        (Store, Registry, Options, clock, this.logs) = (store, registry, options.Value, clocks.Real, logs);
        this.clocks = clocks;
        Documents = new(store);
        Log = logs.CreateLogger<WorkflowEngine>();
        Timers = new(clocks, key => Deliver(key, Wake.Up));
    }

    public IDocumentStore Store { get; }
    public HistoryDocuments Documents { get; }
    public WorkflowRegistry Registry { get; }
    public WorkflowsOptions Options { get; }
    public WorkflowTimers Timers { get; }

    /// <summary>Ends with the host.</summary>
    public CancellationToken Stopping { get; private set; }

    public ILogger Log { get; }

    /// <summary>Instances in memory.</summary>
    public int InMemory
    {
        get
        {
            lock (gate)
            {
                return instances.Count;
            }
        }
    }

    /// <summary>Taken since the start.</summary>
    public long Steps => Interlocked.Read(ref steps);

    public DateTimeOffset Now(Tenant tenant) => clocks.Now(tenant);

    /// <summary>What became due is done before whoever moved the clock goes on, unless it takes long.</summary>
    public async ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop)
    {
        Timers.Moved();
        try
        {
            await Idle().WaitAsync(MovedWithin, clock, stop);
        }
        catch (TimeoutException)
        {
            Log.LogInformation("Workflows of {Tenant} are still at work after its clock was moved", tenant);
        }
    }

    public ILogger LoggerOf(string workflow) => logs.CreateLogger($"AWorld.Workflows.{workflow}");

    /// <summary>More is waiting than new work should add to.</summary>
    public bool IsFull => ready.Reader.Count + calls.Reader.Count >= Options.QueuedWork;

    /// <summary>Completes when every instance waits for a timer or an event and no activity runs.</summary>
    public Task Idle()
    {
        lock (gate)
        {
            return busy == 0 ? Task.CompletedTask : (idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    void Begin() => busy++;

    void End()
    {
        if (--busy == 0)
        {
            idle?.SetResult();
            idle = null;
        }
    }

    /// <returns>False when too much waits for the instance already.</returns>
    public bool Deliver(InstanceKey key, Work work, int limit = int.MaxValue)
    {
        lock (gate)
        {
            if (!instances.TryGetValue(key, out var instance))
            {
                instances.Add(key, instance = new(key, this));
            }
            if (instance.Inbox.Count >= limit)
            {
                return false;
            }
            if (work is not Wake || instance.Inbox.Last?.Value is not Wake)
            {
                instance.Inbox.AddLast(work);
            }
            if (!instance.IsQueued)
            {
                instance.IsQueued = true;
                Begin();
                ready.Writer.TryWrite(instance);
            }
            return true;
        }
    }

    /// <summary>Has an activity run, unless it does already.</summary>
    public void Run(ActivityCall call)
    {
        if (underWay.TryAdd(call, true))
        {
            lock (gate)
            {
                Begin();
            }
            calls.Writer.TryWrite(call);
        }
    }

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
            .Concat(Enumerable.Range(0, Options.ConcurrentActivities).Select(_ => Guard(RunActivities, stoppingToken)))
            .Append(Guard(Sweep, stoppingToken)).ToList();
        await Guard(Recover, stoppingToken);
        lock (gate)
        {
            End();
        }
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
        await foreach (var instance in ready.Reader.ReadAllAsync(stop))
        {
            var batch = Take(instance);
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
            Return(instance);
        }
    }

    /// <summary>An order alone, or as many inputs as one step may take.</summary>
    List<Work> Take(Instance instance)
    {
        const int bytesPerStep = 512 * 1024;
        lock (gate)
        {
            var batch = new List<Work>();
            for (var bytes = 0; instance.Inbox.First is { } first && batch.Count < Options.EventsPerStep && bytes < bytesPerStep; )
            {
                if (first.Value is Order && batch.Count > 0)
                {
                    break;
                }
                instance.Inbox.RemoveFirst();
                batch.Add(first.Value);
                bytes += first.Value is Told told ? HistoryDocuments.Size(told.Input.Data) : 0;
                if (first.Value is Order)
                {
                    break;
                }
            }
            return batch;
        }
    }

    void Return(Instance instance)
    {
        lock (gate)
        {
            if (instance.Inbox.Count > 0)
            {
                ready.Writer.TryWrite(instance);
                return;
            }
            instance.IsQueued = false;
            Keep(instance);
            End();
        }
    }

    void Keep(Instance instance)
    {
        if (instance.Place is { } place)
        {
            recent.Remove(place);
        }
        instance.Place = recent.AddLast(instance);
        if (instance.IsGone)
        {
            Drop(instance);
        }
        for (var oldest = recent.First; recent.Count > Options.InstancesInMemory && oldest is not null;)
        {
            var next = oldest.Next;
            if (!oldest.Value.IsQueued)
            {
                Drop(oldest.Value);
            }
            oldest = next;
        }
    }

    void Drop(Instance instance)
    {
        recent.Remove(instance.Place!);
        instance.Place = null;
        instances.Remove(instance.Key);
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
                Return(instance);
                return;
            }
        }
        lock (gate)
        {
            for (var n = batch.Count - 1; n >= 0; n--)
            {
                instance.Inbox.AddFirst(batch[n]);
            }
            if (batch.Count == 0)
            {
                instance.Inbox.AddFirst(Wake.Up);
            }
        }
        _ = Guard(async stop =>
        {
            await Pause(failure, stop);
            ready.Writer.TryWrite(instance);
        }, stop);
    }

    Task Pause(Exception failure, CancellationToken stop) =>
        Task.Delay(failure is StoreBusyException { RetryAfter: var after } ? after : Options.RetryAfter, clock, stop);

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

    async Task RunActivities(CancellationToken stop)
    {
        await foreach (var call in calls.Reader.ReadAllAsync(stop))
        {
            var outcome = await Outcome(call, stop);
            Telemetry.WorkflowActivities.Add(1, new("activity", call.Name), new KeyValuePair<string, object?>("result", outcome.Failure is null ? "completed" : "failed"));
            Deliver(call.Key, new Told(outcome, call.Scope));
            underWay.TryRemove(call, out _);
            lock (gate)
            {
                End();
            }
        }
    }

    async Task<HistoryEvent> Outcome(ActivityCall call, CancellationToken stop)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Options.ActivityTimeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
            JsonElement result;
            try
            {
                // One that ignores its token is left to itself.
                result = await Registry.Run(call.Name, call.Context, call.Input, either.Token).WaitAsync(either.Token);
            }
            catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                throw new TimeoutException($"it did not end within {Options.ActivityTimeout}", late);
            }
            return HistoryDocuments.Size(result) is var size && size <= Options.PayloadKilobytes * 1024
                ? new(EventKind.ActivityCompleted, call.Number, call.Name, result)
                : throw new InvalidOperationException($"its result has {size} bytes; at most {Options.PayloadKilobytes} KB are allowed");
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            Log.LogWarning(failure, "Activity {Activity} of workflow {Instance} failed", call.Name, call.Key);
            return new(EventKind.ActivityFailed, call.Number, call.Name, Failure: Execution.Describe(failure.GetType().Name, failure.Message));
        }
    }

    /// <summary>Removes what ended long ago.</summary>
    async Task Sweep(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(SweepEvery, clock);
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
