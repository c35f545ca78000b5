using System.Text.Json.Serialization;
using AWorld.Badges;
using AWorld.Learning;
using AWorld.Missions;

namespace AWorld.Game;

/// <summary>
/// An action was taken back. What compensates for it in currencies and groups are the entry's transactions, settlements
/// and contributions; what it did to missions and badges, and what it left as it was, is here.
/// </summary>
/// <param name="Seq">Of the entry that the action made.</param>
/// <param name="ActivityLogId">Null: it was a quiz.</param>
/// <param name="Reason">As the client gave it.</param>
public sealed record Retracted(long Seq, string? ActivityLogId, string? Reason)
{
    /// <summary>Null: it was an activity.</summary>
    public RetractedQuiz? Quiz { get; init; }

    public IReadOnlyList<MissionCorrected> Missions { get; init; } = [];
    public IReadOnlyList<MissionWithdrawn> Withdrawn { get; init; } = [];
    public IReadOnlyList<BadgeTakenBack> Badges { get; init; } = [];
    public IReadOnlyList<Kept> Kept { get; init; } = [];
}

/// <param name="Outcome">Which the user's sums had counted.</param>
public sealed record RetractedQuiz(string QuizLogId, QuizOutcome Outcome);

/// <summary>A mission stands elsewhere without the action.</summary>
/// <param name="Amount">What that changes: as a rule negative.</param>
/// <param name="CompletedAt">When the action that then reaches the target was done; null: none does.</param>
/// <param name="Uncompleted">It was completed before.</param>
/// <param name="Of">Given when it is no longer completed.</param>
public sealed record MissionCorrected(string MissionId, decimal Amount, decimal CurrentAmount, DateTimeOffset? CompletedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Uncompleted = false, RulePeriod? Of = null);

/// <summary>A mission that the action had brought is gone, and its rule may bring it again.</summary>
public sealed record MissionWithdrawn(string MissionId, RulePeriod? Of);

public enum KeptBecause
{
    /// <summary>Other actions bring the mission to its target: it stays completed, and what that paid stays paid.</summary>
    StillCompleted,

    /// <summary>The action brought the mission, but others have counted in it since.</summary>
    HasProgress,

    /// <summary>The group's mission is settled: its members have been paid by its final count.</summary>
    GroupSettled,
}

/// <summary>What a retraction left as it was.</summary>
/// <param name="Id">Of the mission.</param>
public sealed record Kept(KeptBecause Because, string Id);
