using System.Text.Json;
using AWorld.Leaderboards;
using AWorld.Rewards;
using AWorld.Tests.Game;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Tests.Leaderboards;

/// <summary>From a payment to the place on the board, over HTTP.</summary>
public sealed class LeaderboardEndpointTests
{
    const string Configurations = "/dashboard/v1/runtime-leaderboard-configurations", Boards = "/dashboard/v1/runtime-leaderboards", Shown = "/app/v1/runtime-leaderboards";

    static readonly string Points = $$"""
        { "runtimeLeaderboardConfigurationId": "most-points", "name": "Most points", "displayTopN": 5, "query": {{LeaderboardQueryTests.Example}}, "defaultLang": "en",
          "translations": [{ "lang": "en", "label": "Points", "description": "All of them" }, { "lang": "it", "label": "Punti", "scoreLabel": "punti" }] }
        """;

    const string Permanent = """{ "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-03-01T00:00:00Z" }""";

    internal static async Task<TestPlatform> Start(string? data = null, FakeClock? clock = null, params (string, string)[] settings)
    {
        var platform = await TestPlatform.Start(data, clock, settings: [("AWorld:Leaderboards:StoreEvery", "00:00:00.050"), .. settings]);
        if (data is null)
        {
            foreach (var workspace in new[] { platform.Home, platform.Other })
            {
                await platform.Configure(workspace.Tenant, new VirtualCurrency("Points", MinAllowedBalance: 0) { Id = "points", Stage = Stage.Published, DefaultLang = "en", Translations = [new LabelTranslation("Points") { Lang = "en" }] });
            }
        }
        return platform;
    }

    static async Task<string> Board(TestPlatform platform, string period = Permanent)
    {
        await platform.Dashboard().Post(Configurations, Points);
        return (await platform.Dashboard().Post($"{Configurations}/most-points/instances", period)).Text("runtimeLeaderboardId");
    }

