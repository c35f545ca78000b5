using System.Text.Json;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Status = Microsoft.DurableTask.Client.OrchestrationRuntimeStatus;

namespace AWorld.Functions.Workflows;

/// <summary>Steers orchestrations of Durable Functions as the port asks; docs/workflows.md has it member by member.</summary>
sealed class DurableWorkflows(DurableConnection connection, TimeProvider clock) : IWorkflowClient
{
    public async Task<Result<WorkflowInstance>> Start<TIn, TOut>(Workflow<TIn, TOut> workflow, Tenant tenant, string id, TIn input, CancellationToken stop)
    {
        if (!Ids.IsClientId(id) || id.Length > WorkflowLimits.IdLength)
        {
            return Error.Invalid("id", $"must be 1 to {WorkflowLimits.IdLength} of letters, digits and _ - . : @");
        }
        if (await Find(tenant, id, stop) is { } known)
        {
            return View(known);
        }
        var options = new StartOrchestrationOptions(InstanceIds.Of(tenant, id)) { Version = $"{workflow.Version}" }.WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await (await connection.Client(stop)).ScheduleNewOrchestrationInstanceAsync(workflow.Name, new WorkflowCall(tenant, workflow.Version, Json.Element(input)), options, stop);
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // Somebody else may have started it meanwhile.
            if (await Find(tenant, id, stop) is null)
            {
                throw;
            }
        }
        var now = clock.GetUtcNow();
        return await Find(tenant, id, stop) is { } started ? View(started) : new WorkflowInstance(tenant, id, workflow.Name, workflow.Version, WorkflowState.Pending, now, now);
    }

    public async Task<Result<WorkflowInstance>> Get(Tenant tenant, string id, CancellationToken stop) =>
        await Find(tenant, id, stop) is { } found ? View(found) : Error.NotFound("workflow", id);

    /// <summary>How it began and how it stands; the steps between are in the task hub's own dashboard.</summary>
    public async Task<Result<WorkflowHistory>> History(Tenant tenant, string id, string? continuation, CancellationToken stop)
    {
        if (await Find(tenant, id, stop) is not { } found)
        {
            return Error.NotFound("workflow", id);
        }
        List<WorkflowEvent> events = [new(found.CreatedAt, "ExecutionStarted", found.Name, Call(found)?.Input)];
        if (found.IsCompleted)
        {
            events.Add(new(found.LastUpdatedAt, $"Execution{found.RuntimeStatus}", found.Name, Read(found.SerializedOutput)));
        }
        return new WorkflowHistory(events, null);
    }

    public async Task<WorkflowPage> List(string accountId, WorkflowState? state, int limit, string? continuation, CancellationToken stop)
    {
        if (state == WorkflowState.Quarantined)
        {
            return new([], null);
        }
        var query = new OrchestrationQuery(
            Statuses: state is null ? null : [.. Enum.GetValues<Status>().Where(status => State(status) == state)],
            InstanceIdPrefix: $"{accountId}.", PageSize: limit, FetchInputsAndOutputs: true, ContinuationToken: continuation);
        var page = await (await connection.Client(stop)).GetAllInstancesAsync(query).AsPages(continuation, limit).FirstOrDefaultAsync(stop);
        return new([.. page?.Values.Select(View) ?? []], page?.ContinuationToken);
    }

    public Task<Result<WorkflowInstance>> Raise<T>(Tenant tenant, string id, string name, T value, CancellationToken stop) =>
        Ask(tenant, id, static found => !found.HasEnded, (client, instance) => client.RaiseEventAsync(instance, name, Json.Element(value), stop), stop);

    public Task<Result<WorkflowInstance>> Suspend(Tenant tenant, string id, string reason, CancellationToken stop) =>
        Ask(tenant, id, static found => found.State is WorkflowState.Pending or WorkflowState.Running, (client, instance) => client.SuspendInstanceAsync(instance, reason, stop), stop);

    public Task<Result<WorkflowInstance>> Resume(Tenant tenant, string id, string reason, CancellationToken stop) =>
        Ask(tenant, id, static found => found.State == WorkflowState.Suspended, (client, instance) => client.ResumeInstanceAsync(instance, reason, stop), stop);

    public Task<Result<WorkflowInstance>> Terminate(Tenant tenant, string id, string reason, CancellationToken stop) =>
        Ask(tenant, id, static found => !found.HasEnded, (client, instance) => client.TerminateInstanceAsync(instance, new TerminateInstanceOptions(Output: reason), stop), stop);

    public Task<Result<WorkflowInstance>> Retry(Tenant tenant, string id, string reason, CancellationToken stop) =>
        Ask(tenant, id, static found => found.State == WorkflowState.Failed, (client, instance) => client.RewindInstanceAsync(instance, reason, stop), stop);

    public async Task<Result<Nothing>> Purge(Tenant tenant, string id, CancellationToken stop) =>
        (await Ask(tenant, id, static found => found.HasEnded, (client, instance) => client.PurgeInstanceAsync(instance, cancellation: stop), stop)).Map(static _ => default(Nothing));

    /// <summary>Does it where the state allows it, and answers with the instance as it then was, or at least is now.</summary>
    async Task<Result<WorkflowInstance>> Ask(Tenant tenant, string id, Func<WorkflowInstance, bool> allows, Func<DurableTaskClient, string, Task> ask, CancellationToken stop)
    {
        if (await Find(tenant, id, stop) is not { } found)
        {
            return Error.NotFound("workflow", id);
        }
        if (View(found) is var view && !allows(view))
        {
            return Error.Conflict($"it is {view.State}");
        }
        await ask(await connection.Client(stop), found.InstanceId);
        return View(await Find(tenant, id, stop) ?? found);
    }

    async Task<OrchestrationMetadata?> Find(Tenant tenant, string id, CancellationToken stop) => await (await connection.Client(stop)).GetInstanceAsync(InstanceIds.Of(tenant, id), true, stop);

    /// <summary>The names are the port's; ContinuedAsNew goes on at once, and Canceled is declared and never set.</summary>
    static WorkflowState State(Status status) => Enum.TryParse<WorkflowState>($"{status}", out var state) ? state : WorkflowState.Running;

    static WorkflowInstance View(OrchestrationMetadata found) => new(
        InstanceIds.TenantOf(found.InstanceId)!, InstanceIds.Own(found.InstanceId), found.Name, Call(found)?.Version ?? 1, State(found.RuntimeStatus), found.CreatedAt, found.LastUpdatedAt)
    {
        Status = Read(found.SerializedCustomStatus),
        Output = found.RuntimeStatus == Status.Completed ? Read(found.SerializedOutput) : null,
        Failure = found.FailureDetails is { } details ? DurableContext.Failure(details) : null,
        Reason = found.RuntimeStatus == Status.Terminated && Read(found.SerializedOutput) is { ValueKind: JsonValueKind.String } reason ? reason.GetString() : null,
    };

    static WorkflowCall? Call(OrchestrationMetadata found) => found.SerializedInput is { } json ? JsonSerializer.Deserialize<WorkflowCall>(json, Json.Options) : null;

    static JsonElement? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
}
