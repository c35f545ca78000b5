using System.Collections.Concurrent;
using System.Collections.Immutable;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <summary>
/// The ranks of all boards, in memory. Journal entries reach them before the step that made them is answered, so
/// who earns points and then asks sees the new rank. <see cref="BoardKeeper"/> builds and stores them.
/// </summary>
sealed class Boards(BoardDocuments documents, IOptions<LeaderboardsOptions> options, WorkspaceClocks clocks) : IJournalObserver, IDisposable
{
    const int EndedAtOnce = 50;

    readonly ConcurrentDictionary<Tenant, ImmutableArray<LiveBoard>> live = new();
    readonly ConcurrentDictionary<BoardKey, LiveBoard> boards = new();
    readonly ConcurrentDictionary<BoardKey, EndedBoard> ended = new();
    readonly ConcurrentDictionary<(Tenant, string), byte> erased = new();
    readonly TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim added = new(0);
    readonly Lock opening = new();

    public void Dispose() => added.Dispose();

    public ValueTask Committed(Tenant tenant, string userId, JournalEntry entry)
    {
        if (live.TryGetValue(tenant, out var here))
        {
            foreach (var board in here)
            {
                board.Committed(userId, entry);
            }
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>The boards that take entries.</summary>
    public IReadOnlyList<LiveBoard> Live => [.. boards.Values];

    public ImmutableArray<LiveBoard> LiveIn(Tenant tenant) => live.TryGetValue(tenant, out var here) ? here : [];

    /// <summary>Whether the ranks were those of the journals once since the start.</summary>
    public bool WereReady { get; set; }

    /// <summary>Starts to keep the ranks of a board that was created or changed; they are built in the background.</summary>
    public void Open(Tenant tenant, RuntimeLeaderboard board, bool isStored = false)
    {
        var key = new BoardKey(tenant, board.RuntimeLeaderboardId);
        var opened = new LiveBoard(tenant, board, options.Value.EntriesWhileBuilding) { IsStored = isStored };
        ended.TryRemove(key, out _);
        boards[key] = opened;
        live.AddOrUpdate(tenant, _ => [opened], (_, here) => here.RemoveAll(other => other.Board.RuntimeLeaderboardId == board.RuntimeLeaderboardId).Add(opened));
        if (listed.Task.IsCompleted)
        {
            added.Release();
        }
    }

    /// <summary>Opens a board that was created or changed, unless it is open as it is stored.</summary>
    public async ValueTask<bool> Follow(BoardKey key, CancellationToken stop)
    {
        if (await documents.Board(key, stop) is not var (board, _))
        {
            return false;
        }
        lock (opening)
        {
            var version = boards.TryGetValue(key, out var open) ? open.Board.Version : ended.TryGetValue(key, out var closed) ? closed.Board.Version : 0;
            if (version < board.Version)
            {
                Open(key.Tenant, board);
            }
        }
        return true;
    }

    /// <summary>The results of a board are stored and final.</summary>
    public void Close(LiveBoard board)
    {
        ended[board.Key] = new(board.Tenant, board.Board, documents, board.Ranks) { ReadAt = clocks.Real.GetTimestamp() };
        boards.TryRemove(new(board.Key, board));
        live.AddOrUpdate(board.Tenant, _ => [], (_, here) => here.Remove(board));
    }

    public void OpenEnded(Tenant tenant, RuntimeLeaderboard board) =>
        ended[new(tenant, board.RuntimeLeaderboardId)] = new(tenant, board, documents, null) { ReadAt = clocks.Real.GetTimestamp() };

    /// <summary>All boards that exist are known now.</summary>
    public void Listed() => listed.TrySetResult();

    /// <summary>Waits for a board to be opened, or for the time.</summary>
    public Task<bool> Added(TimeSpan within, CancellationToken stop) => added.WaitAsync(within, stop);

    /// <summary>The ranks of a board at this moment.</summary>
    public ValueTask<Result<(RuntimeLeaderboard Board, RankIndex Ranks)>> Find(Tenant tenant, string boardId, CancellationToken stop)
    {
        var key = new BoardKey(tenant, boardId);
        return boards.TryGetValue(key, out var open) && open.Ready.IsCompletedSuccessfully
            ? new((open.Board, open.Ranks))
            : Wait(key, stop);
    }

    /// <summary>
    /// Removes a user from all boards of the workspace for good, some of those that have ended at a time; returns when
    /// the results that were final are stored without them.
    /// </summary>
    /// <param name="from">The last board of the page before.</param>
    public async ValueTask<ErasedPage> Erase(Tenant tenant, string userId, string? from, CancellationToken stop)
    {
        await listed.Task.WaitAsync(stop);
        erased.TryAdd((tenant, userId), 0);
        var left = from is null ? await EraseFromLive(tenant, userId, stop) : 0;
        var next = ended.Values.Where(board => board.Tenant == tenant && string.CompareOrdinal(board.Board.RuntimeLeaderboardId, from) > 0)
            .OrderBy(board => board.Board.RuntimeLeaderboardId, StringComparer.Ordinal).Take(EndedAtOnce + 1).ToList();
        foreach (var board in next.Take(EndedAtOnce))
        {
            left += await board.Erase(userId, stop) ? 1 : 0;
        }
        Trim();
        return new(left, Next: next.Count > EndedAtOnce ? next[EndedAtOnce - 1].Board.RuntimeLeaderboardId : null);
    }

    async ValueTask<int> EraseFromLive(Tenant tenant, string userId, CancellationToken stop)
    {
        var left = 0;
        foreach (var board in LiveIn(tenant))
        {
            left += board.Ranks.SequenceOf(userId) >= 0 ? 1 : 0;
            board.Committed(userId, null);
            if (board.IsLive)
            {
                await documents.Save(tenant, board.Board, board.Ranks, first: false, isFinal: false, stop);
            }
        }
        return left;
    }

    /// <summary>Whether the user was erased and pages of the journal read before may still hold their entries.</summary>
    public bool IsErased(Tenant tenant, string userId) => !erased.IsEmpty && erased.ContainsKey((tenant, userId));

    public ICollection<(Tenant, string)> Erasures => erased.Keys;

    public void ForgetErasures(IEnumerable<(Tenant, string)> done)
    {
        foreach (var one in done)
        {
            erased.TryRemove(one, out _);
        }
    }

    /// <summary>Lets go of ended boards that nobody reads; they are loaded again when somebody does.</summary>
    public void Trim()
    {
        var loaded = ended.Values.Where(board => board.IsLoaded).OrderByDescending(board => board.ReadAt).Skip(options.Value.EndedBoardsInMemory);
        foreach (var board in loaded)
        {
            board.Unload();
        }
    }

    async ValueTask<Result<(RuntimeLeaderboard, RankIndex)>> Wait(BoardKey key, CancellationToken stop)
    {
        try
        {
            var within = options.Value.ReadyWithin;
            await listed.Task.WaitAsync(within, clocks.Real, stop);
            while (true)
            {
                if (boards.TryGetValue(key, out var open))
                {
                    return (open.Board, await open.Ready.WaitAsync(within, clocks.Real, stop));
                }
                if (ended.TryGetValue(key, out var final))
                {
                    final.ReadAt = clocks.Real.GetTimestamp();
                    return (final.Board, await final.Ranks().WaitAsync(within, clocks.Real, stop));
                }
                if (!await Follow(key, stop))
                {
                    return Error.NotFound("runtimeLeaderboard", key.BoardId);
                }
            }
        }
        catch (TimeoutException)
        {
            return Error.Busy(TimeSpan.FromSeconds(1));
        }
    }
}

/// <summary>A board whose results are final: in the store, and in memory while somebody reads them.</summary>
sealed class EndedBoard(Tenant tenant, RuntimeLeaderboard board, BoardDocuments documents, RankIndex? ranks)
{
    readonly Lock gate = new();
    Task<RankIndex>? loaded = ranks is null ? null : Task.FromResult(ranks);

    public Tenant Tenant => tenant;
    public RuntimeLeaderboard Board => board;
    public bool IsLoaded => loaded is not null;
    public long ReadAt { get; set; }

    public Task<RankIndex> Ranks()
    {
        lock (gate)
        {
            return loaded is null or { IsFaulted: true } or { IsCanceled: true }
                ? loaded = documents.Load(tenant, board, CancellationToken.None).AsTask()
                : loaded;
        }
    }

    public void Unload()
    {
        lock (gate)
        {
            loaded = null;
        }
    }

    public async ValueTask<bool> Erase(string userId, CancellationToken stop)
    {
        var index = await Ranks().WaitAsync(stop);
        if (!index.Remove(userId))
        {
            return false;
        }
        await documents.Save(tenant, board, index, first: false, isFinal: false, stop);
        return true;
    }
}
