using System.Text.Json;
using System.Text.Json.Nodes;

namespace AWorld.Platform;

/// <summary>An entity as it is answered: what the client sent, what the platform keeps, and the expansions asked for.</summary>
sealed class ResourceShape<T>(Resource<T> resource, WorkspaceClocks clocks) where T : Configured
{
    public const string Translations = "translations";
    public const string Tags = "tags";

    public static readonly HashSet<string> Nothing = [];
    public HashSet<string> Everything { get; } = resource.Tags == TagStyle.None ? [Translations] : [Tags, Translations];

    public JsonObject Of(Tenant tenant, Head head, HashSet<string> fields)
    {
        var entity = head.Entity<T>();
        var shown = new JsonObject { [resource.IdName] = head.Id };
        foreach (var (name, value) in JsonObject.Create(head.Content)!.Where(field => field.Key != Translations).ToList())
        {
            shown[name] = value?.DeepClone();
        }
        shown["langs"] = new JsonArray([.. entity.Texts.Select(text => JsonValue.Create(text.Lang))]);
        shown["origin"] = Json.Element(entity.Origin).GetString();
        Stamp(shown, tenant, head.SourceRegion, head.CreatedAt, head.UpdatedAt);
        shown["stage"] = Json.Element(head.Stage).GetString();
        shown["version"] = head.Version;
        resource.Show(entity, shown, clocks.Now(tenant));
        if (fields.Contains(Tags))
        {
            shown[Tags] = JsonSerializer.SerializeToNode(head.Tags, Json.Options);
        }
        if (fields.Contains(Translations))
        {
            shown[Translations] = new JsonArray([.. Texts(tenant, head).Select(text => text.Shown)]);
        }
        return shown;
    }

    /// <summary>Grows with the version, and changes with what is derived from the time.</summary>
    public string ETag(Tenant tenant, Head head)
    {
        var derived = new JsonObject();
        resource.Show(head.Entity<T>(), derived, clocks.Now(tenant));
        return derived.Count == 0 ? head.ETag : $"{head.ETag}-{string.Join('-', derived.Select(field => field.Value))}";
    }

    public IReadOnlyList<(string Lang, DateTimeOffset UpdatedAt, JsonObject Shown)> Texts(Tenant tenant, Head head) =>
        [.. head.Content.GetProperty(Translations).EnumerateArray().Select(content =>
        {
            var lang = content.GetProperty("lang").GetString()!;
            var times = head.Texts[lang];
            var shown = JsonObject.Create(content)!;
            shown[resource.IdName] = head.Id;
            Stamp(shown, tenant, head.SourceRegion, times.CreatedAt, times.UpdatedAt);
            return (lang, times.UpdatedAt, shown);
        })];

    static void Stamp(JsonObject shown, Tenant tenant, string sourceRegion, DateTimeOffset createdAt, DateTimeOffset updatedAt)
    {
        shown["accountId"] = tenant.AccountId;
        shown["workspaceId"] = tenant.WorkspaceId;
        shown["sourceRegion"] = sourceRegion;
        shown["createdAt"] = Instants.Text(createdAt);
        shown["updatedAt"] = Instants.Text(updatedAt);
    }
}
