using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

/// <summary>What a retraction decides in cases that laws do not reach.</summary>
public class RetractionTests
{
    static readonly MissionRule Brings = Rule("event", AssignmentMode.Event, TimeframeType.Recurring, Recurrence.Daily, pool: ["one", "other"]);

    static Player Walks(params Configured[] more) => new(Configure([Activity("walk"), Activity("read"), Currency("points"), Mission("one"), Mission("other", match: MatchKind.Instance, entityId: "read"), .. more]));

    [Fact]
    public void Missions_that_it_brought_go_and_may_come_again()
    {
        var player = Walks(Brings);
        var first = player.Does("walk");
        player.State.Missions.Count.ShouldBe(2);
        player.Retracts(first).Retracted!.Withdrawn.Count.ShouldBe(2);
        player.State.Missions.ShouldBeEmpty();
        player.Does("walk");
        player.State.Missions.Count.ShouldBe(2);
    }

    [Fact]
    public void Missions_that_it_brought_stay_together_once_another_action_has_counted_in_one()
    {
        var player = Walks(Brings);
        var first = player.Does("walk");
        player.Does("walk");
        var retracted = player.Retracts(first).Retracted!;
        retracted.Withdrawn.ShouldBeEmpty();
        retracted.Kept.Single().ShouldBe(new(KeptBecause.HasProgress, player.Mission("one").MissionId));
        player.Mission("one").Current.ShouldBe(1);
        player.Mission("other").Current.ShouldBe(0);
    }

    [Fact]
    public void A_chain_of_missions_falls_with_the_completion_it_rests_on()
    {
        var player = Walks(Mission("first", target: "1", match: MatchKind.Instance, entityId: "walk"), Mission("second", target: "1", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "first"),
            Mission("third", target: "1", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "second"), Rule("r", pool: ["first", "second", "third"]), Pays("mission", "10", entity: EntityType.Mission));
        player.Looks();
        var walked = player.Does("walk");
        player.Balance().ShouldBe(30);
        player.State.MissionsCompleted.ShouldBe(3);
        player.Retracts(walked).Transactions.Select(one => one.Reverses!.VirtualTransactionId).ShouldBe(walked.Transactions.Select(one => one.VirtualTransactionId), ignoreOrder: true);
        player.Balance().ShouldBe(0);
        player.State.MissionsCompleted.ShouldBe(0);
        player.State.Missions.ShouldAllBe(mission => mission.Current == 0 && mission.CompletedAt == null);
    }

    [Fact]
    public void A_fallback_that_it_was_paid_is_taken_back_and_none_is_paid_in_its_place()
    {
        var player = Walks(Pays("always", "5", condition: """{"==":[{"var":"event.value"},9]}"""), Pays("otherwise", "3", mode: ApplicationMode.Fallback));
        var (fallback, always) = (player.Does("walk"), player.Does("walk", 9));
        player.Balance().ShouldBe(8);
        player.Retracts(fallback);
        player.Retracts(always);
        player.Balance().ShouldBe(0);
    }

    [Fact]
    public void A_penalty_is_given_back_also_above_the_maximum()
    {
        var player = Walks(Currency("karma", max: 0), Pays("penalty", "-4", "karma", match: MatchKind.Instance, entityId: "read"));
        var read = player.Does("read");
        player.Balance("karma").ShouldBe(-4);
        player.Retracts(read).Transactions.Single().ShouldSatisfyAllConditions(
            one => one.Direction.ShouldBe(Direction.Credit), one => one.InitiatorType.ShouldBe(InitiatorType.System), one => one.Counterpart.ShouldBe(Payment.Account));
        player.Balance("karma").ShouldBe(0);
    }

    [Fact]
    public void A_negative_amount_that_is_taken_back_completes_nothing_but_the_next_action_does()
    {
        var player = Walks(Mission("sum", target: "3", increment: """{"var":"event.value"}"""), Rule("r", pool: ["sum"]), Pays("mission", "10", entity: EntityType.Mission));
        player.Looks();
        player.Does("walk", 2);
        var down = player.Does("walk", -1);
        player.Does("walk", 1);
        player.Retracts(down);
        player.Mission("sum").ShouldSatisfyAllConditions(mission => mission.Current.ShouldBe(3), mission => mission.CompletedAt.ShouldBeNull());
        player.Does("walk", 1);
        player.Mission("sum").CompletedAt.ShouldNotBeNull();
        player.Balance().ShouldBe(10);
    }

