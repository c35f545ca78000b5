using System.Text.Json;
using AWorld.Activities;
using AWorld.Badges;
using AWorld.Expressions;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>A journal entry in the making: what the step has caused so far, and the missions as they stand with it.</summary>
sealed class Turn(GameConfiguration game, Subject subject, PlayerState before, DateTimeOffset now, GameOptions options)
{
    const int MostConsidered = 60;
    /// <summary>Each takes up to three writes of the hundred that a batch may have.</summary>
    const int MostRetired = 30;

    readonly JournalIds.Series ids = new(game.Tenant, subject.Id, before.Seq + 1);
    readonly List<MissionAssigned> assigned = [];
    readonly List<Evaluation> evaluated = [];
    readonly List<TargetFrozen> frozen = [];
    readonly List<MissionLog> missionLogs = [];
    readonly List<VirtualTransaction> transactions = [];
    readonly List<BadgeLog> badges = [];
    readonly List<Contribution> contributions = [];
    readonly List<Consideration> considered = [];
    readonly List<string> retired = [];
    readonly List<MissionProgress> missions = [.. before.Missions];

    public GameConfiguration Game => game;
    public Subject Subject => subject;
    public PlayerState Before => before;
    public DateTimeOffset Now => now;
    public IReadOnlyList<MissionProgress> Missions => missions;
    public IReadOnlyList<VirtualTransaction> Transactions => transactions;
    public IReadOnlyList<BadgeLog> Badges => badges;
    public GameOptions Options => options;

    /// <summary>The mission whose completion is being followed; null: what the step is of.</summary>
    public string? CompletedMission { get; set; }

    public string NewId() => ids.Next();

    public Variables Variables(GameEvent? happened = null)
    {
        var variables = new Variables().Set("user", subject.Shown).Set("activeMissions", ShowActiveMissions);
        return happened is null ? variables : variables.Set("event", happened.Content).Set("previousEvent", happened.Previous ?? (static () => JsonElement.Parse("null")));
    }

    /// <summary>Until when an action done in a period that ends then still counts in it; null: for ever.</summary>
    public DateTimeOffset? AcceptedUntil(DateTimeOffset? end) => end + options.LateActionsAcceptedFor;

    public bool Accepts(MissionDefinition mission, DateTimeOffset doneAt) => mission.Accepts(doneAt, now, options.LateActionsAcceptedFor);

    public bool HasEvaluated(string ruleId, string periodId) =>
        before.HasEvaluated(ruleId, periodId) || evaluated.Exists(one => one.MissionRuleId == ruleId && one.PeriodId == periodId);

    public bool HasFromAnotherRule(MissionDefinition mission) => missions.Exists(one =>
        one.Definition is { MissionRuleId: { } rule } other && rule != mission.MissionRuleId && other.MissionConfigurationId == mission.MissionConfigurationId
        && other.GroupTagId == mission.GroupTagId && other.PeriodId == mission.PeriodId && other.StartsAt == mission.StartsAt && other.EndsAt == mission.EndsAt);

    public void Evaluated(string ruleId, Period period) => evaluated.Add(new(ruleId, period.Id, AcceptedUntil(period.EndsAt)));

    /// <summary>False when the user has as many missions as fit.</summary>
    public bool Assign(MissionDefinition definition, decimal current = 0)
    {
        if (missions.Count >= options.MissionsPerPlayer && !MakeRoom())
        {
            return false;
        }
        var mission = new MissionProgress(NewId(), definition.Key, current, null, null, now, now) { Definition = definition };
        var target = definition.StateAt(now) == MissionState.Pending ? definition.Target : TargetOf(mission);
        assigned.Add(new(mission.MissionId, definition, current, target, CompletedMission));
        missions.Add(mission with { Target = target });
        return true;
    }

    /// <summary>The mission with its target, which is computed once: when it is first seen active.</summary>
    public MissionProgress Freeze(int index)
    {
        var mission = missions[index];
        if (mission.Target is null && mission.Definition.StateAt(now) != MissionState.Pending)
        {
            var target = TargetOf(mission);
            mission = missions[index] = mission with { Target = target, UpdatedAt = now };
            frozen.Add(new(mission.MissionId, target));
        }
        return mission;
    }

    public void FreezeAll()
    {
        for (var index = 0; index < missions.Count; index++)
        {
            Freeze(index);
        }
    }

    /// <param name="doneAt">When what counts was done.</param>
    public MissionProgress Progress(int index, decimal amount, bool completes, DateTimeOffset doneAt)
    {
        var mission = missions[index];
        var changed = missions[index] = mission with { Current = mission.Current + amount, CompletedAt = completes ? (doneAt < now ? doneAt : now) : null, UpdatedAt = now };
        missionLogs.Add(new(NewId(), mission.MissionId, amount, changed.Current, completes, completes ? mission.Definition.Of : null, CompletedMission, completes ? mission.Definition.MissionConfigurationId : null));
        return changed;
    }

    public void Add(VirtualTransaction transaction) => transactions.Add(transaction);
    public void Add(BadgeLog badge) => badges.Add(badge);
    public void Add(Contribution contribution) => contributions.Add(contribution);

    public void Consider(ConsideredKind kind, string id, long version, Verdict verdict, GameEvent happened)
    {
        if (considered.Count < MostConsidered)
        {
            considered.Add(new(kind, id, version, verdict, happened.CompletedMission));
        }
    }

    /// <summary>Missions that can change no more leave the state. A group's is then completed when its final count has reached the target.</summary>
    public void Retire()
    {
        for (var index = missions.Count - 1; index >= 0 && retired.Count < MostRetired; index--)
        {
            if (AcceptedUntil(missions[index].Definition.EndsAt) <= now)
            {
                if (missions[index] is { Definition.MissionType: MissionType.Group, CompletedAt: null } && Freeze(index) is var final && final.Current >= final.Target)
                {
                    Progress(index, 0, completes: true, now);
                }
                retired.Add(missions[index].MissionId);
                missions.RemoveAt(index);
            }
        }
    }

    public JournalEntry Entry(Actor by, ActivityLog? activity = null, QuizLog? quiz = null) => new(before.Seq + 1, now, by)
    {
        Activity = activity,
        Quiz = quiz,
        Assigned = assigned,
        Evaluated = evaluated,
        Frozen = frozen,
        MissionLogs = missionLogs,
        Transactions = transactions,
        Badges = badges,
        Contributions = contributions,
        Considered = considered,
        Retired = retired,
    };

    bool MakeRoom()
    {
        var index = missions.FindIndex(mission => mission.CompletedAt is not null && before.Mission(mission.MissionId) is not null);
        if (index < 0 || retired.Count >= MostRetired)
        {
            return false;
        }
        retired.Add(missions[index].MissionId);
        missions.RemoveAt(index);
        return true;
    }

    decimal TargetOf(MissionProgress mission) => mission.Definition.Target
        ?? mission.Definition.TargetAmountExpression.Evaluate(new Variables().Set("user", subject.Shown).Set("mission", () => MissionView.ForExpressions(mission, now))).AsIncrement();

    JsonElement ShowActiveMissions() => JsonSerializer.SerializeToElement(
        missions.Where(mission => mission.Definition.StateAt(now) == MissionState.Active).Select(mission => MissionView.ForExpressions(mission, now)), Json.Options);
}
