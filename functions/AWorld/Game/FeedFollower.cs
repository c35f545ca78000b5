using System.Diagnostics.Metrics;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>
/// A consumer of the feed in its rounds, of which it takes one at a time. One that fails again and again at a page takes
/// it document by document, and parks the one that it cannot take.
/// </summary>
sealed class FeedFollower(IPlayerFeedConsumer consumer, ParkedChanges parked, GameOptions options, WorkspaceClocks clocks, ILogger log) : IDisposable
{
    /// <summary>By <c>consumer</c> and <c>outcome</c>: parked or replayed.</summary>
    static readonly Counter<long> Parked = Telemetry.Meter.CreateCounter<long>("aworld.feed.parked", "{change}", "Changes that a consumer of the change feed parked, and that it took later");

    const int FailuresBeforeIsolating = 3;

    /// <summary>Who can take nothing at all has lost something that it needs, and waits for it.</summary>
    const int MostParkedInARow = 3;

    public readonly IPlayerFeedConsumer Consumer = consumer;
    public readonly SemaphoreSlim Turn = new(1, 1);
    public TaskCompletionSource<FeedOutcome> Ended = new();
    ParkedList list = ParkedList.Nothing;
    int failures, inARow, isolated;
    long failingSince;

    public FeedPosition Position { get; private set; }

    /// <summary>Takes page by page of one document.</summary>
    public bool IsIsolating => isolated > 0;

    public async ValueTask Begin(CancellationToken stop)
    {
        Position = FeedPosition.Parse(await Consumer.Position(stop));
        if (Position.Parked > list.Version)
        {
            (list, _) = await parked.Read(Consumer.Id, stop);
        }
        else if (Position.Parked == 0)
        {
            list = ParkedList.Nothing;
        }
    }

    /// <returns>Null: it goes on to the next page.</returns>
    public async Task<FeedOutcome?> Take(ChangePage page, CancellationToken stop)
    {
        var mine = page.Items.Where(Wants).ToList();
        try
        {
            if (list.Partitions.Count > 0)
            {
                mine = await ParkFollowing(mine, stop);
            }
            var goesOn = await Take(page, mine, stop);
            Succeeded(mine.Count);
            return goesOn && (isolated == 0 || --isolated > 0) ? null : new FeedOutcome(HasMore: true, null);
        }
        catch (Exception failure)
        {
            try
            {
                if (IsPoison(failure) && mine is [var change])
                {
                    await Park(change, failure, stop);
                    return await Take(page, [], stop) ? null : new FeedOutcome(HasMore: true, null);
                }
            }
            catch (Exception another)
            {
                return new FeedOutcome(false, another);
            }
            return new FeedOutcome(false, failure);
        }
    }

    /// <summary>Takes what is parked, in order per partition, as far as it goes. The follower must have its turn.</summary>
    public async Task Replay(CancellationToken stop)
    {
        (list, _) = await parked.Read(Consumer.Id, stop);
        foreach (var partition in list.Partitions)
        {
            for (var left = partition; left.Documents.Count > 0;)
            {
                if (!await TryReplay(left, stop))
                {
                    break;
                }
                list = await parked.Change(Consumer.Id, list => list.Partitions.FirstOrDefault(one => one.Key == left.Key) is { } now && now.Documents[0] == left.Documents[0] ? list.WithoutFirst(now) : list, stop);
                left = list.Partitions.FirstOrDefault(one => one.Key == left.Key) ?? left with { Documents = [] };
                Parked.Add(1, new("consumer", Consumer.Id), new("outcome", "replayed"));
            }
        }
    }

    public void Dispose() => Turn.Dispose();

    async ValueTask<bool> TryReplay(ParkedPartition partition, CancellationToken stop)
    {
        var key = Partition.Parse(Container.Players, partition.Key);
        if (await parked.Find(key, partition.Documents[0], stop) is not { } document)
        {
            // Deleted since; the feed would not tell of it either.
            return true;
        }
        try
        {
            return await Consumer.Take(new([new(key, document)], await Consumer.Position(stop), More: false), stop);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogWarning(failure, "{Consumer} still cannot take {Document} of {Partition}", Consumer.Id, document.Id, partition.Key);
            list = await parked.Change(Consumer.Id, list => list.Partitions.FirstOrDefault(one => one.Key == partition.Key) is { } now ? list.With(now, now with { Reason = Text(failure) }) : list, stop);
            return false;
        }
    }

    ValueTask<bool> Take(ChangePage page, IReadOnlyList<Change> items, CancellationToken stop) =>
        Consumer.Take(page with { Items = items, Cursor = new FeedPosition(list.Mark, page.Cursor).ToString() }, stop);

    /// <summary>What follows something that is parked waits with it.</summary>
    async ValueTask<List<Change>> ParkFollowing(List<Change> mine, CancellationToken stop)
    {
        foreach (var change in mine.Where(change => list.Holds(change.Partition)))
        {
            list = await parked.Change(Consumer.Id, list => list.With(change, "follows one that is parked", clocks.Real.GetUtcNow()), stop);
        }
        return mine.FindAll(change => !list.Holds(change.Partition));
    }

    async ValueTask Park(Change change, Exception failure, CancellationToken stop)
    {
        list = await parked.Change(Consumer.Id, list => list.With(change, Text(failure), clocks.Real.GetUtcNow()), stop);
        (failures, inARow) = (0, inARow + 1);
        log.LogError(failure, "{Consumer} cannot take {Document} of {Partition}; it is parked with what follows of the partition", Consumer.Id, change.Document.Id, change.Partition.Key);
        Parked.Add(1, new("consumer", Consumer.Id), new("outcome", "parked"));
    }

    void Succeeded(int taken)
    {
        failures = 0;
        inARow = taken > 0 ? 0 : inARow;
    }

    /// <summary>Counts the failure. It is the document's when it lasts, alone, and others are taken.</summary>
    bool IsPoison(Exception failure)
    {
        if (failure is OperationCanceledException or StoreBusyException)
        {
            return false;
        }
        if (failures++ == 0)
        {
            failingSince = clocks.Real.GetTimestamp();
        }
        if (failures >= FailuresBeforeIsolating && isolated == 0)
        {
            (isolated, failures) = (options.OutboxPage, 0);
            return false;
        }
        return isolated > 0 && failures >= FailuresBeforeIsolating && inARow < MostParkedInARow && list.Documents < options.ParkedChanges
            && clocks.Real.GetElapsedTime(failingSince) >= options.ParkAfter;
    }

    bool Wants(Change change)
    {
        foreach (var prefix in Consumer.Prefixes)
        {
            if (change.Document.Id.StartsWith(prefix, StringComparison.Ordinal))
            {
                return Consumer.Concerns(change);
            }
        }
        return false;
    }

    static string Text(Exception failure) => failure.Message.Length <= 500 ? failure.Message : failure.Message[..500];
}

/// <param name="HasMore">It was too slow for the others, or another node moved it: it may not have seen the feed's end.</param>
readonly record struct FeedOutcome(bool HasMore, Exception? Failure);
