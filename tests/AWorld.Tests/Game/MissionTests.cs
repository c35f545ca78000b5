using AWorld.Activities;
using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

public class MissionTests
{
    [Fact]
    public void Looking_creates_the_missions_of_lazy_rules_once()
    {
        var player = new Player(Configure(Activity("walk"), Mission("three-walks"), Rule("r1")));
        player.Looks().Assigned.Count.ShouldBe(1);
        player.Looks().IsEmpty().ShouldBeTrue();
        player.Mission("three-walks").Target.ShouldBe(3);
        player.Mission("three-walks").Definition.PeriodId.ShouldBe("PERMANENT");
    }

    [Fact]
    public void A_mission_counts_matching_actions_and_completes_once_at_its_target()
    {
        var player = new Player(Configure(Activity("walk"), Activity("swim"), Mission("three-walks", match: MatchKind.Instance, entityId: "walk"), Rule("r1")));
        player.Looks();
        player.Does("swim").MissionLogs.ShouldBeEmpty();
        for (var i = 1; i <= 3; i++)
        {
            player.Does("walk").MissionLogs.Single().Completed.ShouldBe(i == 3);
        }
        player.Does("walk").MissionLogs.ShouldBeEmpty();
        player.Mission("three-walks").Current.ShouldBe(3);
        player.Mission("three-walks").CompletedAt.ShouldBe(Now);
        player.State.MissionsCompleted.ShouldBe(1);
    }

