using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

/// <summary>
/// Machine clients. A secret is answered once, by the request that made it, and never stored: so these answers are
/// not kept for idempotency keys either.
/// </summary>
static class PortalClients
{
    const string Path = Portal.Workspace + "/clients";
    const string One = Path + "/{clientId}";
    const int MostSecrets = 5;

    public sealed record CreateRequest(
        [property: Required, StringLength(100)] string? Name,
        [property: Required] ApiContext? Context,
        [property: MinLength(1), MaxLength(2), Text(40)] IReadOnlyList<string>? Scopes) : IChecked
    {
        public void Check(Problems problems)
        {
            var allowed = MachineClient.ScopesOf.GetValueOrDefault(Context!.Value);
            problems.When(allowed is null, "context", "must be APP or DASHBOARD");
            problems.When(allowed is not null && Scopes?.All(allowed.Contains) == false, "scopes", $"must be some of {string.Join(", ", allowed ?? [])}");
        }
    }

    /// <param name="OverlapSeconds">How long the secrets so far stay valid; up to 30 days.</param>
    public sealed record RotateRequest([property: Range(0, 30 * 24 * 3600)] int? OverlapSeconds);

    public sealed record ClientView(
        string ClientId, string AccountId, string WorkspaceId, string Name, ApiContext Context, IReadOnlyList<string> Scopes,
        IReadOnlyList<SecretView> Secrets, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
    {
        public string? ClientSecret { get; init; }
        public string? SourceRegion { get; init; }

        public static ClientView Of(MachineClient client, DateTimeOffset now) => new(
            client.ClientId, client.AccountId, client.WorkspaceId, client.Name, client.Context, client.Scopes,
            [.. client.Secrets.Where(secret => !(secret.ExpiresAt <= now)).Select(secret => new SecretView(secret.CreatedAt, secret.ExpiresAt))], client.CreatedAt, client.UpdatedAt) { SourceRegion = client.SourceRegion };
    }

    public sealed record SecretView(DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Create).Operation("clients/create").Requires(Permission.ManageClients).Produces<ClientView>(201);
        routes.MapGet(Path, List).Operation("clients/list").Requires(Permission.ManageClients).TakesPage().Produces<Page<ClientView>>();
        routes.MapGet(One, Get).Operation("clients/get").Requires(Permission.ManageClients).Produces<ClientView>();
        routes.MapPost($"{One}/rotate", Rotate).Operation("clients/rotate").Requires(Permission.ManageClients).Produces<ClientView>();
        routes.MapDelete(One, Delete).Operation("clients/delete").Requires(Permission.ManageClients).Produces(204);
    }

    static async Task<IResult> Create(string accountId, string workspaceId, Body<CreateRequest> body, Clients clients, Workspaces workspaces, TimeProvider clock, CancellationToken stop)
    {
        var (sent, tenant) = (body.Value, new Tenant(accountId, workspaceId));
        if (await workspaces.Find(tenant, stop) is null)
        {
            return new Problem(Portal.Missing("workspace", workspaceId));
        }
        var made = await clients.Create(tenant, sent.Name!, sent.Context!.Value, sent.Scopes, stop);
        return made.Error is { } refused ? new Problem(refused) : Answer.Created(ClientView.Of(made.Value.Client, clock.GetUtcNow()) with { ClientSecret = made.Value.Secret });
    }

    static async Task<IResult> List(string accountId, string workspaceId, HttpContext http, Clients clients, Workspaces workspaces, PageTokens pages, TimeProvider clock, CancellationToken stop)
    {
        var request = await pages.Read(http);
        return request.Error is { } wrong ? new Problem(wrong)
            : await workspaces.Find(new(accountId, workspaceId), stop) is null ? new Problem(Portal.Missing("workspace", workspaceId))
            : Answer.Hashed(await pages.Page(http, request.Value, (await clients.List(new(accountId, workspaceId), stop)).Select(client => ClientView.Of(client, clock.GetUtcNow())), client => client.ClientId));
    }

    static async Task<IResult> Get(string accountId, string workspaceId, string clientId, Clients clients, TimeProvider clock, CancellationToken stop) =>
        await clients.Find(clientId, stop) is { } client && client.Tenant == new Tenant(accountId, workspaceId)
            ? Answer.Hashed(ClientView.Of(client, clock.GetUtcNow()))
            : new Problem(Portal.Missing("client", clientId));

    static async Task<IResult> Rotate(string accountId, string workspaceId, string clientId, Body<RotateRequest> body, IDocumentStore store, TimeProvider clock, IOptions<PlatformOptions> platform, CancellationToken stop)
    {
        if (await store.Load<MachineClient>(accountId, MachineClient.IdOf(clientId), stop) is not { } stored || stored.Value.WorkspaceId != workspaceId)
        {
            return new Problem(Portal.Missing("client", clientId));
        }
        var (secret, now) = (Clients.NewSecret(), clock.GetUtcNow());
        var ends = now + TimeSpan.FromSeconds(body.Value.OverlapSeconds ?? 0);
        var old = stored.Value.Secrets
            .Select(one => one.ExpiresAt < ends ? one : one with { ExpiresAt = ends })
            .Where(one => one.ExpiresAt > now)
            .TakeLast(MostSecrets - 1);
        var rotated = stored.Value with { Secrets = [.. old, new(MachineClient.HashOf(secret), now, null)], UpdatedAt = now, SourceRegion = platform.Value.SourceRegion };
        var commit = await store.Commit(Partition.Platform(accountId), [Write.Replace(rotated.DocumentId, Json.Bytes(rotated), stored.ETag)], stop);
        return commit.Committed
            ? Answer.Ok(ClientView.Of(rotated, now) with { ClientSecret = secret })
            : new Problem(Error.Conflict("somebody else changed the client; look whether it has the secret you want, then try again"));
    }

    static ValueTask<IResult> Delete(string accountId, string workspaceId, string clientId, HttpContext http, Mutations mutations, IDocumentStore store) =>
        mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
        {
            if (await store.Load<MachineClient>(accountId, MachineClient.IdOf(clientId), stop) is not { } stored || stored.Value.WorkspaceId != workspaceId)
            {
                return Portal.Missing("client", clientId);
            }
            batch.Delete(stored.Value.DocumentId, stored.ETag);
            return Answer.NoContent;
        });
}
