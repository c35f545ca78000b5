using System.Collections.Concurrent;
using System.Text;
using AWorld.Embedded.Messages;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests.Game;
using AWorld.Users;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Messages that name a workspace which is not there.</summary>
public sealed class UnknownWorkspaceTests
{
    static readonly Tenant Stranger = new("homeacct01", "workspace9");
    static readonly (string, string) Waits = ("AWorld:Messages:RetryFailedAfter", "00:00:01");

    static string Hire => Event("hire", new { externalId = "eve", email = "eve@example.org" }, "hr.worker.hired", "/hr", At(1));

    static Message[] Several => [Message("1", Hire), Message("2", Read("read", "eve")), Message("3", $"[{Hire},{Read("read", "eve")}]", "application/cloudevents-batch+json")];

    [Fact]
    public async Task A_hire_and_an_activity_for_one_that_does_not_exist_write_nothing_and_are_dead_lettered_with_its_name()
    {
        var written = new ConcurrentQueue<string>();
        var store = new FailingStore
        {
            Fails = (partition, writes) =>
            {
                foreach (var write in writes.Where(write => !IsOfTheBroker(partition, write) && $"{partition} {write.Id} {Encoding.UTF8.GetString(write.Body.Span)}".Contains("workspace9", StringComparison.Ordinal)))
                {
                    written.Enqueue($"{partition} {write.Id}");
                }
                return false;
            },
        };
        await using var platform = await TestPlatform.Start(configure: builder => store.Around(builder.Services));
        var elsewhere = Stranger with { AccountId = "otheracct9" };
        foreach (var tenant in new[] { Stranger, elsewhere })
        {
            await platform.Queue(tenant, Several);
            await platform.Drained(deadLetters: 3, tenant);
            (await platform.DeadLetters(tenant)).Distinct().ShouldBe([new("UnknownWorkspace", $"there is no workspace {tenant}")]);
        }
        written.ShouldBeEmpty();

        // Once it is there they can be resubmitted, when those who read them have let go.
        await platform.Make(elsewhere);
        await platform.Configure(elsewhere, GameWorld.Activity("read"), GameWorld.Currency("points"), GameWorld.Pays("pay", "10"));
        written.Clear();
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        (await (await platform.Inbound(elsewhere)).Entity.Resubmit("", null, Stop)).ShouldBe(3);
        await platform.Drained(deadLetters: 0, elsewhere);
        written.ShouldContain(one => one.StartsWith("Players:otheracct9/", StringComparison.Ordinal));
        (await platform.Points((await platform.Service<UserDirectory>().ByExternalId(elsewhere, "eve", Stop))!.UserId, elsewhere)).ShouldBe(10);
    }

    [Fact]
    public async Task A_message_that_comes_before_its_workspace_waits_for_it()
    {
        var soon = new Tenant("newaccount", "workspace9");
        await using var platform = await TestPlatform.Start(settings: Waits);
        await platform.Queue(soon, Message("1", Hire));
        var queue = await platform.Inbound(soon);
        await Waiting(platform, queue, delivery: 1, seconds: 1);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await Waiting(platform, queue, delivery: 2, seconds: 2);
        await platform.Make(soon);
        platform.Clock.Advance(TimeSpan.FromSeconds(2));
        await platform.Drained(deadLetters: 0, soon);
        (await platform.Service<UserDirectory>().ByExternalId(soon, "eve", Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_has_waited_in_the_queue_behind_another_does_not_wait_again()
    {
        await using var platform = await TestPlatform.Start(settings: [Waits, ("AWorld:Inbound:WorkspaceAwaitedFor", "00:00:03")]);
        await platform.Queue(Stranger, [.. Several.Select(one => one with { SessionId = "one" })]);
        var queue = await platform.Inbound(Stranger);
        await Waiting(platform, queue, delivery: 1, seconds: 1);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await Waiting(platform, queue, delivery: 2, seconds: 2);
        platform.Clock.Advance(TimeSpan.FromSeconds(2));
        await platform.Drained(deadLetters: 3, Stranger);
    }

    [Fact]
    public async Task After_one_that_waited_in_vain_no_other_waits_for_a_minute_but_finds_a_workspace_that_came()
    {
        await using var platform = await TestPlatform.Start(settings: [Waits, ("AWorld:Inbound:Deliveries", "2")]);
        await platform.Queue(Stranger, Message("0", Hire));
        var queue = await platform.Inbound(Stranger);
        await Waiting(platform, queue, delivery: 1, seconds: 1);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await platform.Drained(deadLetters: 1, Stranger);

        // Whoever waited now would do so for ever: the clock stands still.
        await platform.Queue(Stranger, [.. Enumerable.Range(1, 100).Select(number => Message($"{number}", Hire))]);
        await platform.Drained(deadLetters: 101, Stranger);
        await platform.Make(Stranger);
        await platform.Queue(Stranger, Message("came", Hire));
        await platform.Drained(deadLetters: 101, Stranger);
        (await platform.Service<UserDirectory>().ByExternalId(Stranger, "eve", Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_minute_after_the_last_one_was_given_up_the_next_waits_again()
    {
        await using var platform = await TestPlatform.Start(settings: [Waits, ("AWorld:Inbound:Deliveries", "2")]);
        await platform.Queue(Stranger, Message("1", Hire));
        var queue = await platform.Inbound(Stranger);
        await Waiting(platform, queue, delivery: 1, seconds: 1);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await platform.Drained(deadLetters: 1, Stranger);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await platform.Queue(Stranger, Message("2", Hire));
        await Waiting(platform, queue, delivery: 1, seconds: 1);
    }

    [Fact]
    public async Task One_that_was_deleted_takes_no_more_after_a_minute()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Queue(Message("1", Read("1", "ada")));
        await platform.Drained();
        await platform.Service<IDocumentStore>().Commit(Partition.Platform(platform.Tenant.AccountId), [Write.Delete($"workspace:{platform.Tenant.WorkspaceId}")], Stop);
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await platform.Queue(Message("2", Read("2", "ada")), Message("3", Hire));
        await platform.Drained(deadLetters: 2);
        (await platform.DeadLetters()).Distinct().ShouldBe([new("UnknownWorkspace", $"there is no workspace {platform.Tenant}")]);
        ((await platform.Points(ada)), await platform.User("eve")).ShouldBe((10, null));
        await platform.Queue(platform.Sibling.Tenant, Message("4", Hire));
        await platform.Drained(deadLetters: 0, platform.Sibling.Tenant);
    }

    static bool IsOfTheBroker(Partition partition, Write write) => partition.Container == Container.Messages || write.Id.StartsWith("messages:", StringComparison.Ordinal);

    /// <summary>Until the first message of the queue waits after that delivery.</summary>
    static Task Waiting(TestPlatform platform, BrokerQueue queue, int delivery, int seconds) =>
        Until(() => queue.Find(queue.Numbers.Min()) is { Place: Place.Held } first && first.Deliveries == delivery && first.LockedUntil == platform.Clock.GetUtcNow().AddSeconds(seconds));
}
