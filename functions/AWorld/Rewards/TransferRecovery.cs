using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Rewards;

/// <summary>Finishes transfers whose process died or whose request failed on the way.</summary>
sealed class TransferRecovery(Transfers transfers, TransferDocuments documents, IOptions<RewardsOptions> options, WorkspaceClocks clocks, ILogger<TransferRecovery> log)
{
    public async Task Recover(CancellationToken stop)
    {
        var before = clocks.Real.GetUtcNow() - options.Value.TransfersResumedAfter;
        foreach (var left in (await documents.AllOpen(stop)).Where(left => left.StartedAt <= before && !transfers.IsUnderWay(left)))
        {
            try
            {
                await transfers.Resume(left, stop);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "Transfer {GroupId} of {Tenant} could not be finished; trying again later", left.GroupId, left.Tenant);
            }
        }
    }
}
