using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Leaderboards;

/// <summary>A period as requests and responses name its fields.</summary>
public record PeriodRequest(
    [property: Required] TimeframeType? TimeframeType,
    [property: Required] TimeframeTimezoneType? TimeframeTimezoneType,
    [property: TimeZoneName] string? TimeframeTimezone,
    [property: Required] DateTimeOffset? TimeframeStartsAt,
    DateTimeOffset? TimeframeEndsAt,
    Recurrence? Recurrence) : IChecked
{
    static readonly TimeSpan ShortestTurn = TimeSpan.FromHours(1);

    [JsonIgnore]
    public Timeframe Timeframe =>
        BoardPeriods.Complete(new(TimeframeType!.Value, TimeframeTimezoneType!.Value, TimeframeTimezone, TimeframeStartsAt!.Value, TimeframeEndsAt, Recurrence));

    public void Check(Problems problems)
    {
        // CUSTOM repeats the first period; the rest of the product knows it as a schedule, which boards do not take
        var timeframe = Timeframe;
        (timeframe.Recurrence == Platform.Recurrence.Custom ? timeframe with { Recurrence = Platform.Recurrence.Daily } : timeframe).Check(problems);
        problems.When(timeframe.Type == Platform.TimeframeType.Recurring && timeframe.EndsAt - timeframe.StartsAt < ShortestTurn, "timeframeEndsAt", "must be at least an hour after timeframeStartsAt");
    }
}

public sealed record CreateLeaderboardRequest(
    [property: Required, Id] string? RuntimeLeaderboardConfigurationId,
    TimeframeType? TimeframeType,
    TimeframeTimezoneType? TimeframeTimezoneType,
    string? TimeframeTimezone,
    DateTimeOffset? TimeframeStartsAt,
    DateTimeOffset? TimeframeEndsAt,
    Recurrence? Recurrence) : PeriodRequest(TimeframeType, TimeframeTimezoneType, TimeframeTimezone, TimeframeStartsAt, TimeframeEndsAt, Recurrence);

/// <summary>What is absent stays as it is; a null takes a zone or an end away.</summary>
public sealed record ChangeLeaderboardRequest(
    [property: Id] string? RuntimeLeaderboardConfigurationId,
    TimeframeType? TimeframeType,
    TimeframeTimezoneType? TimeframeTimezoneType,
    [property: TimeZoneName] string? TimeframeTimezone,
    DateTimeOffset? TimeframeStartsAt,
    DateTimeOffset? TimeframeEndsAt,
    Recurrence? Recurrence)
{
    /// <summary>The period with the changes; a zone or an end that the changed types forbid goes with them.</summary>
    public Timeframe Onto(Timeframe now)
    {
        var type = TimeframeType ?? now.Type;
        var zoneType = TimeframeTimezoneType ?? now.TimezoneType;
        return new(type, zoneType,
            TimeframeTimezone ?? (zoneType == Platform.TimeframeTimezoneType.User ? null : now.Timezone),
            TimeframeStartsAt ?? now.StartsAt,
            TimeframeEndsAt ?? (type == Platform.TimeframeType.Permanent ? null : now.EndsAt),
            Recurrence ?? (type == Platform.TimeframeType.Recurring ? now.Recurrence : null));
    }
}