    [Fact]
    public void What_took_the_place_of_an_action_done_at_the_same_time_can_be_taken_back_too()
    {
        var player = Walks(Mission("two", target: "2"), Rule("r", pool: ["two"]), Pays("mission", "10", entity: EntityType.Mission));
        player.Looks();
        var walks = Enumerable.Range(0, 3).Select(_ => player.Does("walk")).ToList();
        player.Retracts(walks[0]);
        player.Mission("two").CompletedAt.ShouldBe(Now);
        player.Retracts(walks[2]);
        player.Mission("two").ShouldSatisfyAllConditions(mission => mission.Current.ShouldBe(1), mission => mission.CompletedAt.ShouldBeNull());
        player.Balance().ShouldBe(0);
    }

    [Fact]
    public void A_group_that_is_settled_keeps_what_was_given()
    {
        var player = Walks();
        var given = player.Take(new JournalEntry(1, Now, Somebody) { Activity = new("log", "walk", null, null, null, null, Now), Contributions = [new("team", 0, [new("open", 2), new("settled", 3)])] });
        var back = player.Retracts(given, openInGroups: new HashSet<string> { "open" });
        back.Contributions.Single().ShouldSatisfyAllConditions(one => one.After.ShouldBe(1), one => one.Amounts.ShouldBe([new("open", -2)]));
        back.Retracted!.Kept.ShouldBe([new(KeptBecause.GroupSettled, "settled")]);
        player.State.LastContribution("team").ShouldBe(back.Seq);
    }

    [Theory]
    [InlineData(0, 5, 5)]      // all of the first is left, and goes
    [InlineData(3, 2, 2)]      // what was spent of it the second would have paid
    [InlineData(7, -2, 0)]     // what is short is owed
    public void A_credit_that_expires_takes_back_itself_first(int spent, int balance, int lasting)
    {
        var player = Walks(Currency("coins") with { CreditsExpireAfter = "P2D" }, Pays("coin", """{"var":"event.value"}""", "coins"));
        var first = player.Does("read", 5);
        player.Now = player.Now.AddDays(1);
        player.Does("walk", 5);
        Spend(player, spent);
        player.Retracts(first);
        player.Balance("coins").ShouldBe(balance);
        player.State.Credits.Sum(credit => credit.Remaining).ShouldBe(lasting);
        player.State.Credits.ShouldAllBe(credit => credit.ExpiresAt == Now.AddDays(3));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_had_expired_of_a_credit_is_not_taken_twice(bool journaled)
    {
        var player = Walks(Currency("coins") with { CreditsExpireAfter = "P2D" }, Pays("coin", """{"var":"event.value"}""", "coins"));
        var first = player.Does("read", 5);
        player.Now = player.Now.AddDays(1);
        player.Does("walk", 5);
        Spend(player, 3);
        player.Now = player.Now.AddDays(1.5);
        if (journaled)
        {
            player.Take(ExpiringCredits.Expire(player.State, Somebody, player.Now, index => $"expiry{index}"));
        }
        Ledger.Available(player.State, "coins", player.Now).ShouldBe(5);
        var back = player.Retracts(first);
        // Without it the second would have paid what was spent.
        Ledger.Available(player.State, "coins", player.Now).ShouldBe(2);
        player.Balance("coins").ShouldBe(2);
        player.State.Credits.Single().Remaining.ShouldBe(2);
        back.Transactions.Sum(one => one.Signed()).ShouldBe(journaled ? -3 : -5);
    }

    static void Spend(Player player, decimal amount)
    {
        if (amount > 0)
        {
            player.Take(new JournalEntry(player.State.Seq + 1, player.Now, Somebody)
            {
                Transactions = [new($"spent{player.State.Seq}", "g", "coins", Direction.Debit, amount, RedemptionMode.Auto, TransactionState.Completed, InitiatorType.Admin, "test", CounterpartType.System, "workspace")],
            });
        }
    }
}
