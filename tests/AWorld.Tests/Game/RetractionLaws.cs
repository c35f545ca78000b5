using AWorld.Badges;
using AWorld.Game;
using AWorld.Leaderboards;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Rewards;
using FsCheck;
using FsCheck.Fluent;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

/// <summary>What holds when actions are taken back, whichever and whenever.</summary>
public class RetractionLaws
{
    static readonly RewardRule[] Payments =
    [
        Pays("each", """{"var":"event.value"}"""), Pays("mission", "50", entity: EntityType.Mission), Pays("manual", "5", "gems", redemption: RedemptionMode.Manual, match: MatchKind.Instance, entityId: "read"),
        Pays("answered", "4", entity: EntityType.Quiz), Pays("right", "9", condition: """{"==":[{"var":"event.outcome"},"SUCCESS"]}""", entity: EntityType.Quiz),
        Pays("fallback", "3", "gems", mode: ApplicationMode.Fallback, entity: EntityType.Mission, match: MatchKind.Instance, entityId: "twice"),
        Awards("medal", "star"), Awards("walker", "boots", match: MatchKind.Instance, entity: EntityType.Activity, entityId: "walk"), Awards("clever", "star", entity: EntityType.Quiz),
        Awards("comfort", "ribbon", mode: ApplicationMode.Fallback, match: MatchKind.Instance, entity: EntityType.Quiz, entityId: "which"),
    ];

    static readonly BadgeConfiguration[] Badges = [Badge("star"), Badge("boots"), Badge("ribbon")];

    /// <summary>Rules whose outcome does not depend on the order of actions.</summary>
    static readonly GameConfiguration Orderless = Configure(
    [
        Activity("walk", "outdoor"), Activity("read"), Quiz("which", "outdoor"), Currency("points"), Currency("gems"),
        Mission("quizzes", target: "2", entity: EntityType.Quiz), Mission("out", target: "3", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "outdoor"),
        Mission("three", target: "3"), Mission("value", target: "20", increment: """{"var":"event.value"}"""), Mission("endless", target: "1000"),
        Mission("daily", target: "2", match: MatchKind.Instance, entityId: "walk"), Mission("twice", target: "2", entity: EntityType.Mission),
        Rule("r1", pool: ["three", "value", "endless", "twice", "quizzes", "out"]), Rule("r2", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily, pool: ["daily"], zone: "Europe/Rome"), .. Payments, .. Badges,
    ]);

    /// <summary>Rules of all kinds, limits and credits that expire.</summary>
    static readonly GameConfiguration Everything = Configure(
    [
        Activity("walk", "outdoor"), Activity("read"), Quiz("which", "outdoor"), Mission("quizzes", target: "2", entity: EntityType.Quiz), Currency("points", max: 400) with { CreditsExpireAfter = "PT20H" }, Currency("gems"), Currency("karma", min: -3),
        Mission("three", target: "3"), Mission("value", target: "20", increment: """{"var":"event.value"}""", condition: """{"<":[{"var":"mission.currentAmount"},15]}"""),
        Mission("brought", target: "2", match: MatchKind.Tag, entity: EntityType.Tag, entityId: "outdoor"), Mission("twice", target: "2", entity: EntityType.Mission),
        Rule("r1", pool: ["three", "value", "twice", "quizzes"]), Rule("r2", AssignmentMode.Event, TimeframeType.Recurring, Recurrence.Daily, pool: ["brought"]),
        Pays("penalty", "-1", "karma", match: MatchKind.Instance, entityId: "read"), .. Payments, .. Badges,
    ]);

    /// <param name="Does">An activity, or the quiz <c>which</c>, that a value above 5 answers right.</param>
    /// <param name="After">Minutes since the step before.</param>
    /// <param name="Late">Minutes between doing and logging.</param>
    /// <param name="Until">How many steps later it is taken back; 0: never.</param>
    public sealed record Deed(string Does, int Value, int After, int Late, int Until);