    [Fact]
    public void An_individual_mission_stops_at_its_target()
    {
        var player = new Player(Configure(Activity("walk"), Mission("m", target: "10", increment: """{"var":"event.value"}"""), Rule("r1")));
        player.Looks();
        player.Does("walk", value: 7);
        player.Does("walk", value: 7).MissionLogs.Single().ShouldSatisfyAllConditions(log => log.Amount.ShouldBe(3), log => log.CurrentAmount.ShouldBe(10), log => log.Completed.ShouldBeTrue());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"many\"")]
    [InlineData("""{"var":"event.absent"}""")]
    public void An_increment_or_target_that_is_no_number_counts_as_one(string expression)
    {
        var player = new Player(Configure(Activity("walk"), Mission("m", target: expression, increment: expression), Rule("r1")));
        player.Looks();
        player.Mission("m").Target.ShouldBe(1);
        player.Does("walk").MissionLogs.Single().Amount.ShouldBe(1);
    }

    [Fact]
    public void A_condition_sees_mission_event_and_user()
    {
        var condition = """{"and":[{"==":[{"var":"event.outcome"},"SUCCESS"]},{"<":[{"var":"mission.currentAmount"},2]},{"in":["red",{"var":"user.tags"}]}]}""";
        var game = Configure(Activity("walk"), Mission("m", condition: condition), Rule("r1"));
        var red = new Player(game, User(tags: "red"));
        red.Looks();
        red.Does("walk", outcome: Outcome.Failure).MissionLogs.ShouldBeEmpty();
        red.Does("walk", outcome: Outcome.Success);
        red.Does("walk", outcome: Outcome.Success);
        red.Does("walk", outcome: Outcome.Success).MissionLogs.ShouldBeEmpty();
        var blue = new Player(game, User(tags: "blue"));
        blue.Looks();
        blue.Does("walk", outcome: Outcome.Success).MissionLogs.ShouldBeEmpty();
    }

    [Fact]
    public void Tags_match_the_activity_that_carries_them_and_not_what_a_client_says()
    {
        var game = Configure(Activity("walk", "outdoor"), Activity("read"), Mission("out", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "outdoor"), Rule("r1"));
        var player = new Player(game);
        player.Looks();
        player.Does("walk").MissionLogs.Count.ShouldBe(1);
        player.Take(Engine.Play(game, player.User, player.State, [], new ActionInput("read", Tags: ["outdoor"]), Somebody, Now, Options).Value).MissionLogs.ShouldBeEmpty();
    }

    [Fact]
    public void Only_eligible_users_get_missions_and_one_who_becomes_eligible_gets_them_then()
    {
        var game = Configure(Activity("walk"), Mission("first", target: "1"), Mission("second"),
            Rule("r1", pool: ["first"]),
            Rule("r2", pool: ["second"], users: """{"none":[{"var":"activeMissions"},{"and":[{"==":[{"var":"missionConfigurationId"},"first"]},{"!":{"var":"isCompleted"}}]}]}"""));
        var player = new Player(game);
        player.Looks();
        player.State.Missions.Select(mission => mission.Definition.MissionConfigurationId).ShouldBe(["first"]);
        player.Does("walk");
        player.Looks();
        player.State.Missions.Select(mission => mission.Definition.MissionConfigurationId).ShouldBe(["first", "second"]);
    }

    [Fact]
    public void A_rule_without_a_pool_takes_the_configurations_its_condition_selects()
    {
        var player = new Player(Configure(Activity("walk"), Mission("a", tags: "easy"), Mission("b"), Rule("r1", missions: """{"in":["easy",{"var":"mission.tags"}]}""")));
        player.Looks().Assigned.Single().Definition.MissionConfigurationId.ShouldBe("a");
    }

    [Fact]
    public void An_event_rule_assigns_when_its_event_arrives_and_that_event_does_not_count()
    {
        var player = new Player(Configure(Activity("walk"), Mission("m"), Rule("r1", AssignmentMode.Event)));
        player.Looks().IsEmpty().ShouldBeTrue();
        player.Does("walk").Assigned.Count.ShouldBe(1);
        player.Mission("m").Current.ShouldBe(0);
        player.Does("walk").Assigned.ShouldBeEmpty();
        player.Mission("m").Current.ShouldBe(1);
    }

    [Theory]
    [InlineData(AssignmentMode.Disabled)]
    [InlineData(AssignmentMode.ScheduledPush)]
    public void Other_modes_create_nothing_here(AssignmentMode mode)
    {
        var player = new Player(Configure(Activity("walk"), Mission("m"), Rule("r1", mode)));
        player.Looks().IsEmpty().ShouldBeTrue();
        player.Does("walk").Assigned.ShouldBeEmpty();
    }

    [Fact]
    public void Each_period_brings_the_mission_anew()
    {
        var player = new Player(Configure(Activity("walk"), Mission("m", target: "1"), Rule("r1", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily)));
        player.Looks();
        player.Does("walk");
        player.Now = Now.AddDays(1);
        player.Looks().Assigned.Single().Definition.PeriodId.ShouldBe("2026-03-11");
        player.State.Missions.Count.ShouldBe(2);
    }

    [Fact]
    public void A_late_action_counts_in_its_own_period_while_that_still_accepts_it()
    {
        var player = new Player(Configure(Activity("walk"), Mission("m"), Rule("r1", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily)));
        player.Looks();
        player.Now = Now.AddDays(1);
        player.Looks();
        player.Does("walk", at: Now);
        player.State.Missions.Select(mission => (mission.Definition.PeriodId, mission.Current)).ShouldBe([("2026-03-10", 1m), ("2026-03-11", 0m)]);
        player.Now = Now.AddDays(3);
        player.Does("walk", at: Now).MissionLogs.ShouldBeEmpty();
    }

    [Fact]
    public void A_mission_that_can_change_no_more_leaves_the_state()
    {
        var player = new Player(Configure(Activity("walk"), Mission("m"), Rule("r1", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily)));
        player.Looks();
        var first = player.State.Missions.Single().MissionId;
        player.Now = Now.AddDays(3);
        player.Looks().Retired.ShouldBe([first]);
        player.State.Missions.Single().Definition.PeriodId.ShouldBe("2026-03-13");
        player.State.Evaluations.Single().PeriodId.ShouldBe("2026-03-13");
    }

    [Fact]
    public void Changing_a_configuration_does_not_change_existing_missions()
    {
        var player = new Player(Configure(Activity("walk"), Mission("m", target: "2"), Rule("r1")));
        player.Looks();
        player.Game = Configure(Activity("walk"), Mission("m", target: "200", condition: "false"), Rule("r1"));
        player.Does("walk");
        player.Does("walk").MissionLogs.Single().Completed.ShouldBeTrue();
    }

    [Fact]
    public void A_mission_that_has_not_begun_counts_nothing_and_gets_its_target_when_it_begins()
    {
        var game = Configure(Activity("walk"), Mission("m", target: """{"if":[{"in":["pro",{"var":"user.tags"}]},10,5]}"""));
        var player = new Player(game, User(tags: "pro"));
        var definition = new MissionDefinition(MissionType.Individual, "m", null, null, "later", TimeframeType.Range, Now.AddHours(1), Now.AddHours(2),
            MatchKind.Entity, EntityType.Activity, null, Logic("true"), Logic("1"), game.Missions(MissionType.Individual)[0].Configuration.TargetAmountExpression, null, "en");
        player.Take(Engine.AssignDirectly(game, player.User, player.State, definition, 0, Somebody, Now, Options).Value);
        player.Does("walk").MissionLogs.ShouldBeEmpty();
        player.Mission("m").Target.ShouldBeNull();
        player.Now = Now.AddHours(1);
        player.Does("walk").Frozen.Single().Target.ShouldBe(10);
        player.Mission("m").Current.ShouldBe(1);
    }

    [Fact]
    public void A_user_with_as_many_missions_as_fit_gets_no_more_until_one_is_completed()
    {
        var configurations = Enumerable.Range(0, Options.MissionsPerPlayer + 1).Select(number => Mission($"m{number:000}", target: "1", match: MatchKind.Instance, entityId: number == 0 ? "walk" : "never"));
        var player = new Player(Configure([Activity("walk"), .. configurations, .. Enumerable.Range(0, Options.MissionsPerPlayer + 1).Select(number => Rule($"r{number:000}", pool: [$"m{number:000}"]))]));
        player.Looks();
        player.State.Missions.Count.ShouldBe(Options.MissionsPerPlayer);
        player.Looks().IsEmpty().ShouldBeTrue();
        player.Does("walk");
        player.Looks().Retired.Count.ShouldBe(1);
        player.State.Missions.Count.ShouldBe(Options.MissionsPerPlayer);
    }
}
