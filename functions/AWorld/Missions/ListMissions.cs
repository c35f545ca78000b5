using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Missions;

/// <summary>
/// The user's missions and those of their groups, ended and completed ones too, the last changed first. Looking is
/// what creates the missions of LAZY rules.
/// </summary>
static class ListMissions
{
    const string Operation = "missions/list";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/app/v1/missions", Handle)
        .Operation(Operation)
        .Requires(Permission.ReadOwn)
        .RequiresUser()
        .TakesPage(sorted: true)
        .Takes(Parameter.Fields("translation"))
        .Produces<Page<MissionView>>();

    static async Task<IResult> Handle(HttpContext http, Caller caller, UserDirectory users, OpenMissions missions, PageTokens pages, CancellationToken stop)
    {
        var fields = QueryParameters.AnyOf(http, "fields", "translation");
        var request = await pages.Read(http, descending: true, sorts: "updatedAt");
        if ((fields.Error ?? request.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        if (await users.Find(caller.Tenant, caller.User, stop) is not { } user)
        {
            return new Problem(Error.NotFound("user", caller.User));
        }
        var seen = await missions.Of(caller.Tenant, user, Actors.Of(caller, Operation), request.Value, stop);
        if (seen.Error is { } refused)
        {
            return new Problem(refused);
        }
        var page = await pages.Page(http, request.Value, seen.Value, static mission => MissionProgress.PositionOf(mission.UpdatedAt, mission.MissionId));
        if (fields.Value is { Count: > 0 })
        {
            page = page with { Items = await missions.Translate(caller.Tenant, user, page.Items, stop) };
        }
        return Answer.Ok(page);
    }
}
