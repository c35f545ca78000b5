using System.Globalization;
using System.Text;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>Actions of four documents, as durable as each system makes them, side by side with what one would pick instead.</summary>
static class StoreBenchmark
{
    const int Users = 10_000;
    static readonly int[] Callers = [1, 16, 64, 256];
    static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    // The sizes of a typical action's marker, journal entry, state and balance.
    static readonly byte[][] Bodies = [.. new[] { 90, 700, 900, 200 }.Select(size => Encoding.UTF8.GetBytes($"{{\"data\":\"{new string('x', size - 11)}\"}}"))];

    public static async Task Run(string data)
    {
        var table = Report.Table("Durable actions of four documents; reads of one document", "store", "callers", "actions/s", "p50", "p99", "reads/s", "read p99");
        await Compare(new OurStore(Path.Combine(data, "ours")), table);
        await Compare(new PlainSqlite(Path.Combine(data, "plain")), table);
        if (await Postgres.Start(data + "-postgres") is { } postgres)
        {
            await Compare(postgres, table);
        }
        else
        {
            table.AddRow("PostgreSQL: skipped, not installed");
        }
        AnsiConsole.Write(table);
    }

    static async Task Compare(IContender contender, Table table)
    {
        await using var disposed = contender;
        await Writing(contender, 16, TimeSpan.FromSeconds(1));
        foreach (var callers in Callers)
        {
            // PostgreSQL gives each caller a connection of its own, of which it has no more than this.
            var writes = await Writing(contender, Math.Min(callers, contender is Postgres ? 128 : callers), Length);
            var reads = await Measurement.Run(Math.Min(callers, 128), Length / 2, async (caller, n) => await contender.Read(User(caller, n)));
            table.AddRow(contender.Name, callers.ToString(CultureInfo.InvariantCulture), Report.Number(writes.PerSecond), Report.Milliseconds(writes.P50), Report.Milliseconds(writes.P99),
                Report.Number(reads.PerSecond), Report.Milliseconds(reads.P99));
        }
    }

    static int runs;

    static Task<Measurement> Writing(IContender contender, int callers, TimeSpan length)
    {
        var run = Interlocked.Increment(ref runs);
        return Measurement.Run(callers, length, (caller, n) => contender.Act(User(caller, n), $"{run:D2}-{caller:D4}-{n:D8}", Bodies));
    }

    // Spread without a pattern that a cache could follow.
    static int User(int caller, int n) => (int)((((uint)n * 2654435761u) ^ ((uint)caller * 40503u)) % Users);
}
