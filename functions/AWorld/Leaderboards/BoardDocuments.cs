using System.Globalization;
using System.Runtime.CompilerServices;
using AWorld.Platform;
using AWorld.Platform.Ranks;

namespace AWorld.Leaderboards;

/// <summary>A board of any tenant, for the node that keeps the ranks.</summary>
sealed record BoardKey(Tenant Tenant, string BoardId);

/// <summary>Who is paid prizes, as a board ended.</summary>
sealed record Winner(string UserId, int Rank);

/// <summary>How far a board's stored ranks go.</summary>
/// <param name="IsFinal">They are the results: they will not change.</param>
/// <param name="Snapshot">Of many nodes each stores all ranks under a name of its own; null: one node stores what changed.</param>
/// <param name="Chunks">Of the snapshot.</param>
sealed record StoredRanks(int Version, bool IsFinal, string? Snapshot = null, int Chunks = 0);

/// <summary>
/// The documents of leaderboards: its end among the events; a board among the workspace's configuration; its ranks in chunks in a partition of
/// its own; the list of all boards, and up to where in the journals all stored ranks go, with the platform.
/// </summary>
sealed class BoardDocuments(IDocumentStore store)
{
    public const string Kind = "runtime-leaderboards";
    const string RanksId = "ranks";
    const string WinnersId = "winners";
    const string PaidId = "paid";
    const string CursorId = "leaderboards-cursor";
    const string ListPrefix = "leaderboard:";

    sealed record Cursor(string Position);

    static Partition Everything => Partition.Platform(Partition.PlatformAccount);

    public static Partition In(Tenant tenant) => Partition.Configuration(tenant, Kind);
    public static string BoardId(string boardId) => $"board:{boardId}";
    public static string PeriodId(RuntimeLeaderboard board) => $"period:{board.RuntimeLeaderboardConfigurationId}:{board.PeriodId()}";

    /// <summary>Before the board itself is created: what is listed but does not exist is skipped.</summary>
    public async ValueTask Enlist(BoardKey key, CancellationToken stop) =>
        Ensure(await store.Commit(Everything, [Write.Upsert($"{ListPrefix}{key.Tenant.AccountId}:{key.Tenant.WorkspaceId}:{key.BoardId}", Json.Bytes(key))], stop));

