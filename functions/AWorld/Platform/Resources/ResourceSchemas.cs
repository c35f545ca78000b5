using System.ComponentModel.DataAnnotations;

namespace AWorld.Platform;

/// <summary>What the endpoints of one kind of configuration entity read and answer, for OpenAPI.</summary>
static class ResourceSchemas
{
    sealed record Stamp(string AccountId, string WorkspaceId, string SourceRegion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    /// <summary>What the platform adds to what the client sent.</summary>
    sealed record Kept([property: MinLength(1), MaxLength(Translations.Most)] IReadOnlyList<string> Langs, Origin Origin, Stage Stage, long Version);

    sealed record Changed(ChangeKind Change, string ChangedBy, DateTimeOffset ChangedAt);

    public static Composed Sent(Resource resource) => new($"New{resource.Type}", [resource.ClrType],
        resource.ChosenId ? [new(resource.IdName, typeof(string), Required: false)] : []);

    public static Composed Replacing(Resource resource) => new($"Replaced{resource.Type}", [resource.ClrType],
        [.. resource.PutRequires.Select(field => new ComposedField(field.Key, field.Value))]);

    public static Composed Shown(Resource resource) => new(resource.Type.ToString(), [typeof(Kept), resource.ClrType, typeof(Stamp)], Fields(resource));

    public static Composed Past(Resource resource) => new($"{resource.Type}Version", [typeof(Kept), resource.ClrType, typeof(Stamp), typeof(Changed)], Fields(resource));

    public static Composed Translation(Resource resource) => new($"{resource.Type}Translation", [resource.TextType, typeof(Stamp)], new ComposedField(resource.IdName, typeof(string)));

    static IReadOnlyList<ComposedField> Fields(Resource resource) =>
    [
        new(resource.IdName, typeof(string)),
        .. resource.Shows.Select(field => new ComposedField(field.Key, field.Value)),
        .. resource.Tags == TagStyle.None ? Array.Empty<ComposedField>() : [new("tags", typeof(IReadOnlyList<TagAssignment>), Required: false)],
        new("translations", typeof(object), Required: false, Translation(resource)),
    ];
}
