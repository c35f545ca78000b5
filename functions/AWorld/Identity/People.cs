using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;

namespace AWorld.Identity;

/// <summary>Who signs in where: users of a workspace in the app, principals with a membership elsewhere.</summary>
public sealed class People(UserDirectory users, Principals principals, Memberships memberships, WorkspaceClocks clocks)
{
    /// <summary>The person with this e-mail who may sign in to the context of the tenant, or null.</summary>
    public async ValueTask<Person?> ByEmail(ApiContext context, Tenant tenant, string email, CancellationToken stop) =>
        context == ApiContext.App
            ? Active(tenant, await users.ByEmail(tenant, email, stop)) is { } user ? PersonOf(user, await principals.Find(user.PrincipalId, stop)) : null
            : await principals.FindByEmail(email, stop) is { } principal ? await WithRole(tenant, principal, stop) : null;

    /// <summary>The person whom a sign-in was for, if they still may.</summary>
    public async ValueTask<Person?> Again(SignIn signIn, CancellationToken stop) =>
        signIn.UserId is { } userId
            ? Active(signIn.Tenant, await users.Find(signIn.Tenant, userId, stop)) is { } user ? PersonOf(user, await principals.Find(user.PrincipalId, stop)) : null
            : await principals.Find(signIn.PrincipalId!, stop) is { } principal ? await WithRole(signIn.Tenant, principal, stop) : null;

    /// <summary>Whether the workspace has the user and they may act; cheap.</summary>
    public ValueTask<bool> Exists(Tenant tenant, string userId, CancellationToken stop) => users.IsActive(tenant, userId, stop);

    UserProfile? Active(Tenant tenant, UserProfile? user) => user?.IsActive(clocks.Now(tenant)) == true ? user : null;

    /// <summary>The principal's role in a workspace, in an account (no workspace) or on the platform as such; null: none.</summary>
    public async ValueTask<Role?> RoleOf(string principalId, Tenant tenant, CancellationToken stop) =>
        tenant.AccountId == Partition.PlatformAccount
            ? await principals.Find(principalId, stop) is null ? null : Role.Viewer
            : await memberships.RoleIn(tenant.AccountId, principalId, tenant.WorkspaceId.Length == 0 ? null : tenant.WorkspaceId, stop);

    async ValueTask<Person?> WithRole(Tenant tenant, Principal principal, CancellationToken stop) =>
        await RoleOf(principal.PrincipalId, tenant, stop) is { } role
            ? new(null, principal.PrincipalId, role, principal.Email, NameOf(principal))
            : null;

    static Person PersonOf(UserProfile user, Principal? principal) => new(
        user.UserId, user.PrincipalId, Role.Member, principal?.Email, user.Nickname ?? (principal is null ? null : NameOf(principal)),
        user.ProfileImage, user.Lang, user.Timezone);

    static string? NameOf(Principal principal) =>
        (principal.FirstName, principal.LastName) is (null, null) ? null : $"{principal.FirstName} {principal.LastName}".Trim();
}