/// <summary>A runtime leaderboard as shown; the Dashboard also sees where it belongs.</summary>
sealed record ShownLeaderboard(
    string RuntimeLeaderboardId, string RuntimeLeaderboardConfigurationId, string PeriodId,
    TimeframeType TimeframeType, TimeframeTimezoneType TimeframeTimezoneType, string? TimeframeTimezone,
    DateTimeOffset TimeframeStartsAt, DateTimeOffset? TimeframeEndsAt, TimeframeState State, Recurrence? Recurrence,
    string? AccountId, string? WorkspaceId, string? SourceRegion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    ShownTranslation? Translation = null, IReadOnlyList<Prize>? Prizes = null)
{
    public static ShownLeaderboard Of(RuntimeLeaderboard board, DateTimeOffset now, Tenant? tenant = null, string? region = null, ShownTranslation? translation = null) => new(
        board.RuntimeLeaderboardId, board.RuntimeLeaderboardConfigurationId, board.PeriodId(),
        board.Timeframe.Type, board.Timeframe.TimezoneType, board.Timeframe.Timezone, board.Timeframe.StartsAt, board.Timeframe.EndsAt,
        board.Timeframe.StateAt(now), board.Timeframe.Recurrence, tenant?.AccountId, tenant?.WorkspaceId, region, board.CreatedAt, board.UpdatedAt, translation, board.Prizes);

    /// <summary>Orders lists by last change.</summary>
    public static string Key(RuntimeLeaderboard board) => $"{Instants.Text(board.UpdatedAt)} {board.RuntimeLeaderboardId}";
}

