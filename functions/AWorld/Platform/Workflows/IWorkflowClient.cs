using System.Text.Json;

namespace AWorld.Platform.Workflows;

/// <summary>
/// Steers workflow instances from outside. A call that succeeds is durable. An unknown instance is a 404, an operation
/// that its state does not allow a 409, too many instances or events at once a 503.
/// </summary>
public interface IWorkflowClient
{
    /// <summary>Starts an instance. When one with this id exists, running or ended, it is the answer and nothing is started.</summary>
    /// <param name="id">Chosen by the caller: 1 to <see cref="WorkflowLimits.IdLength"/> of letters, digits and <c>_ - . : @</c>; unique in its workspace.</param>
    Task<Result<WorkflowInstance>> Start<TIn, TOut>(Workflow<TIn, TOut> workflow, Tenant tenant, string id, TIn input, CancellationToken stop);

    Task<Result<WorkflowInstance>> Get(Tenant tenant, string id, CancellationToken stop);

    /// <summary>What happened since the instance began (again), oldest first.</summary>
    /// <param name="continuation">From the page before, or null.</param>
    Task<Result<WorkflowHistory>> History(Tenant tenant, string id, string? continuation, CancellationToken stop);

    /// <summary>Instances of an account by workspace and id. A page may be short, even empty, and still have a next one.</summary>
    /// <param name="state">Null: all.</param>
    /// <param name="limit">1 to 1000.</param>
    Task<WorkflowPage> List(string accountId, WorkflowState? state, int limit, string? continuation, CancellationToken stop);

    /// <summary>Sends an event. One that nobody waits for yet is kept; one to an ended instance is a 409.</summary>
    Task<Result<WorkflowInstance>> Raise<T>(Tenant tenant, string id, string name, T value, CancellationToken stop);

    /// <summary>Events and results are kept and nothing of the workflow runs until <see cref="Resume"/>.</summary>
    Task<Result<WorkflowInstance>> Suspend(Tenant tenant, string id, string reason, CancellationToken stop);

    Task<Result<WorkflowInstance>> Resume(Tenant tenant, string id, string reason, CancellationToken stop);

    /// <summary>Ends the instance; activities that have begun and its sub-workflows go on.</summary>
    Task<Result<WorkflowInstance>> Terminate(Tenant tenant, string id, string reason, CancellationToken stop);

    /// <summary>Takes a failed or quarantined instance back to before what failed, and runs that again.</summary>
    Task<Result<WorkflowInstance>> Retry(Tenant tenant, string id, string reason, CancellationToken stop);

    /// <summary>Removes an ended instance and its history; its id may be used again.</summary>
    Task<Result<Nothing>> Purge(Tenant tenant, string id, CancellationToken stop);
}

public static class WorkflowLimits
{
    /// <summary>With account and workspace before it an id fits the 100 characters of Durable Functions.</summary>
    public const int IdLength = 78;

    public const int PageItems = 1000;
}

/// <summary>Quarantined: it cannot go on (its code is not here, its history cannot be read) and waits for <see cref="IWorkflowClient.Retry"/>; only embedded.</summary>
public enum WorkflowState { Pending, Running, Suspended, Completed, Failed, Terminated, Quarantined }

/// <param name="Id">Unique in its workspace.</param>
/// <param name="Workflow">The workflow's name.</param>
public sealed record WorkflowInstance(Tenant Tenant, string Id, string Workflow, int Version, WorkflowState State, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>What the workflow last set with <see cref="WorkflowContext.SetStatus"/>.</summary>
    public JsonElement? Status { get; init; }

    /// <summary>Of a completed instance.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Of a failed or quarantined instance.</summary>
    public WorkflowFailure? Failure { get; init; }

    /// <summary>Given with the last suspension, resumption, termination or retry.</summary>
    public string? Reason { get; init; }

    public bool HasEnded => State is WorkflowState.Completed or WorkflowState.Failed or WorkflowState.Terminated;
}

/// <param name="Continuation">Null on the last page.</param>
public sealed record WorkflowPage(IReadOnlyList<WorkflowInstance> Items, string? Continuation);

/// <summary>One thing that an instance was told or asked for.</summary>
/// <param name="Kind">Such as ActivityScheduled or TimerFired.</param>
/// <param name="Name">Of the activity, event or sub-workflow.</param>
/// <param name="Data">Input, result or payload.</param>
public sealed record WorkflowEvent(DateTimeOffset At, string Kind, string? Name, JsonElement? Data);

/// <param name="Continuation">Null on the last page.</param>
public sealed record WorkflowHistory(IReadOnlyList<WorkflowEvent> Items, string? Continuation);
