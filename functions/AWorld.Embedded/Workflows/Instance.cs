using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Workflows;

/// <summary>
/// An instance in memory. The engine lets one worker at a time take a step of it; whatever a step changes is one batch
/// of the store, and what the batch asks of others happens after it is durable.
/// </summary>
sealed partial class Instance(InstanceKey key, WorkflowEngine engine)
{
    readonly HistoryDocuments documents = engine.Documents;
    readonly InstanceCalls calls = new(key, engine);
    readonly WorkflowsOptions options = engine.Options;
    Head? head;
    string etag = "";
    Execution? execution;

    public InstanceKey Key => key;

    // The engine's, under its lock.
    public LinkedList<Work> Inbox { get; } = [];
    public bool IsQueued { get; set; }
    public LinkedListNode<Instance>? Place { get; set; }
    public int Failures { get; set; }

    /// <summary>There is nothing to keep in memory.</summary>
    public bool IsGone => head is null or { HasEnded: true };

    /// <summary>Forgets what was not stored; the next step reads it again.</summary>
    public void Forget() => (head, execution) = (null, null);

    public async Task Step(IReadOnlyList<Work> batch, CancellationToken stop)
    {
        if (head is null && await documents.Head(key, stop) is { } stored)
        {
            (head, etag) = stored;
        }
        if (head is null)
        {
            Answer(batch, Error.NotFound("workflow", key.Id));
        }
        else if (batch is [Order order])
        {
            await Obey(order, stop);
        }
        else if (head.HasEnded)
        {
            Answer(batch, Error.Conflict($"workflow '{key.Id}' has ended: it is {head.State}"));
        }
        else
        {
            await Take(batch, stop);
        }
    }

    void Answer(IReadOnlyList<Work> batch, Result<WorkflowInstance>? result = null)
    {
        foreach (var work in batch)
        {
            work.Done?.TrySetResult(result ?? head!.View(key));
        }
    }

    List<HistoryEvent> InputsOf(IReadOnlyList<Work> batch) =>
        [.. batch.OfType<Told>().Where(told => told.Scope is null || told.Scope == Scope.Of(head!)).Select(static told => told.Input)];

    async Task Take(IReadOnlyList<Work> batch, CancellationToken stop)
    {
        var told = InputsOf(batch);
        if (head!.IsHeld)
        {
            await Hold(told, stop);
            Answer(batch);
            return;
        }
        IReadOnlyList<HistoryEvent> open = [];
        try
        {
            if (execution is null)
            {
                (execution, open) = await Load(stop);
            }
        }
        catch (NonDeterministicWorkflowException failure)
        {
            await Record(told, [Execution.Failure(failure)], Now, stop);
            Answer(batch);
            return;
        }
        catch (UnreadableHistoryException failure)
        {
            await Quarantine(failure, batch, stop);
            return;
        }
        var at = Now;
        told.RemoveAll(input => input.Kind != EventKind.EventReceived && !execution.Expects(input.Number!.Value));
        told.AddRange(execution.Due(at));
        if (told.Count > 0 || execution.HasHeld || execution.WasLeft)
        {
            await Record(told, execution.Advance(at, told), at, stop);
        }
        else
        {
            engine.Timers.Set(key, execution.WakeAt);
        }
        Answer(batch);
        await Dispatch([.. open.Where(call => execution?.Expects(call.Number!.Value) == true)], stop);
    }

    /// <summary>Time as the instance sees it, which never goes back.</summary>
    DateTimeOffset Now
    {
        get
        {
            var now = Instants.Truncate(engine.Now(key.Tenant));
            return now > head!.UpdatedAt ? now : head.UpdatedAt;
        }
    }

    /// <summary>The code where its history ends, and the calls that have no result.</summary>
    async Task<(Execution Execution, IReadOnlyList<HistoryEvent> Open)> Load(CancellationToken stop)
    {
        var workflow = engine.Registry.Find(head!.Workflow, head.Version)
            ?? throw new UnreadableHistoryException($"this program has no workflow '{head.Workflow}' of version {head.Version}");
        var turns = await documents.Turns(key, head, stop);
        var loaded = new Execution(key, head, workflow, engine.LoggerOf(head.Workflow), () => engine.Deliver(key, Wake.Up));
        return (loaded, loaded.Replay(turns));
    }

    /// <summary>Keeps what an instance was told whose code does not run.</summary>
    async Task Hold(List<HistoryEvent> inputs, CancellationToken stop)
    {
        if (inputs.Count > 0)
        {
            await Commit(new Turn(Now, true, inputs, []), head!, stop);
            execution?.Hold(inputs);
        }
    }

