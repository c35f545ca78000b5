using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Tags;

/// <summary>A value (<paramref name="Variant"/>, such as marketing) of a dimension (<paramref name="Namespace"/>, such as department).</summary>
public sealed record Tag(
    [property: Required, Text(TextAttribute.Name)] string Namespace,
    [property: Required, Text(TextAttribute.Name)] string Variant,
    [property: TenantId] string? CatalogWorkspaceId = null) : Configured<LabelTranslation>
{
    [JsonIgnore] public override Origin Origin => CatalogWorkspaceId is null ? Origin.Custom : Origin.Catalog;
}

static class Tags
{
    public static readonly Resource<Tag> Resource = new("tags", EntityType.Tag)
    {
        FieldsOn = FieldsOn.List | FieldsOn.Get,
        TranslationsAt = "/dashboard/v1/tag/{tagId}/translations",
        Keep = static (stored, sent) => sent with { CatalogWorkspaceId = stored.CatalogWorkspaceId },
    };
}