/// <summary>The one translation that an App response carries.</summary>
sealed record ShownTranslation(string RuntimeLeaderboardConfigurationId, string Lang, string Label, string? Description, string? ScoreLabel, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Creates, lists and changes the periods of leaderboards.</summary>
sealed class LeaderboardPeriods(
    IDocumentStore store, Mutations mutations, BoardDocuments documents, Boards boards, BoardLives lives, Snapshots snapshots, PageTokens tokens, Ids ids,
    IOptions<LeaderboardsOptions> options, IOptions<PlatformOptions> platform, WorkspaceClocks clocks)
{
    /// <summary>A recurring board may begin this many periods ago; each of them gets its board.</summary>
    const int OldestTurns = 400;

    public static readonly Parameter InState = new("state", "Only those in this state", OneOf: ["PENDING", "ACTIVE", "ENDED"]);

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string Path = "/dashboard/v1/runtime-leaderboards";
        var shown = Composed.InWorkspace(typeof(ShownLeaderboard));
        routes.MapPost(Path, (HttpContext http, Caller caller, Body<CreateLeaderboardRequest> body, LeaderboardPeriods periods) =>
                periods.Create(http, caller.Tenant, body.Value.RuntimeLeaderboardConfigurationId!, body.Value.Timeframe, created: true))
            .Operation("runtimeLeaderboards/create").Requires(Permission.WriteConfiguration).Answers(shown, status: 201);
        routes.MapPost("/dashboard/v1/runtime-leaderboard-configurations/{configurationId}/instances", (HttpContext http, Caller caller, string configurationId, Body<PeriodRequest> body, LeaderboardPeriods periods) =>
                periods.Create(http, caller.Tenant, configurationId, body.Value.Timeframe, created: false))
            .Operation("runtimeLeaderboardConfigurations/createInstance").Requires(Permission.WriteConfiguration).Answers(shown);
        routes.MapGet(Path, (HttpContext http, Caller caller, LeaderboardPeriods periods) => periods.List(http, caller.Tenant))
            .Operation("runtimeLeaderboards/list").Requires(Permission.ReadConfiguration).TakesPage(sorted: true).Takes(InState).Answers(shown, ListShape.Page);
        routes.MapGet($"{Path}/{{runtimeLeaderboardId}}", (Caller caller, string runtimeLeaderboardId, LeaderboardPeriods periods, CancellationToken stop) => periods.Get(caller.Tenant, runtimeLeaderboardId, stop))
            .Operation("runtimeLeaderboards/get").Requires(Permission.ReadConfiguration).Answers(shown);
        routes.MapPatch($"{Path}/{{runtimeLeaderboardId}}", (HttpContext http, Caller caller, string runtimeLeaderboardId, Body<ChangeLeaderboardRequest> body, LeaderboardPeriods periods) =>
                periods.Change(http, caller.Tenant, runtimeLeaderboardId, body.Value))
            .Operation("runtimeLeaderboards/update").Requires(Permission.WriteConfiguration).Answers(shown);
    }

    /// <summary>The boards of a workspace that are in the asked state, as a page.</summary>
    public async ValueTask<Result<Page<RuntimeLeaderboard>>> Page(HttpContext http, Tenant tenant)
    {
        var state = QueryParameters.OneOf(http, InState.Name, InState.OneOf!);
        var request = await tokens.Read(http, sorts: ["updatedAt"]);
        if ((state.Error ?? request.Error) is { } wrong)
        {
            return wrong;
        }
        var now = clocks.Now(tenant);
        var all = (await documents.Boards(tenant, http.RequestAborted))
            .Where(board => state.Value is null || string.Equals(board.Timeframe.StateAt(now).ToString(), state.Value, StringComparison.OrdinalIgnoreCase));
        return await tokens.Page(http, request.Value, all, ShownLeaderboard.Key);
    }

    async Task<IResult> Create(HttpContext http, Tenant tenant, string configurationId, Timeframe timeframe, bool created)
    {
        var id = ids.New();
        return await Run(http, new(tenant, id), async (batch, stop) =>
        {
            var plan = await Plan(tenant, configurationId, "runtimeLeaderboardConfigurationId", notFound: !created, stop);
            if (plan.Error is { } missing)
            {
                return missing;
            }
            var now = clocks.Now(tenant);
            if (timeframe.Type == TimeframeType.Recurring && timeframe.EndsAt < now - OldestTurns * (timeframe.EndsAt - timeframe.StartsAt))
            {
                return Error.Invalid("timeframeStartsAt", $"lies more than {OldestTurns} periods back");
            }
            var made = new RuntimeLeaderboard(id, configurationId, timeframe, plan.Value.Plan, 1, now, now, plan.Value.Prizes);
            if (await Taken(tenant, made, stop) is { } taken)
            {
                return taken;
            }
            batch.Add(await store.Turn(BoardDocuments.In(tenant), "boards", stop));
            if ((await documents.Boards(tenant, stop)).Count(board => board.Timeframe.StateAt(now) != TimeframeState.Ended) >= options.Value.BoardsPerWorkspace)
            {
                return Error.InvalidOperation($"the workspace has {options.Value.BoardsPerWorkspace} leaderboards that have not ended, the most it may have");
            }
            await documents.Enlist(new(tenant, id), stop);
            batch.Create(BoardDocuments.BoardId(id), made);
            batch.Create(BoardDocuments.PeriodId(made), new { made.RuntimeLeaderboardId });
            var shown = ShownLeaderboard.Of(made, now, tenant, platform.Value.SourceRegion);
            return created ? Answer.Created(shown) : Answer.Ok(shown);
        });
    }

    async Task<IResult> List(HttpContext http, Tenant tenant)
    {
        var now = clocks.Now(tenant);
        return (await Page(http, tenant)).Respond(page =>
            Answer.Ok(new Page<ShownLeaderboard>([.. page.Items.Select(board => ShownLeaderboard.Of(board, now, tenant, platform.Value.SourceRegion))], page.NextToken)));
    }

    async Task<IResult> Get(Tenant tenant, string boardId, CancellationToken stop) =>
        await documents.Board(new(tenant, boardId), stop) is var (board, etag)
            ? Answer.Ok(ShownLeaderboard.Of(board, clocks.Now(tenant), tenant, platform.Value.SourceRegion), etag)
            : new Problem(Error.NotFound("runtimeLeaderboard", boardId));

    Task<IResult> Change(HttpContext http, Tenant tenant, string boardId, ChangeLeaderboardRequest asked) =>
        Run(http, new(tenant, boardId), async (batch, stop) =>
        {
            if (await documents.Board(new(tenant, boardId), stop) is not var (board, etag))
            {
                return Error.NotFound("runtimeLeaderboard", boardId);
            }
            if (Preconditions.Check(http, etag) is { } stale)
            {
                return stale;
            }
            var now = clocks.Now(tenant);
            var decided = await Decide(tenant, board, asked, now, stop);
            if (decided.Error is { } refused)
            {
                return refused;
            }
            if (decided.Value == board)
            {
                return Answer.Ok(ShownLeaderboard.Of(board, now, tenant, platform.Value.SourceRegion));
            }
            var changed = decided.Value with { Version = board.Version + 1, UpdatedAt = now > board.UpdatedAt ? now : board.UpdatedAt.AddMilliseconds(1) };
            batch.Replace(BoardDocuments.BoardId(boardId), changed, etag);
            if (BoardDocuments.PeriodId(changed) != BoardDocuments.PeriodId(board))
            {
                if (await Taken(tenant, changed, stop) is { } taken)
                {
                    return taken;
                }
                batch.Delete(BoardDocuments.PeriodId(board));
                batch.Create(BoardDocuments.PeriodId(changed), new { changed.RuntimeLeaderboardId });
            }
            return Answer.Ok(ShownLeaderboard.Of(changed, now, tenant, platform.Value.SourceRegion));
        });

    /// <summary>Whatever became of the request, the ranks follow what is stored.</summary>
    async Task<IResult> Run(HttpContext http, BoardKey key, Func<Batch, CancellationToken, ValueTask<Result<Answer>>> decide)
    {
        try
        {
            return await mutations.Run(http, BoardDocuments.In(key.Tenant), decide);
        }
        finally
        {
            await boards.Follow(key, CancellationToken.None);
            await lives.Follow(key, CancellationToken.None);
        }
    }

    async ValueTask<Result<RuntimeLeaderboard>> Decide(Tenant tenant, RuntimeLeaderboard board, ChangeLeaderboardRequest asked, DateTimeOffset now, CancellationToken stop)
    {
        if (board.Timeframe.StateAt(now) == TimeframeState.Ended)
        {
            return Error.InvalidOperation("it has ended; results are final");
        }
        var timeframe = asked.Onto(board.Timeframe);
        var request = new PeriodRequest(timeframe.Type, timeframe.TimezoneType, timeframe.Timezone, timeframe.StartsAt, timeframe.EndsAt, timeframe.Recurrence);
        if (Validation.Check(request) is { Count: > 0 } problems)
        {
            return Error.Invalid(problems);
        }
        if (asked.RuntimeLeaderboardConfigurationId is not { } configurationId || configurationId == board.RuntimeLeaderboardConfigurationId)
        {
            return request.Timeframe == board.Timeframe ? board : board with { Timeframe = request.Timeframe, Series = null };
        }
        return (await Plan(tenant, configurationId, "runtimeLeaderboardConfigurationId", notFound: false, stop))
            .Map(now => board with
            {
                Timeframe = request.Timeframe, Series = request.Timeframe == board.Timeframe ? board.Series : null,
                RuntimeLeaderboardConfigurationId = configurationId, Plan = now.Plan, Prizes = now.Prizes,
            });
    }

    /// <summary>What the configuration ranks and pays now.</summary>
    async ValueTask<Result<(LeaderboardPlan Plan, IReadOnlyList<Prize>? Prizes)>> Plan(Tenant tenant, string configurationId, string field, bool notFound, CancellationToken stop) =>
        (await snapshots.Get(tenant, stop)).FindAtAnyStage<RuntimeLeaderboardConfiguration>(configurationId) is { } configuration
            ? LeaderboardQuery.Parse(configuration.Query).Map(plan => (plan, configuration.Prizes))
            : notFound ? Error.NotFound("runtimeLeaderboardConfiguration", configurationId)
            : Error.Invalid(field, $"runtimeLeaderboardConfiguration '{configurationId}' does not exist in this workspace");

    async ValueTask<Error?> Taken(Tenant tenant, RuntimeLeaderboard board, CancellationToken stop) =>
        await store.Read(BoardDocuments.In(tenant), BoardDocuments.PeriodId(board), stop) is null
            ? null
            : Error.AlreadyExists("a leaderboard of this configuration for period", board.PeriodId());
}
