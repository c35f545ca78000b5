using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>What a run gave: how many a second, and how long each took.</summary>
sealed record Measurement(double PerSecond, TimeSpan P50, TimeSpan P99)
{
    /// <param name="ticks">Stopwatch ticks of each operation; sorted here.</param>
    public static Measurement Of(long[] ticks, TimeSpan elapsed)
    {
        Array.Sort(ticks);
        return new(ticks.Length / elapsed.TotalSeconds, At(ticks, 0.5), At(ticks, 0.99));
    }

    static TimeSpan At(long[] sorted, double part) =>
        sorted.Length == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))]);

    /// <summary>Runs an operation from so many callers at once, each starting its next when the last is done.</summary>
    public static async Task<Measurement> Run(int callers, TimeSpan length, Func<int, int, ValueTask> operation)
    {
        var clock = Stopwatch.StartNew();
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var ticks = new List<long>(100_000);
            for (var n = 0; clock.Elapsed < length; n++)
            {
                var start = Stopwatch.GetTimestamp();
                await operation(caller, n);
                ticks.Add(Stopwatch.GetTimestamp() - start);
            }
            return ticks;
        })));
        var elapsed = clock.Elapsed;
        return Of([.. all.SelectMany(ticks => ticks)], elapsed);
    }
}

/// <summary>Prints what was measured, on which machine.</summary>
static class Report
{
    public static void Machine(string data)
    {
        var cpu = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() : null;
        var drive = DriveInfo.GetDrives().Where(drive => Path.GetFullPath(data).StartsWith(drive.Name, StringComparison.Ordinal)).MaxBy(drive => drive.Name.Length);
        AnsiConsole.WriteLine($"{Environment.MachineName}: {Environment.ProcessorCount} x {cpu ?? "unknown CPU"}, {Environment.OSVersion.VersionString}, .NET {Environment.Version}; data on {drive?.DriveFormat} at {data}");
    }

    public static Table Table(string title, params string[] columns)
    {
        var table = new Table { Title = new(title), Border = TableBorder.Ascii };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column) { Alignment = table.Columns.Count == 0 ? Justify.Left : Justify.Right, NoWrap = true });
        }
        return table;
    }

    public static string Number(double value) => value.ToString(value < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);
    public static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds.ToString("0.00", CultureInfo.InvariantCulture)} ms";
}
