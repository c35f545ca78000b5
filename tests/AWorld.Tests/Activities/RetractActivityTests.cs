using System.Text.Json;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Activities;

public sealed class RetractActivityTests : IAsyncLifetime
{
    TestPlatform platform = null!;
    HttpClient app = null!, manager = null!;
    string anna = "", ben = "";

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"), Activity("read"), new Tags.Tag("n", "team") { Id = "team", Stage = Stage.Published, DefaultLang = "en" },
            Currency("points", min: 0), Currency("gems"),
            Mission("two", target: "2", match: MatchKind.Instance, entityId: "walk"), Mission("together", target: "5", type: MissionType.Group), Rule("r1", pool: ["two"]), Rule("r2", pool: ["together"], group: "team"),
            Pays("each", """{"*":[{"var":"event.value"},10]}"""), Pays("mission", "100", entity: EntityType.Mission),
            Pays("later", "7", "gems", redemption: RedemptionMode.Manual, match: MatchKind.Instance, entityId: "read"));
        (anna, ben) = (await platform.NewUser(platform.Tenant, "anna", "team"), await platform.NewUser(platform.Tenant, "ben", "team"));
        (app, manager) = (platform.App(anna), platform.Dashboard(Role.Manager));
        await app.Get("/app/v1/missions");
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    Task<JsonElement> Does(string activityId, string id, decimal value = 1) => app.Post("/app/v1/activity-logs", new { activityId, userId = anna, activityLogId = id, value });

    Task<JsonElement> Retract(string id) => manager.Post(Path(id), new { userId = anna, reason = "By mistake" });

    static string Path(string id) => $"/dashboard/v1/activity-logs/{id}/retract";

    async Task<decimal> Balance(string currency = "points") => (await app.Get($"/app/v1/virtual-balances/{currency}")).Number("availableAmount");

    async Task<JsonElement> Seen(string configuration) =>
        (await app.Get("/app/v1/missions")).Items().Single(mission => mission.Text("missionConfigurationId") == configuration);

    [Fact]
    public async Task A_completion_that_rests_on_the_action_is_undone_with_all_it_paid()
    {
        await Does("walk", "a");
        await Does("walk", "b");
        (await Balance()).ShouldBe(120);
        var retraction = await Retract("a");
        retraction.Text("reason").ShouldBe("By mistake");
        retraction.Items("missions").Single().ShouldSatisfyAllConditions(
            mission => mission.Flag("uncompleted").ShouldBeTrue(), mission => mission.Number("amount").ShouldBe(-1), mission => mission.Number("currentAmount").ShouldBe(1));
        retraction.Items("transactions").Select(transaction => transaction.Number("amount")).Order().ShouldBe([10, 100]);
        (await Balance()).ShouldBe(10);
        (await Seen("two")).ShouldSatisfyAllConditions(mission => mission.Number("currentAmount").ShouldBe(1), mission => mission.Flag("isCompleted").ShouldBeFalse(), mission => mission.Has("completedAt").ShouldBeFalse());
        await Does("walk", "c");
        (await Seen("two")).Flag("isCompleted").ShouldBeTrue();
        (await Balance()).ShouldBe(120);
    }

    [Fact]
    public async Task A_mission_that_others_complete_stays_completed_by_the_one_that_would_have()
    {
        await Does("walk", "a");
        await Does("walk", "b");
        platform.Clock.Advance(TimeSpan.FromMinutes(5));
        var third = await Does("walk", "c");
        var retraction = await Retract("a");
        retraction.Items("kept").Single().Text("because").ShouldBe("STILL_COMPLETED");
        (await Seen("two")).ShouldSatisfyAllConditions(
            mission => mission.Flag("isCompleted").ShouldBeTrue(), mission => mission.Number("currentAmount").ShouldBe(2), mission => mission.Text("completedAt").ShouldBe(third.Text("createdAt")));
        (await Balance()).ShouldBe(120);
        await Retract("c");
        (await Seen("two")).Flag("isCompleted").ShouldBeFalse();
        (await Balance()).ShouldBe(10);
    }

    [Fact]
    public async Task What_still_waits_to_be_redeemed_is_rejected_and_what_was_redeemed_is_reversed()
    {
        await Does("read", "a");
        await Does("read", "b");
        var waiting = (await app.Get("/app/v1/virtual-transactions?order=asc")).Items().Where(transaction => transaction.Text("virtualCurrencyId") == "gems").Select(transaction => transaction.Text("virtualTransactionId")).ToList();
        await app.Post($"/app/v1/virtual-transactions/{waiting[0]}/redeem");
        (await Retract("a")).Items("transactions").ShouldContain(transaction => transaction.Text("reversesTransactionId") == waiting[0]);
        (await Retract("b")).Items("rejectedTransactionIds").Select(id => id.GetString()).ShouldBe([waiting[1]]);
        (await Balance("gems")).ShouldBe(0);
        (await app.Get($"/app/v1/virtual-transactions/{waiting[1]}")).Text("state").ShouldBe("REJECTED");
        await app.Refused(400, HttpMethod.Post, $"/app/v1/virtual-transactions/{waiting[1]}/redeem");
    }

    [Fact]
    public async Task Points_that_were_spent_leave_a_debt_below_the_currency_s_minimum()
    {
        await Does("read", "a", 5);
        await manager.Post("/dashboard/v1/virtual-transactions", new { transactions = new[] { new { virtualCurrencyId = "points", redemptionMode = "AUTO", amount = 40, sourceUserId = anna, destinationUserId = ben } } });
        await Retract("a");
        (await Balance()).ShouldBe(-40);
        (await platform.App(ben).Get("/app/v1/virtual-balances/points")).Number("availableAmount").ShouldBe(40);
        await manager.Refused(400, HttpMethod.Post, "/dashboard/v1/virtual-transactions", new { transactions = new[] { new { virtualCurrencyId = "points", redemptionMode = "AUTO", amount = -1, destinationUserId = anna } } });
        await Does("read", "b", 5);
        (await Balance()).ShouldBe(10);
    }

    [Fact]
    public async Task Taking_back_twice_changes_nothing_and_is_answered_the_same()
    {
        await Does("walk", "a");
        await Does("walk", "b");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Retract("a")));
        answers.Select(answer => answer.GetRawText()).Distinct().Count().ShouldBe(1);
        (await manager.Post(Path("a"), new { userId = anna, reason = "Another reason" })).GetRawText().ShouldBe(answers[0].GetRawText());
        (await Balance()).ShouldBe(10);
        (await Does("walk", "a")).Text("activityLogId").ShouldBe("a");
        (await Balance()).ShouldBe(10, "the action's id stays used");
    }

    [Fact]
    public async Task The_log_says_when_it_was_taken_back_and_its_explanation_what_that_did()
    {
        await Does("walk", "a");
        await Does("walk", "b");
        platform.Clock.Advance(TimeSpan.FromHours(1));
        var at = (await Retract("a")).Text("retractedAt");
        (await app.Get("/app/v1/activity-logs/a")).Text("retractedAt").ShouldBe(at);
        var listed = (await app.Get("/app/v1/activity-logs")).Items().ToDictionary(log => log.Text("activityLogId"));
        listed["a"].Text("retractedAt").ShouldBe(at);
        listed["b"].Has("retractedAt").ShouldBeFalse();
        var explanation = await app.Get("/app/v1/activity-logs/a/explanation");
        explanation.Text("retraction.reason").ShouldBe("By mistake");
        explanation.Items("retraction.transactions").Count.ShouldBe(2);
        (await app.Get("/app/v1/activity-logs/b/explanation")).Has("retraction").ShouldBeFalse();
        var transactions = (await app.Get("/app/v1/virtual-transactions")).Items();
        var reversing = transactions.Where(transaction => transaction.Has("reversesTransactionId")).ToList();
        reversing.Count.ShouldBe(2);
        reversing.ShouldAllBe(one => one.Text("initiatorType") == "SYSTEM" && one.Text("initiator") == "a" && one.Text("direction") == "DEBIT");
        transactions.Select(one => one.Text("virtualTransactionId")).Intersect(reversing.Select(one => one.Text("reversesTransactionId"))).Count().ShouldBe(2, "both are listed");
    }

    [Fact]
    public async Task What_a_member_gave_to_a_group_is_taken_back_once()
    {
        await Does("walk", "a");
        await platform.App(ben).Post("/app/v1/activity-logs", new { activityId = "walk", userId = ben });
        (await Seen("together")).Number("currentAmount").ShouldBe(2);
        (await Retract("a")).Items("groupMissions").Single().Number("amount").ShouldBe(-1);
        (await Seen("together")).Number("currentAmount").ShouldBe(1);
        await Retract("a");
        await Does("walk", "b");
        (await Seen("together")).Number("currentAmount").ShouldBe(2);
    }

    [Fact]
    public async Task Ranks_follow_where_the_credit_counted_and_nowhere_else()
    {
        const string Boards = "/dashboard/v1/runtime-leaderboard-configurations";
        await manager.Post(Boards, $$"""{ "runtimeLeaderboardConfigurationId": "most", "name": "Most", "query": {{Leaderboards.LeaderboardQueryTests.Example}}, "defaultLang": "en", "translations": [{ "lang": "en", "label": "Most" }] }""");
        var now = platform.Clock.GetUtcNow();
        async Task<string> Board(DateTimeOffset from, DateTimeOffset? to) => (await manager.Post($"{Boards}/most/instances", new
        {
            timeframeType = to is null ? "PERMANENT" : "RANGE", timeframeTimezoneType = "FIXED", timeframeTimezone = "UTC", timeframeStartsAt = Instants.Text(from), timeframeEndsAt = to is { } end ? Instants.Text(end) : null,
        })).Text("runtimeLeaderboardId");
        async Task<string> Rank(string board) => (await app.Get($"/app/v1/runtime-leaderboards/{board}/rankings/me")).GetRawText();
        var (ever, first, second) = (await Board(now.AddDays(-1), null), await Board(now.AddDays(-1), now.AddDays(1)), await Board(now.AddDays(1), now.AddDays(9)));
        await Does("read", "a", 3);
        await platform.App(ben).Post("/app/v1/activity-logs", new { activityId = "read", userId = ben, value = 2 });
        (await Rank(ever)).ShouldBe("""{"rank":1,"score":30,"totalParticipants":2}""");
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await Does("read", "b", 1);
        (await Rank(ever)).ShouldBe("""{"rank":1,"score":40,"totalParticipants":2}""");
        await Retract("a");
        (await Rank(ever)).ShouldBe("""{"rank":2,"score":10,"totalParticipants":2}""");
        (await Rank(first)).ShouldBe("""{"rank":1,"score":30,"totalParticipants":2}""", "it had ended");
        (await Rank(second)).ShouldBe("""{"rank":1,"score":10,"totalParticipants":1}""", "it had not counted there");
        await Retract("b");
        (await Rank(ever)).ShouldBe("""{"rank":null,"score":null,"totalParticipants":1}""");
        (await Rank(second)).ShouldBe("""{"rank":null,"score":null,"totalParticipants":0}""");
    }

    [Fact]
    public async Task The_sums_of_the_rule_and_the_user_s_stats_follow()
    {
        async Task<(decimal, decimal, int)> Sums()
        {
            var summary = await manager.Get("/dashboard/v1/mission-rules/r1/summary");
            return (summary.Number("assigned"), summary.Number("completed"), summary.Items("paid").Count);
        }
        await Does("walk", "a");
        await Does("walk", "b");
        (await Sums()).ShouldBe((1, 1, 1));
        await Retract("b");
        (await Sums()).ShouldBe((1, 0, 0));
        (await platform.Service<Players>().Read(platform.Tenant, anna, CancellationToken.None)).ShouldSatisfyAllConditions(state => state.Activities.ShouldBe(1), state => state.MissionsCompleted.ShouldBe(0));
    }

    [Fact]
    public async Task A_mission_that_has_ended_is_corrected_where_it_is_kept()
    {
        await platform.Configure(platform.Tenant, Mission("short", target: "1", match: MatchKind.Instance, entityId: "read"), Rule("r3", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily, pool: ["short"]));
        await app.Get("/app/v1/missions");
        await Does("read", "a");
        var mission = await Seen("short");
        mission.Flag("isCompleted").ShouldBeTrue();
        platform.Clock.Advance(TimeSpan.FromDays(5));
        await Does("walk", "b");
        await platform.Configure(platform.Tenant, Rule("r3") with { Stage = Stage.Archived });
        await Retract("a");
        (await app.Get($"/app/v1/missions/{mission.Text("missionId")}")).ShouldSatisfyAllConditions(
            ended => ended.Text("state").ShouldBe("ENDED"), ended => ended.Flag("isCompleted").ShouldBeFalse(), ended => ended.Number("currentAmount").ShouldBe(0));
        (await app.Get("/app/v1/missions")).Items().Count(one => one.Text("missionId") == mission.Text("missionId")).ShouldBe(1);
        (await Balance()).ShouldBe(10);
    }

    [Fact]
    public async Task Among_new_actions_at_the_same_time_it_takes_back_what_is_its_own()
    {
        await Does("walk", "a");
        await Task.WhenAll(Enumerable.Range(0, 12).Select(index => index % 3 == 0 ? Retract("a") : Does("walk", $"more-{index}")));
        (await Seen("two")).ShouldSatisfyAllConditions(mission => mission.Number("currentAmount").ShouldBe(2), mission => mission.Flag("isCompleted").ShouldBeTrue());
        (await Balance()).ShouldBe(8 * 10 + 100);
        var (players, seen) = (platform.Service<Players>(), PlayerState.Empty);
        foreach (var entry in await players.Journal.Entries(platform.Tenant, anna, 0, false, 100, CancellationToken.None))
        {
            seen = seen.Apply(entry);
        }
        GameJson.Bytes(seen).ShouldBe(GameJson.Bytes(await players.Read(platform.Tenant, anna, CancellationToken.None)));
    }

    [Fact]
    public async Task Of_an_erased_user_nothing_is_taken_back_and_no_reason_stays()
    {
        await Does("walk", "a");
        await Does("walk", "b");
        await Retract("a");
        await platform.Dashboard().Delete($"/dashboard/v1/users/{anna}");
        await manager.Refused(404, HttpMethod.Post, Path("b"), new { userId = anna });
        await manager.Refused(404, HttpMethod.Post, Path("a"), new { userId = anna });
        (await platform.Service<Players>().Journal.Entries(platform.Tenant, anna, 0, false, 100, CancellationToken.None)).Select(entry => entry.Retracted).OfType<Retracted>().Single().Reason.ShouldBeNull();
    }

    [Fact]
    public async Task The_answer_to_a_quiz_is_taken_back_like_any_action_and_can_be_given_again_in_its_context()
    {
        await platform.Configure(platform.Tenant, Quiz("which"), Pays("right", "30", entity: EntityType.Quiz));
        async Task<string> Submit(string context) => (await app.Post("/app/v1/quizzes/which/submit", new { answer = "opt2", context })).Text("quizLogId");
        var log = await Submit("first");
        (await Balance()).ShouldBe(30);
        await manager.Refused(404, HttpMethod.Post, Path(log), new { userId = anna });
        var path = $"/dashboard/v1/quiz-logs/{log}/retract";
        await manager.Refused(404, HttpMethod.Post, path, new { userId = ben });
        await platform.Dashboard(Role.Viewer).Refused(403, HttpMethod.Post, path, new { userId = anna });
        var retraction = await manager.Post(path, new { userId = anna, reason = "Helped" });
        (retraction.Text("quizLogId"), retraction.Has("activityLogId"), retraction.Number("transactions[0].amount")).ShouldBe((log, false, 30));
        (await manager.Post(path, new { userId = anna })).GetRawText().ShouldBe(retraction.GetRawText());
        (await Balance()).ShouldBe(0);
        var explanation = await app.Get($"/app/v1/quiz-logs/{log}/explanation");
        (explanation.Text("quizLog.retractedAt"), explanation.Text("retraction.reason")).ShouldBe((retraction.Text("retractedAt"), "Helped"));
        (await app.Get("/app/v1/quizzes/which?fields=progress&context=first")).Text("progress.status").ShouldBe("NOT_STARTED");
        var second = await Submit("first");
        second.ShouldNotBe(log);
        (await Submit("first")).ShouldBe(second);
        (await Balance()).ShouldBe(30);
        (await manager.Post(path, new { userId = anna })).GetRawText().ShouldBe(retraction.GetRawText());
        (await Submit("first")).ShouldBe(second);
        await Submit("second");
        (await Balance()).ShouldBe(60);
        await Does("walk", "a");
        await manager.Refused(404, HttpMethod.Post, "/dashboard/v1/quiz-logs/a/retract", new { userId = anna });
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_nothing_changes()
    {
        await Does("walk", "a");
        await manager.Refused(404, HttpMethod.Post, Path("unknown"), new { userId = anna });
        await manager.Refused(404, HttpMethod.Post, Path("a"), new { userId = ben });
        await manager.Refused(404, HttpMethod.Post, Path("a"), new { userId = "nobody" });
        (await manager.Refused(400, HttpMethod.Post, Path("a"), new { reason = "x" })).Fields.ShouldBe(["userId"]);
        (await manager.Refused(400, HttpMethod.Post, Path("a"), new { userId = anna, reason = "" })).Fields.ShouldBe(["reason"]);
        await platform.Dashboard(Role.Viewer).Refused(403, HttpMethod.Post, Path("a"), new { userId = anna });
        (await Balance()).ShouldBe(10);
        // The action comes after all, and is taken back then.
        await Does("walk", "unknown");
        await Retract("unknown");
        (await Balance()).ShouldBe(10);
    }
}
