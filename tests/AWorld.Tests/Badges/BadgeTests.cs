using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Badges;

/// <summary>Badges as they are configured, earned, read and taken back, over HTTP.</summary>
public sealed class BadgeTests : IAsyncLifetime
{
    TestPlatform platform = null!;
    HttpClient app = null!, dashboard = null!;
    string anna = "";

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"), Activity("read"), Mission("two", target: "2", match: MatchKind.Instance, entityId: "walk"), Rule("r1", pool: ["two"]),
            Mission("daily", target: "1", match: MatchKind.Instance, entityId: "read"), Rule("r2", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily, pool: ["daily"]),
            new Tags.Tag("n", "v") { Id = "green", Stage = Stage.Published, DefaultLang = "en" });
        anna = await platform.NewUser(platform.Tenant, "anna");
        (app, dashboard) = (platform.App(anna), platform.Dashboard());
        await Make("walker", "two");
        await Make("reader", "daily");
        await app.Get("/app/v1/missions");
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    /// <summary>A published badge for a mission.</summary>
    async Task Make(string id, string mission)
    {
        await dashboard.Post("/dashboard/v1/badge-configurations", Body(id, mission));
        await dashboard.Post($"/dashboard/v1/badge-configurations/{id}/publish");
        await dashboard.Post($"/dashboard/v1/reward-rules/{(await dashboard.Post("/dashboard/v1/reward-rules", Awarding(id, mission))).Text("rewardRuleId")}/publish");
    }

    static object Body(string id, string? source, string? type = "MissionConfiguration") => new
    {
        badgeConfigurationId = id, name = id, image = "https://example.com/badge.png", progressSourceEntityType = type, progressSourceEntityId = source, defaultLang = "en",
        translations = new[] { new { lang = "en", label = $"A {id}" }, new { lang = "it", label = "Distintivo" } },
    };

    static object Awarding(string badge, string mission) => new
    {
        name = "Award", ruleType = "INSTANCE", matchEntity = "Mission", matchEntityId = mission, matchCondition = true, applicationMode = "ALWAYS", defaultLang = "en",
        rewards = new[] { new { rewardType = "BADGE", badgeConfigurationId = badge } }, translations = new[] { new { lang = "en" } },
    };

    Task<JsonElement> Does(string activityId, string? id = null) => app.Post("/app/v1/activity-logs", new { activityId, userId = anna, activityLogId = id });

    async Task<JsonElement> Shown(string id) => (await app.Get("/app/v1/badge-configurations?fields=progress,badge,translation,tags")).Items().Single(badge => badge.Text("badgeConfigurationId") == id);

    async Task<int> Documents(Func<Task> work)
    {
        var (store, cursor) = (platform.Service<IDocumentStore>(), "");
        async Task<int> Changed()
        {
            for (var count = 0; ;)
            {
                var page = await store.Changes(Container.Players, cursor, StoreLimits.PageItems, default);
                (cursor, count) = (page.Cursor, count + page.Items.Count);
                if (!page.More)
                {
                    return count;
                }
            }
        }
        await Changed();
        await work();
        return await Changed();
    }

    [Fact]
    public async Task Completing_a_mission_awards_its_badge_and_shows_how_far_it_is()
    {
        (await Shown("walker")).ShouldSatisfyAllConditions(
            badge => badge.At("progress").GetRawText().ShouldBe("""{"current":0,"target":2,"isCompleted":false}"""), badge => badge.Has("badge").ShouldBeFalse(), badge => badge.Text("translation.label").ShouldBe("A walker"));
        await app.Refused(404, HttpMethod.Get, "/app/v1/badges/walker");
        await Does("walk");
        (await Shown("walker")).Number("progress.current").ShouldBe(1);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var last = await Does("walk");
        (await Shown("walker")).ShouldSatisfyAllConditions(badge => badge.Flag("progress.isCompleted").ShouldBeTrue(), badge => badge.Number("badge.count").ShouldBe(1));
        var earned = await app.Get("/app/v1/badges/walker?fields=translation,badgeLogs");
        earned.ShouldSatisfyAllConditions(
            badge => badge.Text("userId").ShouldBe(anna), badge => badge.Number("count").ShouldBe(1), badge => badge.Text("firstAssignedAt").ShouldBe(last.Text("createdAt")), badge => badge.Text("translation.label").ShouldBe("A walker"));
        var mission = (await app.Get("/app/v1/missions")).Items().Single(one => one.Text("missionConfigurationId") == "two").Text("missionId");
        earned.Items("badgeLogs").Single().ShouldSatisfyAllConditions(
            log => log.Text("sourceEntityType").ShouldBe("Mission"), log => log.Text("sourceEntityId").ShouldBe(mission), log => log.Text("assignedAt").ShouldBe(last.Text("createdAt")));
        (await app.Get("/app/v1/badges")).Items().Single().Has("badgeLogs").ShouldBeFalse();
        var explained = await app.Get($"/app/v1/activity-logs/{last.Text("activityLogId")}/explanation");
        explained.Items("rules").Single(rule => rule.Text("kind") == "REWARD_RULE").Items("badges").Single().Text("badgeConfigurationId").ShouldBe("walker");
    }

    [Fact]
    public async Task An_action_writes_as_many_documents_when_it_awards_a_badge()
    {
        (await Documents(() => Does("walk", "first"))).ShouldBe(3);
        (await Documents(() => Does("walk", "second"))).ShouldBe(3);
        (await app.Get("/app/v1/badges/walker")).Number("count").ShouldBe(1);
    }

    [Fact]
    public async Task Many_sends_at_once_award_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 24).Select(number => Does("walk", $"walk-{number % 6}")));
        (await app.Get("/app/v1/badges/walker?fields=badgeLogs")).ShouldSatisfyAllConditions(badge => badge.Number("count").ShouldBe(1), badge => badge.Items("badgeLogs").Count.ShouldBe(1));
    }

    [Fact]
    public async Task A_mission_that_recurs_awards_again_and_the_last_changed_badge_comes_first()
    {
        await Does("walk");
        await Does("walk");
        for (var day = 0; day < 3; day++)
        {
            platform.Clock.Advance(TimeSpan.FromDays(1));
            await app.Get("/app/v1/missions");
            await Does("read");
            await Does("read");
        }
        var badges = (await app.Get("/app/v1/badges?fields=badgeLogs")).Items();
        badges.Select(badge => (badge.Text("badgeConfigurationId"), badge.Number("count"))).ShouldBe([("reader", 3), ("walker", 1)]);
        badges[0].Items("badgeLogs").Select(log => log.Text("assignedAt")).ShouldBeInOrder(SortDirection.Descending);
        badges[0].Items("badgeLogs").Select(log => log.Text("sourceEntityId")).ShouldBeUnique();
        (badges[0].Text("firstAssignedAt"), badges[0].Text("lastAssignedAt")).ShouldBe((badges[0].Text("badgeLogs[2].assignedAt"), badges[0].Text("badgeLogs[0].assignedAt")));
        var page = await app.Get("/app/v1/badges?limit=1");
        (await app.Get($"/app/v1/badges?nextToken={page.Text("nextToken")}")).Items().Single().Text("badgeConfigurationId").ShouldBe("walker");
        // Of today's mission there is none before it is looked at, which is what this does.
        platform.Clock.Advance(TimeSpan.FromDays(1));
        (await Shown("reader")).At("progress").GetRawText().ShouldBe("""{"current":0,"target":1,"isCompleted":false}""");
    }

    [Fact]
    public async Task An_archived_badge_is_awarded_no_more_but_kept_until_it_is_published_again()
    {
        await Does("read");
        await dashboard.Post("/dashboard/v1/badge-configurations/reader/archive");
        await NextDay();
        (await app.Get("/app/v1/badges/reader?fields=translation")).ShouldSatisfyAllConditions(badge => badge.Number("count").ShouldBe(1), badge => badge.Text("translation.label").ShouldBe("A reader"));
        (await app.Get("/app/v1/badge-configurations")).Items().Select(badge => badge.Text("badgeConfigurationId")).ShouldBe(["walker"]);
        await app.Refused(404, HttpMethod.Get, "/app/v1/badge-configurations/reader/translation");
        await dashboard.Refused(400, HttpMethod.Put, "/dashboard/v1/badge-configurations/reader", new { name = "x", image = "https://example.com/x.png", origin = "CUSTOM", langs = new[] { "en" }, defaultLang = "en", translations = new[] { new { lang = "en", label = "x" } } });
        (await dashboard.Post("/dashboard/v1/badge-configurations/reader/unarchive")).Text("stage").ShouldBe("DRAFT");
        await NextDay();
        (await app.Get("/app/v1/badges/reader")).Number("count").ShouldBe(1);
        await dashboard.Post("/dashboard/v1/badge-configurations/reader/publish");
        await NextDay();
        (await app.Get("/app/v1/badges/reader")).Number("count").ShouldBe(2);

        async Task NextDay()
        {
            platform.Clock.Advance(TimeSpan.FromDays(1));
            await app.Get("/app/v1/missions");
            await Does("read");
        }
    }

    [Fact]
    public async Task What_a_badge_or_a_rule_refers_to_must_be_there()
    {
        const string path = "/dashboard/v1/badge-configurations", rules = "/dashboard/v1/reward-rules";
        var learning = await dashboard.Refused(400, HttpMethod.Post, path, Body("new", "path-1", "LearningPath"));
        (learning.Fields.Single(), learning.Message).ShouldBe(("progressSourceEntityId", "progressSourceEntityId: there is no learning path 'path-1' in this workspace"));
        (await dashboard.Refused(400, HttpMethod.Post, path, Body("new", "none"))).Fields.ShouldBe(["progressSourceEntityId"]);
        (await dashboard.Refused(400, HttpMethod.Post, path, Body("new", "walk", "Activity"))).Fields.ShouldBe(["progressSourceEntityType"]);
        (await dashboard.Refused(409, HttpMethod.Post, path, Body("walker", "two"))).Code.ShouldBe("resource/already_exists");
        await platform.Sibling.Dashboard().Refused(400, HttpMethod.Post, path, Body("new", "two"));
        (await dashboard.Refused(400, HttpMethod.Post, rules, Awarding("none", "two"))).Fields.ShouldBe(["rewards[0].badgeConfigurationId"]);
        await dashboard.Post($"{path}/walker/archive");
        (await dashboard.Refused(400, HttpMethod.Post, rules, Awarding("walker", "two"))).Fields.ShouldBe(["rewards[0].badgeConfigurationId"]);
        await dashboard.Refused(404, HttpMethod.Get, $"{path}/new");
    }

    [Fact]
    public async Task A_badge_is_the_users_own_and_speaks_their_language()
    {
        await Does("read");
        var ben = platform.App(await platform.NewUser(platform.Tenant, "ben"));
        (await ben.Get("/app/v1/badges")).Items().ShouldBeEmpty();
        await ben.Refused(404, HttpMethod.Get, "/app/v1/badges/reader");
        await ben.Patch("/app/v1/users/me", new { lang = "it-CH" });
        (await ben.Get("/app/v1/badge-configurations/reader/translation")).Text("label").ShouldBe("Distintivo");
        await platform.Sibling.App(await platform.NewUser(platform.Sibling.Tenant, "carl")).Refused(404, HttpMethod.Get, "/app/v1/badge-configurations/reader/translation");
        await dashboard.Post("/dashboard/v1/badge-configurations/reader/tags/green", new { priority = 2 });
        (await ben.Get("/app/v1/badge-configurations/reader/tags")).Items().Single().Text("tagId").ShouldBe("green");
        (await Shown("reader")).Items("tags").Single().Number("priority").ShouldBe(2);
        foreach (var wrong in new[] { "badge-configurations?fields=badges", "badges?fields=progress", "badges/reader?fields=tags", "badges?sort=count" })
        {
            (await app.Refused(400, HttpMethod.Get, $"/app/v1/{wrong}")).Fields.Single().ShouldBeOneOf("fields", "sort");
        }
    }

    [Fact]
    public async Task Taking_an_action_back_takes_its_badge_and_says_so()
    {
        await Does("walk", "a");
        await Does("walk", "b");
        var log = (await app.Get("/app/v1/badges/walker?fields=badgeLogs")).Text("badgeLogs[0].badgeLogId");
        var retraction = await dashboard.Post("/dashboard/v1/activity-logs/a/retract", new { userId = anna });
        retraction.Items("badges").Single().GetRawText().ShouldBe($$"""{"badgeConfigurationId":"walker","badgeLogIds":["{{log}}"],"count":0}""");
        await app.Refused(404, HttpMethod.Get, "/app/v1/badges/walker");
        (await Shown("walker")).At("progress").GetRawText().ShouldBe("""{"current":1,"target":2,"isCompleted":false}""");
        (await app.Get("/app/v1/activity-logs/a/explanation")).Items("retraction.badges").Count.ShouldBe(1);
        var batch = await dashboard.Post("/dashboard/v1/activity-logs/batch", new { items = new[] { new { activityId = "walk", userId = anna } } });
        batch.Items("items[0].effects.badges").Select(id => id.GetString()).ShouldBe(["walker"]);
        (await app.Get("/app/v1/badges/walker?fields=badgeLogs")).Items("badgeLogs").Single().Text("badgeLogId").ShouldNotBe(log);
        (await platform.Service<Players>().Read(platform.Tenant, anna, default)).Badges.Single().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_badge_outlives_a_restart()
    {
        await Does("read");
        await platform.Stop();
        platform = await TestPlatform.Start(platform.Data, platform.Clock);
        (await platform.App(anna).Get("/app/v1/badges/reader?fields=badgeLogs")).Items("badgeLogs").Count.ShouldBe(1);
    }
}
