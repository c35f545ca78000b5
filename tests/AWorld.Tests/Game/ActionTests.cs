using System.Text.Json;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

public sealed class ActionTests : IAsyncLifetime
{
    const string Path = "/app/v1/activity-logs";

    TestPlatform platform = null!;
    string anna = "", ben = "";

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"), Activity("draft") with { Stage = Stage.Draft }, Currency("points"),
            Mission("three", target: "3"), Rule("r1"), Pays("each", """{"*":[{"var":"event.value"},10]}"""), Pays("mission", "100", entity: EntityType.Mission));
        (anna, ben) = (await platform.NewUser(platform.Tenant, "anna"), await platform.NewUser(platform.Tenant, "ben"));
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    async Task<PlayerState> State(string userId) => await platform.Service<Players>().Read(platform.Tenant, userId, CancellationToken.None);

    [Fact]
    public async Task An_action_answers_its_log_and_has_had_its_effects()
    {
        var app = platform.App(anna);
        await app.Get("/app/v1/missions");
        var log = await app.Post(Path, new { activityId = "walk", userId = anna, outcome = "SUCCESS", value = 2.5, tags = new[] { "x" }, additionalData = new { steps = 900 } });
        log.Text("activityId").ShouldBe("walk");
        log.Text("userId").ShouldBe(anna);
        log.Number("value").ShouldBe(2.5m);
        log.Text("completedAt").ShouldBe(Instants.Text(platform.Clock.GetUtcNow()));
        log.Text("accountId").ShouldBe(platform.Tenant.AccountId);
        log.Number("additionalData.steps").ShouldBe(900);
        Ledger.Available(await State(anna), "points").ShouldBe(25);
        (await app.Get("/app/v1/missions?fields=translation")).ShouldSatisfyAllConditions(
            list => list.Number("items[0].currentAmount").ShouldBe(1),
            list => list.Number("items[0].targetAmount").ShouldBe(3),
            list => list.Text("items[0].state").ShouldBe("ACTIVE"),
            list => list.Text("items[0].translation.label").ShouldBe("three"));
        (await app.Get($"{Path}/{log.Text("activityLogId")}")).Text("completedAt").ShouldBe(log.Text("completedAt"));
        (await app.Get(Path)).Items().Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_action_is_applied_once_and_answered_the_same_for_ever()
    {
        var app = platform.App(anna);
        var action = new { activityId = "walk", userId = anna, activityLogId = "walk:2026-03-10" };
        var first = await app.Post(Path, action);
        platform.Clock.Advance(TimeSpan.FromDays(400));
        await platform.Configure(platform.Tenant, Activity("walk") with { Stage = Stage.Archived });
        using var again = await app.Send(HttpMethod.Post, Path, action);
        ((int)again.StatusCode).ShouldBe(201);
        (await again.Body()).GetRawText().ShouldBe(first.GetRawText());
        (await app.Refused(409, HttpMethod.Post, Path, new { activityId = "walk", userId = anna, activityLogId = "walk:2026-03-10", value = 2 })).Code.ShouldBe("resource/already_exists");
        (await State(anna)).Activities.ShouldBe(1);
    }

    [Fact]
    public async Task An_id_that_the_platform_made_cannot_be_chosen_again()
    {
        var app = platform.App(anna);
        var id = (await app.Post(Path, new { activityId = "walk", userId = anna })).Text("activityLogId");
        await app.Refused(409, HttpMethod.Post, Path, new { activityId = "walk", userId = anna, activityLogId = id });
        (await State(anna)).Activities.ShouldBe(1);
    }

    [Fact]
    public async Task Sixteen_identical_requests_at_once_apply_it_once()
    {
        var app = platform.App(anna);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => app.Post(Path, new { activityId = "walk", userId = anna, activityLogId = "once" })));
        answers.Select(answer => answer.GetRawText()).Distinct().Count().ShouldBe(1);
        (await State(anna)).Activities.ShouldBe(1);
        Ledger.Available(await State(anna), "points").ShouldBe(10);
    }

    [Fact]
    public async Task Different_actions_of_one_user_at_once_all_count()
    {
        var app = platform.App(anna);
        await app.Get("/app/v1/missions");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => app.Post(Path, new { activityId = "walk", userId = anna, activityLogId = $"walk-{number}" })));
        var state = await State(anna);
        state.Activities.ShouldBe(16);
        state.MissionsCompleted.ShouldBe(1);
        Ledger.Available(state, "points").ShouldBe(260);
    }

    [Fact]
    public async Task An_idempotency_key_replays_the_answer_and_refuses_another_request()
    {
        var app = platform.App(anna);
        var action = new { activityId = "walk", userId = anna };
        var first = await app.Post(Path, action, ("x-idempotency-key", "k1"));
        using var again = await app.Send(HttpMethod.Post, Path, action, ("x-idempotency-key", "k1"));
        again.Headers.GetValues("x-idempotency-cache-hit").ShouldBe(["true"]);
        (await again.Body()).Text("activityLogId").ShouldBe(first.Text("activityLogId"));
        await app.Refused(409, HttpMethod.Post, Path, new { activityId = "walk", userId = anna, value = 2 }, ("x-idempotency-key", "k1"));
        var atOnce = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.Post(Path, action, ("x-idempotency-key", "k2"))));
        atOnce.Select(answer => answer.Text("activityLogId")).Distinct().Count().ShouldBe(1);
        (await State(anna)).Activities.ShouldBe(2);
    }

    [Fact]
    public async Task A_person_logs_only_for_themselves_and_a_machine_for_any_user_of_its_workspace()
    {
        (await platform.App(anna).Refused(403, HttpMethod.Post, Path, new { activityId = "walk", userId = ben })).Code.ShouldBe("auth/insufficient_permissions");
        (await State(ben)).Activities.ShouldBe(0);
        var machine = platform.Machine("app/write");
        await machine.Post(Path, new { activityId = "walk", userId = ben });
        await machine.Refused(403, HttpMethod.Post, Path, new { activityId = "walk", userId = ben }, ("x-user-id", anna));
        var entry = (await platform.Service<Players>().Journal.Entries(platform.Tenant, ben, long.MaxValue, descending: true, 1, CancellationToken.None)).Single();
        entry.By.ClientId.ShouldNotBeNull();
        entry.By.Via.ShouldBe("activityLogs/create");
        var elsewhere = await platform.NewUser(platform.Sibling.Tenant, "carl");
        (await machine.Refused(400, HttpMethod.Post, Path, new { activityId = "walk", userId = elsewhere })).Fields.ShouldBe(["userId"]);
        (await platform.App(anna).Refused(404, HttpMethod.Get, $"{Path}/{entry.Activity!.ActivityLogId}")).Code.ShouldBe("resource/not_found");
    }

    static readonly (string Body, string Field)[] Wrong =
    [
        ("""{"userId":"ID"}""", "activityId"),
        ("""{"activityId":"walk"}""", "userId"),
        ("""{"activityId":"draft","userId":"ID"}""", "activityId"),
        ("""{"activityId":"none","userId":"ID"}""", "activityId"),
        ("""{"activityId":7,"userId":"ID"}""", "activityId"),
        ("""{"activityId":"walk","userId":"ID","outcome":"MAYBE"}""", "outcome"),
        ("""{"activityId":"walk","userId":"ID","outcome":1}""", "outcome"),
        ("""{"activityId":"walk","userId":"ID","value":"2"}""", "value"),
        ("""{"activityId":"walk","userId":"ID","value":1e400}""", "value"),
        ("""{"activityId":"walk","userId":"ID","value":1e20}""", "value"),
        ("""{"activityId":"walk","userId":"ID","tags":["a",7]}""", "tags[1]"),
        ("""{"activityId":"walk","userId":"ID","tags":["a",""]}""", "tags[1]"),
        ("""{"activityId":"walk","userId":"ID","tags":["a",null]}""", "tags[1]"),
        ("""{"activityId":"walk","userId":"ID","additionalData":[1]}""", "additionalData"),
        ("""{"activityId":"walk","userId":"ID","activityLogId":"a/b"}""", "activityLogId"),
        ("""{"activityId":"walk","userId":"ID","activityLogId":""}""", "activityLogId"),
        ("""{"activityId":"walk","userId":"ID","completedAt":"2026-03-10T09:00:00"}""", "completedAt"),
        ("""{"activityId":"walk","userId":"ID","completedAt":"yesterday"}""", "completedAt"),
        ("""{"activityId":"walk","userId":"ID","completedAt":"2026-03-10T10:00:00Z"}""", "completedAt"),
    ];

    [Fact]
    public async Task Bad_input_names_the_field_and_writes_nothing()
    {
        var app = platform.App(anna);
        foreach (var (body, field) in Wrong)
        {
            var refusal = await app.Refused(400, HttpMethod.Post, Path, body.Replace("ID", anna, StringComparison.Ordinal));
            refusal.Code.ShouldBe("validation/invalid_input", body);
            refusal.Fields.ShouldBe([field], body);
        }
        (await State(anna)).Seq.ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_answers_each_action_and_keeps_the_order_of_a_user()
    {
        var items = Enumerable.Range(0, 30).Select(number => (object)new { activityId = "walk", userId = number % 2 == 0 ? anna : ben, activityLogId = $"b-{number}", value = number })
            .Append(new { activityId = "none", userId = anna }).Append(new { activityId = "walk" }).Append(new { activityId = "walk", userId = "nobody" }).ToArray();
        var answer = await platform.Dashboard().Post("/dashboard/v1/activity-logs/batch", new { items });
        answer.Items().Count.ShouldBe(33);
        answer.Items().Take(30).Select(item => item.Number("status")).ShouldAllBe(status => status == 201);
        answer.Text("items[29].activityLog.activityLogId").ShouldBe("b-29");
        answer.Items().Skip(30).Select(item => (item.Number("status"), item.Text("error.details[0].field"))).ShouldBe([(400m, "activityId"), (400m, "userId"), (400m, "userId")]);
        var journal = await platform.Service<Players>().Journal.Entries(platform.Tenant, anna, long.MaxValue, descending: true, 100, CancellationToken.None);
        journal.Reverse().Select(entry => entry.Activity!.Value).ShouldBe(Enumerable.Range(0, 15).Select(number => (decimal?)(2 * number)));
        var again = await platform.Dashboard().Post("/dashboard/v1/activity-logs/batch", new { items });
        again.Items().Take(30).Select(item => item.At("activityLog").GetRawText()).ShouldBe(answer.Items().Take(30).Select(item => item.At("activityLog").GetRawText()));
        again.Items().Take(30).ShouldAllBe(item => item.Items("effects.credits").Count == 0);
    }

    [Fact]
    public async Task A_typical_action_writes_three_small_documents()
    {
        async Task<Dictionary<string, Document>> Documents() =>
            (await platform.Service<IDocumentStore>().Query(Partition.Player(platform.Tenant, anna), new(), CancellationToken.None)).Items.ToDictionary(document => document.Id);
        var app = platform.App(anna);
        await app.Get("/app/v1/missions");
        await app.Post(Path, new { activityId = "walk", userId = anna, activityLogId = "first" });
        var before = await Documents();
        await app.Post(Path, new { activityId = "walk", userId = anna, activityLogId = "second" });
        var written = (await Documents()).Values.Where(document => before.GetValueOrDefault(document.Id)?.ETag != document.ETag).ToList();
        written.Select(document => document.Id).ShouldBe(["action:second", "journal:000000000003", "state"], ignoreOrder: true);
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", written.Select(document => $"{document.Id} {document.Body.Length} bytes")));
        written.Sum(document => document.Body.Length).ShouldBeLessThan(2000);
    }

    [Fact]
    public async Task A_batch_holds_1_to_500_actions()
    {
        var dashboard = platform.Dashboard();
        (await dashboard.Refused(400, HttpMethod.Post, "/dashboard/v1/activity-logs/batch", new { items = Array.Empty<object>() })).Fields.ShouldBe(["items"]);
        (await dashboard.Refused(400, HttpMethod.Post, "/dashboard/v1/activity-logs/batch", new { items = Enumerable.Repeat(new { }, 501) })).Fields.ShouldBe(["items"]);
        await platform.App(anna).Refused(403, HttpMethod.Post, "/dashboard/v1/activity-logs/batch", new { items = new[] { new { } } });
        await platform.Dashboard(Role.Viewer).Refused(403, HttpMethod.Post, "/dashboard/v1/activity-logs/batch", new { items = new[] { new { } } });
    }

    /// <summary>As it can be after the loss of a region, when two regions gave one number to different entries.</summary>
    [Fact]
    public async Task An_action_whose_entry_is_gone_is_taken_when_it_is_sent_again_and_then_once()
    {
        var app = platform.App(anna);
        var action = new { activityId = "walk", userId = anna, activityLogId = "mine" };
        await app.Post(Path, action);
        var (store, partition, seq) = (platform.Service<IDocumentStore>(), Partition.Player(platform.Tenant, anna), (await State(anna)).Seq);
        var entry = (await platform.Service<Players>().Journal.Entry(platform.Tenant, anna, seq, CancellationToken.None))!;
        var other = entry with { Activity = entry.Activity! with { ActivityLogId = "another" } };
        (await store.Commit(partition, [Write.Upsert(PlayerDocuments.Journal(seq), GameJson.Bytes(other))], default)).Committed.ShouldBeTrue();

        (await app.Post(Path, action)).Text("activityLogId").ShouldBe("mine");
        var taken = await State(anna);
        (await platform.Service<Players>().Journal.Entry(platform.Tenant, anna, taken.Seq, CancellationToken.None))!.LogId.ShouldBe("mine");
        taken.Seq.ShouldBeGreaterThan(seq);
        (await app.Post(Path, action)).Text("activityLogId").ShouldBe("mine");
        (await State(anna)).Seq.ShouldBe(taken.Seq);
    }

    [Fact]
    public async Task States_survive_a_restart()
    {
        var app = platform.App(anna);
        await app.Get("/app/v1/missions");
        await app.Post(Path, new { activityId = "walk", userId = anna });
        var before = await State(anna);
        await platform.Stop();
        platform = await TestPlatform.Start(platform.Data, platform.Clock);
        var after = await State(anna);
        GameJson.Bytes(after).ShouldBe(GameJson.Bytes(before));
        after.Missions.Single().Definition.MissionConfigurationId.ShouldBe("three");
    }
}
