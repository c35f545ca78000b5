using AWorld.Game;
using AWorld.Platform;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <summary>
/// Brings boards up to date with the feed and stores their ranks. Stored ranks and the position up to which the feed was
/// read are together as good as the whole journal. Where nodes share ranks each of them follows the feed, and one at a
/// time stores (<see cref="Store"/>).
/// </summary>
sealed class BoardKeeper(Boards boards, BoardDocuments documents, BoardFeed hearing, PlayerFeed feed, IOptions<LeaderboardsOptions> options, WorkspaceClocks clocks, ILogger<BoardKeeper> log) : BackgroundService
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim turn = new(1);

    /// <summary>Up to where it is stored that the boards have the feed.</summary>
    string? kept;

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
        base.Dispose();
    }

    async Task KeepAll(bool storing, CancellationToken stop)
    {
        var erasures = boards.Erasures.ToList();
        var began = await hearing.Build(stop);
        kept ??= began;
        string at;
        do
        {
            await feed.CatchUp(hearing, stop);
            at = hearing.At;
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
}
