using AWorld.Game;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using FsCheck;
using FsCheck.Fluent;
using static AWorld.Tests.Game.GameWorld;
using Outcome = AWorld.Activities.Outcome;

namespace AWorld.Tests.Game;

/// <summary>What holds for every history of every user.</summary>
public class GameLaws
{
    static readonly GameConfiguration Game = Configure(
        Activity("walk", "outdoor"), Activity("read"), Quiz("which", "outdoor"), Currency("points", max: 400), Currency("karma", min: -3),
        Mission("three", target: "3"), Mission("value", target: "20", increment: """{"var":"event.value"}"""),
        Mission("outdoor", target: "2", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "outdoor", tags: "outdoor"),
        Mission("daily", target: "2", match: MatchKind.Instance, entityId: "walk"),
        Mission("right", target: "2", entity: EntityType.Quiz, condition: """{"==":[{"var":"event.outcome"},"SUCCESS"]}"""),
        Rule("r1", pool: ["three", "value", "right"]), Rule("r2", AssignmentMode.Event, pool: ["outdoor"]),
        Rule("r3", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily, pool: ["daily"], zone: "Europe/Rome"),
        Pays("each", """{"var":"event.value"}"""), Pays("manual", "5", redemption: RedemptionMode.Manual, match: MatchKind.Instance, entityId: "read"),
        Pays("mission", "50", entity: EntityType.Mission), Pays("penalty", "-1", "karma", condition: """{"==":[{"var":"event.outcome"},"FAILURE"]}"""),
        Pays("quiz", "3", match: MatchKind.Instance, entity: EntityType.Quiz, entityId: "which"), Pays("tag", "7", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "outdoor"),
        Badge("star"), Badge("boots"), Awards("medal", "star"), Awards("walker", "boots", match: MatchKind.Instance, entity: EntityType.Activity, entityId: "walk"));

    /// <param name="After">Minutes since the step before.</param>
    /// <param name="Late">Minutes between doing and logging.</param>
    /// <param name="Answers">A quiz, rightly unless it fails.</param>
    public sealed record Deed(bool Looks, bool Answers, bool Walks, bool Fails, int Value, int After, int Late);

