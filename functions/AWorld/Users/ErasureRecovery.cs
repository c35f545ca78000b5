using AWorld.Platform;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Users;

/// <summary>Brings erasures to their end whose process died or whose request failed on the way: at the start, and from time to time.</summary>
sealed class ErasureRecovery(Erasures erasures, IOptions<UsersOptions> options, WorkspaceClocks clocks, ILogger<ErasureRecovery> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(options.Value.ErasuresResumedEvery, clocks.Real);
        do
        {
            try
            {
                await erasures.Resume(options.Value.ErasuresResumedEvery, stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "Not all erasures could be finished; trying again later");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
