using System.Text.Json;
using AWorld.Embedded.Messages;
using AWorld.Game;
using AWorld.Integrations.Events;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests.Contract;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Integrations;

/// <summary>What systems outside hear of what happens.</summary>
public sealed class EventTests : IAsyncLifetime
{
    const string Subscription = "/servicebus/aworld-events/subscriptions/integrations";
    TestPlatform platform = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"), Currency("points"), Currency("gems", max: 10), Mission("two", target: "2"), Rule("r1", pool: ["two"]),
            Pays("each", "5"), Pays("done", "100", entity: EntityType.Mission, redemption: AWorld.Rewards.RedemptionMode.Manual), Pays("never", "50", currency: "gems", entity: EntityType.Mission));
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    async Task<HttpClient> Reader(Tenant? tenant = null)
    {
        var client = platform.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization",
            await platform.Service<SharedAccess>().Issue(new("http://anywhere"), tenant ?? platform.Tenant, "aworld-events", platform.Clock.GetUtcNow().AddDays(1), Stop));
        return client;
    }

    /// <summary>All that is there, each checked as any receiver could.</summary>
    async Task<List<JsonElement>> Read(HttpClient reader)
    {
        await platform.Service<PlayerFeed>().CatchUp(platform.Service<EventPublisher>(), Stop);
        var events = new List<JsonElement>();
        while (true)
        {
            using var received = await reader.Send(HttpMethod.Delete, Subscription + "/messages/head?timeout=0");
            if (received.StatusCode == System.Net.HttpStatusCode.NoContent)
            {
                return events;
            }
            var happened = JsonElement.Parse(await received.Content.ReadAsStringAsync(Stop));
            var broker = JsonElement.Parse(received.Headers.GetValues("BrokerProperties").Single());
            received.Content.Headers.ContentType!.MediaType.ShouldBe("application/cloudevents+json");
            broker.Text("MessageId").ShouldBe(happened.Text("id"));
            broker.Text("SessionId").ShouldStartWith($"{happened.Text("accountid")}/{happened.Text("workspaceid")}/");
            received.Headers.GetValues("type").ShouldBe([$"\"{happened.Text("type")}\""]);
            received.Headers.GetValues("dataschema").ShouldBe([$"\"{happened.Text("dataschema")}\""]);
            var type = ProductEvents.All.Single(one => one.Name == happened.Text("type"));
            new JsonSchema(default).Errors(happened.At("data"), JsonElement.Parse(EventSchemas.Of(type.Name, type.Data).ToJsonString())).ShouldBeEmpty(happened.GetRawText());
            events.Add(happened);
        }
    }

    Task<JsonElement> Walk(string user, string? id = null) => platform.App(user).Post("/app/v1/activity-logs", new { activityId = "walk", userId = user, activityLogId = id });

    [Fact]
    public async Task A_users_events_come_in_their_order_with_all_that_an_action_caused()
    {
        var reader = await Reader();
        var anna = await platform.NewUser(platform.Tenant, "anna");
        await platform.App(anna).Get("/app/v1/missions");
        await Walk(anna, "first");
        await Walk(anna, "second");
        await Walk(anna, "second");
        var events = await Read(reader);
        events.Select(one => one.Text("type")).ShouldBe([
            "user.created", "mission.assigned",
            "activity.logged", "mission.progressed", "reward.granted", "transaction.completed",
            "activity.logged", "mission.progressed", "mission.completed", "reward.granted", "reward.granted", "transaction.pending", "transaction.completed", "transaction.rejected"], ignoreOrder: false);
        events.ShouldAllBe(one => one.Text("subject") == anna && one.Text("specversion") == "1.0" && one.Text("source") == $"/accounts/{platform.Tenant.AccountId}/workspaces/{platform.Tenant.WorkspaceId}");
        events.Select(one => one.Text("id")).ShouldBeUnique();
        events.Skip(1).Select(one => one.Text("sequence")).ShouldBeInOrder();
        events[0].Text("data.externalId").ShouldBe("anna");
        events[6].Text("data.activityLogId").ShouldBe("second");
        events[8].Text("data.missionConfigurationId").ShouldBe("two");
        events[11].Number("data.amount").ShouldBe(100);
        events[13].Text("data.reason").ShouldContain("maximum");
        (await Read(reader)).ShouldBeEmpty("each was published once");
    }

    [Fact]
    public async Task What_becomes_of_a_waiting_transaction_and_of_a_user_is_told()
    {
        var anna = await platform.NewUser(platform.Tenant, "anna");
        var reader = await Reader();
        await platform.App(anna).Get("/app/v1/missions");
        await Walk(anna);
        await Walk(anna);
        var pending = (await Read(reader)).Single(one => one.Text("type") == "transaction.pending").Text("data.virtualTransactionId");
        await platform.Dashboard().Post($"/dashboard/v1/virtual-transactions/{pending}/reject", new { userId = anna, reason = "no" });
        await platform.Dashboard().Patch($"/dashboard/v1/users/{anna}", new { timezone = "Europe/Rome" });
        var events = await Read(reader);
        events.Select(one => one.Text("type")).ShouldBe(["transaction.rejected", "user.updated"]);
        (events[0].Text("data.reason"), events[0].Text("data.virtualTransactionId")).ShouldBe(("no", pending));
        events[1].Items("data.changed").Select(one => one.GetString()).ShouldBe(["timezone"]);
        await platform.Dashboard().Delete($"/dashboard/v1/users/{anna}");
        (await Read(reader)).Select(one => one.Text("type")).ShouldBe(["user.erased"], "what an erasure strips is not told again");
    }

    [Fact]
    public async Task A_quiz_is_told_as_it_is_answered_and_as_it_is_taken_back()
    {
        await platform.Configure(platform.Tenant, Quiz("which"), Mission("one", target: "1", entity: EntityType.Quiz), Rule("r2", pool: ["one"]), Pays("right", "3", entity: EntityType.Quiz));
        var anna = await platform.NewUser(platform.Tenant, "anna");
        await platform.App(anna).Get("/app/v1/missions");
        var reader = await Reader();
        await Read(reader);
        var quizLogId = (await platform.App(anna).Post("/app/v1/quizzes/which/submit", new { answer = "opt2" })).Text("quizLogId");
        var told = await Read(reader);
        told.Select(one => one.Text("type")).ShouldBe(["quiz.completed", "mission.progressed", "mission.completed", "reward.granted", "reward.granted", "transaction.pending", "transaction.completed", "transaction.rejected"]);
        told[0].At("data").GetRawText().ShouldBe(
            $$"""{"userId":"{{anna}}","quizLogId":"{{quizLogId}}","quizId":"which","outcome":"SUCCESS","answer":"opt2","difficulty":"EASY","lang":"en","context":"default","completedAt":"{{Instants.Text(platform.Clock.GetUtcNow())}}"}""");
        told.Single(one => one.Text("type") == "mission.progressed").Text("data.quizLogId").ShouldBe(quizLogId);
        await platform.Dashboard().Post($"/dashboard/v1/quiz-logs/{quizLogId}/retract", new { userId = anna, reason = "not hers" });
        var back = (await Read(reader))[0];
        (back.Text("type"), back.Text("data.quizLogId"), back.Text("data.reason")).ShouldBe(("quiz.retracted", quizLogId, "not hers"));
    }

    [Fact]
    public async Task A_badge_is_told_as_it_is_awarded_and_as_it_is_taken_back()
    {
        await platform.Configure(platform.Tenant, Badge("star"), Awards("medal", "star"));
        var anna = await platform.NewUser(platform.Tenant, "anna");
        await platform.App(anna).Get("/app/v1/missions");
        await Walk(anna, "first");
        var reader = await Reader();
        await Read(reader);
        await Walk(anna, "second");
        var told = await Read(reader);
        told.Select(one => one.Text("type")).ShouldBe([
            "activity.logged", "mission.progressed", "mission.completed", "reward.granted", "reward.granted", "badge.awarded", "transaction.pending", "transaction.completed", "transaction.rejected"]);
        var (awarded, mission) = (told[5], told[2].Text("data.missionId"));
        awarded.At("data").GetRawText().ShouldBe(
            $$"""{"userId":"{{anna}}","badgeConfigurationId":"star","badgeLogId":"{{awarded.Text("data.badgeLogId")}}","sourceEntityType":"Mission","sourceEntityId":"{{mission}}","rewardRuleId":"medal","count":1}""");
        await platform.Dashboard().Post("/dashboard/v1/activity-logs/second/retract", new { userId = anna });
        (await Read(reader)).Single(one => one.Text("type") == "badge.revoked").At("data").GetRawText().ShouldBe(
            $$"""{"userId":"{{anna}}","badgeConfigurationId":"star","badgeLogIds":["{{awarded.Text("data.badgeLogId")}}"],"count":0}""");
    }

    [Fact]
    public async Task What_was_personal_of_an_erased_user_is_not_told_to_who_reads_later()
    {
        var reader = await Reader();
        var anna = await platform.NewUser(platform.Tenant, "anna");
        await platform.App(anna).Post("/app/v1/activity-logs", new { activityId = "walk", userId = anna, additionalData = new { note = "mine" } });
        await Walk(anna);
        await platform.Dashboard().Delete($"/dashboard/v1/users/{anna}");
        (await Read(reader)).Select(one => one.Text("type")).ShouldBe(["activity.logged", "reward.granted", "transaction.completed", "user.erased"]);
    }

    [Fact]
    public async Task Unread_events_cost_nothing_and_wait_for_the_reader_however_many_they_are()
    {
        await platform.DisposeAsync();
        platform = await TestPlatform.Start(settings: ("AWorld:Messages:PerReceiver", "3"));
        await platform.Configure(platform.Tenant, Activity("walk"));
        var reader = await Reader();
        var (anna, bob) = (await platform.NewUser(platform.Tenant, "anna"), await platform.NewUser(platform.Tenant, "bob"));
        var before = (await platform.Service<IDocumentStore>().Changes(Container.Messages, "", 1000, Stop)).Items.Count;
        for (var n = 0; n < 200; n++)
        {
            await Walk(n % 2 == 0 ? anna : bob, $"{n}");
        }
        (await platform.Service<IDocumentStore>().Changes(Container.Messages, "", 1000, Stop)).Items.Count.ShouldBe(before);
        var walks = (await Read(reader)).Where(one => one.Text("type") == "activity.logged").ToList();
        walks.Count.ShouldBe(200);
        foreach (var user in (string[])[anna, bob])
        {
            walks.Where(one => one.Text("subject") == user).Select(one => int.Parse(one.Text("data.activityLogId"), System.Globalization.CultureInfo.InvariantCulture)).ShouldBeInOrder();
        }
    }

    [Fact]
    public async Task A_reader_that_waits_gets_an_event_when_it_happens_and_after_a_restart_the_next_one()
    {
        var reader = await Reader();
        var anna = await platform.NewUser(platform.Tenant, "anna");
        (await Read(reader)).Count.ShouldBe(1);
        var waiting = reader.Send(HttpMethod.Delete, Subscription + "/messages/head?timeout=60");
        await Walk(anna, "first");
        using (var received = await waiting)
        {
            JsonElement.Parse(await received.Content.ReadAsStringAsync(Stop)).Text("data.activityLogId").ShouldBe("first");
        }
        await platform.Stop();
        platform = await TestPlatform.Start(platform.Data, platform.Clock);
        reader = await Reader();
        await Walk(anna, "second");
        (await Read(reader)).Where(one => one.Text("subject") == anna).Select(one => one.Text("type")).ShouldBe(["reward.granted", "transaction.completed", "activity.logged", "reward.granted", "transaction.completed"]);
    }

    [Fact]
    public async Task Nothing_is_kept_for_a_workspace_until_a_token_for_its_events_was_issued()
    {
        var anna = await platform.NewUser(platform.Tenant, "anna");
        await Walk(anna);
        await platform.Service<PlayerFeed>().CatchUp(Stop);
        (await platform.Service<IDocumentStore>().Changes(Container.Messages, "", 1000, Stop)).Items.ShouldBeEmpty();
        var reader = await Reader();
        (await Read(reader)).ShouldBeEmpty();
        await Walk(anna);
        (await Read(reader)).Select(one => one.Text("type")).ShouldBe(["activity.logged", "reward.granted", "transaction.completed"]);
        (await Read(await Reader(platform.Sibling.Tenant))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_gives_the_same_events_to_the_letter_each_time()
    {
        var anna = await platform.NewUser(platform.Tenant, "anna");
        await platform.App(anna).Get("/app/v1/missions");
        await Walk(anna);
        var changes = (await platform.Service<IDocumentStore>().Changes(Container.Players, "", 1000, ["journal:", "event:"], Stop)).Items;
        var mapping = platform.Service<EventMapping>();
        string[] All() => [.. changes.SelectMany(mapping.Of).Select(message => $"{message.MessageId} {message.SessionId} {System.Text.Encoding.UTF8.GetString(message.Body.Span)}")];
        All().ShouldBe(All());
        All().Length.ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task What_waits_longest_gives_way_where_nobody_reads_and_others_are_not_held_up()
    {
        await using var small = await TestPlatform.Start(settings: ("AWorld:Messages:PerReceiver", "3"));
        var publisher = small.Service<IMessagePublisher>();
        await publisher.Follow(small.Tenant, "aworld-events", "integrations", true, Stop);
        for (var number = 1; number <= 7; number++)
        {
            await publisher.Send(small.Tenant, "aworld-events", [new($"{number}", default)], Stop);
        }
        var broker = small.Service<Broker>();
        var queue = (await broker.Open(small.Tenant, MessageEntities.Events, Stop)).Find("integrations", deadLetters: false);
        (await queue.Entity.Receive(queue, 10, TimeSpan.Zero, Stop)).Select(one => one.Message.MessageId).ShouldBe(["5", "6", "7"]);
        await Should.ThrowAsync<StoreBusyException>(async () => await publisher.Send(small.Tenant, "aworld-events", [new("8", default)], Stop));
    }

    [Fact]
    public async Task Rules_and_boards_tell_of_their_lives()
    {
        var reader = await Reader();
        var store = platform.Service<IDocumentStore>();
        await platform.Service<AWorld.Leaderboards.BoardDocuments>().Record(platform.Tenant, WorkspaceEvent.Of("leaderboard.ended", "b1", GameWorld.Now, new AWorld.Leaderboards.LeaderboardEnded("b1", "c1", "p", 3, 1)), Stop);
        await platform.Service<AWorld.Missions.RuleDocuments>().Save(platform.Tenant, "rule1", new(GameWorld.Now), null,
            [new(0, "mission-rule.activated", GameWorld.Now, "rule1"), new(0, "mission-rule.period-started", GameWorld.Now, "rule1", "2026-03-10", GameWorld.Now, GameWorld.Now.AddDays(1))], Stop);
        var events = await Read(reader);
        events.Select(one => (one.Text("type"), one.Text("subject"))).ShouldBe([("leaderboard.ended", "b1"), ("mission-rule.activated", "rule1"), ("mission-rule.period-started", "rule1")]);
        events[2].Text("data.periodId").ShouldBe("2026-03-10");
        (await platform.Service<AWorld.Missions.RuleDocuments>().Events(platform.Tenant, "rule1", new(10, false, null), Stop)).Items.Select(one => one.Number).ShouldBe([1, 2]);
    }
}
