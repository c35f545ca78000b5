using System.Text.Json;
using AWorld.Leaderboards;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tenancy;
using AWorld.Tests.Game;

namespace AWorld.Tests.Leaderboards;

/// <summary>What time brings to boards: their ends, their prizes, and the boards that come after them.</summary>
public sealed class BoardLifecycleTests : IAsyncLifetime
{
    const string Configurations = "/dashboard/v1/runtime-leaderboard-configurations", Boards = "/dashboard/v1/runtime-leaderboards", Shown = "/app/v1/runtime-leaderboards";
    const string Week = """{ "timeframeType": "RECURRING", "recurrence": "WEEKLY", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-03-08T23:00:00Z" }""";
    const string Prizes = """[{ "fromRank": 1, "toRank": 1, "virtualCurrencyId": "gems", "amount": 10 }, { "fromRank": 1, "toRank": 2, "virtualCurrencyId": "gems", "amount": 5 }]""";

    TestPlatform platform = null!;
    TestWorkspace workspace = null!;

    public async ValueTask InitializeAsync()
    {
        platform = await Start();
        workspace = await Development();
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    static Task<TestPlatform> Start(string? data = null, FakeClock? clock = null) =>
        TestPlatform.Start(data, clock, settings: [("AWorld:Leaderboards:StoreEvery", "00:00:00.050"), ("AWorld:Workflows:ActivityTimeout", "1.00:00:00")]);

    async Task<TestWorkspace> Development()
    {
        var made = await platform.Service<Workspaces>().Create(platform.Tenant.AccountId, new("Development", Development: true), CancellationToken.None);
        var tenant = new Tenant(platform.Tenant.AccountId, made.Value.WorkspaceId);
        await platform.Configure(tenant, GameWorld.Currency("points"), GameWorld.Currency("gems", max: 20));
        return new(platform, tenant);
    }

    async Task<string> Board(string period, string prizes = Prizes)
    {
        await workspace.Dashboard().Post(Configurations, $$"""
            { "runtimeLeaderboardConfigurationId": "most-points", "name": "Most points", "query": {{LeaderboardQueryTests.Example}}, "prizes": {{prizes}}, "defaultLang": "en",
              "translations": [{ "lang": "en", "label": "Points" }] }
            """);
        return (await workspace.Dashboard().Post($"{Configurations}/most-points/instances", period)).Text("runtimeLeaderboardId");
    }

    Task<JsonElement> Pay(string userId, decimal amount, string currency = "points") => workspace.Dashboard().Post("/dashboard/v1/virtual-transactions",
        $$"""{ "transactions": [{ "virtualCurrencyId": "{{currency}}", "redemptionMode": "AUTO", "amount": {{amount}}, "destinationUserId": "{{userId}}" }] }""");

    Task<JsonElement> Advance(string by) => workspace.Dashboard().Post("/dashboard/v1/test-clock/advance", new { by });

    async Task<IReadOnlyList<JsonElement>> List() => (await workspace.Dashboard().Get($"{Boards}?limit=100")).Items();

    async Task<IReadOnlyList<JsonElement>> PrizesOf(string userId) =>
        [.. (await workspace.App(userId).Get("/app/v1/virtual-transactions")).Items().Where(one => one.Text("virtualCurrencyId") == "gems" && one.Text("initiatorType") == "SYSTEM")];

    async Task<string> Rankings(string board, string userId) => (await workspace.App(userId).Get($"{Shown}/{board}/rankings")).At("items").GetRawText();

    [Fact]
    public async Task A_week_ends_pays_its_prizes_once_and_the_next_week_begins()
    {
        var board = await Board(Week);
        var (ada, bob, cy) = (await platform.NewUser(workspace.Tenant, "ada"), await platform.NewUser(workspace.Tenant, "bob"), await platform.NewUser(workspace.Tenant, "cy"));
        await Pay(ada, 7);
        await Pay(bob, 5);
        await Pay(cy, 3);
        (await workspace.Dashboard().Get($"{Boards}/{board}")).Text("periodId").ShouldBe("WEEKLY-2026-03-08T23:00:00.000Z-2026-03-15T23:00:00.000Z");

        await Advance("P8D");
        var boards = await List();
        boards.Select(one => (one.Text("periodId"), one.Text("state"))).ShouldBe(
            [("WEEKLY-2026-03-15T23:00:00.000Z-2026-03-22T23:00:00.000Z", "ACTIVE"), ("WEEKLY-2026-03-08T23:00:00.000Z-2026-03-15T23:00:00.000Z", "ENDED")], ignoreOrder: true);
        var prize = (await PrizesOf(ada)).Select(one => (one.Number("amount"), one.Text("state"), one.Text("initiator"), one.Text("counterpart"))).ToList();
        prize.ShouldBe([(10m, "COMPLETED", board, "prizes"), (5m, "COMPLETED", board, "prizes")], ignoreOrder: true);
        (await PrizesOf(bob)).Select(one => one.Number("amount")).ShouldBe([5m]);
        (await PrizesOf(cy)).ShouldBeEmpty();

        await Advance("PT1S");
        (await List()).Count.ShouldBe(2);
        (await PrizesOf(ada)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_ranking_of_an_ended_board_stays_as_it_was_whatever_is_done_later_and_after_a_restart()
    {
        var board = await Board(Week);
        var (ada, bob) = (await platform.NewUser(workspace.Tenant, "ada"), await platform.NewUser(workspace.Tenant, "bob"));
        await Pay(ada, 7);
        await Pay(bob, 5);
        var before = await Rankings(board, ada);
        await Advance("P8D");
        await Pay(bob, 50);
        (await Rankings(board, ada)).ShouldBe(before);
        (await workspace.App(bob).Get($"{Shown}/{board}/rankings/me")).GetRawText().ShouldBe("""{"rank":2,"score":5,"totalParticipants":2}""");
        var next = (await List()).Single(one => one.Text("state") == "ACTIVE").Text("runtimeLeaderboardId");
        (await workspace.App(bob).Get($"{Shown}/{next}/rankings/me")).GetRawText().ShouldBe("""{"rank":1,"score":50,"totalParticipants":1}""");

        await platform.Stop();
        platform = await Start(platform.Data, platform.Clock);
        workspace = new(platform, workspace.Tenant);
        (await Rankings(board, ada)).ShouldBe(before);
        (await workspace.App(bob).Get($"{Shown}/{next}/rankings/me")).GetRawText().ShouldBe("""{"rank":1,"score":50,"totalParticipants":1}""");
    }

    [Fact]
    public async Task A_late_platform_catches_up_board_by_board_and_makes_each_once()
    {
        await Board("""{ "timeframeType": "RECURRING", "recurrence": "DAILY", "timeframeTimezoneType": "USER", "timeframeStartsAt": "2026-03-10T00:00:00Z" }""", "[]");
        await Advance("P20D");
        await Advance("P5D");
        var boards = (await List()).OrderBy(one => one.Text("timeframeStartsAt"), StringComparer.Ordinal).ToList();
        boards.Select(one => one.Text("timeframeStartsAt")[..10]).ShouldBe(Enumerable.Range(0, 26).Select(day => new DateOnly(2026, 3, 10).AddDays(day).ToString("yyyy-MM-dd", null)));
        boards.Count(one => one.Text("state") == "ENDED").ShouldBe(24);
        boards.Select(one => one.Text("periodId")).ShouldBeUnique();
    }

    [Fact]
    public async Task Two_that_settle_a_board_at_once_pay_once()
    {
        var board = await Board("""{ "timeframeType": "RANGE", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "UTC", "timeframeStartsAt": "2026-03-01T00:00:00Z", "timeframeEndsAt": "2026-03-11T00:00:00Z" }""");
        var ada = await platform.NewUser(workspace.Tenant, "ada");
        await Pay(ada, 7);
        await workspace.Dashboard().Put("/dashboard/v1/test-clock", new { now = "2026-03-10T23:59:59Z" });
        platform.Clock.Advance(TimeSpan.FromMinutes(2));
        var lives = platform.Service<BoardLives>();
        var key = new BoardKey(workspace.Tenant, board);
        (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => lives.Advance(key, CancellationToken.None)))).ShouldAllBe(wait => wait == null);
        (await PrizesOf(ada)).Sum(one => one.Number("amount")).ShouldBe(15);
        var ended = await platform.Service<IDocumentStore>().Read(Partition.EventsAbout(workspace.Tenant, board), WorkspaceEvent.IdOf("leaderboard.ended", board), CancellationToken.None);
        Json.Read<WorkspaceEvent>(ended!.Body).Data.At("winners").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Who_ties_shares_the_prize_who_was_erased_gets_none_and_a_maximum_rejects_it_openly()
    {
        await Board(Week);
        var (ada, bob, cy) = (await platform.NewUser(workspace.Tenant, "ada"), await platform.NewUser(workspace.Tenant, "bob"), await platform.NewUser(workspace.Tenant, "cy"));
        foreach (var user in new[] { ada, bob, cy })
        {
            await Pay(user, 7);
        }
        await Pay(bob, 8, "gems");
        await workspace.Dashboard().Delete($"/dashboard/v1/users/{cy}");
        await Advance("P8D");
        (await PrizesOf(ada)).Sum(one => one.Number("amount")).ShouldBe(15);
        (await PrizesOf(bob)).Select(one => (one.Number("amount"), one.Text("state"))).ShouldBe([(10m, "COMPLETED"), (5m, "REJECTED")], ignoreOrder: true);
    }

    [Fact]
    public async Task A_series_whose_type_is_changed_to_RANGE_has_no_next_board()
    {
        var board = await Board(Week);
        (await workspace.Dashboard().Patch($"{Boards}/{board}", """{ "timeframeType": "RANGE" }""")).Has("recurrence").ShouldBeFalse();
        await Advance("P20D");
        (await List()).ShouldHaveSingleItem().Text("state").ShouldBe("ENDED");
    }

    [Fact]
    public async Task The_next_board_ranks_and_pays_what_the_configuration_says_by_then()
    {
        var board = await Board(Week);
        await workspace.Dashboard().Put($"{Configurations}/most-points", $$"""
            { "name": "Most gems", "query": {{LeaderboardQueryTests.Example.Replace("\"points\"", "\"gems\"", StringComparison.Ordinal)}}, "prizes": [], "defaultLang": "en", "translations": [{ "lang": "en", "label": "Gems" }] }
            """);
        await Advance("P8D");
        var ada = await platform.NewUser(workspace.Tenant, "ada");
        await Pay(ada, 7, "gems");
        var next = (await List()).Single(one => one.Text("state") == "ACTIVE").Text("runtimeLeaderboardId");
        (await workspace.App(ada).Get($"{Shown}/{next}/rankings/me")).Number("score").ShouldBe(7);
        (await workspace.Dashboard().Get($"{Boards}/{board}")).At("prizes").GetArrayLength().ShouldBe(2);
    }

    [Theory]
    [InlineData("""[{ "fromRank": 3, "toRank": 1, "virtualCurrencyId": "gems", "amount": 10 }]""", "prizes[0].toRank")]
    [InlineData("""[{ "fromRank": 1, "toRank": 1, "virtualCurrencyId": "gems", "amount": 0 }]""", "prizes[0].amount")]
    [InlineData("""[{ "fromRank": 0, "toRank": 1, "virtualCurrencyId": "gems", "amount": 1 }]""", "prizes[0].fromRank")]
    [InlineData("""[{ "fromRank": 1, "toRank": 1, "virtualCurrencyId": "gold", "amount": 1 }]""", "prizes[0].virtualCurrencyId")]
    public async Task A_prize_that_makes_no_sense_is_refused_by_field(string prizes, string field) =>
        (await workspace.Dashboard().Refused(400, HttpMethod.Post, Configurations, $$"""
            { "name": "Most points", "query": {{LeaderboardQueryTests.Example}}, "prizes": {{prizes}}, "defaultLang": "en", "translations": [{ "lang": "en", "label": "Points" }] }
            """)).Fields.ShouldContain(field);

    [Fact]
    public async Task Without_a_test_clock_the_workflow_does_it_by_itself_after_a_restart_too()
    {
        var home = platform.Home;
        workspace = home;
        await platform.Configure(home.Tenant, GameWorld.Currency("points"), GameWorld.Currency("gems", max: 20));
        var board = await Board(Week);
        var ada = await platform.NewUser(home.Tenant, "ada");
        await Pay(ada, 7);
        await Days(7);
        (await PrizesOf(ada)).Count.ShouldBe(2);
        (await List()).Count.ShouldBe(2);

        await Pay(ada, 3);
        await platform.Stop();
        platform.Clock.Advance(TimeSpan.FromDays(14));
        platform = await Start(platform.Data, platform.Clock);
        workspace = platform.Home;
        await Days(1);
        (await List()).Count.ShouldBe(4);
        (await PrizesOf(ada)).Count.ShouldBe(4);
        (await workspace.App(ada).Get($"{Shown}/{board}/rankings/me")).Number("score").ShouldBe(7);
    }

    /// <summary>Hour by hour; each is over when the workflows have nothing more to do in it.</summary>
    async Task Days(int days)
    {
        var engine = platform.Service<IEnumerable<IClockObserver>>().Single(observer => observer.GetType().Name == "WorkflowEngine");
        for (var hour = 0; hour < days * 24; hour++)
        {
            platform.Clock.Advance(TimeSpan.FromHours(1));
            await engine.Moved(workspace.Tenant, platform.Clock.GetUtcNow(), CancellationToken.None);
        }
    }
}
