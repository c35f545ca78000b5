using AWorld.Game;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Game;

public sealed class PlayerFeedTests
{
    static readonly Tenant Tenant = new("account001", "workspace1");

    readonly MemoryStore store = new();
    readonly FakeClock clock = new(TestPlatform.Start0);
    int changes;

    sealed class Listener(string called, IDocumentStore store) : PlayerFeedConsumer(called, store)
    {
        readonly bool isOdd = called == "odd";

        public List<string> Heard { get; } = [];
        public Func<int, Task> Before { get; set; } = static _ => Task.CompletedTask;

        public override bool Concerns(Change change) => change.Document.Body.Span.IndexOf("\"even\":true"u8) < 0 || !isOdd;

        protected override async ValueTask Take(IReadOnlyList<Change> changes, CancellationToken stop)
        {
            await Before(changes.Count);
            Heard.AddRange(changes.Select(change => $"{change.Partition.Key.Split('/')[2]} {JournalChange.Entry(change).Seq}"));
        }
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
            var body = System.Text.Encoding.UTF8.GetBytes($$"""{"seq":{{changes}},"at":"2026-03-10T09:00:00.000Z","by":{"via":"test"},"even":{{(changes % 2 == 0 ? "true" : "false")}}}""");
            await store.Commit(Partition.Player(Tenant, $"user-{changes % 3}"), [Write.Create($"journal:{changes:D12}", body), Write.Upsert("state", "{}"u8.ToArray())], default);
        }
    }

    List<string> All => [.. Enumerable.Range(1, changes).Select(seq => $"user-{seq % 3} {seq}")];

    [Fact]
    public async Task Who_stand_at_the_same_position_share_the_reading_and_each_hears_what_concerns_it()
    {
        var (one, odd) = (new Listener("one", store), new Listener("odd", store));
        var feed = Feed(one, odd);
        await Act(35);
        await feed.CatchUp(one, default);
        await feed.CatchUp(default);
        one.Heard.ShouldBe(All);
        odd.Heard.ShouldBe(All.Where((_, index) => index % 2 == 0));
        var read = store.FeedReads;
        await Act(5);
        await feed.CatchUp(one, default);
        await feed.CatchUp(odd, default);
        // One page for both, and one for the second to see that there is no more.
        (store.FeedReads - read).ShouldBe(2);
        odd.Heard.Count.ShouldBe(20);
    }

    [Fact]
    public async Task One_that_fails_hears_it_later_and_does_not_keep_the_others_from_it()
    {
        var (one, two) = (new Listener("one", store), new Listener("two", store));
        var feed = Feed(one, two);
        await Act(35);
        two.Before = _ => two.Heard.Count >= 20 ? throw new IOException("gone") : Task.CompletedTask;
        await Should.ThrowAsync<IOException>(() => feed.CatchUp(two, default));
        await feed.CatchUp(one, default);
        one.Heard.ShouldBe(All);
        two.Heard.ShouldBe(All.Take(20));
        two.Before = static _ => Task.CompletedTask;
        await feed.CatchUp(default);
        two.Heard.ShouldBe(All);
    }

    [Fact]
    public async Task One_that_is_held_up_does_not_hold_up_who_asks_for_another()
    {
        var (one, two) = (new Listener("one", store), new Listener("two", store));
        var feed = Feed(one, two);
        await Act(3);
        await feed.CatchUp(two, default);
        await Act(3);
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        two.Before = async _ =>
        {
            arrived.SetResult();
            await goOn.Task;
        };
        var held = feed.CatchUp(two, default);
        await arrived.Task;
        // It holds up who came along with it for a second.
        var other = feed.CatchUp(one, default);
        other.IsCompleted.ShouldBeFalse();
        for (var waits = 0; waits < 3000 && await Task.WhenAny(other, Task.Delay(20)) != other; waits++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        other.IsCompletedSuccessfully.ShouldBeTrue();
        await Act(3);
        await feed.CatchUp(one, default).WaitAsync(TimeSpan.FromMinutes(1));
        one.Heard.ShouldBe(All);
        held.IsCompleted.ShouldBeFalse();
        two.Before = static _ => Task.CompletedTask;
        goOn.SetResult();
        await held;
        await feed.CatchUp(default);
        two.Heard.ShouldBe(All);
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_behind_the_last_page_that_was_taken()
    {
        var before = new Listener("one", store);
        await Act(25);
        before.Before = _ => before.Heard.Count >= 20 ? throw new IOException("killed") : Task.CompletedTask;
        await Should.ThrowAsync<IOException>(() => Feed(before).CatchUp(default));
        var after = new Listener("one", store);
        await Feed(after).CatchUp(default);
        before.Heard.Concat(after.Heard).ShouldBe(All);
    }

    [Fact]
    public async Task Two_nodes_together_miss_nothing()
    {
        var (here, there) = (new Listener("one", store), new Listener("one", store));
        await Act(25);
        // The other node is done with everything while this one is in its first page.
        here.Before = async _ =>
        {
            here.Before = static _ => Task.CompletedTask;
            await Feed(there).CatchUp(default);
            await Act(5);
        };
        await Feed(here).CatchUp(default);
        there.Heard.ShouldBe(All.Take(25));
        here.Heard.ShouldBe(All.Take(10).Concat(All.Skip(25)));
    }
}
