using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Tenancy;

/// <summary>
/// The API of principals. The account and the workspace stand in the path; the Caller middleware lets a request reach
/// its handler only for a principal whose memberships there suffice. To others the account does not exist.
/// </summary>
static class Portal
{
    public const string Accounts = "/portal/v1/accounts";
    public const string Account = Accounts + "/{accountId}";
    public const string Workspaces = Account + "/workspaces";
    public const string Workspace = Workspaces + "/{workspaceId}";

    sealed record Me(string PrincipalId, string Sub, string Email, string? FirstName, string? LastName, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/portal/v1/me", GetMe).Operation("me/get").Requires(Permission.UsePortal).Produces<Me>();
        routes.MapGet("/dashboard/v1/workspace", GetWorkspace).Operation("workspace/get").Requires(Permission.ReadWorkspace).Produces<Workspace>();
        PortalAccounts.Map(routes);
        PortalWorkspaces.Map(routes);
        PortalPrincipals.Map(routes);
        PortalClients.Map(routes);
    }

    static async Task<IResult> GetMe(Caller caller, Principals principals, CancellationToken stop) =>
        caller.PrincipalId is { } id && await principals.Find(id, stop) is { } me
            ? Answer.Hashed(new Me(me.PrincipalId, me.Sub, me.Email, me.FirstName, me.LastName, me.CreatedAt, me.UpdatedAt))
            : new Problem(Missing("principal", caller.PrincipalId ?? ""));

    /// <summary>The workspace of a dashboard's token.</summary>
    static async Task<IResult> GetWorkspace(Caller caller, Workspaces workspaces, CancellationToken stop) =>
        await workspaces.Find(caller.Tenant, stop) is { } workspace ? Answer.Hashed(workspace) : new Problem(Missing("workspace", caller.Tenant.WorkspaceId));

    public static Error Missing(string what, string id) => new(404, "resource/not_found", $"{what} '{id}' does not exist here");

    /// <summary>A document of an account with the version to replace; null when there is none.</summary>
    public static async ValueTask<(T Value, string ETag)?> Load<T>(this IDocumentStore store, string accountId, string documentId, CancellationToken stop) =>
        await store.Read(Partition.Platform(accountId), documentId, stop) is { } document ? (Json.Read<T>(document.Body), document.ETag) : null;

    /// <summary>A 412 when the request carries an If-Match that what is stored now does not satisfy.</summary>
    public static Error? Stale<T>(HttpContext http, T current) => Preconditions.Check(http, Answer.Hashed(current).ETag!);
}
