using System.Collections.Concurrent;
using AWorld.Platform;

namespace AWorld.Functions.Cosmos;

/// <summary>
/// Request units that an account may use a second on this instance, so that one cannot take all of them. A call is
/// paid for when its price is known; whoever is in debt waits until it is paid back.
/// </summary>
sealed class RequestBudget(double unitsPerSecond, TimeProvider clock)
{
    /// <summary>Seconds that unused units stay good for.</summary>
    const double Burst = 10;

    /// <summary>Beyond it accounts that owe nothing are forgotten, which changes nothing for them.</summary>
    const int Accounts = 10_000;

    sealed class Purse
    {
        public double Units;
        public long At;
    }

    readonly ConcurrentDictionary<string, Purse> purses = new(StringComparer.Ordinal);

    /// <summary>How long the account must wait until its debt is paid back.</summary>
    public TimeSpan Wait(string accountId) =>
        unitsPerSecond > 0 && purses.TryGetValue(accountId, out var purse) && Change(purse, 0) is < 0 and var debt ? TimeSpan.FromSeconds(Math.Ceiling(-debt / unitsPerSecond)) : TimeSpan.Zero;

    public void Charge(string accountId, double units)
    {
        // What belongs to no customer is nobody's to pay.
        if (unitsPerSecond <= 0 || accountId == Partition.PlatformAccount)
        {
            return;
        }
        if (purses.Count >= Accounts)
        {
            foreach (var (id, idle) in purses)
            {
                if (Change(idle, 0) >= unitsPerSecond * Burst)
                {
                    purses.TryRemove(id, out _);
                }
            }
        }
        Change(purses.GetOrAdd(accountId, static (_, start) => new() { Units = start.Full, At = start.Now }, (Full: unitsPerSecond * Burst, Now: clock.GetTimestamp())), units);
    }

    double Change(Purse purse, double units)
    {
        lock (purse)
        {
            var now = clock.GetTimestamp();
            purse.Units = Math.Min(purse.Units + clock.GetElapsedTime(purse.At, now).TotalSeconds * unitsPerSecond, unitsPerSecond * Burst) - units;
            purse.At = now;
            return purse.Units;
        }
    }
}
