using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

/// <param name="Hash">SHA-256 of the secret, which is random and long enough not to need more.</param>
/// <param name="ExpiresAt">Set when a rotation replaced it: until then it still works.</param>
public sealed record ClientSecret(string Hash, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>
/// What gets tokens for one workspace, in one API context: a machine (with secrets, by client_credentials) or an
/// application that people sign in through (without).
/// </summary>
/// <param name="ClientId"><c>{accountId}.{nanoid}</c>: a token request finds its account without looking through all.</param>
/// <param name="Scopes">What its own tokens may carry, such as <c>app/read</c>; all of its context.</param>
/// <param name="TokensValidFrom">Tokens issued earlier are refused.</param>
public sealed record MachineClient(
    string ClientId, string AccountId, string WorkspaceId, string Name, ApiContext Context, IReadOnlyList<string> Scopes,
    IReadOnlyList<ClientSecret> Secrets, DateTimeOffset TokensValidFrom, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static readonly FrozenDictionary<ApiContext, IReadOnlyList<string>> ScopesOf = new Dictionary<ApiContext, IReadOnlyList<string>>
    {
        [ApiContext.App] = ["app/read", "app/write"],
        [ApiContext.Dashboard] = ["dashboard/read", "dashboard/write", "integrations/write"],
    }.ToFrozenDictionary();

    /// <summary>The region that wrote it last.</summary>
    public string? SourceRegion { get; init; }

    public Tenant Tenant => new(AccountId, WorkspaceId);

    /// <summary>Whether the secret is one of its own and still valid; takes the same time for every wrong one.</summary>
    public bool Accepts(string secret, DateTimeOffset now)
    {
        var hash = Encoding.ASCII.GetBytes(HashOf(secret));
        var accepted = false;
        foreach (var known in Secrets)
        {
            accepted |= CryptographicOperations.FixedTimeEquals(hash, Encoding.ASCII.GetBytes(known.Hash)) && !(known.ExpiresAt <= now);
        }
        return accepted;
    }

    internal static string HashOf(string secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    internal string DocumentId => IdOf(ClientId);
    internal static string IdOf(string clientId) => $"client:{clientId}";
}

public sealed class Clients(IDocumentStore store, Ids ids, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    const int MostPerWorkspace = 50;

    /// <param name="scopes">Null: all of the context.</param>
    /// <returns>The secret in clear, which is not kept.</returns>
    public async ValueTask<Result<(MachineClient Client, string Secret)>> Create(Tenant tenant, string name, ApiContext context, IReadOnlyList<string>? scopes, CancellationToken stop)
    {
        var (secret, now) = (NewSecret(), clock.GetUtcNow());
        var client = new MachineClient($"{tenant.AccountId}.{ids.New()}", tenant.AccountId, tenant.WorkspaceId, name, context,
            scopes ?? MachineClient.ScopesOf[context], [new(MachineClient.HashOf(secret), now, null)], default, now, now) { SourceRegion = platform.Value.SourceRegion };
        return await store.Make(Partition.Platform(tenant.AccountId), "clients", async () => (await List(tenant, stop)).Count < MostPerWorkspace, [Write.Create(client.DocumentId, Json.Bytes(client))], stop)
            ? (client, secret)
            : Error.InvalidOperation($"a workspace has at most {MostPerWorkspace} clients");
    }

    /// <summary>The client with this id, which names its account; null for any other text.</summary>
    public async ValueTask<MachineClient?> Find(string clientId, CancellationToken stop)
    {
        var dot = clientId.IndexOf('.', StringComparison.Ordinal);
        return dot == Ids.TenantLength && Ids.IsTenantId(clientId[..dot]) && Ids.IsClientId(clientId)
            && await store.Read(Partition.Platform(clientId[..dot]), MachineClient.IdOf(clientId), stop) is { } document
            ? Json.Read<MachineClient>(document.Body)
            : null;
    }

    public async ValueTask<IReadOnlyList<MachineClient>> List(Tenant tenant, CancellationToken stop)
    {
        var clients = new List<MachineClient>();
        string? continuation = null;
        do
        {
            var page = await store.Query(Partition.Platform(tenant.AccountId), DocumentQuery.Prefix("client:", continuation: continuation), stop);
            clients.AddRange(page.Items.Select(document => Json.Read<MachineClient>(document.Body)).Where(client => client.WorkspaceId == tenant.WorkspaceId));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return clients;
    }

    public async ValueTask Remove(MachineClient client, CancellationToken stop) =>
        await store.Commit(Partition.Platform(client.AccountId), [Write.Delete(client.DocumentId)], stop);

    internal static string NewSecret() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 43);
}
