using System.ComponentModel.DataAnnotations;

namespace AWorld.Leaderboards;

/// <summary>Section <c>AWorld:Leaderboards</c>.</summary>
public sealed class LeaderboardsOptions
{
    /// <summary>How long a read waits for a board that is still being built before it answers 503.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:25")]
    public TimeSpan ReadyWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often ranks are stored. What was not stored is read from the journal again at the next start.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan StoreEvery { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The same of ranks that nodes share: one of them stores for all, each changed board as a whole.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan StoreSharedEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after its end a board waits for actions still under way before its results are final.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan FinalAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Entries that are kept for a board while it is being built; beyond it the journal is read once more.</summary>
    [Range(1, 10_000_000)]
    public int EntriesWhileBuilding { get; set; } = 50_000;

    /// <summary>Ended boards whose ranks are held in memory; the least recently read go first.</summary>
    [Range(1, 10_000)]
    public int EndedBoardsInMemory { get; set; } = 32;

    /// <summary>Boards that have not ended that a workspace may have.</summary>
    [Range(1, 10_000)]
    public int BoardsPerWorkspace { get; set; } = 1_000;

    /// <summary>How long before it opens the next board of a recurring one is made: a board made later has all journals read for it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SuccessorAhead { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is checked that every board that will end has its workflow; only a crash or a full queue keeps one from it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LivesCheckedEvery { get; set; } = TimeSpan.FromHours(1);
}
