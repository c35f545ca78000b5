using System.Diagnostics;
using System.Globalization;
using AWorld.Platform.Ranks;
using Spectre.Console;

namespace AWorld.Benchmarks;

/// <summary>A million members on one board: updates, own ranks and the memory they take, beside what one would pick instead.</summary>
static class RankBenchmark
{
    const int Members = 1_000_000;
    static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    // As long as our own ids are.
    static readonly string[] Ids = [.. Enumerable.Range(0, Members).Select(i => string.Create(CultureInfo.InvariantCulture, $"member-{i:D14}"))];

    public static async Task Run()
    {
        // Made now, so that they are not counted as an index's memory
        _ = Ids.Length;
        var table = Report.Table($"{Members:N0} members", "index", "bytes/member", "filled in", "updates/s", "update p99", "ranks/s", "rank p99", "top tens/s");
        await Compare(new OurRanks(), table);
        await Compare(new SortedSetRanks(), table);
        if (await RedisRanks.Start() is { } redis)
        {
            await Compare(redis, table);
        }
        else
        {
            table.AddRow("Redis: skipped, redis-server is not on the path");
        }
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("one caller at a time; Redis is asked over loopback, one command after the other; the sorted set's members have no id of their own and its rank counts those before it");
    }

    static async Task Compare(IRanks ranks, Table table)
    {
        await using var disposed = ranks;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        await ranks.Fill(Ids.Select((id, i) => (id, Spread(i) % 10_000)));
        var filled = clock.Elapsed;
        var bytes = await ranks.Bytes() ?? GC.GetTotalMemory(forceFullCollection: true) - before;
        var updates = await Measurement.Run(1, Length, (_, n) => ranks.Add(Ids[Spread(n) % Members], 1 + n % 50));
        var reads = await Measurement.Run(1, Length, async (_, n) => await ranks.Rank(Ids[Spread(n + 17) % Members]));
        var pages = await Measurement.Run(1, Length / 3, async (_, _) => await ranks.TopTen());
        table.AddRow(ranks.Name, Report.Number((double)bytes / Members), $"{filled.TotalSeconds:0.0} s", Report.Number(updates.PerSecond), Micros(updates.P99), Report.Number(reads.PerSecond), Micros(reads.P99), Report.Number(pages.PerSecond));
    }

    static string Micros(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0.0} us");

    static int Spread(int n) => (int)((uint)n * 2654435761u >> 1);
}

/// <summary>Something that ranks members by score.</summary>
interface IRanks : IAsyncDisposable
{
    string Name { get; }
    ValueTask Fill(IEnumerable<(string Id, int Score)> members);
    ValueTask Add(string id, int amount);
    ValueTask<int> Rank(string id);
    ValueTask<int> TopTen();

    /// <summary>Null: what the process allocated.</summary>
    ValueTask<long?> Bytes();
}

sealed class OurRanks : IRanks
{
    readonly RankIndex index = new();
    long sequence;

    public string Name => "AWorld rank index";

    public ValueTask Fill(IEnumerable<(string Id, int Score)> members)
    {
        foreach (var (id, score) in members)
        {
            index.Apply(id, score, 1, ++sequence);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask Add(string id, int amount)
    {
        index.Apply(id, amount, ++sequence, sequence);
        return ValueTask.CompletedTask;
    }

    public ValueTask<int> Rank(string id) => new(index.Find(id).Standing!.Value.Rank);
    public ValueTask<int> TopTen() => new(index.Page(0, 10).Items.Count);
    public ValueTask<long?> Bytes() => new((long?)null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The framework's sorted set with a dictionary beside it.</summary>
sealed class SortedSetRanks : IRanks
{
    readonly Dictionary<string, (decimal Score, long At)> members = new(StringComparer.Ordinal);
    readonly SortedSet<(decimal Negated, long At, string Id)> order = new(Comparer<(decimal Negated, long At, string Id)>.Create(static (left, right) =>
        left.Negated.CompareTo(right.Negated) is var byScore and not 0 ? byScore : left.At.CompareTo(right.At) is var byTime and not 0 ? byTime : string.CompareOrdinal(left.Id, right.Id)));

    long sequence;

    public string Name => "SortedSet and Dictionary";

    public ValueTask Fill(IEnumerable<(string Id, int Score)> all)
    {
        foreach (var (id, score) in all)
        {
            Set(id, score, 1);
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask Add(string id, int amount)
    {
        var (score, at) = members[id];
        order.Remove((-score, at, id));
        Set(id, score + amount, ++sequence);
        return ValueTask.CompletedTask;
    }

    public ValueTask<int> Rank(string id)
    {
        var score = members[id].Score;
        var rank = 1;
        foreach (var (negated, _, _) in order)
        {
            if (-negated <= score)
            {
                break;
            }
            rank++;
        }
        return new(rank);
    }

    public ValueTask<int> TopTen() => new(order.Take(10).Count());
    public ValueTask<long?> Bytes() => new((long?)null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    void Set(string id, decimal score, long at)
    {
        members[id] = (score, at);
        order.Add((-score, at, id));
    }
}
