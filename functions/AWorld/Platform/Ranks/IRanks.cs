namespace AWorld.Platform.Ranks;

/// <summary>A member's place. Ties share the best rank: scores 9, 9, 7 rank 1, 1, 3.</summary>
public readonly record struct Standing(int Rank, decimal Score);

/// <summary>A line of a ranking.</summary>
public readonly record struct Ranked(int Rank, string MemberId, decimal Score);

/// <summary>A page of a ranking and a member's own line, taken at one moment.</summary>
public sealed record RankPage(IReadOnlyList<Ranked> Items, int Count, Standing? Own);

/// <summary>What an entry of a member's journal adds to its score.</summary>
/// <param name="Amount">0 changes no score, and gives a new member the score 0.</param>
/// <param name="At">When the score was reached, Unix milliseconds.</param>
/// <param name="Sequence">Of the entry in the member's journal; 0: of the member's joining, before all entries.</param>
public readonly record struct RankEntry(string MemberId, decimal Amount, long At, long Sequence);

/// <summary>
/// The exact ranks of one board: by score, highest first, then by who reached it first, then by id (UTF-8 bytes). An
/// entry counts once however often it is told. What was told before a read began is in its answer, on every node that
/// shares the ranks. All implementations pass one conformance suite. Telling never throws because something is out of
/// reach: reads are right nevertheless.
/// </summary>
public interface IRanks
{
    /// <summary>An entry that was just committed on this node.</summary>
    ValueTask Heard(RankEntry entry);

    /// <summary>Entries as the change feed has them: those of a member in their order, without a gap.</summary>
    ValueTask Journaled(IReadOnlyList<RankEntry> entries);

    ValueTask Remove(string memberId);

    /// <returns>The standing is null for who is not ranked; the count is of all that are.</returns>
    ValueTask<(Standing? Standing, int Count)> Find(string memberId, CancellationToken stop);

    /// <param name="limit">Lines at most, after skipping <paramref name="offset"/>.</param>
    /// <param name="own">Whose own line to give as well.</param>
    ValueTask<RankPage> Page(int offset, int limit, string? own, CancellationToken stop);
}

/// <summary>Ranks that all nodes of a host see alike. A host that is one node has none: its memory is enough.</summary>
public interface ISharedRanks
{
    /// <param name="board">Names the board and its version.</param>
    /// <param name="ranksZero">False: members whose score is 0 are not ranked.</param>
    /// <param name="own">The ranks as this node has them from the journals.</param>
    /// <param name="catchUp">Brings them up to what is committed by now.</param>
    IRanks Open(string board, bool ranksZero, Func<RankIndex> own, Func<CancellationToken, Task> catchUp);

    /// <summary>The board's results are final and read elsewhere from now on.</summary>
    ValueTask Close(string board);
}
