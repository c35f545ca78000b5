using System.Text.Json;
using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using AWorld.Rewards;
using AWorld.Tags;
using AWorld.Tenancy;
using AWorld.Tests.Game;
using AWorld.Users;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Missions;

/// <summary>The lives of mission rules through HTTP, with their workflows, in a development workspace.</summary>
public sealed class RuleLivesTests : IAsyncLifetime
{
    TestPlatform platform = null!;
    TestWorkspace workspace = null!;

    Tenant Tenant => workspace.Tenant;
    HttpClient Dashboard => workspace.Dashboard();

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        var made = await platform.Service<Workspaces>().Create(platform.Tenant.AccountId, new("Development", Development: true), CancellationToken.None);
        workspace = new(platform, new(platform.Tenant.AccountId, made.Value.WorkspaceId));
        await platform.Configure(Tenant, Activity("walk"), Currency("points"), Currency("tokens"), new Tag("team", "red") { Id = "red", Stage = Stage.Published, DefaultLang = "en" },
            Mission("two", target: "2"), Mission("together", target: "4", type: MissionType.Group),
            Pays("done", "10", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "two"),
            Pays("later", "1", "tokens", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "two", redemption: RedemptionMode.Manual),
            Pays("shared", """{"*":[{"var":"event.currentAmount"},3]}""", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "together"));
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    async Task<string> Publish(string id, object changes)
    {
        var body = JsonSerializer.SerializeToNode(new
        {
            missionRuleId = id, name = id, missionType = "INDIVIDUAL", usersMatchCondition = true, missionsMatchCondition = true, missionConfigurationsPool = new[] { "two" },
            timeframeType = "RECURRING", timeframeTimezoneType = "FIXED", timeframeTimezone = "Europe/Rome", timeframeStartsAt = "2026-01-01T00:00:00Z", timeframeEndsAt = "2028-01-01T00:00:00Z",
            recurrence = "DAILY", assignmentMode = "SCHEDULED_PUSH", defaultLang = "en", translations = new[] { new { lang = "en" } },
        })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(changes)!.AsObject().ToList())
        {
            body.Remove(name);
            if (value is not null)
            {
                body[name] = value.DeepClone();
            }
        }
        await Dashboard.Post("/dashboard/v1/mission-rules", body.ToJsonString());
        await Dashboard.Post($"/dashboard/v1/mission-rules/{id}/publish");
        await platform.WorkflowsIdle();
        return body.ToJsonString();
    }

    Task<JsonElement> Advance(string by) => Dashboard.Post("/dashboard/v1/test-clock/advance", new { by });
    Task<JsonElement> Summary(string id) => Dashboard.Get($"/dashboard/v1/mission-rules/{id}/summary");
    async Task<IReadOnlyList<JsonElement>> Events(string id) => (await Dashboard.Get($"/dashboard/v1/mission-rules/{id}/events?limit=100")).Items();
    async Task Walk(string user, int times = 1)
    {
        for (var n = 0; n < times; n++)
        {
            await workspace.App(user).Post("/app/v1/activity-logs", new { activityId = "walk", userId = user });
        }
    }

    async Task<IReadOnlyList<(string Period, string State)>> Missions(string user) =>
        [.. (await workspace.App(user).Get("/app/v1/missions?sort=updatedAt&order=asc&limit=100")).Items().Select(one => (one.Text("periodId"), one.Text("state"))).OrderBy(one => one.Item1, StringComparer.Ordinal)];

    static (decimal Assigned, decimal Completed, string Paid, string Promised) Sums(JsonElement summary) =>
        (summary.Number("assigned"), summary.Number("completed"), Amounts(summary, "paid"), Amounts(summary, "promised"));

    static string Amounts(JsonElement summary, string name) => string.Join(' ', summary.Items(name).Select(one => $"{one.Number("amount"):0} {one.Text("virtualCurrencyId")}"));

    [Fact]
    public async Task Publishing_brings_the_running_periods_mission_to_everybody_without_a_look()
    {
        var (ada, bob) = (await platform.NewUser(Tenant, "ada"), await platform.NewUser(Tenant, "bob"));
        await Publish("daily", new { });
        foreach (var user in new[] { ada, bob })
        {
            var state = await platform.Service<Players>().Read(Tenant, user, CancellationToken.None);
            state.Missions.ShouldHaveSingleItem().Definition.ShouldSatisfyAllConditions(one => one.PeriodId.ShouldBe("2026-03-10"), one => one.MissionRuleId.ShouldBe("daily"));
        }
        (await Missions(ada)).ShouldBe([("2026-03-10", "ACTIVE")]);
        (await Events("daily")).Select(one => one.Text("type")).ShouldBe(["mission-rule.activated", "mission-rule.period-started"]);
    }

    [Fact]
    public async Task Advancing_the_test_clock_creates_each_periods_missions_and_settles_the_ended_ones_before_it_answers()
    {
        var ada = await platform.NewUser(Tenant, "ada");
        await Publish("daily", new { });
        await Walk(ada, 2);
        await Advance("P8D");
        Sums(await Summary("daily")).ShouldBe((9m, 1m, "10 points", "1 tokens"));
        var events = await Events("daily");
        events.Select(one => one.Number("number")).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (decimal)number));
        events.Where(one => one.Text("type") == "mission-rule.period-started").Select(one => one.Text("periodId")).ShouldBe(Enumerable.Range(10, 9).Select(day => $"2026-03-{day}"));
        // A day after its end, when late actions are accepted no longer: the last one is that of the 16th.
        events.Where(one => one.Text("type") == "mission-rule.period-settled").Select(one => one.Text("periodId")).ShouldBe(Enumerable.Range(10, 7).Select(day => $"2026-03-{day}"));
        events.Select(one => one.Text("at")).ShouldBeInOrder();
        var settled = events.First(one => one.Text("type") == "mission-rule.period-settled").At("result");
        Sums(settled).ShouldBe((1m, 1m, "10 points", "1 tokens"));
        (await Missions(ada)).ShouldBe([.. Enumerable.Range(10, 8).Select(day => ($"2026-03-{day}", "ENDED")), ("2026-03-18", "ACTIVE")]);
        (await Dashboard.Get("/dashboard/v1/mission-rules/daily/periods?limit=3&order=desc")).Items().Select(one => one.Text("periodId")).ShouldBe(["2026-03-18", "2026-03-17", "2026-03-16"]);
        await platform.WorkflowsIdle();
        Sums(await Summary("daily")).ShouldBe((9m, 1m, "10 points", "1 tokens"));
    }

    [Fact]
    public async Task What_an_erased_user_did_counts_once()
    {
        var ada = await platform.NewUser(Tenant, "ada");
        await Publish("daily", new { });
        for (var n = 0; n < 2; n++)
        {
            await workspace.App(ada).Post("/app/v1/activity-logs", new { activityId = "walk", userId = ada, additionalData = new { with = "Bob" } });
        }
        await Dashboard.Delete($"/dashboard/v1/users/{ada}");
        Sums(await Summary("daily")).ShouldBe((1m, 1m, "10 points", "1 tokens"));
        await Advance("P3D");
        Sums(await Summary("daily")).ShouldBe((1m, 1m, "10 points", "1 tokens"));
    }

    [Fact]
    public async Task In_real_time_the_workflow_does_the_same()
    {
        var ada = await platform.NewUser(Tenant, "ada");
        await Publish("daily", new { });
        await platform.Pass(TimeSpan.FromDays(8));
        Sums(await Summary("daily")).ShouldBe((9m, 0m, "", ""));
        (await Events("daily")).ShouldAllBe(one => one.Text("at") == one.Text("recordedAt"));
        (await Missions(ada)).ShouldBe([.. Enumerable.Range(10, 8).Select(day => ($"2026-03-{day}", "ENDED")), ("2026-03-18", "ACTIVE")]);
    }

    [Fact]
    public async Task A_rule_is_pending_active_and_ended_and_rests_until_it_is_changed()
    {
        var ada = await platform.NewUser(Tenant, "ada");
        var body = await Publish("range", new { timeframeType = "RANGE", recurrence = (string?)null, timeframeStartsAt = "2026-03-12T00:00:00Z", timeframeEndsAt = "2026-03-14T00:00:00Z" });
        (await Summary("range")).Text("state").ShouldBe("PENDING");
        (await Missions(ada)).ShouldBeEmpty();
        await Advance("P2D");
        (await Summary("range")).Text("state").ShouldBe("ACTIVE");
        (await Missions(ada)).ShouldBe([("2026-03-12T00:00:00.000Z", "ACTIVE")]);
        await Advance("P10D");
        (await Summary("range")).Text("state").ShouldBe("ENDED");
        (await Events("range")).Select(one => (one.Text("type"), one.Text("at"))).ShouldBe(
        [
            ("mission-rule.activated", "2026-03-12T00:00:00.000Z"), ("mission-rule.period-started", "2026-03-12T00:00:00.000Z"),
            ("mission-rule.ended", "2026-03-14T00:00:00.000Z"), ("mission-rule.period-settled", "2026-03-15T00:00:00.000Z"),
        ]);
        await platform.WorkflowsIdle();
        var workflows = platform.Service<IWorkflowClient>();
        (await workflows.Get(Tenant, "rule:range", CancellationToken.None)).Value.State.ShouldBe(WorkflowState.Completed);

        // Prolonged, it lives again.
        await Dashboard.Put("/dashboard/v1/mission-rules/range", body.Replace("2026-03-14T00", "2026-03-30T00", StringComparison.Ordinal));
        await platform.WorkflowsIdle();
        (await workflows.Get(Tenant, "rule:range", CancellationToken.None)).Value.State.ShouldBe(WorkflowState.Running);
        (await Events("range"))[4].Text("type").ShouldBe("mission-rule.activated");
    }

    [Fact]
    public async Task Archiving_disabling_and_changing_a_rule_steer_its_life()
    {
        var ada = await platform.NewUser(Tenant, "ada");
        var body = await Publish("daily", new { });
        await Publish("other", new { timeframeTimezone = "Asia/Kathmandu" });
        await Dashboard.Put("/dashboard/v1/mission-rules/other", body.Replace("\"daily\"", "\"other\"", StringComparison.Ordinal).Replace("SCHEDULED_PUSH", "DISABLED", StringComparison.Ordinal));
        await Dashboard.Put("/dashboard/v1/mission-rules/daily", body.Replace("DAILY", "WEEKLY", StringComparison.Ordinal));
        await platform.WorkflowsIdle();
        (await Missions(ada)).Select(one => one.Period).ShouldBe(["2026-03-10", "2026-03-10", "2026-W11"]);
        await Advance("P7D");
        (await Missions(ada)).ShouldBe([("2026-03-10", "ENDED"), ("2026-03-10", "ENDED"), ("2026-W11", "ENDED"), ("2026-W12", "ACTIVE")]);
        (await Dashboard.Post("/dashboard/v1/mission-rules/daily/archive")).Text("stage").ShouldBe("ARCHIVED");
        await platform.WorkflowsIdle();
        await Advance("P14D");
        (await Events("daily")).Where(one => one.Text("type") != "mission-rule.activated").Select(one => one.Text("type").Split('.')[1] + (one.Has("periodId") ? " " + one.Text("periodId") : "")).ShouldBe(
            ["period-started 2026-03-10", "period-started 2026-W11", "period-settled 2026-03-10", "period-started 2026-W12", "period-settled 2026-W11", "ended", "period-settled 2026-W12"]);
        (await Events("other")).Count(one => one.Text("type") == "mission-rule.period-started").ShouldBe(1);
    }

    [Fact]
    public async Task A_group_mission_pays_each_member_by_its_final_count()
    {
        var (ada, bob, eve) = (await platform.NewUser(Tenant, "ada", "red"), await platform.NewUser(Tenant, "bob", "red"), await platform.NewUser(Tenant, "eve"));
        await Publish("group", new { missionType = "GROUP", groupTagId = "red", usersMatchCondition = (string?)null, missionConfigurationsPool = new[] { "together" }, recurrence = "WEEKLY" });
        await Publish("lazy", new { missionType = "GROUP", groupTagId = "red", usersMatchCondition = (string?)null, missionConfigurationsPool = new[] { "together" }, assignmentMode = "LAZY" });
        await workspace.App(ada).Get("/app/v1/missions");
        await Walk(ada, 3);
        await Walk(bob, 2);
        await Advance("P1D");
        await Walk(bob, 1);    // counts for the week only
        await Advance("P7D");
        var (balances, players) = (new List<decimal>(), platform.Service<Players>());
        foreach (var user in new[] { ada, bob, eve })
        {
            balances.Add(Ledger.Available(await players.Read(Tenant, user, CancellationToken.None), "points"));
        }
        balances.ShouldBe([(6 + 5) * 3, (6 + 5) * 3, 0]);
        Sums(await Summary("group")).ShouldBe((2m, 1m, "36 points", ""));
        Sums(await Summary("lazy")).ShouldBe((1m, 1m, "30 points", ""));
        // Once: also when everything is done again.
        await Advance("P7D");
        await platform.Pass(TimeSpan.FromDays(2));
        Ledger.Available(await players.Read(Tenant, ada, CancellationToken.None), "points").ShouldBe(33);
        var ended = (await workspace.App(ada).Get("/app/v1/missions")).Items();
        ended.ShouldAllBe(one => one.Text("missionConfigurationId") == "together");
    }

    [Fact]
    public async Task What_a_crash_kept_from_the_groups_count_is_in_it_before_it_is_settled()
    {
        var ada = await platform.NewUser(Tenant, "ada", "red");
        await Publish("group", new { missionType = "GROUP", groupTagId = "red", usersMatchCondition = (string?)null, missionConfigurationsPool = new[] { "together" } });
        await Walk(ada, 3);
        // The fourth was committed, and the process died before the group heard of it.
        var players = platform.Service<Players>();
        var mission = (await players.Read(Tenant, Subject.GroupId("red"), CancellationToken.None)).Missions.Single();
        await platform.Commit(Tenant, ada, state => new(state.Seq + 1, platform.Clock.GetUtcNow(), Somebody) { Contributions = [new("red", state.LastContribution("red"), [new(mission.MissionId, 1)])] });
        await Advance("P3D");
        Ledger.Available(await players.Read(Tenant, ada, CancellationToken.None), "points").ShouldBe(4 * 3);
    }

    [Fact]
    public async Task What_was_promised_is_paid_when_it_is_redeemed_and_void_when_it_is_rejected()
    {
        var (ada, bob, eve) = (await platform.NewUser(Tenant, "ada"), await platform.NewUser(Tenant, "bob"), await platform.NewUser(Tenant, "eve"));
        await Publish("daily", new { });
        foreach (var user in new[] { ada, bob, eve })
        {
            await Walk(user, 2);
        }
        Sums(await Summary("daily")).ShouldBe((3m, 3m, "30 points", "3 tokens"));
        await workspace.App(ada).Post($"/app/v1/virtual-transactions/{await Waiting(ada)}/redeem");
        await Dashboard.Post($"/dashboard/v1/virtual-transactions/{await Waiting(bob)}/reject", new { userId = bob, reason = "no" });
        Sums(await Summary("daily")).ShouldBe((3m, 3m, "30 points 1 tokens", "1 tokens"));
        await workspace.App(eve).Post($"/app/v1/virtual-transactions/{await Waiting(eve)}/redeem");
        Sums(await Summary("daily")).ShouldBe((3m, 3m, "30 points 2 tokens", ""));

        async Task<string> Waiting(string user) =>
            (await workspace.App(user).Get("/app/v1/virtual-transactions")).Items().Single(one => one.Text("state") == "PENDING").Text("virtualTransactionId");
    }

    [Fact]
    public async Task A_year_at_once_gives_what_the_calendar_has()
    {
        await platform.Service<UserDirectory>().Create(Tenant, new("ada@example.org", Timezone: "America/New_York"), CancellationToken.None);
        await Publish("day", new { });
        await Publish("month", new { recurrence = "MONTHLY", timeframeTimezone = "Australia/Lord_Howe" });
        await Publish("week", new { recurrence = "WEEKLY", timeframeTimezoneType = "USER", timeframeTimezone = (string?)null });
        await Publish("cron", new { recurrence = "CUSTOM", scheduleCron = "30 2 1,15 * *", timeframeTimezone = "America/New_York" });
        await Advance("P1Y");
        var (from, to) = (platform.Clock.GetUtcNow(), platform.Clock.GetUtcNow().AddYears(1));
        foreach (var (rule, recurrence, zone) in new[] { ("day", Recurrence.Daily, "Europe/Rome"), ("month", Recurrence.Monthly, "Australia/Lord_Howe"), ("week", Recurrence.Weekly, "America/New_York"), ("cron", Recurrence.Custom, "America/New_York") })
        {
            var spans = CalendarModel.Periods(recurrence, rule == "cron" ? static at => at is { Day: 1 or 15, Hour: 2, Minute: 30 } : null, NodaTime.DateTimeZoneProviders.Tzdb[zone], from.AddDays(-69), to.AddYears(1))
                .Where(span => span.EndsAt > from && span.StartsAt <= to).Select(span => span.Id).ToList();
            // Of two rules that bring the same for the same period one does; these have no period in common.
            (await Summary(rule)).Number("assigned").ShouldBe(spans.Count, rule);
            (await Events(rule)).Where(one => one.Text("type") == RuleEvent.PeriodStarted).Select(one => one.Text("periodId")).ShouldBe(spans.Take((await Events(rule)).Count(one => one.Text("type") == RuleEvent.PeriodStarted)), rule);
        }
    }

    [Fact]
    public async Task Who_races_for_a_period_assigns_once()
    {
        var users = new List<string>();
        for (var n = 0; n < 10; n++)
        {
            users.Add(await platform.NewUser(Tenant, $"user{n}"));
        }
        await platform.Configure(Tenant, Rule("one", AssignmentMode.ScheduledPush, TimeframeType.Recurring, Recurrence.Daily, pool: ["two"]), Rule("other", AssignmentMode.Lazy, TimeframeType.Recurring, Recurrence.Daily, pool: ["two"]),
            Rule("third", AssignmentMode.ScheduledPush, TimeframeType.Recurring, Recurrence.Daily, pool: ["two"]));
        var steps = platform.Service<RuleSteps>();
        await Task.WhenAll(Enumerable.Range(0, 8).SelectMany(n => new[] { Lead("one"), Lead("third") }).Concat(users.Select(user => (Task)workspace.App(user).Get("/app/v1/missions"))));
        foreach (var user in users)
        {
            (await Missions(user)).ShouldBe([("2026-03-10", "ACTIVE")]);
        }

        async Task Lead(string rule)
        {
            while (await steps.Take(Tenant, rule, CancellationToken.None) == RuleNext.AtOnce)
            {
            }
        }
    }

    [Fact]
    public async Task Of_two_rules_that_catch_up_with_many_periods_the_first_brings_what_both_have()
    {
        var ada = await platform.NewUser(Tenant, "ada");
        await Publish("one", new { });
        await Publish("other", new { });
        await Advance("P8D");
        (await Missions(ada)).ShouldBe([.. Enumerable.Range(10, 8).Select(day => ($"2026-03-{day}", "ENDED")), ("2026-03-18", "ACTIVE")]);
        ((await Summary("one")).Number("assigned") + (await Summary("other")).Number("assigned")).ShouldBe(9);
    }

    [Fact]
    public async Task Changes_and_an_archiving_amid_periods_that_begin_and_end_leave_one_orderly_life()
    {
        var users = new List<string> { await platform.NewUser(Tenant, "ada"), await platform.NewUser(Tenant, "bob", "red") };
        var body = await Publish("daily", new { });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => n % 3 == 0 ? Advance("P1D")
            : Dashboard.Put("/dashboard/v1/mission-rules/daily", n % 3 == 1 ? body.Replace("DAILY", "WEEKLY", StringComparison.Ordinal) : body)));
        await Task.WhenAll(Advance("P1D"), Dashboard.Post("/dashboard/v1/mission-rules/daily/archive"), Advance("P1D"));
        await platform.WorkflowsIdle();
        await Advance("P21D");
        await platform.WorkflowsIdle();
        var events = await Events("daily");
        events.Select(one => one.Number("number")).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (decimal)number));
        IEnumerable<string> Of(string type) => events.Where(one => one.Text("type") == type).Select(one => one.Text("periodId")).Order(StringComparer.Ordinal);
        Of(RuleEvent.PeriodStarted).ShouldBe(Of(RuleEvent.PeriodSettled));
        Of(RuleEvent.PeriodStarted).ShouldBeUnique();
        events.Count(one => one.Text("type") == RuleEvent.Ended).ShouldBe(events.Count(one => one.Text("type") == RuleEvent.Activated));
        (await Summary("daily")).Items("openPeriods").ShouldBeEmpty();
        var missions = await Missions(users[0]);
        missions.ShouldBeUnique();
        missions.ShouldAllBe(one => one.State == "ENDED");
        (await Missions(users[1])).ShouldBe(missions);
    }

    [Fact]
    public async Task A_start_that_was_lost_is_made_up_for()
    {
        var ada = await platform.NewUser(Tenant, "ada");
        // As a crash between the commit and the start of the workflow leaves it.
        await platform.Configure(Tenant, Rule("lost", AssignmentMode.ScheduledPush, TimeframeType.Recurring, Recurrence.Daily, pool: ["two"]));
        await platform.Stop();
        platform = await TestPlatform.Start(platform.Data, platform.Clock);
        workspace = new(platform, Tenant);
        await platform.Service<ConfigurationOutbox>().CatchUp(CancellationToken.None);
        await platform.WorkflowsIdle();
        (await Missions(ada)).ShouldBe([("2026-03-10", "ACTIVE")]);
    }

    [Fact]
    public async Task In_user_zones_each_period_begins_as_the_users_zone_enters_it()
    {
        var ids = new Dictionary<string, string>();
        foreach (var zone in new[] { "Pacific/Kiritimati", "Asia/Kathmandu", "America/New_York", "Etc/GMT+12" })
        {
            ids[zone] = (await platform.Service<UserDirectory>().Create(Tenant, new($"{ids.Count}@example.org", Timezone: zone), CancellationToken.None)).Value.UserId;
        }
        await Publish("daily", new { timeframeTimezoneType = "USER", timeframeTimezone = (string?)null, timeframeStartsAt = "2026-03-12T00:00:00Z", timeframeEndsAt = "2026-03-14T00:00:00Z" });
        var starts = new Dictionary<string, DateTimeOffset>
        {
            ["Pacific/Kiritimati"] = new(2026, 3, 11, 10, 0, 0, TimeSpan.Zero), ["Asia/Kathmandu"] = new(2026, 3, 11, 18, 15, 0, TimeSpan.Zero),
            ["America/New_York"] = new(2026, 3, 12, 4, 0, 0, TimeSpan.Zero), ["Etc/GMT+12"] = new(2026, 3, 12, 12, 0, 0, TimeSpan.Zero),
        };
        foreach (var (zone, at) in starts)
        {
            await platform.Pass(at - platform.Clock.GetUtcNow() - TimeSpan.FromMilliseconds(1));
            (await Held(zone)).ShouldBe(0, zone);
            await platform.Pass(TimeSpan.FromMilliseconds(1));
            (await Held(zone)).ShouldBe(1, zone);
        }
        await platform.Pass(TimeSpan.FromDays(5));
        Sums(await Summary("daily")).ShouldBe((8m, 0m, "", ""));
        (await Events("daily")).Select(one => (one.Text("type").Split('.')[1], one.Text("at"))).ShouldBe(
        [
            ("activated", "2026-03-11T10:00:00.000Z"), ("period-started", "2026-03-11T10:00:00.000Z"), ("period-started", "2026-03-12T10:00:00.000Z"),
            ("ended", "2026-03-14T12:00:00.000Z"), ("period-settled", "2026-03-14T12:00:00.000Z"), ("period-settled", "2026-03-15T12:00:00.000Z"),
        ]);

        async Task<int> Held(string zone) => (await platform.Service<Players>().Read(Tenant, ids[zone], CancellationToken.None)).Missions.Count;
    }

    [Theory]
    [InlineData("0 25 * * *", "scheduleCron", "at character 3")]
    [InlineData("0 0 * *", "scheduleCron", "at character 8")]
    [InlineData("0 0 30 2 *", "scheduleCron", "never comes")]
    public async Task A_wrong_schedule_is_refused_with_its_place(string cron, string field, string message)
    {
        var refusal = await Dashboard.Refused(400, HttpMethod.Post, "/dashboard/v1/mission-rules", new
        {
            name = "r", missionType = "INDIVIDUAL", usersMatchCondition = true, missionsMatchCondition = true, timeframeType = "RECURRING", timeframeTimezoneType = "FIXED", timeframeTimezone = "UTC",
            timeframeStartsAt = "2026-01-01T00:00:00Z", timeframeEndsAt = "2027-01-01T00:00:00Z", recurrence = "CUSTOM", scheduleCron = cron, assignmentMode = "SCHEDULED_PUSH", defaultLang = "en", translations = new[] { new { lang = "en" } },
        });
        refusal.Fields.ShouldBe([field]);
        refusal.Message.ShouldContain(message);
    }
}
