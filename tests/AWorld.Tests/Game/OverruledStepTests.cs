using AWorld.Game;
using AWorld.Missions;
using AWorld.Platform;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Game;

/// <summary>Steps that are taken once, when another region's entry has the number of theirs, as it can be after the loss of a region.</summary>
public sealed class OverruledStepTests : IAsyncLifetime
{
    TestPlatform platform = null!;
    string anna = null!;

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"));
        anna = await platform.NewUser(platform.Tenant, "anna");
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    Players Players => platform.Service<Players>();

    async Task<long> Seq() => (await Players.Read(platform.Tenant, anna, default)).Seq;

    /// <summary>The user's last entry is another one.</summary>
    async Task Overrule()
    {
        var entry = (await Players.Journal.Entry(platform.Tenant, anna, await Seq(), default))!;
        var other = new JournalEntry(entry.Seq, entry.At.AddSeconds(1), entry.By);
        (await platform.Service<IDocumentStore>().Commit(Partition.Player(platform.Tenant, anna), [Write.Upsert(PlayerDocuments.Journal(entry.Seq), GameJson.Bytes(other))], default)).Committed.ShouldBeTrue();
    }

    async Task Brings(string mission)
    {
        var period = new RulePeriod("rule", "2026-03");
        (await Players.Once(platform.Tenant, anna, PlayerDocuments.Evaluated(period),
            state => new JournalEntry(state.Seq + 1, platform.Clock.GetUtcNow(), new(null, null, null, "test")) { Evaluated = [new(period.MissionRuleId, $"{period.PeriodId} {mission}", null)] }, default)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_rule_brings_its_missions_again_and_then_once()
    {
        await Brings("first");
        await Brings("second");
        (await Seq()).ShouldBe(1);
        await Overrule();
        (await Players.Brought(platform.Tenant, anna, new("rule", "2026-03"), default)).ShouldBeEmpty();
        await Brings("third");
        await Brings("fourth");
        (await Seq()).ShouldBe(2);
        (await Players.Journal.Entry(platform.Tenant, anna, 2, default))!.Evaluated.ShouldHaveSingleItem().PeriodId.ShouldBe("2026-03 third");
    }

    [Fact]
    public async Task An_action_is_taken_back_again_and_then_once()
    {
        await platform.App(anna).Post("/app/v1/activity-logs", new { activityId = "walk", userId = anna, activityLogId = "mine" });
        var path = "/dashboard/v1/activity-logs/mine/retract";
        await platform.Dashboard().Post(path, new { userId = anna });
        await Overrule();
        foreach (var _ in new[] { 1, 2 })
        {
            (await platform.Dashboard().Post(path, new { userId = anna })).Text("activityLogId").ShouldBe("mine");
            (await Seq()).ShouldBe(3);
        }
    }
}
