using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Tags;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

public sealed class MissionApiTests : IAsyncLifetime
{
    TestPlatform platform = null!;
    string anna = "", ben = "", carl = "";

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"), Currency("points"), new Tag("team", "red") { Id = "red", Stage = Stage.Published, DefaultLang = "en" },
            Mission("three", target: "3", match: MatchKind.Instance, entityId: "walk"), Mission("together", target: "4", increment: """{"var":"event.value"}""", type: MissionType.Group),
            Mission("by-event", target: "9", type: MissionType.Group), Mission("hand", condition: "true"),
            Rule("r1", pool: ["three"]), Rule("r2", group: "red", pool: ["together"]), Rule("r3", AssignmentMode.Event, group: "red", pool: ["by-event"]),
            Pays("odd", "5", condition: """{"==":[{"var":"event.value"},3]}"""), Pays("done", "100", entity: EntityType.Mission));
        (anna, ben) = (await platform.NewUser(platform.Tenant, "anna", "red"), await platform.NewUser(platform.Tenant, "ben", "red"));
        carl = await platform.NewUser(platform.Tenant, "carl");
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    Task<System.Text.Json.JsonElement> Walk(string user, decimal value = 1) => platform.App(user).Post("/app/v1/activity-logs", new { activityId = "walk", userId = user, value });

    async Task<decimal> GroupAmount(string configurationId) =>
        (await platform.Service<Players>().Read(platform.Tenant, Subject.GroupId("red"), CancellationToken.None)).Missions.Single(mission => mission.Definition.MissionConfigurationId == configurationId).Current;

    [Fact]
    public async Task Members_share_one_counter_that_goes_on_past_its_target()
    {
        (await platform.App(anna).Get("/app/v1/missions")).Items().Select(mission => mission.Text("missionConfigurationId")).ShouldBe(["three", "together"], ignoreOrder: true);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Walk(number % 2 == 0 ? anna : ben, 2)));
        await Walk(carl);
        var seen = (await platform.App(ben).Get("/app/v1/missions")).Items().Single(mission => mission.Text("missionConfigurationId") == "together");
        seen.Number("currentAmount").ShouldBe(24);
        seen.Text("groupTagId").ShouldBe("red");
        seen.Flag("isCompleted").ShouldBeFalse();
        var id = seen.Text("missionId");
        (await platform.App(anna).Get($"/app/v1/missions/{id}?groupTagId=red")).Number("currentAmount").ShouldBe(24);
        await platform.App(carl).Refused(404, HttpMethod.Get, $"/app/v1/missions/{id}?groupTagId=red");
        await platform.App(anna).Refused(404, HttpMethod.Get, $"/app/v1/missions/{id}");
    }

    [Fact]
    public async Task Who_is_made_or_changed_is_given_missions_by_rules_that_match_users()
    {
        await platform.Configure(platform.Tenant, Mission("welcome", condition: "true"), Mission("northern", condition: "true"), Mission("blue-team", condition: "true"),
            Mission("blue-together", condition: "true", type: MissionType.Group), new Tag("team", "blue") { Id = "blue", Stage = Stage.Published, DefaultLang = "en" },
            ByUser("u1", "welcome", MatchKind.Entity, null, "true"), ByUser("u2", "northern", MatchKind.Instance, carl, """{"==":[{"var":"event.timezone"},"Europe/Oslo"]}"""),
            ByUser("u3", "blue-team", MatchKind.Tag, "blue", "true"), ByUser("u4", "blue-together", MatchKind.Entity, null, "true") with { MissionType = MissionType.Group, GroupTagId = "blue", UsersMatchCondition = null });
        async Task<string[]> Missions(string user) => [.. (await platform.Service<Players>().Read(platform.Tenant, user, default)).Missions.Select(mission => mission.Definition.MissionConfigurationId)];

        var dana = (await platform.Dashboard().Post("/dashboard/v1/users", new { email = "dana@example.org" })).Text("userId");
        (await Missions(dana)).ShouldBe(["welcome"]);
        (await Missions(carl)).ShouldBeEmpty();
        (string, string)[] once = [("x-idempotency-key", "k")];
        var patched = await platform.App(carl).Send(HttpMethod.Patch, "/app/v1/users/me", new { timezone = "Europe/Rome" }, once);
        var again = await platform.App(carl).Send(HttpMethod.Patch, "/app/v1/users/me", new { timezone = "Europe/Rome" }, once);
        (await again.Body()).ToString().ShouldBe((await patched.Body()).ToString());
        again.Headers.GetValues("x-idempotency-cache-hit").ShouldBe(["true"]);
        (await Missions(carl)).ShouldBe(["welcome"]);
        foreach (var timezone in new[] { "Europe/Oslo", "Europe/Paris", "Europe/Oslo" })
        {
            await platform.Dashboard().Send(HttpMethod.Patch, $"/dashboard/v1/users/{carl}", new { timezone });
        }
        (await Missions(carl)).ShouldBe(["welcome", "northern"]);
        (await Missions(Subject.GroupId("blue"))).ShouldBeEmpty();
        await platform.Dashboard().Post($"/dashboard/v1/users/{carl}/tags", new { assignments = new[] { new { tagId = "blue" } } });
        (await Missions(carl)).ShouldBe(["welcome", "northern", "blue-team"]);
        (await Missions(Subject.GroupId("blue"))).ShouldBe(["blue-together"]);

        var state = await platform.Service<Players>().Read(platform.Tenant, carl, default);
        state.Seq.ShouldBe(3, "a change that brings nothing is no step of the game");
        var entries = await platform.Service<Players>().Journal.Entries(platform.Tenant, carl, 1, descending: false, 10, default);
        entries.Select(entry => entry.By.Via).ShouldBe(["users/updateMe", "users/update", "users/createTags"]);
        (await platform.App(carl).Get("/app/v1/users/me?fields=tags")).At("tags").EnumerateArray().ShouldHaveSingleItem().Text("tagId").ShouldBe("blue");
    }

    static MissionRule ByUser(string id, string mission, MatchKind kind, string? entityId, string condition) => Rule(id, AssignmentMode.Event, pool: [mission]) with
    {
        EventMatchType = kind, EventMatchEntity = EntityType.User, EventMatchEntityId = entityId, EventMatchCondition = Logic(condition),
    };

    [Fact]
    public async Task Missions_that_ended_long_ago_are_still_listed_page_by_page()
    {
        foreach (var day in Enumerable.Range(10, 5))
        {
            await platform.Dashboard().Post("/dashboard/v1/missions",
                $$"""{ "userId": "{{carl}}", "missionType": "INDIVIDUAL", "missionConfigurationId": "hand", "startsAt": "2026-03-{{day}}T00:00:00Z", "endsAt": "2026-03-{{day + 1}}T00:00:00Z", "timeframeType": "RANGE" }""");
        }
        platform.Clock.Advance(TimeSpan.FromDays(9));
        await Walk(carl);
        var all = (await platform.App(carl).Get("/app/v1/missions")).Items();
        all.Count(mission => mission.Text("missionConfigurationId") == "hand" && mission.Text("state") == "ENDED").ShouldBe(5);
        foreach (var order in new[] { "asc", "desc" })
        {
            var paged = new List<string>();
            var token = "";
            do
            {
                var page = await platform.App(carl).Get($"/app/v1/missions?sort=updatedAt&order={order}&limit=2{token}");
                paged.AddRange(page.Items().Select(mission => mission.Text("missionId")));
                token = page.Has("nextToken") ? $"&nextToken={page.Text("nextToken")}" : "";
            }
            while (token.Length > 0);
            paged.Distinct().ShouldBe(paged);
            paged.ShouldBe(all.Select(mission => mission.Text("missionId")), ignoreOrder: true);
        }
        (await platform.App(carl).Get($"/app/v1/missions/{all[^1].Text("missionId")}")).Text("state").ShouldBe(all[^1].Text("state"));
    }

    [Fact]
    public async Task A_group_mission_is_assigned_by_the_first_members_action()
    {
        await Walk(anna);
        await Walk(ben);
        // The mission is there before the action is played, so its first one counts: it is the group's, not the member's.
        (await GroupAmount("by-event")).ShouldBe(2);
    }

    [Fact]
    public async Task The_outbox_brings_what_the_group_has_missed_and_nothing_twice()
    {
        await platform.App(anna).Get("/app/v1/missions");
        await Walk(anna, 5);
        var before = await GroupAmount("together");
        await platform.Service<PlayerFeed>().CatchUp(CancellationToken.None);
        (await GroupAmount("together")).ShouldBe(before);
        // An entry whose contribution never arrived.
        var mission = (await platform.Service<Players>().Read(platform.Tenant, Subject.GroupId("red"), CancellationToken.None)).Missions.Single(mission => mission.Definition.MissionConfigurationId == "together");
        await platform.Commit(platform.Tenant, anna, state => new(state.Seq + 1, platform.Clock.GetUtcNow(), Somebody) { Contributions = [new("red", state.LastContribution("red"), [new(mission.MissionId, 7)])] });
        await Walk(anna, 1);    // comes after the gap, and waits for it
        (await GroupAmount("together")).ShouldBe(before);
        await platform.Service<PlayerFeed>().CatchUp(CancellationToken.None);
        (await GroupAmount("together")).ShouldBe(before + 8);
        await platform.Service<PlayerFeed>().CatchUp(CancellationToken.None);
        (await GroupAmount("together")).ShouldBe(before + 8);
    }

    [Fact]
    public async Task A_mission_is_assigned_by_hand_once_per_key()
    {
        var request = new { userId = carl, missionType = "INDIVIDUAL", missionConfigurationId = "hand", startsAt = platform.Clock.GetUtcNow(), endsAt = platform.Clock.GetUtcNow().AddDays(1), timeframeType = "RANGE", targetAmount = 2, currentAmount = 1 };
        var dashboard = platform.Dashboard();
        var mission = await dashboard.Post("/dashboard/v1/missions", request, ("x-idempotency-key", "k"));
        (await dashboard.Post("/dashboard/v1/missions", request, ("x-idempotency-key", "k"))).Text("missionId").ShouldBe(mission.Text("missionId"));
        mission.Text("accountId").ShouldBe(platform.Tenant.AccountId);
        mission.Number("currentAmount").ShouldBe(1);
        await Walk(carl);
        var done = await platform.App(carl).Get($"/app/v1/missions/{mission.Text("missionId")}?fields=translation");
        done.Flag("isCompleted").ShouldBeTrue();
        done.Text("translation.label").ShouldBe("hand");
        platform.Clock.Advance(TimeSpan.FromDays(3));
        await platform.App(carl).Get("/app/v1/missions");
        (await platform.App(carl).Get($"/app/v1/missions/{mission.Text("missionId")}")).Text("state").ShouldBe("ENDED");
        await platform.App(anna).Refused(404, HttpMethod.Get, $"/app/v1/missions/{mission.Text("missionId")}");
    }

    static readonly (string Body, int Status, string? Field)[] Wrong =
    [
        ("""{"missionType":"INDIVIDUAL","missionConfigurationId":"hand","startsAt":"2026-03-10T09:00:00Z","timeframeType":"PERMANENT"}""", 400, "userId"),
        ("""{"userId":"$USER","missionType":"GROUP","missionConfigurationId":"together","startsAt":"2026-03-10T09:00:00Z","timeframeType":"PERMANENT","groupTagId":"red"}""", 400, "userId"),
        ("""{"userId":"$USER","missionType":"INDIVIDUAL","missionConfigurationId":"hand","startsAt":"2026-03-10T09:00:00Z","timeframeType":"RANGE"}""", 400, "endsAt"),
        ("""{"userId":"$USER","missionType":"INDIVIDUAL","missionConfigurationId":"hand","startsAt":"2026-03-10T09:00:00Z","endsAt":"2026-03-10T09:00:00Z","timeframeType":"RANGE"}""", 400, "endsAt"),
        ("""{"userId":"$USER","missionType":"INDIVIDUAL","missionConfigurationId":"hand","startsAt":"2026-03-10T09:00:00","timeframeType":"PERMANENT"}""", 400, "startsAt"),
        ("""{"userId":"$USER","missionType":"INDIVIDUAL","missionConfigurationId":"together","startsAt":"2026-03-10T09:00:00Z","timeframeType":"PERMANENT"}""", 400, "missionType"),
        ("""{"userId":"$USER","missionType":"INDIVIDUAL","missionConfigurationId":"none","startsAt":"2026-03-10T09:00:00Z","timeframeType":"PERMANENT"}""", 404, null),
        ("""{"userId":"nobody","missionType":"INDIVIDUAL","missionConfigurationId":"hand","startsAt":"2026-03-10T09:00:00Z","timeframeType":"PERMANENT"}""", 404, null),
    ];

    [Fact]
    public async Task Bad_assignments_are_refused()
    {
        foreach (var (body, status, field) in Wrong)
        {
            var refusal = await platform.Dashboard().Refused(status, HttpMethod.Post, "/dashboard/v1/missions", body.Replace("$USER", carl, StringComparison.Ordinal));
            if (field is not null)
            {
                refusal.Fields.ShouldBe([field]);
            }
        }
    }

    [Fact]
    public async Task Missions_are_paged_by_last_change()
    {
        var app = platform.App(anna);
        var first = await app.Get("/app/v1/missions?limit=1&sort=updatedAt&order=asc");
        var second = await app.Get($"/app/v1/missions?limit=1&sort=updatedAt&order=asc&nextToken={first.Text("nextToken")}");
        first.Text("items[0].missionId").ShouldNotBe(second.Text("items[0].missionId"));
        second.Has("nextToken").ShouldBeFalse();
        (await app.Refused(400, HttpMethod.Get, "/app/v1/missions?sort=name")).Fields.ShouldBe(["sort"]);
        (await app.Refused(400, HttpMethod.Get, "/app/v1/missions?fields=progress")).Fields.ShouldBe(["fields"]);
        (await app.Refused(400, HttpMethod.Get, "/app/v1/missions?nextToken=AAAA")).Fields.ShouldBe(["nextToken"]);
    }

    [Fact]
    public async Task An_explanation_tells_each_rule_and_its_operands()
    {
        var app = platform.App(carl);
        await app.Get("/app/v1/missions");
        var log = await Walk(carl, 2);
        var explanation = await app.Get($"/app/v1/activity-logs/{log.Text("activityLogId")}/explanation");
        var odd = explanation.Items("rules").Single(rule => rule.Text("id") == "odd");
        odd.Text("verdict").ShouldBe("CONDITION_FALSE");
        odd.Flag("condition.result").ShouldBeFalse();
        odd.Items("condition.steps").ShouldContain(step => step.At("value").GetRawText() == "2");
        explanation.Number("missions[0].currentAmount").ShouldBe(1);
        await Walk(carl, 3);
        var last = await Walk(carl, 3);
        explanation = await app.Get($"/app/v1/activity-logs/{last.Text("activityLogId")}/explanation");
        var done = explanation.Items("rules").Single(rule => rule.Text("id") == "done");
        done.Text("verdict").ShouldBe("APPLIED");
        done.Text("event").ShouldBe(explanation.Text("missions[0].missionId"));
        done.Number("transactions[0].amount").ShouldBe(100);
        explanation.Items("rules").Single(rule => rule.Text("id") == "odd").Text("verdict").ShouldBe("APPLIED");
        await platform.App(anna).Refused(404, HttpMethod.Get, $"/app/v1/activity-logs/{log.Text("activityLogId")}/explanation");
    }
}
