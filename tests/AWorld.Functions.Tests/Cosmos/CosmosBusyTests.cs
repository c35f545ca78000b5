using System.Diagnostics;
using AWorld.Platform;
using static AWorld.Functions.Tests.Cosmos.StoreOverFake;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>What the store makes of a service that asks to wait.</summary>
public sealed class CosmosBusyTests
{
    [Theory]
    [InlineData("batch")]
    [InlineData("read")]
    public async Task What_is_sent_again_waits_as_long_as_it_was_told(string kind)
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit(Write.Create("a", Body("1")));
        var sent = new List<long>();
        over.Fake.Faults = call =>
        {
            if (call.Kind != kind)
            {
                return null;
            }
            sent.Add(Stopwatch.GetTimestamp());
            return sent.Count == 1 ? new Fault(429, RetryAfter: 300) : null;
        };

        await over.Commit(Write.Upsert("a", Body("2")));
        (await Text(over.Store, "a")).ShouldBe("2");

        sent.Count.ShouldBe(2);
        // Timers may be early by a tick of the system's clock, never by more.
        Stopwatch.GetElapsedTime(sent[0], sent[1]).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(250));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(449)]
    public async Task A_batch_of_which_one_operation_found_the_service_busy_changed_nothing_and_says_so(int status)
    {
        await using var over = await StoreOverFake.Start(static options => options.RateLimitRetries = 0);
        over.Fake.Faults = call => call.Kind == "batch" ? new Fault(status, Inside: true) : null;
        await Should.ThrowAsync<StoreBusyException>(async () => await over.Commit(Write.Create("a", Body("1")), Write.Create("b", Body("1"))));

        over.Fake.Faults = static _ => null;
        (await over.Store.Query(Ada, new(), None)).Items.ShouldBeEmpty();
        (await over.Commit(Write.Create("a", Body("1")))).Committed.ShouldBeTrue();
    }

    public static TheoryData<int, bool, bool> AfterALostAnswer => [.. from status in (int[])[429, 449] from applied in (bool[])[false, true] from inside in (bool[])[false, true] select (status, applied, inside)];

    /// <summary>The caller would send it anew, with another mark, and take what is its own for another's.</summary>
    [Theory]
    [MemberData(nameof(AfterALostAnswer))]
    public async Task A_commit_whose_answer_was_lost_is_not_given_up_when_the_service_is_busy_then(int status, bool applied, bool inside)
    {
        await using var over = await StoreOverFake.Start(static options => options.RateLimitRetries = 0);
        over.Fail("batch", new Fault(503, Applied: applied), new Fault(status, Inside: inside));

        (await over.Commit(Write.Create("a", Body("1")), Write.Create("b", Body("1")))).Committed.ShouldBeTrue();

        (await over.Store.Query(Ada, new(), None)).Items.Select(static item => item.Id).ShouldBe(["a", "b"]);
    }
}