    public async IAsyncEnumerable<BoardKey> All([EnumeratorCancellation] CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await store.Query(Everything, DocumentQuery.Prefix(ListPrefix, continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                yield return Json.Read<BoardKey>(document.Body);
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    public async ValueTask<(RuntimeLeaderboard Board, string ETag)?> Board(BoardKey key, CancellationToken stop) =>
        await store.Read(In(key.Tenant), BoardId(key.BoardId), stop) is { } document ? (Json.Read<RuntimeLeaderboard>(document.Body), document.ETag) : null;

    /// <summary>All boards of a workspace, of which there are at most as many as options allow.</summary>
    public async ValueTask<IReadOnlyList<RuntimeLeaderboard>> Boards(Tenant tenant, CancellationToken stop)
    {
        var boards = new List<RuntimeLeaderboard>();
        string? continuation = null;
        do
        {
            var page = await store.Query(In(tenant), DocumentQuery.Prefix("board:", continuation: continuation), stop);
            boards.AddRange(page.Items.Select(document => Json.Read<RuntimeLeaderboard>(document.Body)));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return boards;
    }

    /// <summary>Boards that will end, or have and were not brought to their end yet.</summary>
    public async ValueTask<IReadOnlyList<RuntimeLeaderboard>> Unsettled(Tenant tenant, CancellationToken stop)
    {
        var unsettled = new List<RuntimeLeaderboard>();
        foreach (var board in await Boards(tenant, stop))
        {
            if (board.ClosesAt() is not null && !await IsSettled(new(tenant, board.RuntimeLeaderboardId), stop))
            {
                unsettled.Add(board);
            }
        }
        return unsettled;
    }

    public async ValueTask<bool> IsSettled(BoardKey key, CancellationToken stop) =>
        await store.Read(Partition.EventsAbout(key.Tenant, key.BoardId), WorkspaceEvent.IdOf(BoardLifecycle.Ended, key.BoardId), stop) is not null;

    public async ValueTask Record(Tenant tenant, WorkspaceEvent happened, CancellationToken stop) => await store.Commit(Partition.EventsAbout(tenant, happened.About), [happened.Write()], stop);

    /// <summary>Creates it unless it, or another board of its period, exists.</summary>
    public async ValueTask Create(Tenant tenant, RuntimeLeaderboard board, CancellationToken stop)
    {
        await Enlist(new(tenant, board.RuntimeLeaderboardId), stop);
        await store.Commit(In(tenant), [Write.Create(BoardId(board.RuntimeLeaderboardId), Json.Bytes(board)), Write.Create(PeriodId(board), Json.Bytes(new { board.RuntimeLeaderboardId }))], stop);
    }

    /// <summary>Who wins, as it was said first.</summary>
    public async ValueTask<IReadOnlyList<Winner>> Winners(BoardKey key, IReadOnlyList<Winner> now, CancellationToken stop)
    {
        var partition = Partition.Board(key.Tenant, key.BoardId);
        await store.Commit(partition, [Write.Create(WinnersId, Json.Bytes(now))], stop);
        return Json.Read<List<Winner>>((await store.Read(partition, WinnersId, stop))!.Body);
    }

    /// <summary>How many winners have been paid, at least.</summary>
    public async ValueTask<int> Paid(BoardKey key, CancellationToken stop) =>
        await store.Read(Partition.Board(key.Tenant, key.BoardId), PaidId, stop) is { } document ? Json.Read<int>(document.Body) : 0;

    public async ValueTask MarkPaid(BoardKey key, int winners, CancellationToken stop) =>
        Ensure(await store.Commit(Partition.Board(key.Tenant, key.BoardId), [Write.Upsert(PaidId, Json.Bytes(winners))], stop));

    public async ValueTask<string> ReadCursor(CancellationToken stop) =>
        await store.Read(Everything, CursorId, stop) is { } document ? Json.Read<Cursor>(document.Body).Position : "";

    public async ValueTask WriteCursor(string position, CancellationToken stop) =>
        Ensure(await store.Commit(Everything, [Write.Upsert(CursorId, Json.Bytes(new Cursor(position)))], stop));

    /// <summary>Null: the ranks of this version of the board were never stored.</summary>
    public async ValueTask<StoredRanks?> Stored(Tenant tenant, RuntimeLeaderboard board, CancellationToken stop) =>
        await store.Read(Partition.Board(tenant, board.RuntimeLeaderboardId), RanksId, stop) is { } document
        && Json.Read<StoredRanks>(document.Body) is var stored && stored.Version == board.Version ? stored : null;

    /// <summary>The ranks that are stored; begun again when another node replaces them meanwhile.</summary>
    public async ValueTask<RankIndex> Load(Tenant tenant, RuntimeLeaderboard board, CancellationToken stop)
    {
        while (true)
        {
            var stored = await Stored(tenant, board, stop) ?? throw new InvalidOperationException($"the ranks of board {board.RuntimeLeaderboardId} are not stored");
            var chunks = await Chunks(Partition.Board(tenant, board.RuntimeLeaderboardId), Prefix(stored), stop).ToListAsync(stop);
            if (stored.Snapshot is null || chunks.Count == stored.Chunks)
            {
                return await RankIndex.Load(chunks.ToAsyncEnumerable(), board.Plan.EveryUser);
            }
        }
    }

    /// <summary>Stores what changed, then that it is stored. What an earlier version of the board left is removed.</summary>
    public async ValueTask Save(Tenant tenant, RuntimeLeaderboard board, RankIndex ranks, bool first, bool isFinal, CancellationToken stop)
    {
        var partition = Partition.Board(tenant, board.RuntimeLeaderboardId);
        var stored = new StoredRanks(board.Version, isFinal);
        await SaveChunks(partition, stored, ranks, all: false, stop);
        if (first || isFinal)
        {
            Ensure(await store.Commit(partition, [Write.Upsert(RanksId, Json.Bytes(stored))], stop));
        }
        if (first && board.Version > 1)
        {
            await Remove(partition, id => !id.StartsWith(Prefix(stored), StringComparison.Ordinal), stop);
        }
    }

    /// <summary>
    /// Stores all ranks beside those that are stored, then puts them in their place. The ranks must be caught up with.
    /// False: another node did so meanwhile, or the stored ones are the results.
    /// </summary>
    /// <param name="snapshot">A name that no snapshot had.</param>
    public async ValueTask<bool> Replace(Tenant tenant, RuntimeLeaderboard board, RankIndex ranks, string snapshot, bool isFinal, CancellationToken stop)
    {
        var partition = Partition.Board(tenant, board.RuntimeLeaderboardId);
        var document = await store.Read(partition, RanksId, stop);
        var before = document is null ? null : Json.Read<StoredRanks>(document.Body);
        if (before is { IsFinal: true } && before.Version == board.Version)
        {
            return false;
        }
        var stored = new StoredRanks(board.Version, isFinal, snapshot);
        stored = stored with { Chunks = await SaveChunks(partition, stored, ranks, all: true, stop) };
        var replaced = await store.Commit(partition, [document is null ? Write.Create(RanksId, Json.Bytes(stored)) : Write.Replace(RanksId, Json.Bytes(stored), document.ETag)], stop);
        // Others may be storing theirs: only what nobody can come to name goes.
        if ((replaced.Committed ? before : stored) is { } garbage)
        {
            await Remove(partition, id => id.StartsWith(Prefix(garbage), StringComparison.Ordinal), stop);
        }
        return replaced.Committed;
    }

    /// <summary>Stores what changed in ranks as they were loaded.</summary>
    public async ValueTask Rewrite(Tenant tenant, RuntimeLeaderboard board, RankIndex ranks, CancellationToken stop) =>
        await SaveChunks(Partition.Board(tenant, board.RuntimeLeaderboardId), (await Stored(tenant, board, stop))!, ranks, all: false, stop);

    ValueTask<int> SaveChunks(Partition partition, StoredRanks stored, RankIndex ranks, bool all, CancellationToken stop) => ranks.Save(async (chunk, json) =>
        Ensure(await store.Commit(partition, [Write.Upsert($"{Prefix(stored)}{chunk.ToString("D6", CultureInfo.InvariantCulture)}", json)], stop)), all);

    async ValueTask Remove(Partition partition, Func<string, bool> isOld, CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await store.Query(partition, DocumentQuery.Prefix("members:", limit: StoreLimits.BatchWrites, continuation: continuation), stop);
            var old = page.Items.Where(document => isOld(document.Id)).Select(document => Write.Delete(document.Id)).ToList();
            if (old.Count > 0)
            {
                Ensure(await store.Commit(partition, old, stop));
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    async IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks(Partition partition, string prefix, [EnumeratorCancellation] CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await store.Query(partition, DocumentQuery.Prefix(prefix, limit: 8, continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                yield return document.Body;
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    static string Prefix(StoredRanks stored) => stored.Snapshot is { } snapshot ? $"members:{stored.Version}:{snapshot}:" : $"members:{stored.Version}:";

    static void Ensure(CommitResult result)
    {
        if (!result.Committed)
        {
            throw new InvalidOperationException($"a write without conditions was refused: {result.Status}");
        }
    }
}
