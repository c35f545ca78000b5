using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Users;

/// <summary>The user that a token belongs to, or that a machine acts for: <c>/users/me</c> of both APIs.</summary>
static class OwnUser
{
    public sealed record UpdateRequest(
        [property: Nickname] string? Nickname,
        [property: AbsoluteUri] string? ProfileImage,
        [property: Language] string? Lang,
        [property: TimeZoneName] string? Timezone);

    sealed record OwnPrincipal(string PrincipalId, string Sub, string Email, string? FirstName, string? LastName);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, permission) in new[] { ("/app/v1/users/me", Permission.ReadOwn), ("/dashboard/v1/users/me", Permission.ReadWorkspace) })
        {
            routes.MapGet(path, Get).Operation("users/getMe").Requires(permission).RequiresUser().Takes(Parameter.Fields(UserViews.AllFields)).Produces<UserView>();
            routes.MapGet($"{path}/principal", GetPrincipal).Operation("users/me/principal/get").Requires(permission).RequiresUser().Produces<OwnPrincipal>();
        }
        routes.MapPatch("/app/v1/users/me", Update).Operation("users/updateMe").Requires(Permission.ActAsSelf).RequiresUser().Produces<UserView>();
        routes.MapGet("/app/v1/users/me/stats", GetStats).Operation("users/getMyStats").Requires(Permission.ReadOwn).RequiresUser().Produces<UserStats>();
        routes.MapGet("/app/v1/users/me/tags", ListTags).Operation("users/me/tags/list").Requires(Permission.ReadOwn).RequiresUser().TakesPage(sorted: true).Produces<Page<TagAssignment>>();
        routes.MapGet("/app/v1/users/me/tags/{tagId}", GetTag).Operation("users/me/tags/get").Requires(Permission.ReadOwn).RequiresUser().Produces<TagAssignment>();
    }

    static async Task<IResult> Get(Caller caller, HttpContext http, UserDirectory users, UserViews views, CancellationToken stop) =>
        await DashboardUsers.Show(await users.FindStored(caller.Tenant, caller.User, stop), caller.User, UserViews.AllFields, http, views, stop);

    static ValueTask<IResult> Update(Caller caller, HttpContext http, Body<UpdateRequest> body, UserDirectory users)
    {
        var sent = body.Value;
        return users.Change(http, caller.Tenant, caller.User, user => user with
        {
            Nickname = sent.Nickname ?? user.Nickname,
            ProfileImage = sent.ProfileImage ?? user.ProfileImage,
            Lang = sent.Lang ?? user.Lang,
            Timezone = sent.Timezone ?? user.Timezone,
        }, changed => Answer.Ok(UserView.Of(changed.User!), changed.ETag));
    }

    static async Task<IResult> GetPrincipal(Caller caller, UserDirectory users, Principals principals, CancellationToken stop) =>
        await users.Find(caller.Tenant, caller.User, stop) is { } user && await principals.Find(user.PrincipalId, stop) is { } principal
            ? Answer.Ok(new OwnPrincipal(principal.PrincipalId, principal.Sub, principal.Email, principal.FirstName, principal.LastName))
            : Missing(caller);

    static async Task<IResult> GetStats(Caller caller, UserDirectory users, UserViews views, CancellationToken stop) =>
        await users.Find(caller.Tenant, caller.User, stop) is { } user ? Answer.Ok(await views.Stats(user, stop)) : Missing(caller);

    static async Task<IResult> ListTags(Caller caller, HttpContext http, UserDirectory users, PageTokens pages, CancellationToken stop)
    {
        var request = await pages.Read(http, sorts: "updatedAt");
        return request.Error is { } wrong ? new Problem(wrong)
            : await users.Find(caller.Tenant, caller.User, stop) is not { } user ? Missing(caller)
            : Answer.Ok(await pages.Page(http, request.Value, user.Tags, tag => $"{Instants.Text(tag.UpdatedAt)}~{tag.TagId}"));
    }

    static async Task<IResult> GetTag(string tagId, Caller caller, UserDirectory users, CancellationToken stop) =>
        await users.Find(caller.Tenant, caller.User, stop) is not { } user ? Missing(caller)
        : user.Tags.FirstOrDefault(tag => tag.TagId == tagId) is { } tag ? Answer.Ok(tag)
        : new Problem(Error.NotFound("tag", tagId));

    static Problem Missing(Caller caller) => new(Error.NotFound("user", caller.User));
}
