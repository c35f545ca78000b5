using AWorld.Missions;
using AWorld.Platform;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Missions;

/// <summary>Lives of rules where several things happen at once, or one does not.</summary>
public sealed class RuleRaceTests : RuleLives
{
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
}
