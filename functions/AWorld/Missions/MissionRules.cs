using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Expressions;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>LAZY: when a user looks; EVENT: when a matching event arrives; SCHEDULED_PUSH: for all when the period starts.</summary>
public enum AssignmentMode { Lazy, ScheduledPush, Event, Disabled }

/// <summary>When, for whom and how missions are made from configurations.</summary>
/// <param name="GroupTagId">The users who share the mission; given when and only when the type is GROUP.</param>
/// <param name="UsersMatchCondition">Given when and only when the type is INDIVIDUAL.</param>
/// <param name="MissionConfigurationsPool">The configurations to instantiate; without it <paramref name="MissionsMatchCondition"/> selects them.</param>
/// <param name="EventMatchCondition">The four eventMatch fields are given when and only when the mode is EVENT.</param>
public sealed record MissionRule(
    [property: Required, Text(TextAttribute.Name)] string Name,
    MissionType MissionType,
    [property: ExpressionField("MissionRule.missionsMatchCondition")] Expression MissionsMatchCondition,
    TimeframeType TimeframeType,
    TimeframeTimezoneType TimeframeTimezoneType,
    DateTimeOffset TimeframeStartsAt,
    AssignmentMode AssignmentMode,
    [property: Id] string? GroupTagId = null,
    [property: ExpressionField("MissionRule.usersMatchCondition")] Expression? UsersMatchCondition = null,
    [property: MaxLength(MissionRule.MostConfigurations), Id] IReadOnlyList<string>? MissionConfigurationsPool = null,
    [property: TimeZoneName] string? TimeframeTimezone = null,
    DateTimeOffset? TimeframeEndsAt = null,
    Recurrence? Recurrence = null,
    [property: Text(200)] string? ScheduleCron = null,
    MatchKind? EventMatchType = null,
    [property: OneOf(EntityType.Activity, EntityType.Quiz, EntityType.Tag, EntityType.User)]
    EntityType? EventMatchEntity = null,
    [property: Id] string? EventMatchEntityId = null,
    [property: ExpressionField("MissionRule.eventMatchCondition")] Expression? EventMatchCondition = null,
    [property: Id] string? CatalogMissionRuleId = null) : Configured<DescriptionTranslation>
{
    public const int MostConfigurations = 100;

    [JsonIgnore] public Timeframe Timeframe =>
        new(TimeframeType, TimeframeTimezoneType, TimeframeTimezone, TimeframeStartsAt, TimeframeEndsAt, Recurrence, ScheduleCron);

    [JsonIgnore] public override Origin Origin => CatalogMissionRuleId is null ? Origin.Custom : Origin.Catalog;
}

static class MissionRules
{
    public static readonly Resource<MissionRule> Resource = new("mission-rules", EntityType.MissionRule)
    {
        Lifecycle = Lifecycle.Archivable,
        Tags = TagStyle.Strict,
        ChosenId = true,
        PutRequires = new Dictionary<string, Type> { ["missionRuleId"] = typeof(string) },
        Check = Check,
        References = References,
        Keep = Keep,
        Shows = new Dictionary<string, Type> { ["state"] = typeof(TimeframeState) },
        Show = static (rule, shown, now) => shown["state"] = Json.Element(rule.Timeframe.StateAt(now)).GetString(),
    };

    static void Check(MissionRule rule, Problems problems)
    {
        rule.Timeframe.Check(problems);
        var (individual, byEvent) = (rule.MissionType == MissionType.Individual, rule.AssignmentMode == AssignmentMode.Event);
        problems
            .When(individual && rule.UsersMatchCondition is null, "usersMatchCondition", "is required when missionType is INDIVIDUAL")
            .When(!individual && rule.UsersMatchCondition is not null, "usersMatchCondition", "must be absent when missionType is GROUP")
            .When(!individual && rule.GroupTagId is null, "groupTagId", "is required when missionType is GROUP")
            .When(individual && rule.GroupTagId is not null, "groupTagId", "must be absent when missionType is INDIVIDUAL")
            .When(byEvent && rule.EventMatchType is null, "eventMatchType", "is required when assignmentMode is EVENT")
            .When(byEvent && rule.EventMatchEntity is null, "eventMatchEntity", "is required when assignmentMode is EVENT")
            .When(byEvent && rule.EventMatchCondition is null, "eventMatchCondition", "is required when assignmentMode is EVENT")
            .When(!byEvent && rule.EventMatchType is not null, "eventMatchType", "must be absent unless assignmentMode is EVENT")
            .When(!byEvent && rule.EventMatchEntity is not null, "eventMatchEntity", "must be absent unless assignmentMode is EVENT")
            .When(!byEvent && rule.EventMatchCondition is not null, "eventMatchCondition", "must be absent unless assignmentMode is EVENT")
            .When(!byEvent && rule.EventMatchEntityId is not null, "eventMatchEntityId", "must be absent unless assignmentMode is EVENT");
        if (byEvent && rule.EventMatchType is { } kind)
        {
            Matching.Check(problems, "eventMatchType", kind, "eventMatchEntityId", rule.EventMatchEntityId);
        }
        var pool = rule.MissionConfigurationsPool ?? [];
        for (var index = 0; index < pool.Count; index++)
        {
            problems.When(pool.Take(index).Contains(pool[index], StringComparer.Ordinal), $"missionConfigurationsPool[{index}]", "is already in the pool");
        }
    }

    static IEnumerable<Reference> References(MissionRule rule) =>
    [
        .. (rule.MissionConfigurationsPool ?? []).Select(static (id, index) => new Reference($"missionConfigurationsPool[{index}]", EntityType.MissionConfiguration, id)),
        .. rule.GroupTagId is { } tag ? [new Reference("groupTagId", EntityType.Tag, tag)] : Array.Empty<Reference>(),
        .. rule is { EventMatchType: { } kind, EventMatchEntity: { } entity } ? Matching.References(kind, entity, "eventMatchEntityId", rule.EventMatchEntityId) : [],
    ];

    /// <summary>The contract's PUT has no field for these, so they stay as they are for as long as they apply.</summary>
    static MissionRule Keep(MissionRule stored, MissionRule sent) => sent with
    {
        CatalogMissionRuleId = stored.CatalogMissionRuleId,
        GroupTagId = sent.GroupTagId ?? (sent.MissionType == MissionType.Group ? stored.GroupTagId : null),
        UsersMatchCondition = sent.UsersMatchCondition ?? (sent.MissionType == MissionType.Individual ? stored.UsersMatchCondition : null),
        TimeframeTimezone = sent.TimeframeTimezone ?? (sent.TimeframeTimezoneType == TimeframeTimezoneType.Fixed ? stored.TimeframeTimezone : null),
        Recurrence = sent.Recurrence ?? (sent.TimeframeType == TimeframeType.Recurring ? stored.Recurrence : null),
        ScheduleCron = sent.ScheduleCron ?? (sent.TimeframeType == TimeframeType.Recurring && (sent.Recurrence ?? stored.Recurrence) == Platform.Recurrence.Custom ? stored.ScheduleCron : null),
        EventMatchType = sent.EventMatchType ?? (sent.AssignmentMode == AssignmentMode.Event ? stored.EventMatchType : null),
    };
}
