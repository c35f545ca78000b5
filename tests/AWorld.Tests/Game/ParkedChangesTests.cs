using AWorld.Game;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Game;

public sealed class ParkedChangesTests
{
    static readonly Tenant Tenant = new("account001", "workspace1");

    readonly MemoryStore store = new();
    readonly FakeClock clock = new(TestPlatform.Start0);
    int changes;

    sealed class Listener(IDocumentStore store, string called = "listener") : PlayerFeedConsumer(called, store)
    {
        public List<string> Heard { get; } = [];
        public Predicate<string> Refuses { get; set; } = static _ => false;

        public override bool Concerns(Change change) => true;

        protected override ValueTask Take(IReadOnlyList<Change> changes, CancellationToken stop)
        {
            foreach (var change in changes)
            {
                var name = $"{change.Partition.Key.Split('/')[2]} {JournalChange.Entry(change).Seq}";
                Heard.Add(Refuses(name) ? throw new InvalidDataException($"{name} is unreadable") : name);
            }
            return ValueTask.CompletedTask;
        }

        public IEnumerable<string> Of(string user) => Heard.Where(name => name.StartsWith(user, StringComparison.Ordinal)).Distinct();
    }

    PlayerFeed Feed(params Listener[] listeners)
    {
        var services = new ServiceCollection();
        foreach (var listener in listeners)
        {
            services.AddSingleton<IPlayerFeedConsumer>(listener);
        }
        return new(store, services.BuildServiceProvider(), Options.Create(new GameOptions { OutboxPage = 10 }), new(clock), NullLogger<PlayerFeed>.Instance);
    }

    async Task Act(int actions)
    {
        for (var i = 0; i < actions; i++)
        {
            changes++;
            var body = System.Text.Encoding.UTF8.GetBytes($$$"""{"seq":{{{changes}}},"at":"2026-03-10T09:00:00.000Z","by":{"via":"test"}}""");
            await store.Commit(Partition.Player(Tenant, $"user-{changes % 3}"), [Write.Create($"journal:{changes:D12}", body)], default);
        }
    }

    IEnumerable<string> All(string user) => Enumerable.Range(1, changes).Select(seq => $"user-{seq % 3} {seq}").Where(name => name.StartsWith(user, StringComparison.Ordinal));

    /// <summary>Rounds a minute apart.</summary>
    async Task Rounds(PlayerFeed feed, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            try
            {
                await feed.CatchUp(default);
            }
            catch (InvalidDataException)
            {
                // It goes on from there in the next round.
            }
        }
    }

    Task<(string Consumer, ParkedList List)[]> Parked() => new ParkedChanges(store).All(default).AsTask().ContinueWith(static all => all.GetAwaiter().GetResult().ToArray(), TaskScheduler.Default);

    [Fact]
    public async Task A_change_that_cannot_be_taken_waits_with_what_follows_of_its_user_and_the_others_go_on()
    {
        var (poisoned, other) = (new Listener(store) { Refuses = static name => name == "user-1 13" }, new Listener(store, "other"));
        var feed = Feed(poisoned, other);
        await Act(30);
        await Rounds(feed, 4);
        poisoned.Heard.ShouldNotContain("user-2 14", "it may still pass");
        other.Heard.Count.ShouldBe(30);

        await Rounds(feed, 12);
        await Act(9);
        await Rounds(feed, 2);
        poisoned.Of("user-0").ShouldBe(All("user-0"));
        poisoned.Of("user-2").ShouldBe(All("user-2"));
        poisoned.Of("user-1").ShouldBe(All("user-1").TakeWhile(name => name != "user-1 13"));
        other.Of("user-1").ShouldBe(All("user-1"));
        var (consumer, list) = (await Parked()).ShouldHaveSingleItem();
        var partition = list.Partitions.ShouldHaveSingleItem();
        (consumer, partition.Key, partition.Reason).ShouldBe(("listener", "account001/workspace1/user-1", "user-1 13 is unreadable"));
        partition.Documents.ShouldBe(All("user-1").SkipWhile(name => name != "user-1 13").Select(name => $"journal:{int.Parse(name.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture):D12}"));

        // It is still refused: nothing of the user passes it.
        await feed.Replay(default);
        poisoned.Heard.ShouldNotContain("user-1 16");
        poisoned.Refuses = static _ => false;
        await feed.Replay(default);
        poisoned.Of("user-1").ShouldBe(All("user-1"));
        (await Parked()).ShouldHaveSingleItem().List.Partitions.ShouldBeEmpty();
        await Act(3);
        await Rounds(feed, 1);
        poisoned.Of("user-1").ShouldBe(All("user-1"));
        (await new Listener(store).Position(default)).ShouldNotContain("parked");
    }

    [Fact]
    public async Task After_a_restart_what_was_parked_is_still_waited_for()
    {
        await Act(20);
        var before = new Listener(store) { Refuses = static name => name == "user-1 4" };
        await Rounds(Feed(before), 12);
        var after = new Listener(store);
        var feed = Feed(after);
        await Act(4);
        await Rounds(feed, 1);
        after.Of("user-1").ShouldBeEmpty();
        await feed.Replay(default);
        await Rounds(feed, 1);
        before.Of("user-1").Concat(after.Of("user-1")).ShouldBe(All("user-1"));
        before.Of("user-2").Concat(after.Of("user-2")).ShouldBe(All("user-2"));
    }

    [Fact]
    public async Task One_that_can_take_nothing_parks_few_and_waits()
    {
        var listener = new Listener(store) { Refuses = static _ => true };
        var feed = Feed(listener);
        await Act(30);
        await store.Commit(Partition.Player(Tenant, "late"), [Write.Create("journal:000000000031", """{"seq":31,"at":"2026-03-10T09:00:00.000Z","by":{"via":"test"}}"""u8.ToArray())], default);
        await Rounds(feed, 60);
        (await Parked()).ShouldHaveSingleItem().List.Partitions.Select(partition => partition.Key.Split('/')[2]).Order().ShouldBe(["user-0", "user-1", "user-2"]);
        listener.Refuses = static _ => false;
        await Rounds(feed, 2);
        await feed.Replay(default);
        foreach (var user in (string[])["user-0", "user-1", "user-2"])
        {
            listener.Of(user).ShouldBe(All(user));
        }
        listener.Heard.ShouldContain("late 31");
    }

    [Fact]
    public void A_position_tells_whether_something_is_parked()
    {
        foreach (var position in (FeedPosition[])[new(0, ""), new(0, "12"), new(7, ""), new(7, "a b=c"), new(long.MaxValue, "[1]")])
        {
            FeedPosition.Parse(position.ToString()).ShouldBe(position);
        }
        new FeedPosition(0, "12").ToString().ShouldBe("12");
    }
}
