using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Workflows;

/// <summary>What an instance asks of others once a step of it is durable: activities, sub-workflows, and to hear how it ended.</summary>
sealed class InstanceCalls(InstanceKey key, WorkflowEngine engine)
{
    /// <param name="scope">The run that asks.</param>
    public void Run(Head head, Scope scope, IEnumerable<HistoryEvent> commands)
    {
        foreach (var call in commands.Where(static command => command.Kind == EventKind.ActivityScheduled))
        {
            engine.Run(Call(head, scope, call));
        }
    }

    ActivityCall Call(Head head, Scope scope, HistoryEvent call) => new(key, scope, call.Number!.Value)
    {
        Name = call.Name!,
        Context = ActivityContext.Of(key.Tenant, key.Id, Execution.IdempotencyKey(key, head with { Run = scope.Run }, "call", call.First!.Value)),
        Input = call.Data ?? default,
    };

    /// <returns>False: some could not be started; the instance is woken to try again.</returns>
    public async Task<bool> StartChildren(Scope scope, IReadOnlyList<HistoryEvent> commands, CancellationToken stop)
    {
        var children = commands.Where(static command => command.Kind == EventKind.ChildStarted).ToList();
        try
        {
            await Parallel.ForEachAsync(children, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = stop }, (child, stop) => StartChild(scope, child, stop));
            return true;
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            engine.Log.LogWarning(failure, "Sub-workflows of {Instance} could not be started; trying again", key);
            engine.WakeLater(key, failure);
            return false;
        }
    }

    async ValueTask StartChild(Scope scope, HistoryEvent call, CancellationToken stop)
    {
        var (child, parent) = (new InstanceKey(key.Tenant, call.Child!), new ParentCall(key.Id, scope.CreatedAt, scope.Run, call.Number!.Value));
        var found = await engine.Create(child, call.Name!, call.Version!.Value, call.Data ?? default, parent, stop);
        if (found.Parent != parent)
        {
            engine.Deliver(key, new Told(new(EventKind.ChildFailed, call.Number, call.Name, Failure: new("WorkflowExists", $"another workflow has the id '{call.Child}'")), scope));
        }
        else if (found.HasEnded)
        {
            engine.Deliver(key, Outcome(found, call.Child!));
        }
    }

    public void NotifyParent(Head ended)
    {
        if (ended.Parent is { } parent)
        {
            engine.Deliver(new(key.Tenant, parent.Id), Outcome(ended, key.Id));
        }
    }

    static Told Outcome(Head ended, string id)
    {
        var parent = ended.Parent!;
        return new(ended.State == WorkflowState.Completed
            ? new(EventKind.ChildCompleted, parent.Number, ended.Workflow, ended.Output, Child: id)
            : new(EventKind.ChildFailed, parent.Number, ended.Workflow, Failure: ended.Failure ?? new(ended.State.ToString(), ended.Reason ?? ""), Child: id), new Scope(parent.CreatedAt, parent.Run));
    }
}
