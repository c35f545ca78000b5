using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Users;

/// <summary>Managing the users of a workspace.</summary>
static class DashboardUsers
{
    const string Path = "/dashboard/v1/users";

    public sealed record CreateRequest(
        [property: Required, Email] string? Email,
        [property: PersonName] string? FirstName,
        [property: PersonName] string? LastName,
        [property: Id] string? ExternalId,
        [property: Nickname] string? Nickname,
        [property: AbsoluteUri] string? ProfileImage,
        [property: Language] string? Lang,
        [property: TimeZoneName] string? Timezone);

    public sealed record UpdateRequest(
        [property: Nickname] string? Nickname,
        [property: AbsoluteUri] string? ProfileImage,
        [property: Language] string? Lang,
        [property: TimeZoneName] string? Timezone,
        [property: Id] string? ExternalId);

    sealed record ErasedUser(string UserId, bool Deleted);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Create).Operation("users/create").Requires(Permission.WriteUsers).Produces<UserView>(201);
        routes.MapGet(Path, List).Operation("users/list").Requires(Permission.ReadUsers).TakesPage(sorted: true).Takes(Parameter.Fields(UserViews.ListFields)).Produces<Page<UserView>>();
        routes.MapGet($"{Path}/{{userId}}", Get).Operation("users/get").Requires(Permission.ReadUsers).Takes(Parameter.Fields(UserViews.AllFields)).Produces<UserView>();
        routes.MapGet($"{Path}/by-external-id/{{externalId}}", GetByExternalId).Operation("users/getByExternalId").Requires(Permission.ReadUsers).Takes(Parameter.Fields("tags")).Produces<UserView>();
        routes.MapPatch($"{Path}/{{userId}}", Update).Operation("users/update").Requires(Permission.WriteUsers).Produces<UserView>();
        routes.MapDelete($"{Path}/{{userId}}", Delete).Operation("users/delete").Requires(Permission.EraseUsers).Produces<ErasedUser>();
    }

    static ValueTask<IResult> Create(Caller caller, HttpContext http, Body<CreateRequest> body, UserDirectory users)
    {
        var sent = body.Value;
        var draft = new UserDraft(sent.Email!, sent.FirstName, sent.LastName, sent.ExternalId, sent.Nickname, sent.ProfileImage, sent.Lang, sent.Timezone);
        return users.Create(http, caller.Tenant, draft, created => Answer.Created(UserView.Of(created.User!), created.ETag));
    }

    static async Task<IResult> List(Caller caller, HttpContext http, UserDirectory users, UserViews views, PageTokens pages, CancellationToken stop)
    {
        var fields = QueryParameters.AnyOf(http, "fields", UserViews.ListFields);
        var request = await pages.Read(http, sorts: "updatedAt");
        if ((fields.Error ?? request.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var page = await users.Page(caller.Tenant, request.Value.Descending, request.Value.Position, request.Value.Limit, stop);
        var items = await Task.WhenAll(page.Users.Select(user => views.Show(user, fields.Value, stop)));
        return Answer.Ok(await pages.Page(http, items, page.Position));
    }

    static async Task<IResult> Get(string userId, Caller caller, HttpContext http, UserDirectory users, UserViews views, CancellationToken stop) =>
        await Show(await users.FindStored(caller.Tenant, userId, stop), userId, UserViews.AllFields, http, views, stop);

    static async Task<IResult> GetByExternalId(string externalId, Caller caller, HttpContext http, UserDirectory users, UserViews views, CancellationToken stop)
    {
        var user = await users.ByExternalId(caller.Tenant, externalId, stop);
        return await Show(user is null ? null : await users.FindStored(caller.Tenant, user.UserId, stop), externalId, ["tags"], http, views, stop);
    }

    internal static async Task<IResult> Show(StoredProfile? stored, string askedFor, string[] allowed, HttpContext http, UserViews views, CancellationToken stop)
    {
        var fields = QueryParameters.AnyOf(http, "fields", allowed);
        return fields.Error is { } unknown ? new Problem(unknown)
            : stored?.User is not { } user ? new Problem(Error.NotFound("user", askedFor))
            // Stats and principals change without the user's version, so only the bare user has an ETag.
            : Answer.Ok(await views.Show(user, fields.Value, stop), fields.Value is null ? stored.ETag : null);
    }

    static ValueTask<IResult> Update(string userId, Caller caller, HttpContext http, Body<UpdateRequest> body, UserDirectory users)
    {
        var sent = body.Value;
        return users.Change(http, caller.Tenant, userId, user => user with
            {
                ExternalId = sent.ExternalId ?? user.ExternalId,
                Nickname = sent.Nickname ?? user.Nickname,
                ProfileImage = sent.ProfileImage ?? user.ProfileImage,
                Lang = sent.Lang ?? user.Lang,
                Timezone = sent.Timezone ?? user.Timezone,
            }, changed => Answer.Ok(UserView.Of(changed.User!), changed.ETag));
    }

    static async Task<IResult> Delete(string userId, Caller caller, HttpContext http, ErasureRuns erasures, CancellationToken stop) =>
        (await erasures.Erase(caller.Tenant, userId, new(caller.PrincipalId, caller.UserId, caller.ClientId), etag => Preconditions.Check(http, etag), stop)).Respond(_ => Answer.Ok(new ErasedUser(userId, true)));
}
