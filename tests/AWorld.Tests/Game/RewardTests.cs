using AWorld.Activities;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

public class RewardTests
{
    [Fact]
    public void All_matching_always_rules_pay()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points"), Pays("a", "10"), Pays("b", """{"*":[{"var":"event.value"},2]}"""), Pays("c", "5", condition: "false"), Pays("d", "7", mode: ApplicationMode.Disabled)));
        var entry = player.Does("walk", value: 4);
        entry.Transactions.Select(transaction => (transaction.Initiator, transaction.Amount)).ShouldBe([("a", 10m), ("b", 8m)]);
        entry.Transactions.Select(transaction => transaction.VirtualTransactionGroupId).Distinct().Count().ShouldBe(1);
        player.Balance().ShouldBe(18);
    }

    [Fact]
    public void Fallback_rules_pay_only_when_no_always_rule_matched()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points"),
            Pays("always", "10", condition: """{"==":[{"var":"event.outcome"},"SUCCESS"]}"""), Pays("f1", "1", mode: ApplicationMode.Fallback), Pays("f2", "2", mode: ApplicationMode.Fallback)));
        player.Does("walk", outcome: Outcome.Success).Transactions.Select(transaction => transaction.Initiator).ShouldBe(["always"]);
        player.Does("walk", outcome: Outcome.Failure).Transactions.Select(transaction => transaction.Initiator).ShouldBe(["f1", "f2"]);
    }

    [Fact]
    public void A_rule_that_matched_but_pays_nothing_still_keeps_fallbacks_from_paying()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points"), Pays("zero", "0"), Pays("fallback", "1", mode: ApplicationMode.Fallback)));
        player.Does("walk").Transactions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"many\"")]
    [InlineData("""{"/":[1,0]}""")]
    public void An_amount_of_zero_or_no_number_is_skipped(string amount)
    {
        var player = new Player(Configure(Activity("walk"), Currency("points"), Pays("a", amount)));
        player.Does("walk").Transactions.ShouldBeEmpty();
        player.Journal.Single().Considered.Single().Verdict.ShouldBe(Verdict.NothingToPay);
    }

    [Fact]
    public void A_completed_mission_is_an_event_that_rewards_match_once()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points"), Mission("m", target: "2", tags: "health"), Rule("r1"),
            Pays("by-id", "10", match: MatchKind.Instance, entity: EntityType.Mission, entityId: "m", condition: """{"and":[{"var":"event.isCompleted"},{"!":{"var":"previousEvent.isCompleted"}}]}"""),
            Pays("by-type", "1", entity: EntityType.Mission),
            Pays("by-tag", "3", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "health")));
        player.Looks();
        player.Does("walk").Transactions.ShouldBeEmpty();
        player.Does("walk").Transactions.Select(transaction => transaction.Initiator).ShouldBe(["by-id", "by-type", "by-tag"], ignoreOrder: true);
        player.Does("walk").Transactions.ShouldBeEmpty();
        player.Balance().ShouldBe(14);
    }

    [Fact]
    public void A_chain_of_missions_completes_in_one_step()
    {
        var game = Configure(Activity("walk"), Currency("points"),
            Mission("first", target: "1", match: MatchKind.Instance, entityId: "walk", tags: "step"),
            Mission("second", target: "1", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "step"),
            Rule("r1"), Pays("each", "1", entity: EntityType.Mission));
        var player = new Player(game);
        player.Looks();
        var entry = player.Does("walk");
        entry.MissionLogs.Count(log => log.Completed).ShouldBe(2);
        player.Balance().ShouldBe(2);
    }

    [Fact]
    public void A_manual_reward_waits_and_counts_as_amount_only()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points"), Pays("a", "10", redemption: RedemptionMode.Manual)));
        player.Does("walk").Transactions.Single().State.ShouldBe(TransactionState.Pending);
        player.Balance().ShouldBe(0);
        Ledger.Amount(player.State, "points", Now).ShouldBe(10);
    }

    [Fact]
    public void A_credit_above_the_maximum_is_rejected_and_told()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points", max: 15), Pays("a", "10")));
        player.Does("walk");
        var rejected = player.Does("walk").Transactions.Single();
        rejected.State.ShouldBe(TransactionState.Rejected);
        rejected.Reason.ShouldNotBeNull().ShouldContain("15");
        player.Balance().ShouldBe(10);
        player.Journal[^1].Considered.Single().Verdict.ShouldBe(Verdict.Rejected);
    }

    [Fact]
    public void Two_rewards_of_one_step_share_the_room_below_the_maximum()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points", max: 15), Pays("a", "10"), Pays("b", "10", redemption: RedemptionMode.Manual), Pays("c", "5")));
        player.Does("walk").Transactions.Select(transaction => transaction.State).ShouldBe([TransactionState.Completed, TransactionState.Rejected, TransactionState.Completed]);
    }

    [Fact]
    public void A_penalty_is_debited_down_to_the_minimum_and_no_further()
    {
        var player = new Player(Configure(Activity("fail"), Currency("points", min: -5), Pays("penalty", "-4")));
        player.Does("fail").Transactions.Single().ShouldSatisfyAllConditions(debit => debit.Direction.ShouldBe(Direction.Debit), debit => debit.Amount.ShouldBe(4));
        player.Does("fail").Transactions.Single().State.ShouldBe(TransactionState.Rejected);
        player.Balance().ShouldBe(-4);
    }

    [Fact]
    public void A_currency_that_is_not_published_is_not_paid()
    {
        var player = new Player(Configure(Activity("walk"), Currency("points") with { Stage = Stage.Draft }, Pays("a", "10")));
        player.Does("walk").Transactions.ShouldBeEmpty();
    }

    [Fact]
    public void A_redeemed_transaction_completes_and_an_expired_one_is_forgotten()
    {
        var pending = new VirtualTransaction("t1", "g1", "points", Direction.Credit, 10, RedemptionMode.Manual, TransactionState.Pending, InitiatorType.Admin, "p1", CounterpartType.System, "grants", Now.AddHours(1));
        var state = PlayerState.Empty.Apply(new(1, Now, Somebody) { Transactions = [pending, pending with { VirtualTransactionId = "t2" }] });
        Ledger.Amount(state, "points", Now).ShouldBe(20);
        state = state.Apply(new(2, Now.AddMinutes(1), Somebody) { Settled = [new("t1", TransactionState.Completed, Now.AddMinutes(1), "points", 10)] });
        Ledger.Available(state, "points").ShouldBe(10);
        Ledger.Amount(state, "points", Now.AddHours(1)).ShouldBe(10);
        Ledger.StateOf(pending, null, Now.AddHours(1)).ShouldBe(TransactionState.Expired);
        state.Apply(new(3, Now.AddHours(2), Somebody)).Pending.ShouldBeEmpty();
    }

    [Fact]
    public void Only_published_activities_can_be_logged_and_not_in_the_future()
    {
        var player = new Player(Configure(Activity("walk"), Activity("draft") with { Stage = Stage.Draft }));
        foreach (var unknown in new[] { "draft", "none" })
        {
            Engine.Play(player.Game, player.User, player.State, [], new ActionInput(unknown), Somebody, Now, Options).Error!.Details!.Single().Field.ShouldBe("activityId");
        }
        Engine.Play(player.Game, player.User, player.State, [], new ActionInput("walk", CompletedAt: Now.AddMinutes(6)), Somebody, Now, Options).Error!.Details!.Single().Field.ShouldBe("completedAt");
        Engine.Play(player.Game, player.User, player.State, [], new ActionInput("walk", CompletedAt: Now.AddMinutes(4)), Somebody, Now, Options).Succeeded.ShouldBeTrue();
    }
}
