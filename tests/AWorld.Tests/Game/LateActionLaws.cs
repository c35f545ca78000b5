using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using FsCheck;
using FsCheck.Fluent;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

/// <summary>Actions that come late, and not in the order in which they were done.</summary>
public class LateActionLaws
{
    /// <summary>In Rome, where 10 and 11 March begin at 23:00 UTC.</summary>
    static readonly DateTimeOffset Yesterday = new(2026, 3, 9, 23, 0, 0, TimeSpan.Zero);

    static readonly GameConfiguration Game = Configure(
        Activity("walk", "outdoor"), Activity("read"), Currency("points"), Mission("three", target: "3"), Mission("value", target: "20", increment: """{"var":"event.value"}"""),
        Mission("daily", target: "2"), Mission("brought", target: "2"), Mission("twice", target: "2", entity: EntityType.Mission),
        Rule("r1", pool: ["three", "value", "twice"]), Daily("r2", AssignmentMode.Lazy, "daily"), Daily("r3", AssignmentMode.Event, "brought"),
        Pays("each", """{"var":"event.value"}"""), Pays("mission", "50", entity: EntityType.Mission));

    static MissionRule Daily(string id, AssignmentMode mode, string mission) => Rule(id, mode, TimeframeType.Recurring, Recurrence.Daily, pool: [mission], zone: "Europe/Rome");

    /// <param name="Minute">Since yesterday began.</param>
    public sealed record Deed(bool Walks, int Value, int Minute);

    static readonly Arbitrary<(Deed[], Deed[])> TwoOrders = (
        from deeds in (
            from walks in Gen.Elements(true, false)
            from value in Gen.Choose(1, 12)
            from minute in Gen.Choose(0, 2 * 24 * 60 - 60)
            select new Deed(walks, value, minute)).ArrayOf()
        from shuffled in Gen.Shuffle(deeds)
        select (deeds, shuffled.ToArray())).ToArbitrary();

    /// <summary>All of two days are logged at the end of the second.</summary>
    static Player Live(Deed[] deeds)
    {
        var player = new Player(Game) { Now = Yesterday.AddHours(10) };
        player.Looks();
        player.Now = Yesterday.AddHours(34);
        player.Looks();
        player.Now = Yesterday.AddHours(47);
        foreach (var deed in deeds)
        {
            player.Now = player.Now.AddMilliseconds(1);
            player.Does(deed.Walks ? "walk" : "read", deed.Value, at: Yesterday.AddMinutes(deed.Minute));
        }
        return player;
    }

    [Fact]
    public void In_which_order_actions_arrive_makes_no_difference() => Prop.ForAll(TwoOrders, orders =>
    {
        var (one, other) = (Live(orders.Item1), Live(orders.Item2));
        Standings(one).ShouldBe(Standings(other));
        one.Balance().ShouldBe(other.Balance());
        one.State.MissionsCompleted.ShouldBe(other.State.MissionsCompleted);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_day_s_mission_counts_is_what_was_done_that_day_and_so_is_its_completion() => Prop.ForAll(TwoOrders, orders =>
    {
        foreach (var daily in Live(orders.Item2).AllMissions.Where(mission => mission.Definition.MissionConfigurationId == "daily"))
        {
            var done = orders.Item1.Count(deed => Yesterday.AddMinutes(deed.Minute) >= daily.Definition.StartsAt && Yesterday.AddMinutes(deed.Minute) < daily.Definition.EndsAt);
            daily.Current.ShouldBe(Math.Min(done, 2));
            (daily.CompletedAt is not null).ShouldBe(done >= 2);
            (daily.CompletedAt is null || daily.CompletedAt >= daily.Definition.StartsAt && daily.CompletedAt < daily.Definition.EndsAt).ShouldBeTrue();
        }
    }).QuickCheckThrowOnFailure();

    static List<(string, string, decimal, bool)> Standings(Player player) =>
        [.. player.AllMissions.Select(mission => (mission.Definition.MissionConfigurationId, mission.Definition.PeriodId, mission.Current, mission.CompletedAt is not null)).Order()];

    [Fact]
    public void An_action_counts_in_its_period_until_that_accepts_no_more()
    {
        var player = new Player(Game) { Now = Yesterday.AddHours(10) };
        player.Looks();
        var (doneAt, accepted) = (Yesterday.AddHours(23), Yesterday.AddHours(24) + Options.LateActionsAcceptedFor);
        player.Now = accepted.AddMilliseconds(-1);
        player.Does("read", at: doneAt);
        player.Mission("daily").Current.ShouldBe(1);
        player.Now = accepted;
        player.Does("read", at: doneAt);
        player.AllMissions.Single(mission => mission.Definition.MissionConfigurationId == "daily").Current.ShouldBe(1);
        player.Balance().ShouldBe(2);
    }
}
