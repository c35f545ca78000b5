using System.Buffers.Text;
using System.Globalization;
using System.Text.Json.Serialization;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Tenancy;
using AWorld.Users;

namespace AWorld.Leaderboards;

/// <summary>Boards as users of the App see them.</summary>
sealed class Rankings(Boards boards, BoardDocuments documents, LeaderboardPeriods periods, Snapshots snapshots, UserDirectory users, Principals principals, WorkspaceClocks clocks)
{
    const string Path = "/app/v1/runtime-leaderboards";
    const int DefaultLimit = 10, MostLines = 100;

    sealed record Line(int Rank, string EntityId, string EntityType, string? PrimaryEntityName, string? SecondaryEntityName, string? EntityImageUrl, decimal Score);
    /// <summary>What <see cref="Write"/> writes; no rank and no score for who is not on the board.</summary>
    sealed record OwnRanking(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Rank, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? Score, int TotalParticipants);

    sealed record Shown(string RuntimeLeaderboardId, string Name, string? Description, int DisplayTopN, bool ShowScore);
    sealed record Ranking(IReadOnlyList<Line> Items, int TotalCount, Line? CurrentEntityRank, Shown Leaderboard);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext http, Caller caller, Rankings rankings) => rankings.List(http, caller))
            .Operation("runtimeLeaderboards/list").Requires(Permission.ReadOwn)
            .TakesPage(sorted: true).Takes(LeaderboardPeriods.InState, Parameter.Fields("translation")).Produces<Page<ShownLeaderboard>>();
        routes.MapGet($"{Path}/{{runtimeLeaderboardId}}", (HttpContext http, Caller caller, string runtimeLeaderboardId, Rankings rankings) => rankings.Get(http, caller, runtimeLeaderboardId))
            .Operation("runtimeLeaderboards/get").Requires(Permission.ReadOwn).Takes(Parameter.Fields("translation")).Produces<ShownLeaderboard>();
        routes.MapGet($"{Path}/{{runtimeLeaderboardId}}/rankings", (HttpContext http, Caller caller, string runtimeLeaderboardId, Rankings rankings) => rankings.Page(http, caller, runtimeLeaderboardId))
            .Operation("runtimeLeaderboards/getRankings").Requires(Permission.ReadOwn)
            .Takes(new("limit", "Lines, 1 to 100; 10 when absent.", Type: "integer"), new("offset", "Lines to skip.", Type: "integer")).Produces<Ranking>();
        RequestDelegate own = static http => http.RequestServices.GetRequiredService<Rankings>().Own(http);
        routes.MapGet($"{Path}/{{runtimeLeaderboardId}}/rankings/me", own).WithMetadata(own.Method)    // a bare delegate is not in OpenAPI without it
            .Operation("runtimeLeaderboards/getMyRanking").Requires(Permission.ReadOwn).RequiresUser().WithMetadata(new ProducesResponseTypeMetadata(200, typeof(OwnRanking), ["application/json"]));
    }

    async Task<IResult> List(HttpContext http, Caller caller)
    {
        var fields = QueryParameters.AnyOf(http, "fields", "translation");
        if (fields.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var page = await periods.Page(http, caller.Tenant);
        if (page.Error is { } refused)
        {
            return new Problem(refused);
        }
        var (now, texts) = (clocks.Now(caller.Tenant), fields.Value is null ? null : await Texts(caller, http.RequestAborted));
        return Answer.Ok(new Page<ShownLeaderboard>([.. page.Value.Items.Select(board => ShownLeaderboard.Of(board, now, translation: texts?.Invoke(board)))], page.Value.NextToken));
    }

    async Task<IResult> Get(HttpContext http, Caller caller, string boardId)
    {
        var fields = QueryParameters.AnyOf(http, "fields", "translation");
        if (fields.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        if (await documents.Board(new(caller.Tenant, boardId), http.RequestAborted) is not var (board, _))
        {
            return new Problem(Error.NotFound("runtimeLeaderboard", boardId));
        }
        var texts = fields.Value is null ? null : await Texts(caller, http.RequestAborted);
        return Answer.Ok(ShownLeaderboard.Of(board, clocks.Now(caller.Tenant), translation: texts?.Invoke(board)));
    }

    async Task<IResult> Page(HttpContext http, Caller caller, string boardId)
    {
        var stop = http.RequestAborted;
        var (limit, offset) = (Number(http, "limit", 1, MostLines, DefaultLimit), Number(http, "offset", 0, int.MaxValue, 0));
        if ((limit.Error ?? offset.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var found = await boards.Find(caller.Tenant, boardId, stop);
        if (found.Error is { } missing)
        {
            return new Problem(missing);
        }
        var (board, ranks) = found.Value;
        await Include(caller, board, ranks, stop);
        var page = await ranks.Page(offset.Value, limit.Value, caller.UserId, stop);
        var items = new List<Line>(page.Items.Count);
        foreach (var line in page.Items)
        {
            items.Add(await Show(caller.Tenant, line, stop));
        }
        var own = page.Own is { } standing ? await Show(caller.Tenant, new(standing.Rank, caller.User, standing.Score), stop) : null;
        var configuration = (await snapshots.Get(caller.Tenant, stop)).FindAtAnyStage<RuntimeLeaderboardConfiguration>(board.RuntimeLeaderboardConfigurationId);
        var text = configuration?.Translations.Choose(await LanguageOf(caller, stop), configuration.DefaultLang);
        return Answer.Ok(new Ranking(items, page.Count, own,
            new(boardId, text?.Label ?? configuration?.Name ?? boardId, text?.Description, configuration?.DisplayTopN ?? DefaultLimit, configuration?.ShowScore ?? true)));
    }

    /// <summary>Asked far more often than anything else: nothing is read from the store, nothing is serialised.</summary>
    Task Own(HttpContext http)
    {
        var caller = Caller.Of(http);
        var boardId = (string)http.Request.RouteValues["runtimeLeaderboardId"]!;
        var found = boards.Find(caller.Tenant, boardId, http.RequestAborted);
        if (found is not { IsCompletedSuccessfully: true, Result: { Succeeded: true, Value: var (board, ranks) } })
        {
            return OwnWhenReady(http, caller, found);
        }
        var finding = ranks.Find(caller.User, http.RequestAborted);
        if (!finding.IsCompletedSuccessfully)
        {
            return OwnWhenFound(http, caller, board, ranks, finding);
        }
        var (standing, count) = finding.Result;
        if (standing is null && board.Plan.EveryUser)
        {
            return OwnWhenFound(http, caller, board, ranks, new((standing, count)));
        }
        Write(http, standing, count);
        return http.Response.BodyWriter.FlushAsync(http.RequestAborted).AsTask();
    }

    async Task OwnWhenReady(HttpContext http, Caller caller, ValueTask<Result<(RuntimeLeaderboard, IRanks)>> finding)
    {
        var found = await finding;
        if (found.Error is { } missing)
        {
            await new Problem(missing).ExecuteAsync(http);
            return;
        }
        var (board, ranks) = found.Value;
        await OwnWhenFound(http, caller, board, ranks, ranks.Find(caller.User, http.RequestAborted));
    }

    async Task OwnWhenFound(HttpContext http, Caller caller, RuntimeLeaderboard board, IRanks ranks, ValueTask<(Standing? Standing, int Count)> finding)
    {
        var (standing, count) = await finding;
        if (standing is null && board.Plan.EveryUser)
        {
            await Include(caller, board, ranks, http.RequestAborted);
            (standing, count) = await ranks.Find(caller.User, http.RequestAborted);
        }
        Write(http, standing, count);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    static void Write(HttpContext http, Standing? standing, int count)
    {
        var response = http.Response;
        var writer = response.BodyWriter;
        var buffer = writer.GetSpan(128);
        var length = 0;
        if (standing is { } own)
        {
            Put(buffer, "{\"rank\":"u8, ref length);
            Put(buffer, own.Rank, ref length);
            Put(buffer, ",\"score\":"u8, ref length);
            own.Score.TryFormat(buffer[length..], out var digits, default, CultureInfo.InvariantCulture);
            length += digits;
        }
        else
        {
            Put(buffer, "{\"rank\":null,\"score\":null"u8, ref length);
        }
        Put(buffer, ",\"totalParticipants\":"u8, ref length);
        Put(buffer, count, ref length);
        Put(buffer, "}"u8, ref length);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = length;
        writer.Advance(length);
    }

    static void Put(Span<byte> buffer, ReadOnlySpan<byte> text, ref int length)
    {
        text.CopyTo(buffer[length..]);
        length += text.Length;
    }

    static void Put(Span<byte> buffer, int number, ref int length)
    {
        Utf8Formatter.TryFormat(number, buffer[length..], out var digits);
        length += digits;
    }

    /// <summary>A user who joined since the journals were last read, on a board that ranks everybody.</summary>
    async ValueTask Include(Caller caller, RuntimeLeaderboard board, IRanks ranks, CancellationToken stop)
    {
        if (board.Plan.EveryUser && caller.UserId is { } userId && board.Timeframe.StateAt(clocks.Now(caller.Tenant)) != TimeframeState.Ended
            && (await ranks.Find(userId, stop)).Standing is null && await users.Find(caller.Tenant, userId, stop) is { } user)
        {
            await ranks.Heard(new(userId, 0, user.CreatedAt.ToUnixTimeMilliseconds(), 0));
        }
    }

    async ValueTask<Line> Show(Tenant tenant, Ranked line, CancellationToken stop)
    {
        var user = await users.Find(tenant, line.MemberId, stop);
        var (primary, secondary) = (user?.Nickname, (string?)null);
        if (user is { Nickname: null } && await principals.Find(user.PrincipalId, stop) is { } person)
        {
            (primary, secondary) = (person.FirstName, person.LastName);
        }
        return new(line.Rank, line.MemberId, "USER", primary, secondary, user?.ProfileImage, line.Score);
    }

    async ValueTask<Func<RuntimeLeaderboard, ShownTranslation?>> Texts(Caller caller, CancellationToken stop)
    {
        var snapshot = await snapshots.Get(caller.Tenant, stop);
        var lang = await LanguageOf(caller, stop);
        return board =>
        {
            var configuration = snapshot.FindAtAnyStage<RuntimeLeaderboardConfiguration>(board.RuntimeLeaderboardConfigurationId);
            return configuration?.Translations.Choose(lang, configuration.DefaultLang) is { } text
                ? new(configuration.Id, text.Lang, text.Label, text.Description, text.ScoreLabel, text.CreatedAt, text.UpdatedAt)
                : null;
        };
    }

    async ValueTask<string?> LanguageOf(Caller caller, CancellationToken stop) =>
        caller.UserId is { } userId ? (await users.Find(caller.Tenant, userId, stop))?.Lang : null;

    static Result<int> Number(HttpContext http, string name, int least, int most, int absent)
    {
        var text = QueryParameters.Text(http, name);
        return text.Error is { } error ? error
            : text.Value is not { } digits ? absent
            : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
            : Error.Invalid(name, most == int.MaxValue ? $"must be a whole number from {least}" : $"must be a whole number from {least} to {most}");
    }
}
