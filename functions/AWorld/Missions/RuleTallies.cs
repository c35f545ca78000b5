using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Missions;

/// <summary>
/// Adds up what the missions of each rule came to, from the journals of all users and groups. A page of the feed is
/// first written down as what it adds, then added, each sum remembering the last page in it; so whatever dies on the
/// way, every entry counts once.
/// </summary>
sealed class RuleTallies(IDocumentStore store, IOptions<GameOptions> options, WorkspaceClocks clocks, ILogger<RuleTallies> log) : BackgroundService, IUserTraces
{
    const string CursorId = "rule-tallies";
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    readonly SemaphoreSlim turn = new(1, 1);

    /// <param name="Cursor">Everything before it is added or in <paramref name="Adding"/>.</param>
    /// <param name="Batch">The number of the last page that added anything.</param>
    sealed record Position(string Cursor, long Batch, IReadOnlyList<Addition>? Adding);

    sealed record Addition(Tenant Tenant, RulePeriod Of, Tally Tally);

    /// <summary>An erasure takes what clients wrote out of the entries, which makes them come in the feed again: they must have been counted before.</summary>
    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        await CatchUp(stop);
        return new();
    }

    public string Module => "mission-rules";

    /// <summary>Counts all entries that are committed by now.</summary>
    public async ValueTask CatchUp(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            await AddTaken(stop);
            // Under load there is always something new: reading on for that would turn pages of a few entries without a pause.
            while (await Take(stop))
            {
                await AddTaken(stop);
            }
            await AddTaken(stop);
        }
        finally
        {
            turn.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await CatchUp(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "The sums of mission rules stopped at an entry and will go on from it");
            }
            await Task.Delay(options.Value.OutboxInterval, clocks.Real, stoppingToken);
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    async ValueTask<(Position Position, string? ETag)> Read(CancellationToken stop) =>
        await store.Read(Home, CursorId, stop) is { } document ? (Json.Read<Position>(document.Body), document.ETag) : (new("", 0, null), null);

    /// <summary>Adds the page that was taken, unless it is added.</summary>
    async ValueTask AddTaken(CancellationToken stop)
    {
        while (await Read(stop) is { Position: { Adding: { } taken } position, ETag: var etag })
        {
            var isAdded = true;
            foreach (var rule in taken.GroupBy(addition => (addition.Tenant, addition.Of.MissionRuleId)))
            {
                isAdded &= await Add(Partition.Rule(rule.Key.Tenant, rule.Key.MissionRuleId), [.. rule], position.Batch, stop);
            }
            if (isAdded)
            {
                await Save(position with { Adding = null }, etag, stop);
            }
        }
    }

    /// <summary>Takes a page of the feed; false when it was the last.</summary>
    async ValueTask<bool> Take(CancellationToken stop)
    {
        var (position, etag) = await Read(stop);
        var page = await store.Changes(Container.Players, position.Cursor, options.Value.OutboxPage, [JournalChange.IdPrefix], stop);
        var sums = new Dictionary<(Tenant Tenant, RulePeriod Of), Tally>();
        foreach (var change in page.Items)
        {
            if (Concerns(change.Document) && JournalChange.TryRead(change, out var journal) && GameJson.Read<TalliedEntry>(change.Document.Body) is { IsStripped: false } entry)
            {
                foreach (var (of, tally) in Tally.Of(entry))
                {
                    sums[(journal.Tenant, of)] = sums.GetValueOrDefault((journal.Tenant, of), Tally.Nothing).Plus(tally);
                }
            }
        }
        if (page.Cursor == position.Cursor)
        {
            return false;
        }
        var next = new Position(page.Cursor, position.Batch + (sums.Count > 0 ? 1 : 0), sums.Count == 0 ? null : [.. sums.Select(sum => new Addition(sum.Key.Tenant, sum.Key.Of, sum.Value))]);
        return !await Save(next, etag, stop) || page.More;
    }

    /// <summary>Most entries are of actions that complete nothing: those are not even read.</summary>
    static bool Concerns(Document document)
    {
        var body = document.Body.Span;
        return body.IndexOf("\"assigned\":"u8) >= 0 || body.IndexOf("\"completed\":"u8) >= 0 || body.IndexOf("\"paidFor\":"u8) >= 0;
    }

    /// <returns>False when another node adds the same.</returns>
    async ValueTask<bool> Add(Partition rule, IReadOnlyList<Addition> additions, long batch, CancellationToken stop)
    {
        var sums = additions.Select(addition => (Id: RuleDocuments.TallyId(addition.Of.PeriodId), addition.Tally))
            .Append((RuleDocuments.TotalId, additions.Aggregate(Tally.Nothing, static (sum, addition) => sum.Plus(addition.Tally))));
        foreach (var some in sums.Chunk(StoreLimits.BatchWrites))
        {
            var writes = new Batch();
            foreach (var (id, tally) in some)
            {
                if (await store.Read(rule, id, stop) is not { } document)
                {
                    writes.Create(id, tally with { Batch = batch });
                }
                else if (Json.Read<Tally>(document.Body) is var before && before.Batch < batch)
                {
                    writes.Replace(id, before.Plus(tally) with { Batch = batch }, document.ETag);
                }
            }
            if (writes.Writes.Count > 0 && !(await store.Commit(rule, writes.Writes, stop)).Committed)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Of several nodes one goes on; the others read what it has done.</summary>
    async ValueTask<bool> Save(Position position, string? etag, CancellationToken stop) =>
        (await store.Commit(Home, [etag is null ? Write.Create(CursorId, Json.Bytes(position)) : Write.Replace(CursorId, Json.Bytes(position), etag)], stop)).Committed;
}
