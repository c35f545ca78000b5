using AWorld.Badges;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Badges;

/// <summary>When rules award badges and what a retraction leaves of them, without a server.</summary>
public class AwardedBadgesTests
{
    static Player Walks(params Configured[] more) => new(Configure([Activity("walk"), Activity("read"), Quiz("which"), Currency("points"), Badge("star"), Badge("boots"), .. more]));

    static RewardRule ForWalking(ApplicationMode mode = ApplicationMode.Always, string condition = "true") => Awards("walker", "boots", condition, mode, MatchKind.Instance, EntityType.Activity, "walk");

    [Fact]
    public void A_completed_mission_awards_its_badge_once()
    {
        var player = Walks(Mission("two", target: "2"), Rule("r"), Awards("medal", "star"));
        player.Looks();
        player.Does("walk").Badges.ShouldBeEmpty();
        var log = player.Does("walk").Badges.Single();
        player.Does("walk").Badges.ShouldBeEmpty();
        log.ShouldBe(new(log.BadgeLogId, "star", BadgeSource.Mission, player.Mission("two").MissionId, "medal", 1, 0));
        player.State.Badges.ShouldBe([new("star", 1, Now, Now, 3)]);
    }

    [Fact]
    public void A_mission_that_recurs_awards_it_again_in_each_period()
    {
        var player = Walks(Mission("daily", target: "1"), Rule("r", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily), Awards("medal", "star"));
        for (var day = 0; day < 3; day++)
        {
            player.Now = Now.AddDays(day);
            player.Looks();
            player.Does("walk");
            player.Does("walk");
        }
        player.State.Badge("star")!.ShouldSatisfyAllConditions(badge => badge.Count.ShouldBe(3), badge => badge.FirstAssignedAt.ShouldBe(Now), badge => badge.LastAssignedAt.ShouldBe(Now.AddDays(2)));
        player.Journal.SelectMany(entry => entry.Badges).Select(log => log.Count).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void An_action_awards_for_its_own_log()
    {
        var player = Walks(ForWalking(), Awards("clever", "star", entity: EntityType.Quiz));
        var (walked, answered) = (player.Does("walk"), player.Answers("which", QuizOption.Opt1));
        walked.Badges.Single().ShouldSatisfyAllConditions(log => log.SourceEntityType.ShouldBe(BadgeSource.ActivityLog), log => log.SourceEntityId.ShouldBe(walked.LogId));
        answered.Badges.Single().ShouldSatisfyAllConditions(log => log.SourceEntityType.ShouldBe(BadgeSource.QuizLog), log => log.SourceEntityId.ShouldBe(answered.LogId));
        player.Does("read").Badges.ShouldBeEmpty();
    }

    [Fact]
    public void A_fallback_awards_only_when_no_other_rule_matched()
    {
        var player = Walks(ForWalking(ApplicationMode.Fallback), Pays("each", "5", condition: """{"==":[{"var":"event.value"},9]}"""));
        player.Does("walk", 9).Badges.ShouldBeEmpty();
        player.Does("walk", 1).Badges.Single().RewardRuleId.ShouldBe("walker");
        var other = Walks(ForWalking(), Pays("otherwise", "5", mode: ApplicationMode.Fallback));
        other.Does("walk").ShouldSatisfyAllConditions(entry => entry.Badges.Count.ShouldBe(1), entry => entry.Transactions.ShouldBeEmpty());
    }

    [Fact]
    public void A_rule_whose_condition_does_not_hold_awards_nothing() =>
        Walks(ForWalking(condition: """{"==":[{"var":"event.outcome"},"SUCCESS"]}""")).Does("walk", outcome: AWorld.Activities.Outcome.Failure).Badges.ShouldBeEmpty();

    [Theory]
    [InlineData(Stage.Draft)]
    [InlineData(Stage.Archived)]
    public void Only_a_published_badge_is_awarded(Stage stage)
    {
        var player = Walks(Badge("boots") with { Id = "gone", Stage = stage }, ForWalking() with { Rewards = [new(BadgeConfigurationId: "gone", RewardType: RewardType.Badge)] });
        player.Does("walk").ShouldSatisfyAllConditions(entry => entry.Badges.ShouldBeEmpty(), entry => entry.Considered.Single().Verdict.ShouldBe(Verdict.NothingToPay));
    }

    [Fact]
    public void A_rule_that_lists_a_badge_twice_awards_it_once_and_two_rules_twice()
    {
        var twice = new Reward(BadgeConfigurationId: "boots", RewardType: RewardType.Badge);
        var player = Walks(ForWalking() with { Rewards = [twice, twice] }, ForWalking() with { Id = "other" });
        player.Does("walk").Badges.Select(log => (log.RewardRuleId, log.Count, log.After)).ShouldBe([("other", 1, 0), ("walker", 2, 0)]);
        player.State.Badge("boots")!.Count.ShouldBe(2);
    }

    [Fact]
    public void A_rule_can_pay_and_award_at_once()
    {
        var player = Walks(Pays("each", "5") with { Rewards = [new("points", RedemptionMode.Auto, Logic("5")), new(BadgeConfigurationId: "boots", RewardType: RewardType.Badge), new("none", RedemptionMode.Auto, Logic("5"))] });
        player.Does("walk").ShouldSatisfyAllConditions(entry => entry.Transactions.Count.ShouldBe(1), entry => entry.Badges.Count.ShouldBe(1), entry => entry.Considered.Single().Verdict.ShouldBe(Verdict.Applied));
    }

    [Fact]
    public void Who_has_as_many_different_badges_as_fit_earns_those_again_and_no_other()
    {
        var player = Walks(ForWalking(), Awards("reader", "star", match: MatchKind.Instance, entity: EntityType.Activity, entityId: "read"));
        JournalEntry Does(string activity) => player.Take(Engine.Play(player.Game, player.User, player.State, [], new ActionInput(activity), Somebody, Now, new() { BadgesPerPlayer = 1 }).Value);
        Does("walk");
        Does("read").ShouldSatisfyAllConditions(entry => entry.Badges.ShouldBeEmpty(), entry => entry.Considered.Single().Verdict.ShouldBe(Verdict.Rejected));
        Does("walk").Badges.Count.ShouldBe(1);
    }

    [Fact]
    public void Each_member_has_the_badge_of_a_mission_that_their_group_completed()
    {
        var player = Walks(Mission("together", type: MissionType.Group), Awards("medal", "star"));
        var definition = new MissionDefinition(MissionType.Group, "together", "r", "team", "PERMANENT", TimeframeType.Permanent, Now, null, MatchKind.Entity, EntityType.Activity, null, Logic("true"), Logic("1"), Logic("3"), null, "en");
        var final = new MissionProgress("mission", definition.Key, 3, 3, Now, Now, Now) { Definition = definition };
        player.Take(Engine.Share(player.Game, player.User, player.State, final, Somebody, Now, Options)).Badges.Single().SourceEntityId.ShouldBe("mission");
    }

    [Fact]
    public void What_is_left_of_a_badge_keeps_its_own_first_and_last_time()
    {
        var player = Walks(ForWalking());
        var walks = new List<JournalEntry>();
        for (var day = 0; day < 4; day++)
        {
            player.Now = Now.AddDays(day);
            walks.Add(player.Does("walk"));
            player.Does("read");
        }
        Stands(4, 0, 3);
        player.Retracts(walks[1]);
        Stands(3, 0, 3);
        player.Retracts(walks[3]);
        Stands(2, 0, 2);
        player.Retracts(walks[2]);
        Stands(1, 0, 0);
        player.Retracts(walks[0]).Retracted!.Badges.Single().ShouldSatisfyAllConditions(taken => taken.Count.ShouldBe(0), taken => taken.FirstAssignedAt.ShouldBeNull());
        player.State.Badges.ShouldBeEmpty();
        player.Does("walk").Badges.Single().Count.ShouldBe(1);

        void Stands(long count, int first, int last) => player.State.Badge("boots")!.ShouldSatisfyAllConditions(
            badge => badge.Count.ShouldBe(count), badge => badge.FirstAssignedAt.ShouldBe(Now.AddDays(first)), badge => badge.LastAssignedAt.ShouldBe(Now.AddDays(last)));
    }

    [Fact]
    public void A_mission_that_is_completed_again_awards_again_what_was_taken_back()
    {
        var player = Walks(Mission("two", target: "2"), Rule("r"), Awards("medal", "star"));
        player.Looks();
        player.Does("walk");
        var second = player.Does("walk");
        player.Retracts(second).Retracted!.Badges.Single().BadgeLogIds.ShouldBe([second.Badges.Single().BadgeLogId]);
        player.State.Badges.ShouldBeEmpty();
        player.Does("walk").Badges.Single().SourceEntityId.ShouldBe(second.Badges.Single().SourceEntityId);
    }

    [Fact]
    public void A_mission_that_others_complete_keeps_its_badge()
    {
        var player = Walks(Mission("two", target: "2"), Rule("r"), Awards("medal", "star"));
        player.Looks();
        var first = player.Does("walk");
        player.Does("walk");
        player.Does("walk");
        player.Retracts(first).Retracted!.Badges.ShouldBeEmpty();
        player.State.Badge("star")!.Count.ShouldBe(1);
    }
}
