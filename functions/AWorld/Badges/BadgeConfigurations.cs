using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Badges;

/// <summary>A badge that users can earn, as often as what reward rules award it for happens.</summary>
/// <param name="ProgressSourceEntityId">What is shown as the progress towards it; it awards nothing.</param>
public sealed record BadgeConfiguration(
    [property: Required, Text(TextAttribute.Name)] string Name,
    [property: Required, AbsoluteUri] string Image,
    [property: Id] string? CatalogBadgeConfigurationId = null,
    bool? SyncWithCatalog = null,
    [property: OneOf(EntityType.MissionConfiguration, EntityType.LearningPath)] EntityType? ProgressSourceEntityType = null,
    [property: Id] string? ProgressSourceEntityId = null) : Configured<LabelTranslation>
{
    [JsonIgnore] public override Origin Origin => CatalogBadgeConfigurationId is null ? Origin.Custom : Origin.Catalog;
}

static class BadgeConfigurations
{
    public static readonly Resource<BadgeConfiguration> Resource = new("badge-configurations", EntityType.BadgeConfiguration)
    {
        Lifecycle = Lifecycle.Archivable,
        Tags = TagStyle.Plain,
        FieldsOn = FieldsOn.List | FieldsOn.Get,
        ChosenId = true,
        PutRequires = new Dictionary<string, Type> { ["origin"] = typeof(Origin), ["langs"] = typeof(string[]) },
        Check = static (badge, problems) => problems
            .When(badge is { ProgressSourceEntityType: not null, ProgressSourceEntityId: null }, "progressSourceEntityId", "is required when progressSourceEntityType is given")
            .When(badge is { ProgressSourceEntityType: null, ProgressSourceEntityId: not null }, "progressSourceEntityType", "is required when progressSourceEntityId is given"),
        References = static badge => badge is { ProgressSourceEntityType: { } type, ProgressSourceEntityId: { } id } ? [new("progressSourceEntityId", type, id)] : [],
    };
}
