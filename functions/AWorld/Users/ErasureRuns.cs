using System.Collections.Concurrent;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.Options;

namespace AWorld.Users;

/// <summary>Starts the workflows of erasures. The request that asks for one waits a while for its end; the user is gone before that.</summary>
sealed class ErasureRuns(Erasures erasures, IWorkflowClient workflows, IOptions<UsersOptions> options, WorkspaceClocks clocks, ILogger<ErasureRuns> log)
{
    readonly ConcurrentDictionary<(Tenant, string), TaskCompletionSource> waiting = new();

    /// <param name="precondition">Checks the user's ETag.</param>
    public async ValueTask<Result<bool>> Erase(Tenant tenant, string userId, ErasedBy by, Func<string, Error?> precondition, CancellationToken stop)
    {
        var stopped = waiting.GetOrAdd((tenant, userId), static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            var begun = await erasures.Begin(tenant, userId, by, precondition, stop);
            if (begun.Succeeded && await erasures.IsUnderWay(tenant, userId, stop) && await Start(tenant, userId, CancellationToken.None))
            {
                await stopped.Task.WaitAsync(options.Value.ErasureAwaitedFor, clocks.Real, stop);
            }
            return begun;
        }
        catch (TimeoutException)
        {
            return true;
        }
        finally
        {
            waiting.TryRemove(new((tenant, userId), stopped));
        }
    }

    /// <summary>Starts what was begun, or goes on with what gave up. False: not now, but soon.</summary>
    public async ValueTask<bool> Start(Tenant tenant, string userId, CancellationToken stop)
    {
        var id = $"user-erasure:{userId}";
        var started = await workflows.Start(ErasureWorkflow.Workflow, tenant, id, new(userId), stop);
        if (started is { Succeeded: true, Value.State: WorkflowState.Failed or WorkflowState.Quarantined })
        {
            started = await workflows.Retry(tenant, id, "the erasure is not complete", stop);
        }
        if (started.Error is { } error)
        {
            log.LogWarning("The erasure of {UserId} of {Tenant} could not be started and will be: {Reason}", userId, tenant, error.Message);
        }
        return started.Succeeded;
    }

    /// <summary>It has ended, or a step failed and will be tried again.</summary>
    public void Stopped(Tenant tenant, string userId)
    {
        if (waiting.TryGetValue((tenant, userId), out var stopped))
        {
            stopped.TrySetResult();
        }
    }
}
