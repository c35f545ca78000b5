using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Missions;

/// <summary>One mission of the user, or with groupTagId of a group they are in; also long after it ended.</summary>
static class GetMission
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/app/v1/missions/{missionId}", Handle)
        .Operation("missions/get")
        .Requires(Permission.ReadOwn)
        .RequiresUser()
        .Takes(Parameter.Fields("translation"), new Parameter("groupTagId", "The group whose mission it is"))
        .Produces<MissionView>();

    static async Task<IResult> Handle(string missionId, HttpContext http, Caller caller, UserDirectory users, Players players, OpenMissions missions, WorkspaceClocks clocks, CancellationToken stop)
    {
        var fields = QueryParameters.AnyOf(http, "fields", "translation");
        var group = QueryParameters.Text(http, "groupTagId");
        if ((fields.Error ?? group.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var user = await users.Find(caller.Tenant, caller.User, stop);
        var owner = group.Value is not { } tag ? caller.User : user?.Tags.Any(one => one.TagId == tag) == true ? Subject.GroupId(tag) : null;
        if (user is null || owner is null || !Ids.IsClientId(missionId) || await players.Mission(caller.Tenant, owner, missionId, stop) is not { } mission)
        {
            return new Problem(Error.NotFound("mission", missionId));
        }
        IReadOnlyList<MissionView> views = [MissionView.Of(mission, group.Value is null ? user.UserId : null, clocks.Now(caller.Tenant))];
        return Answer.Ok((fields.Value is { Count: > 0 } ? await missions.Translate(caller.Tenant, user, views, stop) : views)[0]);
    }
}
