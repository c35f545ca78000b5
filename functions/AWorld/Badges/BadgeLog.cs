using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Badges;

/// <summary>What a badge was awarded for. Written as it is spelt here.</summary>
[JsonConverter(typeof(SpeltEnumConverter<BadgeSource>))]
public enum BadgeSource { Mission, ActivityLog, QuizLog }

/// <summary>A reward rule awarded a user a badge for something that was completed: once for each.</summary>
/// <param name="SourceEntityId">Of the mission, or of the log of the action.</param>
/// <param name="Count">How often the user has the badge with it.</param>
/// <param name="After">The user's entry that changed their badge before this one; 0: they had none. So what a badge is made of is found without looking through the journal.</param>
public sealed record BadgeLog(string BadgeLogId, string BadgeConfigurationId, BadgeSource SourceEntityType, string SourceEntityId, string RewardRuleId, long Count, long After)
{
    /// <summary>The mission whose completion it was awarded for; null: what the entry is of.</summary>
    [JsonIgnore]
    public string? CompletedMission => SourceEntityType == BadgeSource.Mission ? SourceEntityId : null;
}

/// <summary>Awards of one badge were taken back: what is left of it.</summary>
/// <param name="Count">0: the user does not have it any more, and there are no times.</param>
/// <param name="After">As in <see cref="BadgeLog"/>.</param>
public sealed record BadgeTakenBack(string BadgeConfigurationId, IReadOnlyList<string> BadgeLogIds, long Count, DateTimeOffset? FirstAssignedAt, DateTimeOffset? LastAssignedAt, long After);

/// <summary>A user's badge, as their state holds it.</summary>
/// <param name="LastSeq">The entry that changed it last.</param>
public sealed record Badge(string BadgeConfigurationId, long Count, DateTimeOffset FirstAssignedAt, DateTimeOffset LastAssignedAt, long LastSeq);
