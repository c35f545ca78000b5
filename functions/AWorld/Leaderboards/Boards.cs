using System.Collections.Concurrent;
using System.Collections.Immutable;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <summary>
/// The ranks of all boards. Journal entries reach them before the step that made them is answered, so who earns points
/// and then asks sees the new rank. <see cref="BoardKeeper"/> builds and stores them.
/// </summary>
/// <param name="shared">Null: no other node has the same boards.</param>
/// <param name="ids">Names this node, where there are others.</param>
sealed class Boards(BoardDocuments documents, IOptions<LeaderboardsOptions> options, WorkspaceClocks clocks, Ids ids, ISharedRanks? shared = null) : IJournalObserver, IDisposable
{
    const int EndedAtOnce = 50;

    readonly string node = ids.New();
    long snapshots;

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
        if (!live.TryGetValue(tenant, out var here))
        {
            return ValueTask.CompletedTask;
        }
        if (IsShared)
        {
            return new(Task.WhenAll(here.Select(board => board.Share(userId, entry))));
        }
        foreach (var board in here)
        {
            board.Hear(userId, entry);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Other nodes have the same boards.</summary>
    public bool IsShared => shared is not null;

    /// <summary>Brings the boards of this node up to what is committed.</summary>
    public Func<CancellationToken, Task> CatchUp { get; set; } = static _ => throw new InvalidOperationException("nobody keeps the boards");

    /// <summary>The boards that take entries.</summary>
    public IReadOnlyList<LiveBoard> Live => [.. boards.Values];

    public ImmutableArray<LiveBoard> LiveIn(Tenant tenant) => live.TryGetValue(tenant, out var here) ? here : [];

    /// <summary>Whether the ranks were those of the journals once since the start.</summary>
    public bool WereReady { get; set; }

    /// <summary>Starts to keep the ranks of a board that was created or changed; they are built in the background.</summary>
    public void Open(Tenant tenant, RuntimeLeaderboard board, bool isStored = false)
    {
        var key = new BoardKey(tenant, board.RuntimeLeaderboardId);
        LiveBoard? opened = null;
        opened = new(tenant, board, options.Value.EntriesWhileBuilding) { IsStored = isStored, Shared = shared?.Open(NameOf(key, board), board.Plan.EveryUser, () => opened!.Ranks, stop => CatchUp(stop)) };
        ended.TryRemove(key, out _);
        if (shared is not null && boards.TryGetValue(key, out var before))
        {
            _ = shared.Close(NameOf(key, before.Board)).AsTask();
        }
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
    public async ValueTask Close(LiveBoard board)
    {
        OpenEnded(board.Tenant, board.Board, IsShared ? null : board.Ranks);
        boards.TryRemove(new(board.Key, board));
        live.AddOrUpdate(board.Tenant, _ => [], (_, here) => here.Remove(board));
        if (shared is not null)
        {
            await shared.Close(NameOf(board.Key, board.Board));
        }
    }

    public void OpenEnded(Tenant tenant, RuntimeLeaderboard board, RankIndex? ranks = null) =>
        ended[new(tenant, board.RuntimeLeaderboardId)] = new(tenant, board, documents, ranks) { ReadAt = clocks.Real.GetTimestamp() };

    static string NameOf(BoardKey key, RuntimeLeaderboard board) => $"{key.Tenant.AccountId}/{key.Tenant.WorkspaceId}/{key.BoardId}/{board.Version}";

    /// <summary>All boards that exist are known now.</summary>
    public void Listed() => listed.TrySetResult();

    /// <summary>Waits for a board to be opened, or for the time.</summary>
    public Task<bool> Added(TimeSpan within, CancellationToken stop) => added.WaitAsync(within, stop);

    /// <summary>The ranks of a board at this moment.</summary>
    public ValueTask<Result<(RuntimeLeaderboard Board, IRanks Ranks)>> Find(Tenant tenant, string boardId, CancellationToken stop)
    {
        var key = new BoardKey(tenant, boardId);
        return boards.TryGetValue(key, out var open) && open.Ready.IsCompletedSuccessfully
            ? new((open.Board, open.Reads))
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
            if (IsShared)
            {
                board.Unload();
            }
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
            await board.Erased(userId);
            if (IsShared)
            {
                await board.Ready.WaitAsync(options.Value.ReadyWithin, clocks.Real, stop);
                await Replace(board, stop);
            }
            else if (board.IsLive)
            {
                await documents.Save(tenant, board.Board, board.Ranks, first: false, isFinal: false, stop);
            }
        }
        return left;
    }

    /// <summary>Stores a board that other nodes store too, unless nobody has yet.</summary>
    async ValueTask Replace(LiveBoard board, CancellationToken stop)
    {
        while (await documents.Stored(board.Tenant, board.Board, stop) is { IsFinal: false })
        {
            // What is stored may be newer than what this node has.
            await CatchUp(stop);
            if (await documents.Replace(board.Tenant, board.Board, board.Ranks, NewSnapshot(), isFinal: false, stop))
            {
                return;
            }
        }
    }

    /// <summary>A name for what this node stores next of a board.</summary>
    public string NewSnapshot() => $"{node}-{Interlocked.Increment(ref snapshots)}";

    /// <summary>Another node may have changed results: they are read again. Only erasures change them.</summary>
    public void Unload(Tenant tenant)
    {
        foreach (var board in ended.Values.Where(board => board.Tenant == tenant))
        {
            board.Unload();
        }
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

    async ValueTask<Result<(RuntimeLeaderboard, IRanks)>> Wait(BoardKey key, CancellationToken stop)
    {
        try
        {
            var within = options.Value.ReadyWithin;
            await listed.Task.WaitAsync(within, clocks.Real, stop);
            while (true)
            {
                if (boards.TryGetValue(key, out var open))
                {
                    await open.Ready.WaitAsync(within, clocks.Real, stop);
                    return (open.Board, open.Reads);
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
        await documents.Rewrite(tenant, board, index, stop);
        return true;
    }
}
