using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Tenancy;

/// <summary>The tenant: an organisation that has workspaces, principals with roles, and its own authorizer.</summary>
public sealed record Account(string AccountId, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Accounts, each the first document of its own partition.</summary>
public sealed class Accounts(IDocumentStore store, Ids ids, TimeProvider clock)
{
    internal const string DocumentId = "account";

    /// <param name="ownerPrincipalId">Its first owner; null for an account that only machines use so far.</param>
    public async ValueTask<Account> Create(string name, string? ownerPrincipalId, CancellationToken stop)
    {
        var (account, batch) = New(name, ownerPrincipalId);
        if (ownerPrincipalId is not null)
        {
            await Index(ownerPrincipalId, account.AccountId, stop);
        }
        var commit = await store.Commit(Partition.Platform(account.AccountId), batch.Writes, stop);
        return commit.Committed ? account : throw new InvalidOperationException($"a new account could not be created: {commit.Status}");
    }

    public async ValueTask<Account?> Find(string accountId, CancellationToken stop) =>
        await store.Read(Partition.Platform(accountId), DocumentId, stop) is { } document ? Json.Read<Account>(document.Body) : null;

    internal (Account Account, Batch Batch) New(string name, string? ownerPrincipalId)
    {
        var now = clock.GetUtcNow();
        var account = new Account(ids.NewTenant(), name, now, now);
        var batch = new Batch();
        batch.Create(DocumentId, account);
        if (ownerPrincipalId is not null)
        {
            var owner = new Membership(account.AccountId, ownerPrincipalId, null, Role.Owner, now, now);
            batch.Create(owner.DocumentId, owner);
        }
        return (account, batch);
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
