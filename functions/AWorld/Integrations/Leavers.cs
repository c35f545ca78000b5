using AWorld.Platform;
using AWorld.Platform.Workflows;
using AWorld.Users;

namespace AWorld.Integrations;

sealed record Leaver(string UserId);

/// <param name="Wait">Of real time; null: never again.</param>
sealed record LeaverWait(TimeSpan? Wait);

/// <summary>From a worker's leaving to the erasure of their user, unless they come back.</summary>
static class LeaverWorkflow
{
    public const string Name = "leaver", Changed = "changed";

    public static readonly Workflow<Leaver, Nothing> Workflow = new(Name, 1, Run);

    static async Task<Nothing> Run(WorkflowContext context, Leaver input)
    {
        var next = await context.CallActivity(LeaverSteps.Erase, input);
        if (next.Wait is not { } wait)
        {
            return default;
        }
        await context.WaitFor<Nothing>(Changed, wait);
        context.ContinueAsNew(input);
        return default;
    }
}

sealed class LeaverSteps(Leavers leavers)
{
    public static readonly WorkflowActivity<Leaver, LeaverWait> Erase = WorkflowActivity.Of<LeaverSteps, Leaver, LeaverWait>("leaver/erase", static steps => steps.Step);

    async Task<LeaverWait> Step(ActivityContext context, Leaver input, CancellationToken stop) => new(await leavers.Erase(context.Tenant, input.UserId, stop));
}

/// <summary>Users of workers who left: erased when the workspace's time for that is over.</summary>
sealed class Leavers(UserDirectory users, ErasureRuns erasures, InboundSettingsStore settings, IDocumentStore store, IWorkflowClient workflows, WorkspaceClocks clocks) : IClockObserver
{
    /// <summary>The workspace may change its time meanwhile.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Makes sure that the user is erased in time.</summary>
    public async ValueTask Follow(Tenant tenant, string userId, CancellationToken stop)
    {
        var started = await workflows.Start(LeaverWorkflow.Workflow, tenant, IdOf(userId), new(userId), stop);
        if (started is { Succeeded: true, Value.HasEnded: true })
        {
            // They had left before, and come back.
            await workflows.Purge(tenant, IdOf(userId), stop);
            started = await workflows.Start(LeaverWorkflow.Workflow, tenant, IdOf(userId), new(userId), stop);
        }
        started = started.Succeeded ? await workflows.Raise(tenant, IdOf(userId), LeaverWorkflow.Changed, default(Nothing), stop) : started;
        if (started.Error is { Status: >= 500 } busy)
        {
            throw new StoreBusyException(busy.RetryAfter ?? TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>How long to wait until the user's time may be over; null: there is no such leaver any more.</summary>
    public async Task<TimeSpan?> Erase(Tenant tenant, string userId, CancellationToken stop)
    {
        if (await users.FindStored(tenant, userId, stop) is not { User.DeactivatedAt: { } left })
        {
            return null;
        }
        var now = clocks.Now(tenant);
        if ((await settings.Of(tenant, stop)).EraseAfterDays is not { } days)
        {
            return LongestWait;
        }
        // Whoever mistypes the day somebody left on has as long to notice as for any other.
        var from = await WorkerEvents.HeardOfLeaving(store, tenant, userId, stop) is { } heard && heard > left ? heard : left;
        var wait = from + TimeSpan.FromDays(days) - now;
        if (wait > TimeSpan.Zero)
        {
            return wait < LongestWait ? wait : LongestWait;
        }
        var erased = await erasures.Erase(tenant, userId, new(null, null, null), static _ => null, stop);
        return erased.Error is { Status: not StatusCodes.Status404NotFound } failed ? throw new InvalidOperationException(failed.Message) : null;
    }

    public async ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await workflows.List(tenant.AccountId, WorkflowState.Running, WorkflowLimits.PageItems, continuation, stop);
            foreach (var waiting in page.Items.Where(instance => instance.Tenant == tenant && instance.Workflow == LeaverWorkflow.Name))
            {
                await workflows.Raise(tenant, waiting.Id, LeaverWorkflow.Changed, default(Nothing), stop);
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    static string IdOf(string userId) => $"leaver:{userId}";
}
