using AWorld.Platform;

namespace AWorld.Embedded;

/// <summary>Does the product's upkeep at the start and from time to time; what fails is done the next time.</summary>
sealed class UpkeepLoops(IEnumerable<Upkeep> upkeeps, WorkspaceClocks clocks, ILogger<UpkeepLoops> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(upkeeps.Select(upkeep => Loop(upkeep, stoppingToken)));

    async Task Loop(Upkeep upkeep, CancellationToken stop)
    {
        await Task.Yield();
        while (true)
        {
            try
            {
                await upkeep.Run(stop);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                log.LogWarning(failure, "{Upkeep} could not be done; trying again later", upkeep.Name);
            }
            await Task.Delay(upkeep.Every, clocks.Real, stop);
        }
    }
}
