using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

/// <summary>A person on the platform, who may hold users in several workspaces and memberships in several accounts. The only place of the e-mail.</summary>
public sealed record Principal(string PrincipalId, string Email, string? FirstName, string? LastName, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>The region that wrote it last.</summary>
    public string? SourceRegion { get; init; }

    /// <summary>The subject of the person's tokens.</summary>
    public string Sub => PrincipalId;

    internal string DocumentId => IdOf(PrincipalId);
    internal static string IdOf(string principalId) => $"principal:{principalId}";
}

public sealed class Principals(IDocumentStore store, Ids ids, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    const int Attempts = 8;

    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    sealed record EmailEntry(string PrincipalId);

    public async ValueTask<Principal?> Find(string principalId, CancellationToken stop) =>
        await store.Read(Home, Principal.IdOf(principalId), stop) is { } document ? Json.Read<Principal>(document.Body) : null;

    public async ValueTask<Principal?> FindByEmail(string email, CancellationToken stop) =>
        await store.Read(Home, EmailId(email), stop) is { } entry ? await Find(Json.Read<EmailEntry>(entry.Body).PrincipalId, stop) : null;

    /// <summary>The principal with this e-mail, made when there is none. Names only fill what the person has not given yet.</summary>
    public ValueTask<Principal> Ensure(string email, string? firstName, string? lastName, CancellationToken stop) =>
        Ensure(email, firstName, lastName, null, stop);

    /// <summary>As <see cref="Ensure(string, string?, string?, CancellationToken)"/>, noting in the same commit that the principal holds a user in the workspace.</summary>
    internal async ValueTask<Principal> Ensure(string email, string? firstName, string? lastName, Tenant? usedIn, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var batch = new Batch();
            var principal = await Decide(batch, email, firstName, lastName, usedIn is not null, stop);
            if (usedIn is not null)
            {
                batch.Upsert(UseId(principal.PrincipalId, usedIn), new { usedIn.AccountId, usedIn.WorkspaceId });
            }
            if (batch.Writes.Count == 0 || (await store.Commit(Home, batch.Writes, stop)).Committed)
            {
                return principal;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    /// <summary>Notes that the workspace's user is gone, and forgets the person when nothing else refers to it.</summary>
    internal async ValueTask Release(string principalId, Tenant usedIn, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await store.Read(Home, Principal.IdOf(principalId), stop) is not { } document)
            {
                return;
            }
            var principal = Json.Read<Principal>(document.Body);
            var use = UseId(principalId, usedIn);
            var uses = await store.Query(Home, DocumentQuery.Prefix($"principal-user:{principalId}:", limit: 2), stop);
            var batch = new Batch();
            if (uses.Items.Any(one => one.Id == use))
            {
                batch.Delete(use);
            }
            if (uses.Items.All(one => one.Id == use) && !await IsMember(principalId, stop))
            {
                batch.Delete(principal.DocumentId, document.ETag);
                batch.Delete(EmailId(principal.Email));
            }
            if (batch.Writes.Count == 0 || (await store.Commit(Home, batch.Writes, stop)).Committed)
            {
                return;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    /// <summary>Whether an account still knows the principal; the index of accounts alone does not say so.</summary>
    async ValueTask<bool> IsMember(string principalId, CancellationToken stop)
    {
        var prefix = Accounts.IndexPrefix(principalId);
        var accounts = await store.Query(Home, DocumentQuery.Prefix(prefix), stop);
        foreach (var accountId in accounts.Items.Select(one => one.Id[prefix.Length..]))
        {
            if ((await store.Query(Partition.Platform(accountId), DocumentQuery.Prefix($"membership:{principalId}:", limit: 1), stop)).Items.Count > 0)
            {
                return true;
            }
            await store.Commit(Home, [Write.Delete(Accounts.IndexId(principalId, accountId))], stop);
        }
        return false;
    }

    /// <param name="touch">Rewrites the principal even when nothing changed, so that a release at the same moment loses.</param>
    async ValueTask<Principal> Decide(Batch batch, string email, string? firstName, string? lastName, bool touch, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await store.Read(Home, EmailId(email), stop) is { } entry
            && await store.Read(Home, Principal.IdOf(Json.Read<EmailEntry>(entry.Body).PrincipalId), stop) is { } document)
        {
            var known = Json.Read<Principal>(document.Body);
            var named = known with { FirstName = known.FirstName ?? firstName, LastName = known.LastName ?? lastName };
            if (touch || named != known)
            {
                named = named == known ? known : named with { UpdatedAt = now, SourceRegion = platform.Value.SourceRegion };
                batch.Replace(named.DocumentId, named, document.ETag);
            }
            return named;
        }
        var created = new Principal(ids.New(), EmailAddress.Normalize(email), firstName, lastName, now, now) { SourceRegion = platform.Value.SourceRegion };
        batch.Create(EmailId(email), new EmailEntry(created.PrincipalId));
        batch.Create(created.DocumentId, created);
        return created;
    }

    static string EmailId(string email) => $"principal-email:{EmailAddress.Hash(email)}";
    static string UseId(string principalId, Tenant tenant) => $"principal-user:{principalId}:{tenant.AccountId}:{tenant.WorkspaceId}";
}
