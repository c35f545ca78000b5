using System.Globalization;
using System.Text;
using AWorld.Functions.Cosmos;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Platform;
using AWorld.Tests;
using static AWorld.Functions.Tests.Cosmos.StoreOverFake;

namespace AWorld.Functions.Tests.Failover;

/// <summary>The loss of a home region and the way back (docs/failover.md), with the store over the real SDK.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    async Task<FailoverOutcome> Run(FailoverCase of)
    {
        var outcome = await FailoverRun.Of(of);
        output.WriteLine($"{of}: {outcome}");
        return outcome;
    }

    /// <summary>Whatever happens.</summary>
    static void ShouldBeSound(FailoverOutcome outcome)
    {
        outcome.Twice.ShouldBe(0);
        outcome.LostOtherwise.ShouldBe(0);
        outcome.Torn.ShouldBe(0);
        outcome.Stuck.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task Without_a_failover_nothing_is_lost_however_far_replication_is_behind(int lag)
    {
        var outcome = await Run(new(lag, IsLost: false, SentAgain: 0));
        ShouldBeSound(outcome);
        (outcome.Behind, outcome.Lost, outcome.Refused, outcome.Overruled).ShouldBe((lag, 0, 0, 0));
    }

    [Fact]
    public async Task A_home_that_is_lost_loses_nothing_when_replication_is_even()
    {
        var outcome = await Run(new(Lag: 0, IsLost: true, SentAgain: 1));
        ShouldBeSound(outcome);
        outcome.Behind.ShouldBeInRange(0, FailoverRun.Users, "those that were in flight");
        (outcome.Lost, outcome.Refused, outcome.Overruled).ShouldBe((0, 0, 0));
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(20, 2)]
    [InlineData(60, 2)]
    public async Task A_home_that_is_lost_may_lose_what_was_not_replicated_and_nothing_else(int lag, int sentAgain)
    {
        var outcome = await Run(new(lag, IsLost: true, sentAgain));
        ShouldBeSound(outcome);
        outcome.Behind.ShouldBeInRange(1, lag + FailoverRun.Users);
        outcome.Overruled.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_clients_send_again_after_a_failover_is_not_lost()
    {
        var outcome = await Run(new(Lag: 20, IsLost: true, SentAgain: 1));
        ShouldBeSound(outcome);
        outcome.Lost.ShouldBe(0);
    }

    /// <summary>Here no marker tells that it was done before: the SDK itself sends it to the next region, which refuses it.</summary>
    [Fact]
    public async Task A_counter_is_raised_once_though_the_answer_is_lost_with_its_region()
    {
        var clock = new FakeClock(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
        using var regions = new FakeRegions(clock, "West Europe", "North Europe");
        var options = FakeAccount.Options();
        options.Regions = ["West Europe", "North Europe"];
        using var clients = new CosmosClients(options, FakeAccount.NoCredential, regions.Client);
        var store = new CosmosDocumentStore(clients, options, clock, new SharedTokens());
        regions.LoseHomeAfter(40);

        var counted = await Task.WhenAll(Enumerable.Range(0, 12).Select(async user =>
        {
            var partition = Partition.Player(Workspace, $"user-{user}");
            for (var raised = 0; raised < 8;)
            {
                var counter = await store.Read(partition, "counter", None);
                var next = Encoding.UTF8.GetBytes((counter is null ? 1 : Number(counter) + 1).ToString(CultureInfo.InvariantCulture));
                raised += (await store.Commit(partition, [counter is null ? Write.Create("counter", next) : Write.Replace("counter", next, counter.ETag)], None)).Committed ? 1 : 0;
            }
            return Number((await store.Read(partition, "counter", None))!);
        }));

        regions.IsLost.ShouldBeTrue();
        counted.ShouldAllBe(static number => number == 8);

        static int Number(Document counter) => int.Parse(counter.Body.Span, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
