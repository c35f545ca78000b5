using System.Text.Json.Serialization;
using AWorld.Expressions;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Missions;

public enum MissionState { Pending, Active, Ended }

/// <summary>
/// What a mission copied from its configuration and rule when it was made, and its period. Never changes, whatever
/// happens to the configuration. Users who got the same mission in the same period share one in memory.
/// </summary>
/// <param name="EndsAt">Exclusive; null: never.</param>
/// <param name="Target">Given with a direct assignment; else the expression decides when the mission becomes active.</param>
public sealed record MissionDefinition(
    MissionType MissionType,
    string MissionConfigurationId,
    string? MissionRuleId,
    string? GroupTagId,
    string PeriodId,
    TimeframeType TimeframeType,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    MatchKind MatchType,
    EntityType MatchEntity,
    string? MatchEntityId,
    Expression MatchCondition,
    Expression IncrementExpression,
    Expression TargetAmountExpression,
    decimal? Target,
    string DefaultLang)
{
    string? key;

    /// <summary>Derived from the content: equal definitions have equal keys.</summary>
    [JsonIgnore]
    public string Key => key ??= Ids.Derive(System.Text.Encoding.UTF8.GetString(GameJson.Bytes(this)));

    [JsonIgnore]
    public RulePeriod? Of => MissionRuleId is null ? null : new(MissionRuleId, PeriodId);

    public MissionState StateAt(DateTimeOffset now) =>
        now < StartsAt ? MissionState.Pending : EndsAt is { } end && end <= now ? MissionState.Ended : MissionState.Active;

    /// <summary>Whether what was done then counts, said now.</summary>
    /// <param name="late">For how long after the end what was done before it still counts.</param>
    public bool Accepts(DateTimeOffset doneAt, DateTimeOffset now, TimeSpan late) =>
        StateAt(now) != MissionState.Pending && doneAt >= StartsAt && !(doneAt >= EndsAt) && !(EndsAt + late <= now);
}

/// <summary>A mission as the user's state holds it: how far it is.</summary>
/// <param name="Target">Null until the mission becomes active, frozen from then on.</param>
/// <param name="DefinitionKey">Names the copy, which the journal entry that assigned the mission holds.</param>
public sealed record MissionProgress(
    string MissionId,
    string DefinitionKey,
    decimal Current,
    decimal? Target,
    DateTimeOffset? CompletedAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    [JsonIgnore]
    public MissionDefinition Definition { get; init; } = null!;

    /// <summary>Where it stands among missions in the order of their changes.</summary>
    [JsonIgnore]
    public string Position => PositionOf(UpdatedAt, MissionId);

    public static string PositionOf(DateTimeOffset updatedAt, string missionId) => $"{Instants.Text(updatedAt)}~{missionId}";
}

/// <summary>A mission came to a user (or group).</summary>
/// <param name="MissionConfigurationId">Given when it completed.</param>
/// <param name="CompletedMission">The mission whose completion brought it; null: what the entry is of.</param>
public sealed record MissionAssigned(string MissionId, MissionDefinition Definition, decimal Current, decimal? Target, string? CompletedMission = null);

/// <summary>A mission moved on: how much, and where it stands then. What moved it is the entry's activity.</summary>
/// <param name="Of">Given when it completed.</param>
/// <param name="CompletedMission">The mission whose completion counted; null: what the entry is of.</param>
public sealed record MissionLog(string MissionLogId, string MissionId, decimal Amount, decimal CurrentAmount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Completed = false,
    RulePeriod? Of = null,
    string? CompletedMission = null,
    string? MissionConfigurationId = null);

/// <summary>The rule that made a mission, and the period it made it for: what the rule's summary counts by.</summary>
public sealed record RulePeriod(string MissionRuleId, string PeriodId);

/// <summary>A mission became active and its target was computed, for good.</summary>
public sealed record TargetFrozen(string MissionId, decimal Target);

/// <summary>A rule has assigned its missions for a period; it will not do so again.</summary>
/// <param name="Until">The record may go then: no action can count in that period any more. Null: never.</param>
public sealed record Evaluation(string MissionRuleId, string PeriodId, DateTimeOffset? Until);

/// <summary>What a member adds to missions of a group: applied to the group's own state, once, after the member's commit.</summary>
/// <param name="After">The sequence number of the member's previous contribution to the group, 0: none. It orders them.</param>
public sealed record Contribution(string GroupTagId, long After, IReadOnlyList<GroupAmount> Amounts);

/// <summary>What a member's action adds to one group mission.</summary>
public sealed record GroupAmount(string MissionId, decimal Amount);
