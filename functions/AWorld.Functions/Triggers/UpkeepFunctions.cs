using AWorld.Functions.Workflows;
using AWorld.Platform;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Triggers;

/// <summary>
/// Two timers for all upkeeps of the product, because each is a scaling group whose ready workers are paid for: one for what
/// should run more often than it ticks, one for the rest. A timer runs on one worker at a time and does not tick while it
/// runs, so the slowest of its upkeeps holds up the others of this timer, and none of the other.
/// </summary>
public sealed class UpkeepFunctions(IEnumerable<Upkeep> upkeeps, DurableConnection durable, TimeProvider clock)
{
    [Function("FrequentUpkeep")]
    public Task Frequent([TimerTrigger("40 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) =>
        Run(upkeeps.Where(UpkeepSlots.IsFrequent), timer, client, context);

    [Function("OccasionalUpkeep")]
    public Task Occasional([TimerTrigger("20 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context) =>
        Run(upkeeps.Where(static upkeep => !UpkeepSlots.IsFrequent(upkeep)), timer, client, context);

    async Task Run(IEnumerable<Upkeep> group, TimerInfo timer, DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        var now = clock.GetUtcNow();
        var ran = await Task.WhenAll(group.Where(upkeep => UpkeepSlots.IsDue(upkeep, timer.ScheduleStatus, now)).Select(upkeep => Try(upkeep, context.CancellationToken)));
        var failed = ran.Where(static one => one.Failure is not null).ToList();
        if (failed.Count > 0)
        {
            throw new AggregateException($"Failed: {string.Join(", ", failed.Select(static one => one.Name))}.", failed.Select(static one => one.Failure!));
        }
    }

    static async Task<(string Name, Exception? Failure)> Try(Upkeep upkeep, CancellationToken stop)
    {
        try
        {
            await upkeep.Run(stop);
            return (upkeep.Name, null);
        }
        catch (Exception failure)
        {
            return (upkeep.Name, failure);
        }
    }
}