    static Arbitrary<Deed[]> Histories(int least) => (
        from deeds in (
            from does in Gen.Elements("walk", "read", "which")
            from value in Gen.Choose(least, 12).Where(value => value != 0)
            from after in Gen.Choose(0, 900)
            from late in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, 4000)))
            from until in Gen.Frequency((3, Gen.Constant(0)), (2, Gen.Choose(1, 12)))
            select new Deed(does, value, after, late, until)).ArrayOf()
        select deeds).ToArbitrary();

    /// <param name="retracts">False: what would be taken back is not done in the first place.</param>
    static Player Live(GameConfiguration game, Deed[] deeds, bool retracts = true, Action<Player, JournalEntry>? eachTime = null)
    {
        var player = new Player(game, User());
        var back = new List<(int At, JournalEntry Action)>();
        for (var step = 0; step < deeds.Length + 12; step++)
        {
            if (step < deeds.Length)
            {
                var deed = deeds[step];
                player.Now = player.Now.AddMinutes(deed.After);
                Tell(player.Looks());
                if (deed.Until == 0 || retracts)
                {
                    var at = player.Now.AddMinutes(-deed.Late);
                    var action = Tell(deed.Does == "which" ? player.Answers("which", deed.Value > 5 ? QuizOption.Opt2 : QuizOption.Opt1, at) : player.Does(deed.Does, deed.Value, at: at));
                    if (deed.Until > 0)
                    {
                        back.Add((step + deed.Until, action));
                    }
                }
            }
            foreach (var (_, action) in back.Where(one => one.At == step))
            {
                Tell(player.Retracts(action));
            }
        }
        player.Now = player.Now.AddDays(1);
        Tell(player.Looks());
        return player;

        JournalEntry Tell(JournalEntry entry)
        {
            eachTime?.Invoke(player, entry);
            return entry;
        }
    }

    static void Holds(Action<Deed[]> law, int least = -3) => Prop.ForAll(Histories(least), deeds => law(deeds)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_taken_back_leaves_the_state_as_if_it_had_never_been() => Holds(deeds =>
    {
        var (with, without) = (Live(Orderless, deeds), Live(Orderless, deeds, retracts: false));
        Standings(with).ShouldBe(Standings(without));
        foreach (var currency in new[] { "points", "gems" })
        {
            with.Balance(currency).ShouldBe(without.Balance(currency));
            Ledger.Amount(with.State, currency, with.Now).ShouldBe(Ledger.Amount(without.State, currency, without.Now));
        }
        with.State.Activities.ShouldBe(without.State.Activities);
        (with.State.Quizzes, with.State.QuizzesRight).ShouldBe((without.State.Quizzes, without.State.QuizzesRight));
        with.State.MissionsCompleted.ShouldBe(without.State.MissionsCompleted);
        Counts(with).ShouldBe(Counts(without));
    }, least: 1);

    static List<(string, string, decimal, bool)> Standings(Player player) =>
        [.. player.AllMissions.Select(mission => (mission.Definition.MissionConfigurationId, mission.Definition.PeriodId, mission.Current, mission.CompletedAt is not null)).Order()];

    static List<(string, long)> Counts(Player player) => [.. player.State.Badges.Select(badge => (badge.BadgeConfigurationId, badge.Count)).Order()];

    [Fact]
    public void A_badge_is_what_its_awards_that_were_not_taken_back_make_it() => Holds(deeds => Live(Everything, deeds, eachTime: (player, _) =>
    {
        var gone = player.Journal.SelectMany(entry => entry.Retracted?.Badges ?? []).SelectMany(taken => taken.BadgeLogIds).ToHashSet();
        var left = player.Journal.SelectMany(entry => entry.Badges.Select(log => (entry.Seq, entry.At, Log: log))).Where(award => !gone.Contains(award.Log.BadgeLogId)).ToLookup(award => award.Log.BadgeConfigurationId);
        player.State.Badges.Select(badge => (badge.BadgeConfigurationId, badge.Count, badge.FirstAssignedAt, badge.LastAssignedAt)).Order()
            .ShouldBe(left.Select(awards => (awards.Key, awards.LongCount(), awards.Min(award => award.At), awards.Max(award => award.At))).Order());
        foreach (var badge in player.State.Badges)
        {
            var found = new List<string>();
            for (var seq = badge.LastSeq; seq > 0; seq = RevokedBadges.Before(player.Journal[(int)seq - 1], badge.BadgeConfigurationId).Single())
            {
                found.AddRange(player.Journal[(int)seq - 1].Badges.Where(log => log.BadgeConfigurationId == badge.BadgeConfigurationId).Select(log => log.BadgeLogId));
            }
            found.Except(gone).ShouldBe(left[badge.BadgeConfigurationId].Select(award => award.Log.BadgeLogId), ignoreOrder: true);
        }
    }));

    [Fact]
    public void Replaying_the_journal_gives_the_state() => Holds(deeds =>
    {
        foreach (var game in new[] { Orderless, Everything })
        {
            var player = Live(game, deeds);
            GameJson.Bytes(player.Journal.Aggregate(PlayerState.Empty, (state, entry) => state.Apply(entry))).ShouldBe(GameJson.Bytes(player.State));
        }
    });

    [Fact]
    public void The_same_history_gives_the_same_journal() => Holds(deeds =>
        Live(Everything, deeds).Journal.Select(entry => Convert.ToHexString(GameJson.Bytes(entry))).ShouldBe(Live(Everything, deeds).Journal.Select(entry => Convert.ToHexString(GameJson.Bytes(entry)))));

    [Fact]
    public void Each_currency_adds_up_to_zero_and_each_balance_to_its_entries() => Holds(deeds =>
    {
        var player = Live(Everything, deeds);
        var sides = player.Journal.SelectMany(entry => entry.Transactions).Where(transaction => transaction.State == TransactionState.Completed)
            .Select(transaction => transaction.Sides("u1")).SelectMany(both => new[] { both.User, both.Other }).ToList();
        foreach (var currency in new[] { "points", "gems", "karma" })
        {
            sides.Where(side => side.VirtualCurrencyId == currency).Sum(side => side.Amount).ShouldBe(0);
            sides.Where(side => side.VirtualCurrencyId == currency && side.Account == "u1").Sum(side => side.Amount).ShouldBe(player.Balance(currency));
        }
    });

    [Fact]
    public void Nothing_is_taken_back_twice() => Holds(deeds =>
    {
        var journal = Live(Everything, deeds).Journal;
        journal.SelectMany(entry => entry.Transactions).Select(one => one.Reverses?.VirtualTransactionId).Where(id => id is not null && !IsExpiry(id)).ShouldBeUnique();
        journal.SelectMany(entry => entry.Settled).Select(one => one.VirtualTransactionId).ShouldBeUnique();
        journal.SelectMany(entry => entry.Retracted?.Badges ?? []).SelectMany(taken => taken.BadgeLogIds).ShouldBeUnique();

        bool IsExpiry(string id) => journal.SelectMany(entry => entry.Transactions).Single(one => one.VirtualTransactionId == id).Counterpart == ExpiringCredits.Account;
    });

    [Fact]
    public void What_missions_logged_and_corrections_add_up_to_where_they_stand() => Holds(deeds =>
    {
        var player = Live(Everything, deeds);
        var logged = player.Journal.SelectMany(entry => entry.MissionLogs).ToLookup(log => log.MissionId, log => log.Amount);
        var corrected = player.Journal.SelectMany(entry => entry.Retracted?.Missions ?? []).ToLookup(one => one.MissionId, one => one.Amount);
        foreach (var mission in player.AllMissions)
        {
            (logged[mission.MissionId].Sum() + corrected[mission.MissionId].Sum()).ShouldBe(mission.Current);
        }
    });

    [Fact]
    public void A_mission_is_paid_as_often_as_it_is_completed_and_what_is_not_completed_is_not_paid() => Holds(deeds => Live(Orderless, deeds, eachTime: (player, _) =>
    {
        var completed = player.AllMissions.Count(mission => mission.CompletedAt is not null);
        var paid = player.Journal.SelectMany(entry => entry.Transactions).Where(one => one.CompletedMission is not null && one.VirtualCurrencyId == "points").Sum(one => one.Signed());
        paid.ShouldBe(completed * 50);
        player.State.MissionsCompleted.ShouldBe(completed);
    }), least: 1);

    [Fact]
    public void Sums_of_rules_follow() => Holds(deeds =>
    {
        var player = Live(Everything, deeds);
        var sums = player.Journal.SelectMany(entry => Tally.Of(GameJson.Read<TalliedEntry>(GameJson.Bytes(entry)))).Aggregate(Tally.Nothing, (sum, one) => sum.Plus(one.Tally));
        sums.Completed.ShouldBe(player.AllMissions.Count(mission => mission.CompletedAt is not null));
        sums.Assigned.ShouldBe(player.AllMissions.Count());
    });

    [Fact]
    public void Scores_of_a_board_are_what_is_left_of_the_credits_in_its_period() => Holds(deeds =>
    {
        var board = new RuntimeLeaderboard("b", "c", new Timeframe(TimeframeType.Range, TimeframeTimezoneType.Fixed, "UTC", Now.AddHours(30), Now.AddHours(90)), new("points", false), 1, Now, Now);
        var ranks = new RankIndex(ranksZero: false);
        var journal = Live(Orderless, deeds).Journal;
        journal.ForEach(entry => ranks.Apply("u1", board.AmountOf(entry), entry.At.ToUnixTimeMilliseconds(), entry.Seq));
        var counted = journal.Where(entry => entry.At >= board.OpensAt() && entry.At < board.ClosesAt()).ToList();
        var reversed = counted.SelectMany(entry => entry.Transactions).Select(one => one.Reverses?.VirtualTransactionId).ToHashSet();
        var score = counted.SelectMany(entry => entry.Transactions)
            .Where(one => one is { VirtualCurrencyId: "points", Direction: Direction.Credit, Reverses: null } && !reversed.Contains(one.VirtualTransactionId)).Sum(one => one.Amount);
        (ranks.Find("u1").Standing?.Score ?? 0).ShouldBe(score);
    }, least: 1);

    [Fact]
    public void Ranks_are_those_of_users_who_never_did_it_and_equal_a_sort() => Prop.ForAll(Histories(1), Histories(1), Histories(1), (one, two, three) =>
    {
        var board = new RuntimeLeaderboard("b", "c", new Timeframe(TimeframeType.Permanent, TimeframeTimezoneType.Fixed, "UTC", Ages), new("points", false), 1, Now, Now);
        var (with, without) = (Ranks(true), Ranks(false));
        with.Items.Select(line => (line.MemberId, line.Rank, line.Score)).Order().ShouldBe(without.Items.Select(line => (line.MemberId, line.Rank, line.Score)).Order());
        with.Items.Select(line => line.Score).ShouldBe(with.Items.Select(line => line.Score).OrderDescending());
        with.Items.ShouldAllBe(line => line.Rank == with.Items.Count(other => other.Score > line.Score) + 1);

        RankPage Ranks(bool retracts)
        {
            var ranks = new RankIndex(ranksZero: false);
            foreach (var (index, deeds) in new[] { one, two, three }.Index())
            {
                Live(Orderless, deeds, retracts).Journal.ForEach(entry => ranks.Apply($"u{index}", board.AmountOf(entry), entry.At.ToUnixTimeMilliseconds(), entry.Seq));
            }
            return ranks.Page(0, 10);
        }
    }).QuickCheckThrowOnFailure();
}
