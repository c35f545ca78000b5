using AWorld.Game;
using AWorld.Rewards;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Missions;

/// <summary>What missions of a rule pay, and what its summary says of it.</summary>
public sealed class RulePaymentTests : RuleLives
{
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
}
