using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Missions;

/// <summary>
/// Adds up what the missions of each rule came to, from the journals of all users and groups. A page of the feed is
/// first written down as what it adds, then added, each sum remembering the last page in it; so whatever dies on the
/// way, every entry counts once.
/// </summary>
sealed class RuleTallies(IDocumentStore store, PlayerFeed feed) : IPlayerFeedConsumer, IUserTraces
{
    const string CursorId = "rule-tallies";
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    (Position Position, string? ETag) at;

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

    public string Id => CursorId;

    public IReadOnlyList<string> Prefixes => [JournalChange.IdPrefix];

    /// <summary>Counts all entries that are committed by now.</summary>
    public Task CatchUp(CancellationToken stop) => feed.CatchUp(this, stop);

    /// <summary>Most entries are of actions that complete nothing: those are not even read.</summary>
    public bool Concerns(Change change)
    {
        var body = change.Document.Body.Span;
        return body.IndexOf("\"assigned\":"u8) >= 0 || body.IndexOf("\"completed\":"u8) >= 0 || body.IndexOf("\"paidFor\":"u8) >= 0 || body.IndexOf("\"retracted\":"u8) >= 0;
    }

    async ValueTask<string> IPlayerFeedConsumer.Position(CancellationToken stop)
    {
        await AddTaken(stop);
        return at.Position.Cursor;
    }

    public async ValueTask<bool> Take(ChangePage page, CancellationToken stop)
    {
        var sums = new Dictionary<(Tenant Tenant, RulePeriod Of), Tally>();
        foreach (var change in page.Items)
        {
            if (JournalChange.TryRead(change, out var journal) && GameJson.Read<TalliedEntry>(change.Document.Body) is { IsStripped: false } entry)
            {
                foreach (var (of, tally) in Tally.Of(entry))
                {
                    sums[(journal.Tenant, of)] = sums.GetValueOrDefault((journal.Tenant, of), Tally.Nothing).Plus(tally);
                }
            }
        }
        var before = at.Position;
        if (sums.Count == 0 && (page.Cursor == before.Cursor || (page.More && !FeedPosition.HasParked(page.Cursor))))
        {
            return true;
        }
        var next = new Position(page.Cursor, before.Batch + (sums.Count > 0 ? 1 : 0), sums.Count == 0 ? null : [.. sums.Select(sum => new Addition(sum.Key.Tenant, sum.Key.Of, sum.Value))]);
        if (!await Save(next, stop))
        {
            return false;
        }
        if (next.Adding is not null)
        {
            await AddTaken(stop);
        }
        return at.Position.Cursor == page.Cursor;
    }

    /// <summary>Reads how far it is, and adds the page that was taken, unless it is added.</summary>
    async ValueTask AddTaken(CancellationToken stop)
    {
        await Read(stop);
        while (at.Position.Adding is { } taken)
        {
            var isAdded = true;
            foreach (var rule in taken.GroupBy(addition => (addition.Tenant, addition.Of.MissionRuleId)))
            {
                isAdded &= await Add(Partition.Rule(rule.Key.Tenant, rule.Key.MissionRuleId), [.. rule], at.Position.Batch, stop);
            }
            if (!isAdded || !await Save(at.Position with { Adding = null }, stop))
            {
                await Read(stop);
            }
        }
    }

    async ValueTask Read(CancellationToken stop) =>
        at = await store.Read(Home, CursorId, stop) is { } document ? (Json.Read<Position>(document.Body), document.ETag) : (new("", 0, null), null);

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
    async ValueTask<bool> Save(Position position, CancellationToken stop)
    {
        var body = Json.Bytes(position);
        var saved = await store.Commit(Home, [at.ETag is null ? Write.Create(CursorId, body) : Write.Replace(CursorId, body, at.ETag)], stop);
        if (saved.Committed)
        {
            at = (position, saved.ETags[0]);
        }
        return saved.Committed;
    }
}
