using System.Diagnostics.Metrics;
using System.Globalization;
using AWorld.Platform;
using AWorld.Platform.Ranks;

namespace AWorld.Functions.Redis;

/// <summary>
/// The ranks of a board in sorted sets of Redis. While they are not there, or not sure to be whole, reads are answered
/// from the journals, and one node fills them again. Whoever could not tell Redis of an entry, or lost the connection,
/// drops them before it trusts them again.
/// </summary>
sealed class RedisRanks(IRedis redis, string board, bool ranksZero, Func<RankIndex> own, JournalRanks journal, Ids ids, TimeProvider clock, ILogger<RedisRanks> log) : IRanks
{
    /// <summary>Answers by <c>source</c>: redis or journals.</summary>
    static readonly Counter<long> Reads = Telemetry.Meter.CreateCounter<long>("aworld.ranks.reads", "{read}", "Reads of ranks that nodes share");

    const int AtOnce = 250, Tries = 20;
    static readonly TimeSpan FillerLives = TimeSpan.FromSeconds(30), FillAgainAfter = TimeSpan.FromSeconds(2), Farewell = TimeSpan.FromDays(1);

    // The braces keep the keys in one slot of a cluster.
    readonly string[] keys = [$"ranks:{{{board}}}:members", $"ranks:{{{board}}}:order", $"ranks:{{{board}}}:state"];
    readonly Lock gate = new();
    Task filling = Task.CompletedTask;
    long filledAt;
    int doubts, settled;

    /// <summary>Redis may lack what it was told.</summary>
    public void Doubt() => Interlocked.Increment(ref doubts);

    /// <summary>Ends with the filling that is under way on this node.</summary>
    internal Task Filled => filling;

    public async ValueTask<(Standing? Standing, int Count)> Find(string memberId, CancellationToken stop)
    {
        if (await Read(RankScripts.Find, memberId) is { } answer)
        {
            return Standing(answer);
        }
        return await journal.Find(memberId, stop);
    }

    public async ValueTask<RankPage> Page(int offset, int limit, string? own, CancellationToken stop)
    {
        if (await Read(RankScripts.Page, Text(offset), Text((long)offset + limit - 1), own ?? "") is not { } answer)
        {
            return await journal.Page(offset, limit, own, stop);
        }
        var lines = answer.Split('\n');
        var (standing, count) = Standing(lines[0]);
        var items = new List<Ranked>(lines.Length);
        for (var i = 2; i < lines.Length; i++)
        {
            var (score, id) = ScoreKey.Read(lines[i]);
            items.Add(new(i == 2 ? int.Parse(lines[1], CultureInfo.InvariantCulture) : items[^1].Score == score ? items[^1].Rank : offset + i - 1, id, score));
        }
        return new(items, count, standing);
    }

    public ValueTask Heard(RankEntry entry) => Tell([entry], static (member, entry, _) => member.Hear(entry));

    public ValueTask Journaled(IReadOnlyList<RankEntry> entries) =>
        Tell(entries, static (member, entry, isComplete) => isComplete ? member.Journal(entry) : member.Hear(entry));

    public ValueTask Remove(string memberId) => Tell([new(memberId, 0, 0, 0)], static (_, _, _) => Scored.Nothing);

    /// <summary>Other nodes may read it for a while.</summary>
    public async ValueTask Close() => await Ask(RankScripts.Expire, Text((long)Farewell.TotalMilliseconds));

    async ValueTask Tell(IReadOnlyList<RankEntry> entries, Func<Scored, RankEntry, bool, Scored> change)
    {
        try
        {
            if (await IsTrusted())
            {
                await Change(entries, change);
                return;
            }
        }
        catch (Exception failure) when (RedisSessionTokens.IsLost(failure))
        {
            var level = Volatile.Read(ref doubts) == Volatile.Read(ref settled) ? LogLevel.Warning : LogLevel.Debug;
            log.Log(level, failure, "Redis was not told of {Entries} entries of board {Board}; its ranks are filled again", entries.Count, board);
        }
        Doubt();
    }

    /// <summary>Nothing: the journals must answer, and Redis is filled meanwhile.</summary>
    async ValueTask<string?> Read(string script, params string[] values)
    {
        var answer = await Ask(script, values);
        if (answer is null)
        {
            Fill();
        }
        Reads.Add(1, new KeyValuePair<string, object?>("source", answer is null ? "journals" : "redis"));
        return answer;
    }

