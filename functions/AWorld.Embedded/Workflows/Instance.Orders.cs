using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Workflows;

/// <summary>What is asked of an instance from outside its code.</summary>
sealed partial class Instance
{
    async Task Obey(Order order, CancellationToken stop)
    {
        Result<WorkflowInstance> result = (order.Kind, head!) switch
        {
            (OrderKind.Suspend, { HasEnded: false, State: not WorkflowState.Quarantined }) => await Enter(WorkflowState.Suspended, EventKind.Suspended),
            (OrderKind.Resume, { State: WorkflowState.Suspended }) => await Enter(WorkflowState.Running, EventKind.Resumed),
            (OrderKind.Resume, { HasEnded: false, IsHeld: false }) => head!.View(key),
            (OrderKind.Terminate, { HasEnded: false }) => await Enter(WorkflowState.Terminated, EventKind.Terminated),
            (OrderKind.Retry, { State: WorkflowState.Quarantined }) => await Enter(WorkflowState.Running, EventKind.Retried),
            (OrderKind.Retry, { State: WorkflowState.Failed }) => await Rewind(order.Reason, stop),
            (OrderKind.Purge, { HasEnded: true }) => await Purge(stop),
            _ => Error.Conflict($"workflow '{key.Id}' is {head!.State}"),
        };
        order.Done?.TrySetResult(result);

        async Task<WorkflowInstance> Enter(WorkflowState state, EventKind input)
        {
            var next = head! with { State = state, Reason = order.Reason, Failure = null };
            next = state == WorkflowState.Terminated ? next with { Outstanding = 0, WakeAt = null } : next;
            HistoryEvent[] inputs = [new(input, Data: Json.Element(order.Reason))];
            await Commit(new Turn(Now, true, inputs, []), next, stop);
            if (!head!.HasEnded)
            {
                execution?.Hold(inputs);
                engine.Deliver(key, Wake.Up);
            }
            return head.View(key);
        }
    }

    /// <summary>
    /// Takes back the last turn, in which the instance failed: what it was told is kept for the next one, and calls
    /// that failed in it are made again.
    /// </summary>
    async Task<Result<WorkflowInstance>> Rewind(string reason, CancellationToken stop)
    {
        var last = await documents.Turn(key, head!, head!.Turns, stop);
        var kept = last.Inputs.Where(input => input.Kind is not (EventKind.ActivityFailed or EventKind.ChildFailed)).Append(new(EventKind.Retried, Data: Json.Element(reason))).ToList();
        var at = Now;
        var next = head with { State = WorkflowState.Running, Failure = null, Reason = reason, UpdatedAt = at, Held = 1 };
        await Commit(
            [
                Write.Replace(HistoryDocuments.HeadId(key.Id), Json.Bytes(next), etag),
                Write.Upsert(HistoryDocuments.TurnId(key.Id, next.Run, next.Turns), Json.Bytes(new Turn(at, true, kept, []))),
                HistoryDocuments.Live(key.Id),
                Write.Delete(HistoryDocuments.EndedId(head, key.Id)),
            ], next, stop);
        execution = null;
        engine.Deliver(key, Wake.Up);
        return head.View(key);
    }

    async Task<Result<WorkflowInstance>> Purge(CancellationToken stop)
    {
        var view = head!.View(key);
        await documents.RemoveTurns(key, null, stop);
        await engine.Store.Commit(key.Partition, [Write.Delete(HistoryDocuments.HeadId(key.Id), etag), Write.Delete(HistoryDocuments.EndedId(head, key.Id))], stop);
        Forget();
        return view;
    }
}