    static readonly Arbitrary<Deed[]> Histories = (
        from deeds in (
            from looks in Gen.Frequency((1, Gen.Constant(true)), (5, Gen.Constant(false)))
            from answers in Gen.Frequency((1, Gen.Constant(true)), (3, Gen.Constant(false)))
            from walks in Gen.Elements(true, false)
            from fails in Gen.Elements(true, false)
            from value in Gen.Choose(-3, 12)
            from after in Gen.Choose(0, 1500)
            from late in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, 4000)))
            select new Deed(looks, answers, walks, fails, value, after, late)).ArrayOf()
        select deeds).ToArbitrary();

    static Player Live(Deed[] deeds, string userId = "u1", Action<Player>? eachTime = null)
    {
        var player = new Player(Game, User(userId));
        foreach (var deed in deeds)
        {
            Do(player, deed);
            eachTime?.Invoke(player);
        }
        return player;
    }

    static void Do(Player player, Deed deed)
    {
        player.Now = player.Now.AddMinutes(deed.After);
        if (deed.Looks)
        {
            player.Looks();
        }
        else if (deed.Answers)
        {
            player.Answers("which", deed.Fails ? QuizOption.Opt1 : QuizOption.Opt2, player.Now.AddMinutes(-deed.Late));
        }
        else
        {
            player.Does(deed.Walks ? "walk" : "read", deed.Value, deed.Fails ? Outcome.Failure : Outcome.Success, player.Now.AddMinutes(-deed.Late));
        }
    }

    static void Holds(Action<Deed[]> law) => Prop.ForAll(Histories, deeds => law(deeds)).QuickCheckThrowOnFailure();

    [Fact]
    public void Replaying_a_journal_from_empty_gives_exactly_the_state() => Holds(deeds =>
    {
        var player = Live(deeds);
        var replayed = player.Journal.Aggregate(PlayerState.Empty, (state, entry) => state.Apply(entry));
        GameJson.Bytes(replayed).ShouldBe(GameJson.Bytes(player.State));
    });

    [Fact]
    public void The_engine_is_deterministic() => Holds(deeds =>
        Live(deeds).Journal.Select(entry => Convert.ToHexString(GameJson.Bytes(entry))).ShouldBe(Live(deeds).Journal.Select(entry => Convert.ToHexString(GameJson.Bytes(entry)))));

    [Fact]
    public void Actions_of_different_users_commute() => Holds(deeds =>
    {
        var (one, other) = (new Player(Game, User("u1")), new Player(Game, User("u2")));
        foreach (var deed in deeds)
        {
            Do(other, deed);
            Do(one, deed);
        }
        GameJson.Bytes(one.State).ShouldBe(GameJson.Bytes(Live(deeds, "u1").State));
        GameJson.Bytes(other.State).ShouldBe(GameJson.Bytes(Live(deeds, "u2").State));
    });

    [Fact]
    public void Each_currency_adds_up_to_zero_and_each_balance_to_its_entries() => Holds(deeds =>
    {
        var player = Live(deeds);
        var sides = player.Journal.SelectMany(entry => entry.Transactions).Where(transaction => transaction.State == TransactionState.Completed)
            .Select(transaction => transaction.Sides("u1")).SelectMany(both => new[] { both.User, both.Other }).ToList();
        foreach (var currency in new[] { "points", "karma" })
        {
            sides.Where(side => side.VirtualCurrencyId == currency).Sum(side => side.Amount).ShouldBe(0);
            sides.Where(side => side.VirtualCurrencyId == currency && side.Account == "u1").Sum(side => side.Amount).ShouldBe(player.Balance(currency));
        }
    });

    [Fact]
    public void Balances_stay_within_their_limits() => Holds(deeds => Live(deeds, eachTime: player =>
    {
        Ledger.Amount(player.State, "points", player.Now).ShouldBeLessThanOrEqualTo(400);
        player.Balance("karma").ShouldBeGreaterThanOrEqualTo(-3);
    }));

    [Fact]
    public void A_mission_completes_at_most_once_and_pays_at_most_once() => Holds(deeds =>
    {
        var journal = Live(deeds).Journal;
        var completed = journal.SelectMany(entry => entry.MissionLogs).Where(log => log.Completed).Select(log => log.MissionId).ToList();
        completed.ShouldBeUnique();
        journal.SelectMany(entry => entry.Transactions).Count(transaction => transaction.Initiator == "mission").ShouldBe(completed.Count);
        journal.SelectMany(entry => entry.Badges).Where(log => log.RewardRuleId == "medal").Select(log => log.CompletedMission).ShouldBe(completed, ignoreOrder: true);
    });

    [Fact]
    public void A_rule_assigns_once_in_a_period() => Holds(deeds =>
        Live(deeds).Journal.SelectMany(entry => entry.Assigned).Select(assigned => (assigned.Definition.MissionRuleId, assigned.Definition.PeriodId, assigned.Definition.MissionConfigurationId)).ShouldBeUnique());

    [Fact]
    public void What_missions_logged_adds_up_to_where_they_stand() => Holds(deeds =>
    {
        var player = Live(deeds);
        var logged = player.Journal.SelectMany(entry => entry.MissionLogs).ToLookup(log => log.MissionId, log => log.Amount);
        foreach (var mission in player.State.Missions)
        {
            logged[mission.MissionId].Sum().ShouldBe(mission.Current);
        }
    });

    [Fact]
    public void Ids_of_a_journal_are_unique_and_name_their_entry() => Holds(deeds =>
    {
        var journal = Live(deeds).Journal;
        var ids = journal.SelectMany(entry => entry.Transactions.Select(one => (entry.Seq, Id: one.VirtualTransactionId)).Concat(entry.Badges.Select(one => (entry.Seq, Id: one.BadgeLogId)))
            .Concat(entry.Assigned.Select(one => (entry.Seq, Id: one.MissionId))).Concat(entry.MissionLogs.Select(one => (entry.Seq, Id: one.MissionLogId)))
            .Concat(entry.Activity is { } log ? [(entry.Seq, Id: log.ActivityLogId)] : []).Concat(entry.Quiz is { } quiz ? [(entry.Seq, Id: quiz.QuizLogId)] : [])).ToList();
        ids.Select(one => one.Id).ShouldBeUnique();
        ids.ShouldAllBe(one => Named(one.Id) == one.Seq);
    });

    static long Named(string id) => JournalIds.TrySequence(id, out var seq) ? seq : 0;
}
