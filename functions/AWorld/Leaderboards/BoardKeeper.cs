using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <summary>
/// Builds boards from the journals and stores their ranks. What it finds in the players' change feed counts once,
/// whether or not the board heard of it when it was committed, so stored ranks and the position up to which the feed
/// was read are together as good as the whole journal.
/// </summary>
sealed class BoardKeeper(Boards boards, BoardDocuments documents, IDocumentStore store, PlayerFeed feed, IOptions<LeaderboardsOptions> options, WorkspaceClocks clocks, ILogger<BoardKeeper> log)
    : BackgroundService, IPlayerFeedConsumer
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Of storing, and of what changes which boards hear of the feed.</summary>
    readonly SemaphoreSlim turn = new(1), hearing = new(1);

    /// <summary>Up to where the boards have the feed, and up to where it is stored that they do; null: they are not listed yet.</summary>
    string? position, kept;

    /// <summary>Brings all boards up to date and stores them; what the background does, at once.</summary>
    public async Task Keep(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            await KeepAll(stop);
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
        base.Dispose();
    }

    public IReadOnlyList<string> Prefixes => [JournalChange.IdPrefix, UserChange.Id];

    /// <summary>Boards know what they can count, tenant by tenant.</summary>
    public bool Concerns(Change change) => true;

    public async ValueTask<string> Position(CancellationToken stop)
    {
        await Hearing(() => Start(stop), stop);
        return position!;
    }

    public async ValueTask<bool> Take(ChangePage page, CancellationToken stop)
    {
        await Hearing(() =>
        {
            Hear(page, [.. boards.Live.Where(static board => board.IsStored || board.IsLive)]);
            position = page.Cursor;
            return Task.CompletedTask;
        }, stop);
        return true;
    }

    async Task KeepAll(CancellationToken stop)
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
        foreach (var board in boards.Live.Where(board => board.IsLive))
        {
            var isFinal = board.Board.ClosesAt() + options.Value.FinalAfter <= clocks.Now(board.Tenant);
            await documents.Save(board.Tenant, board.Board, board.Ranks, first: !board.IsStored, isFinal, stop);
            board.IsStored = true;
            if (isFinal)
            {
                boards.Close(board);
            }
        }
        if (at != kept)
        {
            await documents.WriteCursor(at, stop);
            kept = at;
        }
        boards.WereReady = true;
        boards.ForgetErasures(erasures);
        boards.Trim();
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
            await List(stop);
            position = kept = await documents.ReadCursor(stop);
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
            Hear(page, counting);
            from = page.Cursor;
        }
    }

    /// <summary>Hands a page to boards, and at the feed's end opens to readers those that waited for it.</summary>
    void Hear(ChangePage page, IReadOnlyList<LiveBoard> targets)
    {
        var byTenant = targets.GroupBy(board => board.Tenant).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var change in page.Items)
        {
            Apply(change, byTenant);
        }
        foreach (var board in targets.Where(board => !page.More && !board.IsLive))
        {
            board.TryGoLive();
        }
    }

    void Apply(Change change, Dictionary<Tenant, List<LiveBoard>> byTenant)
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
        else if (UserChange.ErasedUser(change) is { } erased && byTenant.TryGetValue(new(change.Partition.AccountId, change.Partition.WorkspaceId!), out var left))
        {
            left.ForEach(board => board.Committed(erased, null));
        }
    }
}
