using AWorld.Missions;
using AWorld.Platform;

namespace AWorld.Badges;

/// <summary>A badge that can be earned as the App shows it.</summary>
public sealed record BadgeConfigurationView(
    string BadgeConfigurationId, string Name, string Image, Origin Origin, string? CatalogBadgeConfigurationId, bool? SyncWithCatalog,
    EntityType? ProgressSourceEntityType, string? ProgressSourceEntityId, string DefaultLang, IReadOnlyList<string> Langs, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public BadgeProgress? Progress { get; init; }
    public EarnedBadge? Badge { get; init; }
    public BadgeText? Translation { get; init; }
    public IReadOnlyList<TagAssignment>? Tags { get; init; }

    public static BadgeConfigurationView Of(BadgeConfiguration badge) => new(
        badge.Id, badge.Name, badge.Image, badge.Origin, badge.CatalogBadgeConfigurationId, badge.SyncWithCatalog,
        badge.ProgressSourceEntityType, badge.ProgressSourceEntityId, badge.DefaultLang, [.. badge.Translations.Select(text => text.Lang)], badge.CreatedAt, badge.UpdatedAt);
}

/// <summary>What the user has of it.</summary>
public sealed record EarnedBadge(long Count, DateTimeOffset FirstAssignedAt, DateTimeOffset LastAssignedAt);

/// <summary>What a badge is called in one language.</summary>
public sealed record BadgeText(string BadgeConfigurationId, string Lang, string Label, string? Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>In the language that the user reads.</summary>
    public static BadgeText Of(BadgeConfiguration badge, string? lang)
    {
        var text = badge.Translations.Choose(lang, badge.DefaultLang);
        return new(badge.Id, text.Lang, text.Label, text.Description, text.CreatedAt, text.UpdatedAt);
    }
}

/// <summary>How far the user is towards a badge, in whole units of the mission that says so.</summary>
public sealed record BadgeProgress(long Current, long Target, bool IsCompleted)
{
    /// <summary>By the mission that runs, else by the one that began last; null: the user has none.</summary>
    public static BadgeProgress? Of(BadgeConfiguration badge, IReadOnlyList<MissionView> missions) => badge.ProgressSourceEntityType != EntityType.MissionConfiguration ? null
        : missions.Where(mission => mission.MissionConfigurationId == badge.ProgressSourceEntityId && mission.State != MissionState.Pending)
            .MaxBy(static mission => (mission.State == MissionState.Active, mission.StartsAt, mission.UpdatedAt)) is not { } mission ? null
        : new(Whole(decimal.Floor(mission.CurrentAmount), 0), Whole(decimal.Ceiling(mission.TargetAmount), 1), mission.IsCompleted);

    static long Whole(decimal amount, long least) => (long)Math.Clamp(amount, least, long.MaxValue);
}
