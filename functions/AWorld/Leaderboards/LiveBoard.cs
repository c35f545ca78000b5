using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Ranks;

namespace AWorld.Leaderboards;

/// <summary>
/// A board in memory. While it is being built from the journal, entries that are committed meanwhile wait; an entry
/// that comes twice counts once, so it does not matter that some of them are in the journal's pages too. Where nodes
/// share the ranks, memory follows the journal alone, since only there the entries of all nodes are in order.
/// </summary>
sealed class LiveBoard(Tenant tenant, RuntimeLeaderboard board, int mostWaiting)
{
    readonly Lock gate = new();
    readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<(string UserId, JournalEntry? Entry)> waiting = [];
    readonly List<RankEntry> untold = [];
    readonly byte[] currency = JsonSerializer.SerializeToUtf8Bytes(board.Plan.VirtualCurrencyId);
    bool overflowed;
    volatile bool live;

    public Tenant Tenant => tenant;
    public RuntimeLeaderboard Board => board;
    public BoardKey Key { get; } = new(tenant, board.RuntimeLeaderboardId);

    /// <summary>Completed when the ranks are true.</summary>
    public Task Ready => ready.Task;

    public bool IsLive => live;

    /// <summary>Where all nodes see the ranks; null: there is no other node. Set once, before anything is applied.</summary>
    public IRanks? Shared { get; init; }

    /// <summary>Where ranks are read once it is <see cref="Ready"/>.</summary>
    public IRanks Reads => Shared ?? Ranks;

    /// <summary>This node's own ranks. Set once, before anything is applied.</summary>
    public RankIndex Ranks { get; set; } = new(board.Plan.EveryUser);

    /// <summary>Whether the store holds it as it once was, so that it can be brought up to date from there.</summary>
    public bool IsStored { get; set; }

    /// <summary>Tells those who share the ranks of an entry that was just committed.</summary>
    public Task Share(string userId, JournalEntry entry) =>
        board.AmountOf(entry) is { } amount ? Shared!.Heard(Entry(userId, entry, amount)).AsTask() : Task.CompletedTask;

    public ValueTask Erased(string userId)
    {
        Hear(userId, null);
        return Shared?.Remove(userId) ?? ValueTask.CompletedTask;
    }

    /// <summary>An entry that was just committed, where nobody shares the ranks; null: the user was erased.</summary>
    public void Hear(string userId, JournalEntry? entry)
    {
        if (!live)
        {
            lock (gate)
            {
                if (!live)
                {
                    Wait(userId, entry);
                    return;
                }
            }
        }
        Apply(userId, entry);
    }

    /// <summary>Whether a stored entry may count: it names the board's currency, and is not counted yet. Reading it to know would cost more than all else.</summary>
    public bool MayCount(string userId, long seq, ReadOnlyMemory<byte> entry) =>
        Ranks.SequenceOf(userId) < seq && entry.Span.IndexOf(currency) >= 0;

    /// <summary>An entry of the journal's pages; call <see cref="Tell"/> after each page.</summary>
    public void Journaled(string userId, JournalEntry entry)
    {
        Apply(userId, entry);
        if (Shared is not null && board.AmountOf(entry) is { } amount)
        {
            untold.Add(Entry(userId, entry, amount));
        }
    }

    /// <summary>A user of the workspace, for boards that rank them all.</summary>
    public void Joined(string userId, DateTimeOffset at)
    {
        if (board.Plan.EveryUser)
        {
            Ranks.Include(userId, at.ToUnixTimeMilliseconds());
            if (Shared is not null)
            {
                untold.Add(new(userId, 0, at.ToUnixTimeMilliseconds(), 0));
            }
        }
    }

    /// <summary>Tells those who share the ranks what the journal had.</summary>
    public async ValueTask Tell()
    {
        if (untold.Count > 0)
        {
            await Shared!.Journaled(untold);
            untold.Clear();
        }
    }

    /// <summary>
    /// Call when the journal was read to its end, having begun after the last call (or the construction). False: more
    /// was committed meanwhile than may wait, and the journal must be read on.
    /// </summary>
    public bool TryGoLive()
    {
        lock (gate)
        {
            if (overflowed)
            {
                overflowed = false;
                return false;
            }
            foreach (var (userId, entry) in waiting)
            {
                Apply(userId, entry);
            }
            waiting.Clear();
            waiting.Capacity = 0;
            live = true;
        }
        ready.TrySetResult();
        return true;
    }

    void Wait(string userId, JournalEntry? entry)
    {
        if (waiting.Count >= mostWaiting && entry is not null)
        {
            // Erasures are in no journal, so they stay
            waiting.RemoveAll(static one => one.Entry is not null);
            overflowed = true;
        }
        waiting.Add((userId, entry));
    }

    void Apply(string userId, JournalEntry? entry)
    {
        if (entry is null)
        {
            Ranks.Remove(userId);
            return;
        }
        Ranks.Apply(userId, board.AmountOf(entry), entry.At.ToUnixTimeMilliseconds(), entry.Seq);
    }

    static RankEntry Entry(string userId, JournalEntry entry, decimal amount) => new(userId, amount, entry.At.ToUnixTimeMilliseconds(), entry.Seq);
}
