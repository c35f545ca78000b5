using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AWorld.Platform;

namespace AWorld.Functions.Tests;

/// <summary>What a counter of the product counts for one account, from here on.</summary>
sealed class Counted : IDisposable
{
    readonly MeterListener listener = new();
    readonly ConcurrentQueue<(double Value, string Tags)> seen = [];

    public Counted(string counter, string account)
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == Telemetry.Name && instrument.Name == counter)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => Add(value, tags));
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        listener.Start();

        void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray();
            if (all.Contains(new("account", account)))
            {
                seen.Enqueue((value, string.Join(' ', all.Where(static tag => tag.Key != "account").Select(static tag => tag.Value))));
            }
        }
    }

    /// <summary>With the values of the tags beside the account.</summary>
    public IReadOnlyList<(double Value, string Tags)> Seen => [.. seen];

    public void Dispose() => listener.Dispose();
}
