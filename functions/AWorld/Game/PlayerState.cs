using System.Text.Json.Serialization;
using AWorld.Badges;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>
/// Where a user stands: small, one document, rewritten by each step, and always the fold of their journal (but for
/// being closed).
/// Immutable; lists are ordered so that equal states are equal bytes.
/// </summary>
/// <param name="Seq">Of the last journal entry; 0: there is none.</param>
public sealed record PlayerState(long Seq)
{
    public static readonly PlayerState Empty = new(0);

    /// <summary>By currency id.</summary>
    public IReadOnlyList<Balance> Balances { get; init; } = [];

    /// <summary>What is left of credits that expire, those that expire first before the others.</summary>
    public IReadOnlyList<ExpiringCredit> Credits { get; init; } = [];

    /// <summary>By age.</summary>
    public IReadOnlyList<PendingTransaction> Pending { get; init; } = [];

    /// <summary>By age.</summary>
    public IReadOnlyList<MissionProgress> Missions { get; init; } = [];

    /// <summary>By age.</summary>
    public IReadOnlyList<Evaluation> Evaluations { get; init; } = [];

    /// <summary>By age.</summary>
    public IReadOnlyList<Badge> Badges { get; init; } = [];

    /// <summary>The last contribution to each group the user has contributed to.</summary>
    public IReadOnlyList<GroupContribution> Groups { get; init; } = [];

    public long Activities { get; init; }
    public long MissionsCompleted { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Quizzes { get; init; }

    /// <summary>How many of them were answered right.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long QuizzesRight { get; init; }

    /// <summary>The user is being erased or is erased: the journal takes no more entries but settlements of what others' balances rest on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsClosed { get; init; }

    /// <summary>Actions that were taken back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Retractions { get; init; }

    /// <summary>How many have left the state; without any there is nothing to look for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long MissionsRetired { get; init; }

    public MissionProgress? Mission(string missionId) => Missions.FirstOrDefault(mission => mission.MissionId == missionId);

    public Badge? Badge(string badgeConfigurationId) => Badges.FirstOrDefault(badge => badge.BadgeConfigurationId == badgeConfigurationId);

    public bool HasEvaluated(string missionRuleId, string periodId)
    {
        foreach (var evaluation in Evaluations)
        {
            if (evaluation.MissionRuleId == missionRuleId && evaluation.PeriodId == periodId)
            {
                return true;
            }
        }
        return false;
    }

    public long LastContribution(string groupTagId) => Groups.FirstOrDefault(group => group.GroupTagId == groupTagId)?.Seq ?? 0;

    /// <summary>The state after the next entry. The only way a state changes.</summary>
    public PlayerState Apply(JournalEntry entry)
    {
        if (entry.Seq != Seq + 1)
        {
            throw new InvalidOperationException($"entry {entry.Seq} does not follow {Seq}");
        }
        var balances = Ledger.Balances(Balances, Pending, entry);
        return new(entry.Seq)
        {
            Balances = balances,
            Credits = ExpiringCredits.After(Credits, balances, Pending, entry),
            Pending = Ledger.Pending(Pending, entry),
            Missions = MissionFold.Missions(Missions, entry),
            Evaluations = MissionFold.Evaluations(Evaluations, entry),
            Badges = BadgeFold.Badges(Badges, entry),
            Groups = MissionFold.Groups(Groups, entry),
            Activities = Activities + (entry.Activity is null ? 0 : 1) - (entry.Retracted?.ActivityLogId is null ? 0 : 1),
            Quizzes = Quizzes + (entry.Quiz is null ? 0 : 1) - (entry.Retracted?.Quiz is null ? 0 : 1),
            QuizzesRight = QuizzesRight + (entry.Quiz?.Outcome == QuizOutcome.Success ? 1 : 0) - (entry.Retracted?.Quiz?.Outcome == QuizOutcome.Success ? 1 : 0),
            IsClosed = IsClosed,
            MissionsCompleted = MissionsCompleted + entry.MissionLogs.Count(log => log.Completed) - (entry.Retracted?.Missions.Count(mission => mission.Uncompleted) ?? 0),
            MissionsRetired = MissionsRetired + entry.Retired.Count,
            Retractions = Retractions + (entry.Retracted is null ? 0 : 1),
        };
    }
}

/// <param name="Seq">Of the user's last entry that contributed to the group.</param>
public sealed record GroupContribution(string GroupTagId, long Seq);
