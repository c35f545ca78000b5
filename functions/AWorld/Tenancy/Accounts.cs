using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

/// <summary>The tenant: an organisation that has workspaces, principals with roles, and its own authorizer.</summary>
public sealed record Account(string AccountId, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>The region that wrote it last.</summary>
    public string? SourceRegion { get; init; }
}

/// <summary>Accounts, each the first document of its own partition.</summary>
public sealed class Accounts(IDocumentStore store, Ids ids, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    internal const string DocumentId = "account";
    const int MostOfPrincipal = 200;

    /// <param name="ownerPrincipalId">Its first owner; null for an account that only machines use so far.</param>
    /// <param name="seed">The same one gives the same account, whether it existed or not; null: a new one.</param>
    public async ValueTask<Account> Create(string name, string? ownerPrincipalId, CancellationToken stop, string? seed = null)
    {
        var accountId = NewId(seed);
        if (seed is not null && await Find(accountId, stop) is { } known)
        {
            return known;
        }
        if (ownerPrincipalId is not null)
        {
            await Index(ownerPrincipalId, accountId, stop);
        }
        var batch = new Batch();
        var account = Add(batch, accountId, name, ownerPrincipalId);
        var commit = await store.Commit(Partition.Platform(accountId), batch.Writes, stop);
        return commit.Committed ? account : throw new InvalidOperationException($"a new account could not be created: {commit.Status}");
    }

    public async ValueTask<Account?> Find(string accountId, CancellationToken stop) =>
        await store.Read(Partition.Platform(accountId), DocumentId, stop) is { } document ? Json.Read<Account>(document.Body) : null;

    /// <param name="seed">The same one gives the same id; null: a random id.</param>
    internal string NewId(string? seed) => seed is null ? ids.NewTenant() : Ids.Derive("account", seed)[..Ids.TenantLength];

    internal Account Add(Batch batch, string accountId, string name, string? ownerPrincipalId)
    {
        var now = clock.GetUtcNow();
        var account = new Account(accountId, name, now, now) { SourceRegion = platform.Value.SourceRegion };
        batch.Create(DocumentId, account);
        if (ownerPrincipalId is not null)
        {
            var owner = new Membership(accountId, ownerPrincipalId, null, Role.Owner, now, now) { SourceRegion = platform.Value.SourceRegion };
            batch.Create(owner.DocumentId, owner);
        }
        return account;
    }

    /// <summary>The accounts that may know the principal, as many as can be listed.</summary>
    internal async ValueTask<IReadOnlyList<string>> IndexOf(string principalId, CancellationToken stop)
    {
        var prefix = IndexPrefix(principalId);
        var page = await store.Query(Partition.Platform(Partition.PlatformAccount), DocumentQuery.Prefix(prefix, limit: MostOfPrincipal), stop);
        return [.. page.Items.Select(document => document.Id[prefix.Length..])];
    }

    /// <summary>
    /// Notes, before a membership is written, that the principal may be found in the account: where to look, not
    /// that it is there. Memberships decide, so a leftover of a crash shows nothing.
    /// </summary>
    internal async ValueTask Index(string principalId, string accountId, CancellationToken stop)
    {
        var entry = new Batch();
        entry.Upsert(IndexId(principalId, accountId), new { accountId });
        await store.Commit(Partition.Platform(Partition.PlatformAccount), entry.Writes, stop);
    }

    internal static string IndexId(string principalId, string accountId) => $"principal-account:{principalId}:{accountId}";
    internal static string IndexPrefix(string principalId) => $"principal-account:{principalId}:";
}