    /// <summary>Sets the instance aside with what it was told, until somebody has looked.</summary>
    public async Task Quarantine(Exception why, IReadOnlyList<Work> batch, CancellationToken stop)
    {
        if (head is null && await documents.Head(key, stop) is { } stored)
        {
            (head, etag) = stored;
        }
        if (head is { HasEnded: false })
        {
            engine.Log.LogError(why, "Workflow {Instance} is quarantined", key);
            execution = null;
            await Commit(new Turn(Now, true, InputsOf(batch), []), head with { State = WorkflowState.Quarantined, Failure = Execution.Failure(why).Failure }, stop);
        }
        Answer(batch, head is null ? Error.NotFound("workflow", key.Id) : head.View(key));
    }

    /// <summary>Makes a step durable, then does what it asks for.</summary>
    async Task Record(IReadOnlyList<HistoryEvent> inputs, IReadOnlyList<HistoryEvent> commands, DateTimeOffset at, CancellationToken stop)
    {
        var turn = new Turn(at, false, inputs, commands);
        if (TurnLimits.Excess(turn, head!, execution?.Status, options) is { } excess)
        {
            turn = turn with { Commands = [commands.FirstOrDefault(command => command.Kind == EventKind.Failed) ?? new(EventKind.Failed, Failure: new("WorkflowLimit", excess))] };
        }
        var last = turn.Commands is [.., var end] ? end : null;
        if (last?.Kind == EventKind.ContinuedAsNew)
        {
            await Renew(turn, last, stop);
            return;
        }
        var next = head! with { State = WorkflowState.Running, Status = execution?.Status ?? head.Status, Outstanding = execution?.Outstanding ?? 0, WakeAt = execution?.WakeAt };
        if (last is { Kind: EventKind.Completed or EventKind.Failed })
        {
            next = next with { State = last.Kind == EventKind.Completed ? WorkflowState.Completed : WorkflowState.Failed, Output = last.Data, Failure = last.Failure, Outstanding = 0, WakeAt = null };
        }
        await Commit(turn, next, stop);
        await Dispatch(turn.Commands, stop);
    }

    async Task Commit(Turn turn, Head next, CancellationToken stop)
    {
        var body = Json.Bytes(turn);
        next = next.Add(turn, body.Length);
        List<Write> writes = [Write.Replace(HistoryDocuments.HeadId(key.Id), Json.Bytes(next), etag), Write.Create(HistoryDocuments.TurnId(key.Id, next.Run, next.Turns), body)];
        if (next.HasEnded)
        {
            writes.Add(Write.Delete(HistoryDocuments.LiveId(key.Id)));
            writes.Add(HistoryDocuments.Ended(next, key.Id));
        }
        await Commit(writes, next, stop);
        if (next.HasEnded)
        {
            execution = null;
            calls.NotifyParent(next);
        }
    }

    async Task Commit(IReadOnlyList<Write> writes, Head next, CancellationToken stop)
    {
        var result = await engine.Store.Commit(key.Partition, writes, stop);
        if (!result.Committed)
        {
            throw new InvalidOperationException($"the step could not be stored: {result.Status}");
        }
        (head, etag) = (next, result.ETags[0]);
        engine.Timers.Set(key, next.IsHeld ? null : next.WakeAt);
        if (next.HasEnded || next.State == WorkflowState.Quarantined)
        {
            Telemetry.WorkflowsEnded.Add(1, new("workflow", next.Workflow), new KeyValuePair<string, object?>("state", next.State.ToString()));
        }
    }

    /// <summary>Begins a new run. Its first turn is stored with the end of the old one, whose turns are removed afterwards.</summary>
    async Task Renew(Turn turn, HistoryEvent last, CancellationToken stop)
    {
        var first = new Turn(turn.At, true, [new(EventKind.Started, Data: last.Data), .. execution!.Arrived], []);
        var body = Json.Bytes(first);
        var next = (head! with { Version = last.Version!.Value, State = WorkflowState.Running, Run = head.Run + 1, Turns = 0, Held = 0, Events = 0, Bytes = 0, Status = execution.Status ?? head.Status, Outstanding = 0, WakeAt = null }).Add(first, body.Length);
        var commands = turn.Commands;
        var before = Scope.Of(head);
        await Commit([Write.Replace(HistoryDocuments.HeadId(key.Id), Json.Bytes(next), etag), Write.Create(HistoryDocuments.TurnId(key.Id, next.Run, 1), body)], next, stop);
        execution = null;
        engine.Deliver(key, Wake.Up);
        calls.Run(head, before, commands);
        try
        {
            await documents.RemoveTurns(key, next.Run, stop);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            engine.Log.LogWarning(failure, "The history of earlier runs of {Instance} stays until its next run", key);
        }
    }

    /// <summary>Has made what a durable step asks for. What fails here is made again once the instance is read again.</summary>
    async Task Dispatch(IReadOnlyList<HistoryEvent> commands, CancellationToken stop)
    {
        calls.Run(head!, Scope.Of(head!), commands);
        if (!await calls.StartChildren(Scope.Of(head!), commands, stop))
        {
            execution = null;
        }
    }
}
