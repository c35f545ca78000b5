using AWorld.Platform;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Users;

/// <summary>Starts the workflows of erasures whose process died in between, and those that gave up: at the start, and from time to time.</summary>
sealed class ErasureRecovery(Erasures erasures, ErasureRuns runs, IOptions<UsersOptions> options, WorkspaceClocks clocks, ILogger<ErasureRecovery> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(options.Value.ErasuresResumedEvery, clocks.Real);
        do
        {
            try
            {
                await foreach (var (tenant, userId) in erasures.Unfinished(options.Value.ErasuresResumedEvery, stoppingToken))
                {
                    await runs.Start(tenant, userId, stoppingToken);
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "Not all erasures could be finished; trying again later");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
