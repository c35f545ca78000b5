using System.Text.Json;
using AWorld.Expressions;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>A mission as the API shows it.</summary>
public sealed record MissionView(
    string? UserId,
    string? GroupTagId,
    string MissionId,
    MissionType MissionType,
    string MissionConfigurationId,
    string? MissionRuleId,
    string PeriodId,
    TimeframeType TimeframeType,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    DateTimeOffset? CompletedAt,
    bool IsCompleted,
    MissionState State,
    MatchKind MatchType,
    EntityType MatchEntity,
    string? MatchEntityId,
    Expression MatchCondition,
    Expression IncrementExpression,
    Expression TargetAmountExpression,
    decimal CurrentAmount,
    decimal TargetAmount,
    string DefaultLang,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public string? AccountId { get; init; }
    public string? WorkspaceId { get; init; }
    public string? SourceRegion { get; init; }
    public LabelTranslation? Translation { get; init; }

    /// <param name="userId">Of an INDIVIDUAL mission; null for a group's.</param>
    public static MissionView Of(MissionProgress mission, string? userId, DateTimeOffset now)
    {
        var copy = mission.Definition;
        return new(
            userId, copy.GroupTagId, mission.MissionId, copy.MissionType, copy.MissionConfigurationId, copy.MissionRuleId, copy.PeriodId, copy.TimeframeType,
            copy.StartsAt, copy.EndsAt, mission.CompletedAt, mission.CompletedAt is not null, copy.StateAt(now),
            copy.MatchType, copy.MatchEntity, copy.MatchEntityId, copy.MatchCondition, copy.IncrementExpression, copy.TargetAmountExpression,
            mission.Current, mission.Target ?? 0, copy.DefaultLang, mission.CreatedAt, mission.UpdatedAt);
    }

    /// <summary>What expressions see as <c>mission</c>, and as <c>event</c> when it completed.</summary>
    internal static JsonElement ForExpressions(MissionProgress mission, DateTimeOffset now) => Json.Element(new
    {
        mission.MissionId,
        mission.Definition.MissionConfigurationId,
        mission.Definition.MissionRuleId,
        mission.Definition.MissionType,
        mission.Definition.GroupTagId,
        mission.Definition.PeriodId,
        mission.Definition.StartsAt,
        mission.Definition.EndsAt,
        State = mission.Definition.StateAt(now),
        IsCompleted = mission.CompletedAt is not null,
        mission.CompletedAt,
        CurrentAmount = mission.Current,
        TargetAmount = mission.Target,
    });
}
