using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>What happens to events of a user whom the workspace does not know, and to retractions of an action that is not there.</summary>
enum UnknownUsers { Hold, Reject }

/// <summary>What HR says about workers that can be a tag of theirs.</summary>
enum WorkerAttribute { Department, Location, Manager, CostCenter }

/// <summary>How an attribute of workers becomes a tag.</summary>
/// <param name="Namespace">The value is the variant of a published tag in this namespace.</param>
/// <param name="Values">Tags of single values, which come first.</param>
sealed record WorkerTags(
    WorkerAttribute Attribute,
    [property: Text(TextAttribute.Name)] string? Namespace,
    [property: MaxLength(1_000, ErrorMessage = "must hold at most 1000 values")] IReadOnlyDictionary<string, string>? Values);

/// <summary>How a workspace takes what comes in.</summary>
/// <param name="EraseAfterDays">How long after a worker left, and that was said, their user is erased; null: never.</param>
/// <param name="Learning">The first that fits an event is taken; one of the event's own id comes before those of any.</param>
sealed record InboundSettings(
    UnknownUsers UnknownUsers = UnknownUsers.Hold,
    [property: Range(0, 36_500)] int? EraseAfterDays = null,
    [property: MaxLength(4, ErrorMessage = "must hold each attribute at most once")] IReadOnlyList<WorkerTags>? WorkerTags = null,
    [property: MaxLength(2_000, ErrorMessage = "must hold at most 2000 mappings")] IReadOnlyList<LearningMapping>? Learning = null) : IChecked
{
    readonly Lazy<ILookup<(string, string), LearningMapping>> byObject = new(() => (Learning ?? []).ToLookup(static one => (one.Type!, one.ObjectId!)));

    public IEnumerable<LearningMapping> MappingsOf(string type, string objectId) => byObject.Value[(type, objectId)].Concat(byObject.Value[(type, LearningMapping.Any)]);

    public void Check(Problems problems)
    {
        foreach (var (index, tags) in (WorkerTags ?? []).Index())
        {
            problems.When(WorkerTags!.Take(index).Any(before => before.Attribute == tags.Attribute), $"workerTags[{index}].attribute", "is there twice")
                .When(tags.Namespace is null && tags.Values is not { Count: > 0 }, $"workerTags[{index}].namespace", "give a namespace, values or both");
            foreach (var (value, _) in (tags.Values ?? new Dictionary<string, string>()).Where(static one => one.Value is null))
            {
                problems.When(true, $"workerTags[{index}].values.{value}", "must be the id of a tag");
            }
        }
    }

    internal IEnumerable<Reference> References() =>
    [
        .. from tags in (WorkerTags ?? []).Index()
            from value in tags.Item.Values ?? new Dictionary<string, string>()
            select new Reference($"workerTags[{tags.Index}].values.{value.Key}", EntityType.Tag, value.Value),
        .. from mapping in (Learning ?? []).Index()
            select mapping.Item.Mapped($"learning[{mapping.Index}]"),
    ];
}

/// <summary>The settings of each workspace.</summary>
sealed class InboundSettingsStore(IDocumentStore store, References references, Mutations mutations, IOptions<InboundOptions> options, WorkspaceClocks clocks)
{
    const string Path = "/dashboard/v1/inbound-settings";
    const string DocumentId = "inbound-settings";
    const int CachedWorkspaces = 1_000;

    sealed record Stored(InboundSettings Settings, string? ETag);

    readonly RecentCache<Tenant, Stored> recent = new(CachedWorkspaces, options.Value.SettingsFreshness, clocks);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, static async (Caller caller, InboundSettingsStore settings, CancellationToken stop) =>
            await settings.Read(caller.Tenant, stop) is var stored ? Answer.Ok(stored.Settings, stored.ETag) : null).Operation("inboundSettings/get").Requires(Permission.ReadConfiguration).Produces<InboundSettings>();
        routes.MapPut(Path, static (HttpContext http, Body<InboundSettings> body, Caller caller, InboundSettingsStore settings) =>
            settings.Put(http, caller.Tenant, body.Value)).Operation("inboundSettings/put").Requires(Permission.WriteConfiguration).Produces<InboundSettings>();
    }

    public async ValueTask<InboundSettings> Of(Tenant tenant, CancellationToken stop) => (await recent.Get(tenant, async (tenant, stop) => await Read(tenant, stop), stop))!.Settings;

    async ValueTask<Stored> Read(Tenant tenant, CancellationToken stop) =>
        await store.Read(Home(tenant), DocumentId, stop) is { } document ? new(Json.Read<InboundSettings>(document.Body), document.ETag) : new(new(), null);

    async Task<IResult> Put(HttpContext http, Tenant tenant, InboundSettings sent)
    {
        if (await references.Check(tenant, sent.References(), http.RequestAborted) is { Count: > 0 } missing)
        {
            return new Problem(Error.Invalid(missing));
        }
        try
        {
            return await mutations.Run(http, Home(tenant), async (batch, stop) =>
            {
                var before = await Read(tenant, stop);
                if (Preconditions.Check(http, before.ETag ?? "") is { } stale)
                {
                    return stale;
                }
                if (before.ETag is { } etag)
                {
                    batch.Replace(DocumentId, sent, etag);
                }
                else
                {
                    batch.Create(DocumentId, sent);
                }
                return Answer.Ok(sent);
            });
        }
        finally
        {
            recent.Remove(tenant);
        }
    }

    static Partition Home(Tenant tenant) => Partition.Integrations(tenant, "settings");
}
