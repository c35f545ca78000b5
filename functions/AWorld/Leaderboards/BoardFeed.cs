using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Leaderboards;

/// <summary>
/// Builds boards from the journals, and has them hear what comes. What is found in the players' change feed counts once,
/// whether or not the board heard of it when it was committed.
/// </summary>
sealed class BoardFeed : IPlayerFeedConsumer, IDisposable
{
    static readonly TimeSpan LookedForOthers = TimeSpan.FromSeconds(1);

    readonly Boards boards;
    readonly BoardDocuments documents;
    readonly IDocumentStore store;
    readonly WorkspaceClocks clocks;

    /// <summary>Tells of boards that other nodes made or changed; null: there are none.</summary>
    readonly ConfigurationFeed? others;

    /// <summary>Of what changes which boards hear of the feed.</summary>
    readonly SemaphoreSlim hearing = new(1);

    /// <summary>Up to where the boards have the feed; null: they are not listed yet.</summary>
    string? position;

    /// <summary>Where it was when they were listed.</summary>
    string? began;

    public BoardFeed(Boards boards, BoardDocuments documents, IDocumentStore store, PlayerFeed feed, WorkspaceClocks clocks)
    {
        (this.boards, this.documents, this.store, this.clocks) = (boards, documents, store, clocks);
        others = boards.IsShared ? new(store, clocks.Real, LookedForOthers) : null;
        boards.CatchUp = new SharedRun(stop => feed.CatchUp(this, stop)).Next;
    }

    public void Dispose()
    {
        hearing.Dispose();
        others?.Dispose();
    }

    public string Id => "leaderboards";

    public IReadOnlyList<string> Prefixes => [JournalChange.IdPrefix, UserChange.Id];

    /// <summary>Boards know what they can count, tenant by tenant.</summary>
    public bool Concerns(Change change) => true;

    public async ValueTask<string> Position(CancellationToken stop)
    {
        await Hearing(async () =>
        {
            await Start(stop);
            await FollowOthers(stop);
        }, stop);
        return position!;
    }

    public async ValueTask<bool> Take(ChangePage page, CancellationToken stop)
    {
        await Hearing(async () =>
        {
            await Hear(page, [.. boards.Live.Where(static board => board.IsStored || board.IsLive)]);
            position = page.Cursor;
        }, stop);
        return true;
    }

    /// <summary>Up to where the boards have the feed.</summary>
    public string At => position!;

    /// <summary>Lists the boards, the first time, and builds those that have neither ranks stored nor readers.</summary>
    /// <returns>Up to where the stored ranks had the feed.</returns>
    public async Task<string> Build(CancellationToken stop)
    {
        await Hearing(async () =>
        {
            await Start(stop);
            await Build([.. boards.Live.Where(static board => !board.IsStored && !board.IsLive)], stop);
        }, stop);
        return began!;
    }

    async ValueTask FollowOthers(CancellationToken stop)
    {
        if (others is null)
        {
            return;
        }
        var changed = new HashSet<Tenant>();
        await others.Catch((tenant, kind) => _ = kind == BoardDocuments.Kind && changed.Add(tenant), stop);
        foreach (var tenant in changed)
        {
            foreach (var board in await documents.Boards(tenant, stop))
            {
                await boards.Follow(new(tenant, board.RuntimeLeaderboardId), stop);
            }
        }
    }

    async Task Hearing(Func<Task> work, CancellationToken stop)
    {
        await hearing.WaitAsync(stop);
        try
        {
            await work();
        }
        finally
        {
            hearing.Release();
        }
    }

    async Task Start(CancellationToken stop)
    {
        if (position is null)
        {
            // Before the ranks: they may be newer than it, not older.
            var stored = await documents.ReadCursor(stop);
            await List(stop);
            position = began = stored;
        }
    }

    async Task List(CancellationToken stop)
    {
        await foreach (var key in documents.All(stop))
        {
            if (await documents.Board(key, stop) is not var (board, _))
            {
                continue;
            }
            var stored = await documents.Stored(key.Tenant, board, stop);
            if (stored is { IsFinal: true })
            {
                boards.OpenEnded(key.Tenant, board);
                continue;
            }
            boards.Open(key.Tenant, board, isStored: stored is not null);
        }
        boards.Listed();
        foreach (var board in boards.Live.Where(board => board.IsStored))
        {
            board.Ranks = await documents.Load(board.Tenant, board.Board, stop);
        }
    }

    /// <summary>From the whole journal, read once for all of them, unless nothing in it can count yet.</summary>
    async Task Build(IReadOnlyList<LiveBoard> unbuilt, CancellationToken stop)
    {
        var counting = unbuilt.Where(board => board.Board.Plan.EveryUser || board.Board.OpensAt() <= clocks.Now(board.Tenant)).ToList();
        foreach (var board in unbuilt.Except(counting))
        {
            board.TryGoLive();
        }
        var from = "";
        while (counting.Exists(static board => !board.IsLive))
        {
            var page = await store.Changes(Container.Players, from, StoreLimits.PageItems, Prefixes, stop);
            await Hear(page, counting);
            from = page.Cursor;
        }
    }

    /// <summary>Hands a page to boards, and at the feed's end opens to readers those that waited for it.</summary>
    async ValueTask Hear(ChangePage page, IReadOnlyList<LiveBoard> targets)
    {
        var byTenant = targets.GroupBy(board => board.Tenant).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var change in page.Items)
        {
            await Apply(change, byTenant);
        }
        foreach (var board in targets)
        {
            await board.Tell();
        }
        foreach (var board in targets.Where(board => !page.More && !board.IsLive))
        {
            board.TryGoLive();
        }
    }

    async ValueTask Apply(Change change, Dictionary<Tenant, List<LiveBoard>> byTenant)
    {
        if (JournalChange.TryRead(change, out var journaled))
        {
            if (byTenant.TryGetValue(journaled.Tenant, out var targets) && !boards.IsErased(journaled.Tenant, journaled.UserId)
                && targets.Exists(board => board.MayCount(journaled.UserId, journaled.Seq, change.Document.Body)))
            {
                var entry = JournalChange.Entry(change);
                if (!entry.IsStripped)
                {
                    targets.ForEach(board => board.Journaled(journaled.UserId, entry));
                }
            }
        }
        else if (UserChange.TryRead(change) is { } user && byTenant.TryGetValue(new(user.AccountId, user.WorkspaceId), out var joined) && !boards.IsErased(joined[0].Tenant, user.UserId))
        {
            joined.ForEach(board => board.Joined(user.UserId, user.CreatedAt));
        }
        else if (UserChange.ErasedUser(change) is { } erased && new Tenant(change.Partition.AccountId, change.Partition.WorkspaceId!) is var tenant)
        {
            if (boards.IsShared)
            {
                boards.Unload(tenant);
            }
            foreach (var board in byTenant.GetValueOrDefault(tenant, []))
            {
                await board.Erased(erased);
            }
        }
    }
}
