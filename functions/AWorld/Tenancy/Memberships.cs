using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Tenancy;

/// <summary>The role of a principal in an account, or in one workspace of it.</summary>
/// <param name="WorkspaceId">Null: in the account and all its workspaces.</param>
public sealed record Membership(string AccountId, string PrincipalId, string? WorkspaceId, Role Role, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>The region that wrote it last.</summary>
    public string? SourceRegion { get; init; }

    internal string DocumentId => IdOf(PrincipalId, WorkspaceId);
    internal static string IdOf(string principalId, string? workspaceId) => $"membership:{principalId}:{workspaceId ?? "*"}";
}

public sealed class Memberships(IDocumentStore store, Accounts accounts, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    public const int MostPerAccount = StoreLimits.PageItems;

    /// <summary>All memberships of a principal in an account; empty for strangers.</summary>
    public async ValueTask<IReadOnlyList<Membership>> Of(string accountId, string principalId, CancellationToken stop) =>
        await Query(accountId, $"membership:{principalId}:", stop);

    public async ValueTask<IReadOnlyList<Membership>> List(string accountId, CancellationToken stop) =>
        await Query(accountId, "membership:", stop);

    /// <summary>
    /// The role in a workspace: the greater of the workspace's own and the account's. Without a workspace, the role
    /// in the account as such, where a member of single workspaces only may look. Null: no membership.
    /// </summary>
    public async ValueTask<Role?> RoleIn(string accountId, string principalId, string? workspaceId, CancellationToken stop) =>
        RoleIn(await Of(accountId, principalId, stop), workspaceId);

    internal static Role? RoleIn(IReadOnlyList<Membership> memberships, string? workspaceId)
    {
        var applying = memberships.Where(one => one.WorkspaceId is null || one.WorkspaceId == workspaceId).Select(one => (Role?)one.Role).Max();
        return applying ?? (workspaceId is null && memberships.Count > 0 ? Role.Viewer : null);
    }

    /// <summary>Gives a role, replacing what the principal had there. For seeding; people go through the Portal API.</summary>
    public async ValueTask<Membership> Grant(string accountId, string principalId, string? workspaceId, Role role, CancellationToken stop)
    {
        await accounts.Index(principalId, accountId, stop);
        var now = clock.GetUtcNow();
        var membership = new Membership(accountId, principalId, workspaceId, role, now, now) { SourceRegion = platform.Value.SourceRegion };
        var batch = new Batch();
        batch.Upsert(membership.DocumentId, membership);
        await store.Commit(Partition.Platform(accountId), batch.Writes, stop);
        return membership;
    }

    async ValueTask<IReadOnlyList<Membership>> Query(string accountId, string prefix, CancellationToken stop)
    {
        var page = await store.Query(Partition.Platform(accountId), DocumentQuery.Prefix(prefix, limit: MostPerAccount), stop);
        return [.. page.Items.Select(document => Json.Read<Membership>(document.Body))];
    }
}
