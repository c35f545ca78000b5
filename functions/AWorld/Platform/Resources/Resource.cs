using System.Text.Json.Nodes;

namespace AWorld.Platform;

/// <summary>What happens to an entity after its creation. Without a lifecycle it is in force from the start.</summary>
public enum Lifecycle { None, Published, Archivable }

/// <summary>
/// The contract has two styles of tag assignments: in the plain one a tag that is already there is just updated and a
/// removal answers nothing; in the strict one it is a 409 and a removal tells what went.
/// </summary>
public enum TagStyle { None, Plain, Strict }

/// <summary>The reads whose contract has a <c>fields</c> parameter; the others give every expansion.</summary>
[Flags]
public enum FieldsOn { Nothing = 0, List = 1, Get = 2 }

/// <summary>Another entity of the workspace that must exist when the field is saved.</summary>
public sealed record Reference(string Field, EntityType Type, string Id);

/// <summary>A kind of configuration entity as far as its content does not matter.</summary>
/// <param name="path">Its path segment, such as <c>mission-rules</c>.</param>
/// <param name="type">What it is called when matched, tagged or referenced.</param>
public abstract class Resource(string path, EntityType type)
{
    public string Path { get; } = path;
    public EntityType Type { get; } = type;

    /// <summary>The first part of its operation ids, such as <c>missionRules</c>.</summary>
    public string Operations { get; } = CamelCase(path);

    /// <summary>The name of its id in requests and responses, such as <c>missionRuleId</c>.</summary>
    public string IdName { get; } = IdNameOf(type);

    public Lifecycle Lifecycle { get; init; } = Lifecycle.Published;
    public TagStyle Tags { get; init; }
    public FieldsOn FieldsOn { get; init; }

    /// <summary>Whether the client may choose the id on creation.</summary>
    public bool ChosenId { get; init; }

    /// <summary>Whether its reads can be narrowed to what came from one catalogue.</summary>
    public bool ByCatalog { get; init; }

    /// <summary>What a PUT must carry beyond what a creation must, with its JSON type.</summary>
    public IReadOnlyDictionary<string, Type> PutRequires { get; init; } = new Dictionary<string, Type>();

    /// <summary>The fields that <see cref="Resource{T}.Show"/> adds, with their types.</summary>
    public IReadOnlyDictionary<string, Type> Shows { get; init; } = new Dictionary<string, Type>();

    /// <summary>The contract's own path of the translations, where it is not the regular one.</summary>
    public string? TranslationsAt { get; init; }

    /// <summary>The contract answers the translations as a bare array.</summary>
    public bool BareTranslations { get; init; }

    public abstract Type ClrType { get; }

    /// <summary>Of its texts in one language.</summary>
    public abstract Type TextType { get; }

    internal abstract Configured Load(Head head);

    internal abstract void Map(IEndpointRouteBuilder routes);

    internal Partition In(Tenant tenant) => Partition.Configuration(tenant, Path);
    internal string IdOf(HttpContext http) => (string)http.GetRouteValue(IdName)!;
    internal Error NotFound(string id) => Error.NotFound(Platform.References.Words(Type), id);

    /// <summary>The entity's head and the ETag of its document, null when there is none.</summary>
    internal async ValueTask<(Head Head, string ETag)?> Read(IDocumentStore store, Tenant tenant, string id, CancellationToken stop) =>
        Ids.IsClientId(id) && await store.Read(In(tenant), DocumentIds.Entity(id), stop) is { } document
            ? (Json.Read<Head>(document.Body), document.ETag)
            : null;

    internal static string IdNameOf(EntityType type) => char.ToLowerInvariant(type.ToString()[0]) + type.ToString()[1..] + "Id";

    static string CamelCase(string path)
    {
        var words = path.Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}

/// <summary>
/// Declares a configuration entity: its shape is <typeparamref name="T"/>, its own rules stand here, and every endpoint,
/// paging, tags, translations, history, ETags and idempotency come with it.
/// </summary>
public sealed class Resource<T>(string path, EntityType type) : Resource(path, type) where T : Configured
{
    /// <summary>Rules between fields, after the annotations of the single ones.</summary>
    public Action<T, Problems> Check { get; init; } = static (_, _) => { };

    /// <summary>The entities it refers to; each must exist in the workspace.</summary>
    public Func<T, IEnumerable<Reference>> References { get; init; } = static _ => [];

    /// <summary>From the stored entity and the one sent: the new one, with the fields that the contract's PUT cannot carry kept.</summary>
    public Func<T, T, T> Keep { get; init; } = static (_, sent) => sent;

    /// <summary>Adds what is derived when the entity is shown.</summary>
    public Action<T, JsonObject, DateTimeOffset> Show { get; init; } = static (_, _, _) => { };

    public override Type ClrType => typeof(T);
    public override Type TextType { get; } = TextsOf(typeof(T));

    static Type TextsOf(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Configured<>) ? type.GenericTypeArguments[0] : TextsOf(type.BaseType!);

    internal override Configured Load(Head head) => head.Entity<T>();
    internal override void Map(IEndpointRouteBuilder routes) => new ResourceEndpoints<T>(this, routes.ServiceProvider).Map(routes);
}
