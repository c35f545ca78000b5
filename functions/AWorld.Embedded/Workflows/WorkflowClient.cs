using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Workflows;

/// <summary>The port over the engine of this machine.</summary>
sealed class WorkflowClient(WorkflowEngine engine) : IWorkflowClient
{
    const int ReasonLength = 500;

    readonly int payloadLimit = engine.Options.PayloadKilobytes * 1024;

    public async Task<Result<WorkflowInstance>> Start<TIn, TOut>(Workflow<TIn, TOut> workflow, Tenant tenant, string id, TIn input, CancellationToken stop)
    {
        if (!Execution.IsId(id))
        {
            return Error.Invalid("id", $"must be 1 to {WorkflowLimits.IdLength} of letters, digits and _ - . : @");
        }
        var data = Json.Element(input);
        var key = new InstanceKey(tenant, id);
        return HistoryDocuments.Size(data) > payloadLimit ? Error.TooLarge(payloadLimit)
            : engine.IsFull ? Error.Busy(engine.Options.RetryAfter)
            : (await engine.Create(key, workflow.Name, workflow.Version, data, null, stop)).View(key);
    }

    public async Task<Result<WorkflowInstance>> Get(Tenant tenant, string id, CancellationToken stop)
    {
        var key = new InstanceKey(tenant, id);
        return await engine.Documents.Head(key, stop) is { } found ? found.Head.View(key) : Unknown(id);
    }

    public async Task<Result<WorkflowHistory>> History(Tenant tenant, string id, string? continuation, CancellationToken stop)
    {
        var key = new InstanceKey(tenant, id);
        return await engine.Documents.Head(key, stop) is { } found ? await engine.Documents.History(key, found.Head, continuation, stop) : Unknown(id);
    }

    public Task<WorkflowPage> List(string accountId, WorkflowState? state, int limit, string? continuation, CancellationToken stop) =>
        engine.Documents.List(accountId, state, limit, continuation, stop);

    public async Task<Result<WorkflowInstance>> Raise<T>(Tenant tenant, string id, string name, T value, CancellationToken stop)
    {
        var data = Json.Element(value);
        return HistoryDocuments.Size(data) > payloadLimit ? Error.TooLarge(payloadLimit)
            : name.Length is 0 or > 100 ? Error.Invalid("name", "must have 1 to 100 characters")
            : engine.IsFull ? Error.Busy(engine.Options.RetryAfter)
            : await Ask(tenant, id, new Told(new(EventKind.EventReceived, Name: name, Data: data)), stop);
    }

    public Task<Result<WorkflowInstance>> Suspend(Tenant tenant, string id, string reason, CancellationToken stop) => Order(tenant, id, OrderKind.Suspend, reason, stop);
    public Task<Result<WorkflowInstance>> Resume(Tenant tenant, string id, string reason, CancellationToken stop) => Order(tenant, id, OrderKind.Resume, reason, stop);
    public Task<Result<WorkflowInstance>> Terminate(Tenant tenant, string id, string reason, CancellationToken stop) => Order(tenant, id, OrderKind.Terminate, reason, stop);
    public Task<Result<WorkflowInstance>> Retry(Tenant tenant, string id, string reason, CancellationToken stop) => Order(tenant, id, OrderKind.Retry, reason, stop);

    public async Task<Result<Nothing>> Purge(Tenant tenant, string id, CancellationToken stop) =>
        (await Order(tenant, id, OrderKind.Purge, "", stop)).Map(static _ => default(Nothing));

    async Task<Result<WorkflowInstance>> Order(Tenant tenant, string id, OrderKind kind, string reason, CancellationToken stop) =>
        reason.Length > ReasonLength ? Error.Invalid("reason", $"must have at most {ReasonLength} characters") : await Ask(tenant, id, new Order(kind, reason), stop);

    async Task<Result<WorkflowInstance>> Ask(Tenant tenant, string id, Work work, CancellationToken stop)
    {
        if (!Execution.IsId(id))
        {
            return Unknown(id);
        }
        var done = new TaskCompletionSource<Result<WorkflowInstance>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!engine.Deliver(new(tenant, id), work with { Done = done }, engine.Options.EventsPerInstance))
        {
            return Error.Busy(engine.Options.RetryAfter);
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, engine.Stopping);
        return await done.Task.WaitAsync(either.Token);
    }

    static Error Unknown(string id) => Error.NotFound("workflow", id);
}

static class WorkflowsServices
{
    public static IServiceCollection AddWorkflows(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<WorkflowsOptions>(configuration, WorkflowsOptions.Section);
        services.AddSingleton<WorkflowEngine>();
        services.AddSingleton<IClockObserver>(static provider => provider.GetRequiredService<WorkflowEngine>());
        services.AddSingleton<IWorkflowClient, WorkflowClient>();
        return services.AddHostedService(static provider => provider.GetRequiredService<WorkflowEngine>());
    }
}
