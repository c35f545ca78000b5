using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <summary>
/// Builds boards from the journals and stores their ranks. What it finds in the players' change feed counts once,
/// whether or not the board heard of it when it was committed, so stored ranks and the position up to which the feed
/// was read are together as good as the whole journal. Where nodes share ranks each of them follows the feed, and one
/// at a time stores (<see cref="Store"/>).
/// </summary>
sealed class BoardKeeper : BackgroundService, IPlayerFeedConsumer
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1), LookedForOthers = TimeSpan.FromSeconds(1);

    readonly Boards boards;
    readonly BoardDocuments documents;
    readonly IDocumentStore store;
    readonly PlayerFeed feed;
    readonly IOptions<LeaderboardsOptions> options;
    readonly WorkspaceClocks clocks;
    readonly ILogger<BoardKeeper> log;

    /// <summary>Tells of boards that other nodes made or changed; null: there are none.</summary>
    readonly ConfigurationFeed? others;

    public BoardKeeper(Boards boards, BoardDocuments documents, IDocumentStore store, PlayerFeed feed, IOptions<LeaderboardsOptions> options, WorkspaceClocks clocks, ILogger<BoardKeeper> log)
    {
        (this.boards, this.documents, this.store, this.feed, this.options, this.clocks, this.log) = (boards, documents, store, feed, options, clocks, log);
        others = boards.IsShared ? new(store, clocks.Real, LookedForOthers) : null;
        reading = new(stop => feed.CatchUp(this, stop));
        boards.CatchUp = reading.Next;
    }

    /// <summary>Of storing, and of what changes which boards hear of the feed.</summary>
    readonly SemaphoreSlim turn = new(1), hearing = new(1);

    readonly SharedRun reading;

    /// <summary>Up to where the boards have the feed, and up to where it is stored that they do; null: they are not listed yet.</summary>
    string? position, kept;

    /// <summary>Brings all boards up to date, makes results final, and stores the ranks unless others share them; what the background does, at once.</summary>
    public Task Keep(CancellationToken stop) => Keep(storing: !boards.IsShared, stop);

    /// <summary>The same, and stores the ranks, for one of the nodes that share them at a time.</summary>
    public Task Store(CancellationToken stop) => Keep(storing: true, stop);

    async Task Keep(bool storing, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            await KeepAll(storing, stop);
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        hearing.Dispose();
        others?.Dispose();
        base.Dispose();
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

    async Task KeepAll(bool storing, CancellationToken stop)
    {
        var erasures = boards.Erasures.ToList();
        await Hearing(async () =>
        {
            await Start(stop);
            await Build([.. boards.Live.Where(static board => !board.IsStored && !board.IsLive)], stop);
        }, stop);
        var at = "";
        do
        {
            await feed.CatchUp(this, stop);
            at = position!;
        }
        while (boards.Live.Any(static board => board.IsStored && !board.IsLive));
        var all = true;
        foreach (var board in boards.Live.Where(board => board.IsLive))
        {
            var isFinal = board.Board.ClosesAt() + options.Value.FinalAfter <= clocks.Now(board.Tenant);
            var isStored = await TryStore(board, storing, isFinal, stop);
            if (isFinal && isStored)
            {
                await boards.Close(board);
            }
            all &= isStored;
        }
        if (storing && all && at != kept)
        {
            await documents.WriteCursor(at, stop);
            kept = at;
        }
        boards.WereReady = true;
        boards.ForgetErasures(erasures);
        boards.Trim();
    }

    /// <returns>Whether what should be stored is.</returns>
    async ValueTask<bool> TryStore(LiveBoard board, bool storing, bool isFinal, CancellationToken stop)
    {
        if (!boards.IsShared)
        {
            await documents.Save(board.Tenant, board.Board, board.Ranks, first: !board.IsStored, isFinal, stop);
            board.IsStored = true;
            return true;
        }
        if (!isFinal && (!storing || (board.IsStored && !board.Ranks.HasChanged)))
        {
            return true;
        }
        if (await documents.Replace(board.Tenant, board.Board, board.Ranks, boards.NewSnapshot(), isFinal, stop))
        {
            return board.IsStored = true;
        }
        return await documents.Stored(board.Tenant, board.Board, stop) is { IsFinal: true };
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = options.Value.StoreEvery;
            try
            {
                await Keep(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                // Nothing is lost: the cursor stays where everything before it is stored
                log.LogError(failure, "Leaderboards could not be brought up to date; trying again");
                wait = RetryAfter;
            }
            await Next(wait, stoppingToken);
        }
    }

    /// <summary>A graceful stop leaves nothing to catch up with.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Keep(cancellationToken);
        }
        catch (Exception failure) when (failure is OperationCanceledException or StoreBusyException)
        {
            log.LogWarning("Leaderboards were not stored before the stop; they will be caught up with at the next start");
        }
    }

    async Task Next(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            await boards.Added(wait, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop ends
        }
    }

    async Task Start(CancellationToken stop)
    {
        if (position is null)
        {
            // Before the ranks: they may be newer than it, not older.
            var stored = await documents.ReadCursor(stop);
            await List(stop);
            position = kept = stored;
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
