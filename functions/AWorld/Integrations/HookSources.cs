using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>A system outside that tells us by a webhook of its own, as the workspace describes it.</summary>
/// <param name="EventSource">The source of the events that are made of it.</param>
sealed record HookDraft(
    [property: Required, Text(TextAttribute.Name)] string? Name,
    [property: Required, Text(200)] string? EventSource,
    [property: Required] HookAuthentication? Authentication,
    [property: Required] HookMapping? Mapping,
    bool? Enabled = null) : IChecked
{
    public void Check(Problems problems) =>
        problems.When(EventSource is { } source && !Uri.IsWellFormedUriString(source, UriKind.RelativeOrAbsolute), "eventSource", "must be a URI reference");
}

/// <summary>A secret, encrypted. Of two both are good until the older one's end.</summary>
sealed record HookSecret(byte[] Protected, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt = null);

/// <param name="SourceId"><c>{accountId}.{workspaceId}.{nanoid}</c>: it leads to its workspace, and nobody guesses it.</param>
sealed record HookSource(string SourceId, HookDraft Draft, IReadOnlyList<HookSecret> Secrets, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>The tenant and the source's own part; null: it has no such form.</summary>
    public static Tenant? TenantOf(string sourceId) =>
        Ids.IsClientId(sourceId) && sourceId.Split('.') is [var account, var workspace, { Length: > 0 }] && Ids.IsTenantId(account) && account != Partition.PlatformAccount && Ids.IsTenantId(workspace) ? new(account, workspace) : null;
}

/// <summary>The sources of each workspace, and who manages them.</summary>
sealed class HookSources(IDocumentStore store, Mutations mutations, IKeyProtection protection, Ids ids, WorkspaceClocks clocks, PageTokens pages)
{
    const string Path = "/dashboard/v1/inbound-sources";
    const int MostPerWorkspace = 100;
    const int SecretBytes = 32;
    static readonly TimeSpan BothGoodFor = TimeSpan.FromDays(1);

