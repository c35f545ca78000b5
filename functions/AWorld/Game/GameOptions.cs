using System.ComponentModel.DataAnnotations;

namespace AWorld.Game;

/// <summary>Section <c>AWorld:Game</c>.</summary>
public sealed class GameOptions
{
    /// <summary>States held in memory; the least recently used go first.</summary>
    [Range(1, 10_000_000)]
    public int CachedPlayers { get; set; } = 20_000;

    /// <summary>Steps that may wait for one user's turn; one more is a 503.</summary>
    [Range(1, 10_000)]
    public int QueuedPerPlayer { get; set; } = 512;

    /// <summary>How long a read may trust a state in memory without asking the store. Only other nodes can make it stale.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan StateTrustedFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its end a mission still accepts actions that were done before its end.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan LateActionsAcceptedFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How far in the future a client's clock may put an action.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Missions a user's state holds; beyond it rules assign no more, and completed ones leave first.</summary>
    [Range(1, 1_000)]
    public int MissionsPerPlayer { get; set; } = 200;

    /// <summary>Different badges a user's state holds; beyond it rules award only those that the user has.</summary>
    [Range(1, 2_000)]
    public int BadgesPerPlayer { get; set; } = 500;

    /// <summary>How often the journals are read for those who follow them.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan OutboxInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Changes that are read at a time.</summary>
    [Range(1, 1_000)]
    public int OutboxPage { get; set; } = 500;

    /// <summary>How long a consumer of the journals must have failed at one change before it goes on without it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ParkAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Changes that a consumer may have parked; with more it waits.</summary>
    [Range(0, 10_000)]
    public int ParkedChanges { get; set; } = 1_000;

    /// <summary>How often it is tried whether a consumer can take what it parked; also at the start.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ParkedTriedEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Users of one batch whose actions are taken side by side.</summary>
    [Range(1, 500)]
    public int UsersOfBatchAtOnce { get; set; } = 64;
}
