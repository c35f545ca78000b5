using System.Text.Json.Serialization;
using AWorld.Activities;
using AWorld.Badges;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>
/// Everything one step caused to one user: the only record of it, numbered per user without gaps and never changed.
/// Folding a user's entries with <see cref="PlayerState.Apply"/> gives their state.
/// </summary>
/// <param name="Seq">From 1.</param>
/// <param name="At">When it was committed by our clock (UTC, whole milliseconds).</param>
public sealed record JournalEntry(long Seq, DateTimeOffset At, Actor By)
{
    public ActivityLog? Activity { get; init; }
    public QuizLog? Quiz { get; init; }
    public IReadOnlyList<MissionAssigned> Assigned { get; init; } = [];
    public IReadOnlyList<Evaluation> Evaluated { get; init; } = [];
    public IReadOnlyList<TargetFrozen> Frozen { get; init; } = [];
    public IReadOnlyList<MissionLog> MissionLogs { get; init; } = [];
    public IReadOnlyList<VirtualTransaction> Transactions { get; init; } = [];
    public IReadOnlyList<Settlement> Settled { get; init; } = [];
    public IReadOnlyList<BadgeLog> Badges { get; init; } = [];
    public IReadOnlyList<Contribution> Contributions { get; init; } = [];

    /// <summary>What the rules that were met decided, as far as it is not nothing: what an explanation starts from.</summary>
    public IReadOnlyList<Consideration> Considered { get; init; } = [];

    /// <summary>Missions that left the state; their documents hold the final numbers.</summary>
    public IReadOnlyList<string> Retired { get; init; } = [];

    /// <summary>The action that the entry takes back.</summary>
    public Retracted? Retracted { get; init; }

    /// <summary>Of the action, be it an activity or a quiz; null: it is of none.</summary>
    [JsonIgnore]
    public string? LogId => Activity?.ActivityLogId ?? Quiz?.QuizLogId;

    /// <summary>When what it is of was done: the action, however late it was logged, or else the step itself.</summary>
    [JsonIgnore]
    public DateTimeOffset DoneAt => (Activity?.CompletedAt ?? Quiz?.CompletedAt) is { } done && done < At ? done : At;

    /// <summary>What clients had written was taken out of it, so that it came in the change feed a second time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsStripped { get; init; }

    /// <summary>The same step without any effect.</summary>
    internal static JournalEntry Empty(JournalEntry entry) => new(entry.Seq, entry.At, entry.By);

    /// <summary>True when it changes nothing, so that it need not be committed.</summary>
    public bool IsEmpty() => Activity is null && Quiz is null && Retracted is null && Assigned.Count + Evaluated.Count + Frozen.Count + MissionLogs.Count
        + Transactions.Count + Settled.Count + Badges.Count + Contributions.Count + Retired.Count == 0;
}

/// <summary>
/// Told of every committed entry of users (not of groups), in order per user, before the step that made it is
/// answered. (user, Seq) tells an entry that comes again.
/// </summary>
public interface IJournalObserver
{
    ValueTask Committed(AWorld.Platform.Tenant tenant, string userId, JournalEntry entry);

    /// <summary>
    /// The property of the entries that it also wants from the outbox, such as <c>contributions</c>: at least once, in
    /// order per user, from a cursor that survives restarts. Null: none.
    /// </summary>
    string? Repairs => null;
}
