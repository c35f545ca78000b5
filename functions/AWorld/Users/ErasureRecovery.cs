using Microsoft.Extensions.Options;

namespace AWorld.Users;

/// <summary>Starts the workflows of erasures whose process died in between, and those that gave up: at the start, and from time to time.</summary>
sealed class ErasureRecovery(Erasures erasures, ErasureRuns runs, IOptions<UsersOptions> options)
{
    public async Task Recover(CancellationToken stop)
    {
        await foreach (var (tenant, userId) in erasures.Unfinished(options.Value.ErasuresResumedEvery, stop))
        {
            await runs.Start(tenant, userId, stop);
        }
    }
}
