using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using AWorld.Tenancy;
using AWorld.Tests.Game;
using AWorld.Users;

namespace AWorld.Tests.Missions;

/// <summary>The lives of mission rules through HTTP, with their workflows, in a development workspace.</summary>
public sealed class RuleLivesTests : RuleLives
{
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
