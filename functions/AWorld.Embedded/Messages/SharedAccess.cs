using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>What a token lets its holder do.</summary>
[Flags]
enum AccessRights { Send = 1, Listen = 2 }

/// <summary>
/// Shared-access tokens as Service Bus has them: who knows the key of an entity signs one. Each workspace has keys of its
/// own for each entity, named <c>accountId.workspaceId.rights</c>, so a token lets into one workspace's messages only.
/// </summary>
sealed class SharedAccess(IDocumentStore store, IKeyProtection protection, Broker broker, MessageEntities entities, TimeProvider clock)
{
    const string Scheme = "SharedAccessSignature ";
    const int KeyBytes = 32;

    sealed record StoredKey(byte[] Protected);

    readonly ConcurrentDictionary<(Tenant, string), string> keys = new();

    const AccessRights All = AccessRights.Send | AccessRights.Listen;

    /// <summary>A token for an entity in a workspace; the first one makes the key.</summary>
    public async Task<string> Issue(Uri host, Tenant tenant, string entity, DateTimeOffset expires, CancellationToken stop, AccessRights rights = All)
    {
        var key = Of(await Find(tenant, entity, stop) ?? await Make(tenant, entity, stop), rights);
        foreach (var subscription in entities.Find(entity)?.Receivers.Where(receiver => rights.HasFlag(AccessRights.Listen) && receiver is { OnDemand: true, RequiresSession: false }) ?? [])
        {
            await broker.Follow(tenant, entity, subscription.Name, true, stop);
        }
        var resource = Uri.EscapeDataString(new Uri(host, $"/servicebus/{entity}").AbsoluteUri);
        var until = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{Scheme}sr={resource}&sig={Uri.EscapeDataString(Sign(key, resource, until))}&se={until}&skn={tenant.AccountId}.{tenant.WorkspaceId}.{rights.ToString("D")}";
    }

    /// <summary>The key of each combination of rights is derived from the entity's, so none leads to another.</summary>
    static string Of(string key, AccessRights rights) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"rights {rights:D}")));

    static string Sign(string key, string resource, string until) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{resource}\n{until}")));

    /// <summary>The workspace whose messages the token is for.</summary>
    /// <param name="path">Of the request; the token is for it, or for what it is part of.</param>
    /// <param name="right">That the request needs.</param>
    public async ValueTask<Result<Tenant>> Verify(string? authorization, MessageEntity entity, string path, AccessRights right, CancellationToken stop)
    {
        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return Error.InvalidToken("this needs a token, as 'Authorization: SharedAccessSignature sr=...&sig=...&se=...&skn=...'");
        }
        var parts = authorization[Scheme.Length..].Split('&').Select(static part => part.Trim().Split('=', 2)).Where(static part => part.Length == 2)
            .DistinctBy(static part => part[0], StringComparer.Ordinal).ToDictionary(static part => part[0], static part => part[1], StringComparer.Ordinal);
        if (!parts.TryGetValue("sr", out var resource) || !parts.TryGetValue("sig", out var signature) || !parts.TryGetValue("se", out var until) || !parts.TryGetValue("skn", out var name)
            || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return Error.InvalidToken("the token needs sr, sig, se (in seconds since 1970) and skn");
        }
        var wrong = Error.InvalidToken($"the token is not one for {path}: another entity, an unknown key or a wrong signature");
        if (!IsFor(resource, path) || Parse(Uri.UnescapeDataString(name)) is not var (tenant, rights) || await Find(tenant, entity.Name, stop) is not { } key
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(Of(key, rights), resource, until)), Encoding.UTF8.GetBytes(Uri.UnescapeDataString(signature))))
        {
            return wrong;
        }
        if (!rights.HasFlag(right))
        {
            return Error.Forbidden($"the token does not give the right to {right.ToString().ToLowerInvariant()}");
        }
        return seconds > clock.GetUtcNow().ToUnixTimeSeconds() ? tenant : Error.ExpiredToken();
    }

    /// <summary>By its path alone: behind a proxy nobody knows by which name we are called.</summary>
    static bool IsFor(string resource, string path) =>
        Uri.TryCreate(Uri.UnescapeDataString(resource), UriKind.Absolute, out var uri) && uri.AbsolutePath.TrimEnd('/') is { Length: > 0 } allowed
        && path.StartsWith(allowed, StringComparison.OrdinalIgnoreCase) && (path.Length == allowed.Length || path[allowed.Length] == '/');

    static (Tenant Tenant, AccessRights Rights)? Parse(string name) =>
        name.Split('.') is [var account, var workspace, [var rights and >= '1' and <= '3']] && Ids.IsTenantId(account) && Ids.IsTenantId(workspace) ? (new(account, workspace), (AccessRights)(rights - '0')) : null;

    async ValueTask<string?> Find(Tenant tenant, string entity, CancellationToken stop)
    {
        if (keys.TryGetValue((tenant, entity), out var known))
        {
            return known;
        }
        return await store.Read(Partition.Messages(tenant, entity), MessageDocuments.Key, stop) is { } document
            && protection.Unprotect(Purpose(tenant, entity), Json.Read<StoredKey>(document.Body).Protected) is { } key
                ? keys[(tenant, entity)] = Encoding.UTF8.GetString(key)
                : null;
    }

    /// <summary>Also in the place of one that can no longer be read.</summary>
    async Task<string> Make(Tenant tenant, string entity, CancellationToken stop)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        var stored = new StoredKey(protection.Protect(Purpose(tenant, entity), Encoding.UTF8.GetBytes(key)));
        await store.Commit(Partition.Messages(tenant, entity), [Write.Upsert(MessageDocuments.Key, Json.Bytes(stored))], stop);
        return keys[(tenant, entity)] = key;
    }

    static string Purpose(Tenant tenant, string entity) => $"messages {tenant} {entity}";
}