    internal static Task<JsonElement> Pay(TestPlatform platform, string userId, decimal amount) => platform.Dashboard().Post("/dashboard/v1/virtual-transactions",
        $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "AUTO", "amount": {{amount}}, "destinationUserId": "{{userId}}" }] }""");

    static async Task<string> Own(TestPlatform platform, string board, string userId) => (await platform.App(userId).Get($"{Shown}/{board}/rankings/me")).GetRawText();

    [Fact]
    public async Task Who_earns_and_then_asks_sees_the_new_rank()
    {
        await using var platform = await Start();
        var board = await Board(platform);
        var (ada, bob, cy) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob"), await platform.NewUser(platform.Tenant, "cy"));
        (await Own(platform, board, ada)).ShouldBe("""{"rank":null,"score":null,"totalParticipants":0}""");
        await Pay(platform, ada, 5);
        (await Own(platform, board, ada)).ShouldBe("""{"rank":1,"score":5,"totalParticipants":1}""");
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await Pay(platform, bob, 7.5m);
        await Pay(platform, cy, 5);
        (await Own(platform, board, ada)).ShouldBe("""{"rank":2,"score":5,"totalParticipants":3}""");
        (await Own(platform, board, cy)).ShouldBe("""{"rank":2,"score":5,"totalParticipants":3}""");

        var page = await platform.App(cy).Get($"{Shown}/{board}/rankings?limit=2&offset=1");
        page.At("items").GetArrayLength().ShouldBe(2);
        page.Text("items[0].entityId").ShouldBe(ada);
        page.Text("items[0].entityType").ShouldBe("USER");
        page.At("items[1].rank").GetInt32().ShouldBe(2);
        page.At("totalCount").GetInt32().ShouldBe(3);
        page.Text("currentEntityRank.entityId").ShouldBe(cy);
        page.Text("leaderboard.name").ShouldBe("Points");
        page.Text("leaderboard.description").ShouldBe("All of them");
        page.At("leaderboard.displayTopN").GetInt32().ShouldBe(5);
        page.At("leaderboard.showScore").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task There_are_no_more_boards_than_there_may_be_however_many_are_made_at_once()
    {
        await using var platform = await Start(settings: ("AWorld:Leaderboards:BoardsPerWorkspace", "3"));
        await platform.Dashboard().Post(Configurations, Points);
        var statuses = await Task.WhenAll(Enumerable.Range(1, 16).Select(async day =>
        {
            using var answer = await platform.Dashboard().Send(HttpMethod.Post, $"{Configurations}/most-points/instances", Permanent.Replace("2026-03-01", $"2026-03-{day:00}", StringComparison.Ordinal));
            return (int)answer.StatusCode;
        }));
        statuses.CountBy(static status => status).OrderBy(static one => one.Key).ShouldBe([new(200, 3), new(400, 13)]);
        (await platform.Dashboard().Get(Boards)).Items().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_restarted_platform_ranks_the_same_and_an_erased_user_is_on_no_board()
    {
        var platform = await Start();
        var board = await Board(platform);
        var (ada, bob) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob"));
        await Pay(platform, ada, 5);
        await Pay(platform, bob, 7);
        await platform.Stop();
        platform = await Start(platform.Data, platform.Clock);
        (await Own(platform, board, ada)).ShouldBe("""{"rank":2,"score":5,"totalParticipants":2}""");
        await platform.Dashboard().Delete($"/dashboard/v1/users/{bob}");
        (await Own(platform, board, ada)).ShouldBe("""{"rank":1,"score":5,"totalParticipants":1}""");
        await platform.Stop();
        platform = await Start(platform.Data, platform.Clock);
        (await Own(platform, board, ada)).ShouldBe("""{"rank":1,"score":5,"totalParticipants":1}""");
        await platform.DisposeAsync();
    }

    [Fact]
    public async Task A_machine_cannot_act_for_one_who_was_on_a_board_and_is_erased()
    {
        await using var platform = await Start();
        var board = await Board(platform);
        var (ada, bob) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob"));
        await Pay(platform, ada, 5);
        await Pay(platform, bob, 7);
        (await platform.Machine("app/read").Get($"{Shown}/{board}/rankings/me", ("x-user-id", ada))).At("rank").GetInt32().ShouldBe(2);
        await platform.Dashboard().Delete($"/dashboard/v1/users/{ada}");
        foreach (var path in new[] { $"{Shown}/{board}/rankings/me", "/app/v1/missions" })
        {
            await platform.Machine("app/read").Refused(404, HttpMethod.Get, path, null, ("x-user-id", ada));
        }
        // Its journal comes in the feed once more, without what clients wrote.
        await platform.Service<BoardKeeper>().Keep(default);
        await platform.Machine("app/read").Refused(404, HttpMethod.Get, $"{Shown}/{board}/rankings/me", null, ("x-user-id", ada));
        (await platform.Machine("app/read").Refused(404, HttpMethod.Get, "/app/v1/missions", null, ("x-user-id", $"{bob}x"))).Code.ShouldBe("resource/not_found");
        (await Own(platform, board, bob)).ShouldBe("""{"rank":1,"score":7,"totalParticipants":1}""");
    }

    [Fact]
    public async Task A_machine_cannot_act_for_one_who_is_on_a_board_and_deactivated()
    {
        await using var platform = await Start();
        var board = await Board(platform);
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await Pay(platform, ada, 5);
        var machine = platform.Machine("app/read");
        (await machine.Send(HttpMethod.Get, $"{Shown}/{board}/rankings/me", null, ("x-user-id", ada))).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        (await platform.Service<UserDirectory>().Change(platform.Tenant, ada, new(null, null, null, "test"), (user, _) => new(new DecidedUser(user with { DeactivatedAt = platform.Clock.GetUtcNow() })), default)).Succeeded.ShouldBeTrue();
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await machine.Refused(404, HttpMethod.Get, $"{Shown}/{board}/rankings/me", null, ("x-user-id", ada));
    }

    [Fact]
    public async Task A_board_made_later_counts_what_was_earned_in_its_period_before()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await Pay(platform, ada, 5);
        (await Own(platform, await Board(platform), ada)).ShouldBe("""{"rank":1,"score":5,"totalParticipants":1}""");
    }

    [Fact]
    public async Task A_period_is_shown_with_its_state_and_period_id_and_exists_once()
    {
        await using var platform = await Start();
        var dashboard = platform.Dashboard();
        const string april = """{ "timeframeType": "RANGE", "timeframeTimezoneType": "USER", "timeframeStartsAt": "2026-04-01T00:00:00Z", "timeframeEndsAt": "2026-05-01T00:00:00Z" }""";
        var board = await Board(platform, april);
        var shown = await dashboard.Get($"{Boards}/{board}");
        shown.Text("state").ShouldBe("PENDING");
        shown.Text("periodId").ShouldBe("2026-04-01T00:00:00.000Z-2026-05-01T00:00:00.000Z");
        await dashboard.Refused(409, HttpMethod.Post, $"{Configurations}/most-points/instances", april);
        platform.Clock.SetUtcNow(DateTimeOffset.Parse("2026-03-31T10:00:00Z"));
        (await dashboard.Get($"{Boards}?state=ACTIVE")).At("items").GetArrayLength().ShouldBe(1);
        (await dashboard.Patch($"{Boards}/{board}", """{ "timeframeEndsAt": "2026-04-02T00:00:00Z" }""")).Text("periodId").ShouldEndWith("-2026-04-02T00:00:00.000Z");
        platform.Clock.SetUtcNow(DateTimeOffset.Parse("2026-04-02T12:00:00Z"));
        (await dashboard.Get($"{Boards}/{board}")).Text("state").ShouldBe("ENDED");
        (await dashboard.Refused(400, HttpMethod.Patch, $"{Boards}/{board}", """{ "timeframeEndsAt": "2026-06-01T00:00:00Z" }""")).Code.ShouldBe("business/invalid_operation");
        (await dashboard.Post($"{Configurations}/most-points/instances", april)).Text("state").ShouldBe("ACTIVE");
    }

    [Fact]
    public async Task The_name_is_in_the_users_language()
    {
        await using var platform = await Start();
        var board = await Board(platform);
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.App(ada).Patch("/app/v1/users/me", """{ "lang": "it" }""");
        (await platform.App(ada).Get($"{Shown}/{board}?fields=translation")).Text("translation.label").ShouldBe("Punti");
        (await platform.App(ada).Get($"{Shown}?fields=translation&state=ACTIVE")).Text("items[0].translation.scoreLabel").ShouldBe("punti");
        (await platform.App(ada).Get($"{Shown}/{board}/rankings")).Text("leaderboard.name").ShouldBe("Punti");
    }

    [Theory]
    [InlineData("""{ "timeframeType": "RECURRING", "timeframeTimezoneType": "USER", "timeframeStartsAt": "2026-04-01T00:00:00Z", "timeframeEndsAt": "2026-04-01T00:59:00Z", "recurrence": "DAILY" }""", "timeframeEndsAt")]
    [InlineData("""{ "timeframeType": "RECURRING", "timeframeTimezoneType": "USER", "timeframeStartsAt": "2026-04-01T00:00:00Z", "recurrence": "CUSTOM" }""", "timeframeEndsAt")]
    [InlineData("""{ "timeframeType": "RECURRING", "timeframeTimezoneType": "USER", "timeframeStartsAt": "2026-04-01T00:00:00Z", "timeframeEndsAt": "2026-05-01T00:00:00Z" }""", "recurrence")]
    [InlineData("""{ "timeframeType": "RECURRING", "timeframeTimezoneType": "USER", "timeframeStartsAt": "1970-01-01T00:00:00Z", "recurrence": "DAILY" }""", "timeframeStartsAt")]
    [InlineData("""{ "timeframeType": "RANGE", "timeframeTimezoneType": "USER", "timeframeStartsAt": "2026-04-01T00:00:00Z" }""", "timeframeEndsAt")]
    [InlineData("""{ "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeStartsAt": "2026-04-01T00:00:00Z" }""", "timeframeTimezone")]
    [InlineData("""{ "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Mars/Olympus", "timeframeStartsAt": "2026-04-01T00:00:00Z" }""", "timeframeTimezone")]
    [InlineData("""{ "timeframeTimezoneType": "USER", "timeframeStartsAt": "2026-04-01T00:00:00Z" }""", "timeframeType")]
    public async Task A_period_that_makes_no_sense_is_refused_by_field(string period, string field)
    {
        await using var platform = await Start();
        await Board(platform);
        (await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Configurations}/most-points/instances", period)).Fields.ShouldContain(field);
    }

    [Fact]
    public async Task A_query_that_cannot_be_ranked_is_refused_when_it_is_saved()
    {
        await using var platform = await Start();
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Configurations, Points.Replace("\"CREDIT\"", "\"DEBIT\"")))
            .Fields.ShouldContain("query.with[0].query.from.where.and[1]");
        await platform.Dashboard().Refused(400, HttpMethod.Post, Configurations, Points.Replace("\"points\"]", "\"absent\"]"));
    }

    [Fact]
    public async Task Bad_pages_are_refused_by_name()
    {
        await using var platform = await Start();
        var board = await Board(platform);
        var ada = platform.App(await platform.NewUser(platform.Tenant, "ada"));
        foreach (var (query, field) in new[] { ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("offset=-1", "offset"), ("offset=1.5", "offset") })
        {
            (await ada.Refused(400, HttpMethod.Get, $"{Shown}/{board}/rankings?{query}")).Fields.ShouldBe([field]);
        }
    }

    [Fact]
    public async Task Another_workspaces_board_is_not_found()
    {
        await using var platform = await Start();
        var board = await Board(platform);
        foreach (var path in new[] { "", "/rankings", "/rankings/me" })
        {
            (await platform.Other.App("eve").Refused(404, HttpMethod.Get, $"{Shown}/{board}{path}")).Code.ShouldBe("resource/not_found");
            await platform.Sibling.App("eve").Refused(404, HttpMethod.Get, $"{Shown}/{board}{path}");
        }
        await platform.Other.Dashboard().Refused(404, HttpMethod.Get, $"{Boards}/{board}");
        await platform.Other.Dashboard().Refused(404, HttpMethod.Patch, $"{Boards}/{board}", """{ "timeframeStartsAt": "2026-04-01T00:00:00Z" }""");
        await platform.Other.Dashboard().Refused(404, HttpMethod.Post, $"{Configurations}/most-points/instances", Permanent);
        (await platform.Other.Dashboard().Get(Boards)).At("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_left_join_ranks_everybody_at_once()
    {
        await using var platform = await Start();
        await platform.Dashboard().Post(Configurations, Points.Replace("\"INNER\"", "\"LEFT\""));
        var board = (await platform.Dashboard().Post($"{Configurations}/most-points/instances", Permanent)).Text("runtimeLeaderboardId");
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await Own(platform, board, ada)).ShouldBe("""{"rank":1,"score":0,"totalParticipants":1}""");
    }
}
