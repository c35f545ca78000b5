using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Tags;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Missions;

/// <summary>Gives one user or one group a mission by hand, with a period and perhaps a target of its own.</summary>
static class AssignMission
{
    const string Operation = "missions/create";
    const decimal MostAmount = 1_000_000_000_000_000m;

    internal sealed record Request(
        [property: Id] string? UserId,
        [property: Id] string? GroupTagId,
        [property: Required] MissionType? MissionType,
        [property: Required, Id] string? MissionConfigurationId,
        [property: Required] DateTimeOffset? StartsAt,
        DateTimeOffset? EndsAt,
        decimal? CurrentAmount,
        decimal? TargetAmount,
        [property: Required] TimeframeType? TimeframeType) : IChecked
    {
        public void Check(Problems problems)
        {
            var individual = MissionType == Missions.MissionType.Individual;
            var permanent = TimeframeType == Platform.TimeframeType.Permanent;
            problems
                .When(individual && UserId is null, "userId", "is required when missionType is INDIVIDUAL")
                .When(!individual && UserId is not null, "userId", "must be absent when missionType is GROUP")
                .When(!individual && GroupTagId is null, "groupTagId", "is required when missionType is GROUP")
                .When(individual && GroupTagId is not null, "groupTagId", "must be absent when missionType is INDIVIDUAL")
                .When(TimeframeType == Platform.TimeframeType.Recurring, "timeframeType", "must be RANGE or PERMANENT")
                .When(permanent && EndsAt is not null, "endsAt", "must be absent when timeframeType is PERMANENT")
                .When(!permanent && EndsAt is null, "endsAt", "is required when timeframeType is RANGE")
                .When(EndsAt <= StartsAt, "endsAt", "must be after startsAt")
                .When(Math.Abs(CurrentAmount ?? 0) > MostAmount, "currentAmount", "must be between -10^15 and 10^15")
                .When(Math.Abs(TargetAmount ?? 0) > MostAmount, "targetAmount", "must be between -10^15 and 10^15");
        }
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/dashboard/v1/missions", Handle)
        .Operation(Operation)
        .Requires(Permission.AssignMissions)
        .Answers(Composed.InWorkspace(typeof(MissionView)), status: 201);

    static async Task<IResult> Handle(
        HttpContext http, Body<Request> body, Caller caller, UserDirectory users, Players players, Snapshots snapshots,
        IOptions<GameOptions> options, IOptions<PlatformOptions> platform, WorkspaceClocks clocks, CancellationToken stop)
    {
        var (request, tenant) = (body.Value, caller.Tenant);
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        var game = GameConfiguration.Of(await snapshots.Get(tenant, stop));
        var subject = request.GroupTagId is { } tag
            ? game.Snapshot.FindAtAnyStage<Tag>(tag) is null ? null : Subject.Group(tag)
            : await users.Find(tenant, request.UserId!, stop) is { } user ? Subject.Of(user) : null;
        if (subject is null)
        {
            return new Problem(request.GroupTagId is { } missing ? Error.NotFound("tag", missing) : Error.NotFound("user", request.UserId!));
        }
        if (game.Snapshot.Find<MissionConfiguration>(request.MissionConfigurationId) is not { } configuration)
        {
            return new Problem(Error.NotFound("published mission configuration", request.MissionConfigurationId!));
        }
        if (configuration.MissionType != request.MissionType)
        {
            return new Problem(Error.Invalid("missionType", "is not that of the configuration"));
        }
        return (await players.Change(tenant, subject.Id, new Step(Decide) { Key = key.Value }, stop)).Respond();

        Result<Decision> Decide(PlayerState state)
        {
            var now = clocks.Now(tenant);
            var entry = Engine.AssignDirectly(game, subject, state, Copy(request, configuration), request.CurrentAmount ?? 0, Actors.Of(caller, Operation), now, options.Value);
            return entry.Map(assigned => new Decision(Answer.Created(MissionView.Of(state.Apply(assigned).Missions[^1], request.UserId, now) with
            {
                AccountId = tenant.AccountId,
                WorkspaceId = tenant.WorkspaceId,
                SourceRegion = platform.Value.SourceRegion,
            }), assigned));
        }
    }

    static MissionDefinition Copy(Request request, MissionConfiguration configuration)
    {
        var start = request.StartsAt!.Value;
        return new(
            configuration.MissionType, configuration.Id, null, request.GroupTagId,
            request.TimeframeType == TimeframeType.Permanent ? "PERMANENT" : Instants.Text(start), request.TimeframeType!.Value, start, request.EndsAt,
            configuration.MatchType, configuration.MatchEntity, configuration.MatchEntityId,
            configuration.MatchCondition, configuration.IncrementExpression, configuration.TargetAmountExpression, request.TargetAmount, configuration.DefaultLang);
    }
}
