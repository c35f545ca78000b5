using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Expressions;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>What counts towards a mission, by how much, and up to where.</summary>
/// <param name="MatchEntityId">The entity of INSTANCE or the tag of TAG; absent for ENTITY.</param>
/// <param name="IncrementExpression">Null, empty or not a number counts as 1.</param>
/// <param name="TargetAmountExpression">Null, empty or not a number counts as 1.</param>
public sealed record MissionConfiguration(
    [property: Required, Text(TextAttribute.Name)] string Name,
    MissionType MissionType,
    MatchKind MatchType,
    [property: OneOf(EntityType.Activity, EntityType.Quiz, EntityType.Tag, EntityType.LearningPath)]
    EntityType MatchEntity,
    [property: ExpressionField("MissionConfiguration.matchCondition")] Expression MatchCondition,
    [property: ExpressionField("MissionConfiguration.incrementExpression")] Expression IncrementExpression,
    [property: ExpressionField("MissionConfiguration.targetAmountExpression")] Expression TargetAmountExpression,
    [property: Id] string? MatchEntityId = null,
    [property: Id] string? CatalogMissionConfigurationId = null,
    bool? SyncWithCatalog = null) : Configured<LabelTranslation>
{
    [JsonIgnore] public override Origin Origin => CatalogMissionConfigurationId is null ? Origin.Custom : Origin.Catalog;
}

static class MissionConfigurations
{
    public static readonly Resource<MissionConfiguration> Resource = new("mission-configurations", EntityType.MissionConfiguration)
    {
        Tags = TagStyle.Strict,
        ChosenId = true,
        BareTranslations = true,
        PutRequires = new Dictionary<string, Type> { ["missionConfigurationId"] = typeof(string), ["origin"] = typeof(Origin), ["langs"] = typeof(string[]) },
        Check = static (configuration, problems) => Matching.Check(problems, "matchType", configuration.MatchType, "matchEntityId", configuration.MatchEntityId),
        References = static configuration => Matching.References(configuration.MatchType, configuration.MatchEntity, "matchEntityId", configuration.MatchEntityId),
    };
}
