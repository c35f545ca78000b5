using AWorld.Platform;

namespace AWorld.Functions.Triggers;

/// <summary>
/// When an upkeep is due: once in each slot of the wall clock that is as long as its period, at the first tick of its timer.
/// So it matters neither which worker ticks nor how many ticks were missed.
/// </summary>
static class UpkeepSlots
{
    /// <summary>From one tick of a timer to the next: the least for which the Functions host remembers the last one.</summary>
    static readonly TimeSpan Tick = TimeSpan.FromMinutes(1);

    /// <summary>Periods of boards and rules end at full hours and at midnight, so hours turn here at half past, and days at 03:30 UTC.</summary>
    static readonly TimeSpan Turn = new(3, 30, 0);

    /// <summary>A tick comes at its time, or by another clock a little before; what comes earlier was called by hand.</summary>
    static readonly TimeSpan Early = TimeSpan.FromSeconds(5);

    /// <summary>Whether it should run more often than a timer ticks. Sweeps, which may be long, have a minute or more.</summary>
    public static bool IsFrequent(Upkeep upkeep) => upkeep.Every < Tick;

    /// <param name="status">What the host remembers of the timer; null: nothing.</param>
    public static bool IsDue(Upkeep upkeep, ScheduleStatus? status, DateTimeOffset now) =>
        status is null || status.Next.ToUniversalTime() - now.UtcDateTime > Early || Slot(upkeep, status.Last.ToUniversalTime()) != Slot(upkeep, now.UtcDateTime);

    // The host's time of a tick is a moment off its worker's, and both must be of one slot: slots begin with a minute, timers tick in the middle of it.
    static long Slot(Upkeep upkeep, DateTime at) => (at.Ticks - Turn.Ticks) / Tick.Ticks * Tick.Ticks / upkeep.Every.Ticks;
}
