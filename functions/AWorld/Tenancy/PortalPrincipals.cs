using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Tenancy;

static class PortalPrincipals
{
    const string Path = Portal.Account + "/principals";
    const string One = Path + "/{principalId}";

    public sealed record InviteRequest(
        [property: Required, Email] string? Email,
        [property: StringLength(50, MinimumLength = 2)] string? FirstName,
        [property: StringLength(50, MinimumLength = 2)] string? LastName,
        [property: Required] Role? Role,
        [property: TenantId] string? WorkspaceId);

    public sealed record RoleRequest([property: Required] Role? Role, [property: TenantId] string? WorkspaceId);

    public sealed record MemberView(
        string AccountId, string PrincipalId, string? WorkspaceId, Role Role, string? Email, string? FirstName, string? LastName, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
    {
        public static MemberView Of(Membership membership, Principal? principal) => new(
            membership.AccountId, membership.PrincipalId, membership.WorkspaceId, membership.Role,
            principal?.Email, principal?.FirstName, principal?.LastName, membership.CreatedAt, membership.UpdatedAt);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Invite).Operation("principals/invite").Requires(Permission.InvitePrincipals).Produces<MemberView>(201);
        routes.MapGet(Path, List).Operation("principals/list").Requires(Permission.ReadAccount).TakesPage().Produces<Page<MemberView>>();
        routes.MapPatch(One, ChangeRole).Operation("principals/update").Requires(Permission.InvitePrincipals).Produces<MemberView>();
        routes.MapDelete(One, Remove).Operation("principals/delete").Requires(Permission.InvitePrincipals)
            .Takes(new Parameter("workspaceId", "Only the role in this workspace; without it, everything in the account.")).Produces(204);
    }

    static async Task<IResult> Invite(string accountId, Caller caller, HttpContext http, Body<InviteRequest> body, Invitations invitations, Mutations mutations, Workspaces workspaces, CancellationToken stop)
    {
        var (sent, role) = (body.Value, body.Value.Role!.Value);
        if (role > caller.Role)
        {
            return new Problem(BeyondOwn(caller));
        }
        if (sent.WorkspaceId is { } workspaceId && await workspaces.Find(new(accountId, workspaceId), stop) is null)
        {
            return new Problem(Error.Invalid("workspaceId", "is no workspace of this account"));
        }
        var principal = await invitations.Prepare(accountId, sent.Email!, sent.FirstName, sent.LastName, stop);
        var result = await mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
            (await invitations.Add(batch, accountId, principal, sent.WorkspaceId, role, stop)).Map(membership => Answer.Created(MemberView.Of(membership, principal))));
        if (result is Answer { Replayed: false })
        {
            await invitations.Tell(accountId, principal, stop);
        }
        return result;
    }

    static async Task<IResult> List(string accountId, HttpContext http, Memberships memberships, Principals principals, PageTokens pages, CancellationToken stop)
    {
        var request = await pages.Read(http);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var page = await pages.Page(http, request.Value, await memberships.List(accountId, stop), one => one.DocumentId);
        var items = await Task.WhenAll(page.Items.Select(async one => MemberView.Of(one, await principals.Find(one.PrincipalId, stop))));
        return Answer.Hashed(new Page<MemberView>(items, page.NextToken));
    }

    static ValueTask<IResult> ChangeRole(string accountId, string principalId, Caller caller, HttpContext http, Body<RoleRequest> body, Mutations mutations, Members members, Principals principals) =>
        mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
        {
            var (role, workspaceId) = (body.Value.Role!.Value, body.Value.WorkspaceId);
            if (role > caller.Role)
            {
                return BeyondOwn(caller);
            }
            var changed = await members.Change(batch, accountId, principalId, caller.Role, one => one.WorkspaceId == workspaceId ? role : one.Role, stop);
            return changed.Error is { } refused ? refused
                : changed.Value.FirstOrDefault(one => one.WorkspaceId == workspaceId) is { } member ? Answer.Ok(MemberView.Of(member, await principals.Find(principalId, stop)))
                : Portal.Missing("membership of principal", principalId);
        });

    static async ValueTask<IResult> Remove(string accountId, string principalId, Caller caller, HttpContext http, Mutations mutations, Members members)
    {
        var workspaceId = QueryParameters.Text(http, "workspaceId");
        return workspaceId.Error is { } wrong ? new Problem(wrong) : await mutations.Run(http, Partition.Platform(accountId), async (batch, stop) =>
        {
            var changed = await members.Change(batch, accountId, principalId, caller.Role, one => workspaceId.Value is { } only && one.WorkspaceId != only ? one.Role : null, stop);
            return changed.Error is { } refused ? refused : batch.Writes.Count == 0 ? Portal.Missing("membership of principal", principalId) : Answer.NoContent;
        });
    }

    static Error BeyondOwn(Caller caller) => Error.Forbidden($"you are {caller.Role} here and cannot give or take a greater role");
}