    /// <summary>Nothing where Redis knows nothing or is not in reach.</summary>
    async ValueTask<string?> Ask(string script, params string[] values)
    {
        try
        {
            return await IsTrusted() ? await redis.Evaluate(script, keys, values) : null;
        }
        catch (Exception failure) when (RedisSessionTokens.IsLost(failure))
        {
            log.LogDebug(failure, "The ranks of board {Board} are read from the journals", board);
            return null;
        }
    }

    async ValueTask<bool> IsTrusted()
    {
        var seen = Volatile.Read(ref doubts);
        if (seen != Volatile.Read(ref settled))
        {
            await redis.Evaluate(RankScripts.Drop, keys);
            Volatile.Write(ref settled, seen);
        }
        return seen == Volatile.Read(ref doubts);
    }

    async Task Change(IReadOnlyList<RankEntry> entries, Func<Scored, RankEntry, bool, Scored> change)
    {
        foreach (var some in entries.GroupBy(static entry => entry.MemberId, StringComparer.Ordinal).Chunk(AtOnce))
        {
            var left = some.ToDictionary(static member => member.Key, static member => member.ToList(), StringComparer.Ordinal);
            for (var attempt = 0; left.Count > 0; attempt++)
            {
                if (attempt == Tries)
                {
                    throw new TimeoutException($"others changed the same members of board {board} {Tries} times");
                }
                if (attempt > 0)
                {
                    // Each for another time, so that one of them gets through.
                    await Task.Delay(Random.Shared.Next(1 << Math.Min(attempt, 6)));
                }
                var failed = await TryChange(left, change);
                left = left.Where(member => failed.Contains(member.Key)).ToDictionary(StringComparer.Ordinal);
            }
        }
    }

    /// <returns>Those that somebody else changed meanwhile.</returns>
    async Task<IReadOnlyCollection<string>> TryChange(Dictionary<string, List<RankEntry>> members, Func<Scored, RankEntry, bool, Scored> change)
    {
        string[] who = [.. members.Keys];
        if (await redis.Evaluate(RankScripts.Read, keys, who) is not { } answer)
        {
            // Who fills begins after this, and finds the entries in the journals.
            return [];
        }
        var lines = answer.Split('\n');
        List<string> writes = [];
        for (var i = 0; i < who.Length; i++)
        {
            var before = Scored.Read(who[i], lines[i + 1]);
            var after = members[who[i]].Aggregate(before, (member, entry) => change(member, entry, lines[0] == "complete"));
            if (!ReferenceEquals(before, after))
            {
                writes.AddRange([who[i], lines[i + 1], Record(after), lines[i + 1].Length == 0 ? "" : before.Member(who[i], ranksZero), Record(after).Length == 0 ? "" : after.Member(who[i], ranksZero)]);
            }
        }
        var failed = writes.Count == 0 ? null : await redis.Evaluate(RankScripts.Write, keys, [.. writes]);
        return string.IsNullOrEmpty(failed) ? [] : failed.Split('\n');
    }

    string Record(Scored member) => ReferenceEquals(member, Scored.Nothing) ? "" : member.Text(ranksZero);

    /// <summary>In the background, unless this node fills already or did so a moment ago.</summary>
    void Fill()
    {
        lock (gate)
        {
            if (filling.IsCompleted && (filledAt == 0 || clock.GetElapsedTime(filledAt) >= FillAgainAfter))
            {
                filledAt = clock.GetTimestamp();
                filling = Task.Run(FillOrFail);
            }
        }
    }

    async Task FillOrFail()
    {
        try
        {
            var filler = ids.New();
            string[] sign = [filler, Text((long)FillerLives.TotalMilliseconds)];
            if (!await IsTrusted() || await redis.Evaluate(RankScripts.Begin, keys, sign) is null)
            {
                return;
            }
            // After the beginning: what is committed from now on is told to Redis as well.
            await journal.CatchUp(CancellationToken.None);
            foreach (var some in own().Members().SelectMany(static members => members).Chunk(AtOnce))
            {
                await Change(some, static (member, state, _) => member.Fill(state));
                if (await redis.Evaluate(RankScripts.GoOn, keys, sign) is null)
                {
                    return;
                }
            }
            await redis.Evaluate(RankScripts.Complete, keys, filler);
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "The ranks of board {Board} could not be filled; they are read from the journals", board);
        }
    }

    static (Standing? Standing, int Count) Standing(string answer)
    {
        var parts = answer.Split(' ');
        return (parts.Length == 1 ? null : new(int.Parse(parts[1], CultureInfo.InvariantCulture), decimal.Parse(parts[2], CultureInfo.InvariantCulture)), int.Parse(parts[0], CultureInfo.InvariantCulture));
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
