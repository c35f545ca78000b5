using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Activities;

/// <summary>A trackable action that the client defines.</summary>
public sealed record Activity(
    [property: Required, Text(TextAttribute.Name)] string Name,
    [property: TenantId] string? CatalogWorkspaceId = null,
    [property: Id] string? CatalogActivityId = null) : Configured<LabelTranslation>
{
    [JsonIgnore] public override Origin Origin => CatalogActivityId is null ? Origin.Custom : Origin.Catalog;
}

static class Activities
{
    public static readonly Resource<Activity> Resource = new("activities", EntityType.Activity)
    {
        Tags = TagStyle.Plain,
        FieldsOn = FieldsOn.List,
        ChosenId = true,
        PutRequires = new Dictionary<string, Type> { ["activityId"] = typeof(string) },
        Keep = static (stored, sent) => sent with { CatalogWorkspaceId = stored.CatalogWorkspaceId, CatalogActivityId = stored.CatalogActivityId },
    };
}
