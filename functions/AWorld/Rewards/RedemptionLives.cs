using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Rewards;

/// <summary>
/// Starts a workflow for each transaction that can expire, and tells it when it was settled or time was moved. What a
/// crash kept from it the outbox hands over again.
/// </summary>
sealed class RedemptionLives(Redemptions redemptions, IWorkflowClient workflows, WorkspaceClocks clocks) : IJournalObserver, IClockObserver
{
    static readonly TimeSpan LongestWait = TimeSpan.FromDays(5);

    public string? Repairs => "expiresAt";

    /// <summary>How long to wait by the real clock until it may have expired; null: it waits no longer.</summary>
    public async Task<TimeSpan?> Expire(Tenant tenant, Redemption waiting, CancellationToken stop)
    {
        var wait = await redemptions.Expire(tenant, waiting.UserId, waiting.VirtualTransactionId, stop) - clocks.Now(tenant);
        return wait > LongestWait ? LongestWait : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    public async ValueTask Committed(Tenant tenant, string userId, JournalEntry entry)
    {
        foreach (var transaction in entry.Transactions)
        {
            if (transaction is { State: TransactionState.Pending, ExpiresAt: not null })
            {
                Ensure(await workflows.Start(RedemptionWorkflow.Workflow, tenant, IdOf(userId, transaction.VirtualTransactionId), new(userId, transaction.VirtualTransactionId), CancellationToken.None));
            }
        }
        foreach (var settled in entry.Settled)
        {
            if (settled.State != TransactionState.Expired)
            {
                // Most have none: only what can expire has one
                await workflows.Raise(tenant, IdOf(userId, settled.VirtualTransactionId), RedemptionWorkflow.Changed, default(Nothing), CancellationToken.None);
            }
        }
    }

    public async ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await workflows.List(tenant.AccountId, WorkflowState.Running, WorkflowLimits.PageItems, continuation, stop);
            foreach (var waiting in page.Items.Where(instance => instance.Tenant == tenant && instance.Workflow == RedemptionWorkflow.Name))
            {
                var parts = waiting.Id.Split(':', 3);
                await redemptions.Expire(tenant, parts[2], parts[1], stop);
                await workflows.Raise(tenant, waiting.Id, RedemptionWorkflow.Changed, default(Nothing), stop);
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    static string IdOf(string userId, string transactionId) => $"redemption:{transactionId}:{userId}";

    static void Ensure(Result<WorkflowInstance> result)
    {
        if (result.Error is { } error)
        {
            throw new InvalidOperationException(error.Message);
        }
    }
}