    readonly Lazy<byte[]> decoy = new(() => protection.Protect(Purpose("none"), RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <param name="Secret">Only in the answer that made it.</param>
    sealed record View(
        string SourceId, string Path, string Name, string EventSource, bool Enabled, HookAuthentication Authentication, HookMapping Mapping, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null)
    {
        public static View Of(HookSource source, string? secret = null) => new(
            source.SourceId, HookEvents.Path + source.SourceId, source.Draft.Name!, source.Draft.EventSource!, source.Draft.Enabled != false, source.Draft.Authentication!, source.Draft.Mapping!, source.CreatedAt, source.UpdatedAt, secret);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, static (Body<HookDraft> body, Caller caller, HookSources it, CancellationToken stop) => it.Create(caller.Tenant, body.Value, stop)).Operation("inboundSources/create").Requires(Permission.ManageInbound).Produces<View>(201);
        routes.MapGet(Path, static (HttpContext http, Caller caller, HookSources it) => it.List(http, caller.Tenant)).Operation("inboundSources/list").Requires(Permission.ManageInbound).TakesPage().Produces<Page<View>>();
        routes.MapGet(Path + "/{sourceId}", static async (string sourceId, Caller caller, HookSources it, CancellationToken stop) =>
            await it.Find(caller.Tenant, sourceId, stop) is var (source, etag) ? Answer.Ok(View.Of(source), etag) : (IResult)new Problem(Unknown(sourceId))).Operation("inboundSources/get").Requires(Permission.ManageInbound).Produces<View>();
        routes.MapPut(Path + "/{sourceId}", static (string sourceId, HttpContext http, Body<HookDraft> body, Caller caller, HookSources it) =>
            it.Put(http, caller.Tenant, sourceId, body.Value)).Operation("inboundSources/put").Requires(Permission.ManageInbound).Produces<View>();
        routes.MapPost(Path + "/{sourceId}/rotate", static (string sourceId, HttpContext http, Caller caller, HookSources it, CancellationToken stop) => it.Rotate(http, caller.Tenant, sourceId, stop)).Operation("inboundSources/rotate").Requires(Permission.ManageInbound).Produces<View>();
        routes.MapDelete(Path + "/{sourceId}", static (string sourceId, HttpContext http, Caller caller, HookSources it) => it.Delete(http, caller.Tenant, sourceId)).Operation("inboundSources/delete").Requires(Permission.ManageInbound).Produces(204);
    }

    public async ValueTask<(HookSource Source, string ETag)?> Find(Tenant tenant, string sourceId, CancellationToken stop) =>
        HookSource.TenantOf(sourceId) == tenant && await store.Read(Home(tenant), IdOf(sourceId), stop) is { } document ? (Json.Read<HookSource>(document.Body), document.ETag) : null;

    /// <summary>The secrets that are good now.</summary>
    public IReadOnlyList<byte[]> Secrets(HookSource source) =>
        [.. source.Secrets.Where(secret => !(secret.ExpiresAt <= clocks.Real.GetUtcNow())).Select(secret => protection.Unprotect(Purpose(source.SourceId), secret.Protected)).OfType<byte[]>()];

    /// <summary>For a request that names no source: the same work as for one that does, and secrets that nobody has.</summary>
    public async ValueTask FindNothing(CancellationToken stop) => await store.Read(Home(new("0000000000", "0000000000")), IdOf("none"), stop);

    public IReadOnlyList<byte[]> NoSecrets() => [protection.Unprotect(Purpose("none"), decoy.Value)!];

    /// <summary>Its answer is not kept for an idempotency key, since it has the secret.</summary>
    async Task<IResult> Create(Tenant tenant, HookDraft draft, CancellationToken stop)
    {
        var (sourceId, now) = ($"{tenant.AccountId}.{tenant.WorkspaceId}.{ids.New()}", clocks.Real.GetUtcNow());
        var (secret, stored) = NewSecret(sourceId, now);
        var source = new HookSource(sourceId, draft, [stored], now, now);
        return await store.Make(Home(tenant), "inbound-sources", async () => (await All(tenant, stop)).Count < MostPerWorkspace, [Write.Create(IdOf(sourceId), Json.Bytes(source))], stop)
            ? Answer.Created(View.Of(source, secret))
            : new Problem(Error.InvalidOperation($"a workspace has at most {MostPerWorkspace} sources"));
    }

    /// <summary>As for creating one.</summary>
    async Task<IResult> Rotate(HttpContext http, Tenant tenant, string sourceId, CancellationToken stop)
    {
        if (await Find(tenant, sourceId, stop) is not var (source, etag))
        {
            return new Problem(Unknown(sourceId));
        }
        if (Preconditions.Check(http, etag) is { } stale)
        {
            return new Problem(stale);
        }
        var now = clocks.Real.GetUtcNow();
        var (secret, stored) = NewSecret(sourceId, now);
        var rotated = source with { UpdatedAt = now, Secrets = [stored, .. source.Secrets.Take(1).Select(before => before with { ExpiresAt = now + BothGoodFor })] };
        var commit = await store.Commit(Home(tenant), [Write.Replace(IdOf(sourceId), Json.Bytes(rotated), etag)], stop);
        return commit.Committed ? Answer.Ok(View.Of(rotated, secret)) : new Problem(Error.Conflict("others changed it at the same moment; try again"));
    }

    async Task<IResult> List(HttpContext http, Tenant tenant)
    {
        var request = await pages.Read(http);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var all = await All(tenant, http.RequestAborted);
        return Answer.Ok(await pages.Page(http, request.Value, all.Select(static document => View.Of(Json.Read<HookSource>(document.Body))), static source => source.SourceId));
    }

    async ValueTask<IReadOnlyList<Document>> All(Tenant tenant, CancellationToken stop) => (await store.Query(Home(tenant), DocumentQuery.Prefix(Prefix, limit: MostPerWorkspace), stop)).Items;

    async Task<IResult> Put(HttpContext http, Tenant tenant, string sourceId, HookDraft draft) => await mutations.Run(http, Home(tenant), async (batch, stop) =>
    {
        if (await Find(tenant, sourceId, stop) is not var (source, etag))
        {
            return Unknown(sourceId);
        }
        if (Preconditions.Check(http, etag) is { } stale)
        {
            return stale;
        }
        var changed = source with { Draft = draft, UpdatedAt = clocks.Real.GetUtcNow() };
        batch.Replace(IdOf(sourceId), changed, etag);
        return Answer.Ok(View.Of(changed));
    });

    async Task<IResult> Delete(HttpContext http, Tenant tenant, string sourceId) => await mutations.Run(http, Home(tenant), async (batch, stop) =>
    {
        if (await Find(tenant, sourceId, stop) is not var (_, etag))
        {
            return Unknown(sourceId);
        }
        if (Preconditions.Check(http, etag) is { } stale)
        {
            return stale;
        }
        batch.Delete(IdOf(sourceId), etag);
        return Answer.NoContent;
    });

    (string Secret, HookSecret Stored) NewSecret(string sourceId, DateTimeOffset now)
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
        return (secret, new(protection.Protect(Purpose(sourceId), Encoding.UTF8.GetBytes(secret)), now));
    }

    static Error Unknown(string sourceId) => Error.NotFound("inbound source", sourceId);
    const string Prefix = "inbound-source:";
    static string IdOf(string sourceId) => Prefix + sourceId;
    static string Purpose(string sourceId) => $"inbound source {sourceId}";
    static Partition Home(Tenant tenant) => Partition.Integrations(tenant, "sources");
}
