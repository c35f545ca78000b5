using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <summary>
/// Builds boards from the journals and stores their ranks. One reader goes through the players' change feed: what it
/// finds counts once, whether or not the board heard of it when it was committed, so stored ranks and the position
/// up to which the feed was read are together as good as the whole journal.
/// </summary>
sealed class BoardKeeper(Boards boards, BoardDocuments documents, IDocumentStore store, IOptions<LeaderboardsOptions> options, WorkspaceClocks clocks, ILogger<BoardKeeper> log)
    : BackgroundService
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim turn = new(1);
    string? cursor;

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
        base.Dispose();
    }

    async Task KeepAll(CancellationToken stop)
    {
        if (cursor is null)
        {
            await List(stop);
            cursor = await documents.ReadCursor(stop);
        }
        var erasures = boards.Erasures.ToList();
        await Build([.. boards.Live.Where(board => !board.IsStored && !board.IsLive)], stop);
        var at = await Read(cursor, [.. boards.Live.Where(board => board.IsStored || board.IsLive)], stop);
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
        if (at != cursor)
        {
            await documents.WriteCursor(at, stop);
            cursor = at;
        }
        boards.WereReady = true;
        boards.ForgetErasures(erasures);
        boards.Trim();
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
        if (counting.Count > 0)
        {
            await Read("", counting, stop);
        }
    }

    /// <summary>Hands what the feed holds after a position to boards, and opens to readers those that wait for it.</summary>
    async Task<string> Read(string position, IReadOnlyList<LiveBoard> targets, CancellationToken stop)
    {
        var byTenant = targets.GroupBy(board => board.Tenant).ToDictionary(group => group.Key, group => group.ToList());
        while (true)
        {
            ChangePage page;
            do
            {
                page = await store.Changes(Container.Players, position, StoreLimits.PageItems, [JournalChange.IdPrefix, UserChange.Id], stop);
                foreach (var change in page.Items)
                {
                    Apply(change, byTenant);
                }
                position = page.Cursor;
            }
            while (page.More);
            var behind = targets.Where(board => !board.IsLive && !board.TryGoLive()).ToList();
            if (behind.Count == 0)
            {
                return position;
            }
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
                targets.ForEach(board => board.Journaled(journaled.UserId, entry));
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
