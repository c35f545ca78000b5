using AWorld.Functions.Redis;
using AWorld.Game;
using AWorld.Leaderboards;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Rewards;
using AWorld.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests.Redis;

/// <summary>Boards of several nodes over one store: what one commits all rank at once, with Redis and without.</summary>
public sealed class BoardsOfNodesTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
    static readonly Tenant Tenant = new("account001", "workspace1");

    readonly MemoryStore store = new();
    readonly FakeClock clock = new(Now);
    readonly Dictionary<string, long> sequences = [];

    static RuntimeLeaderboard Board(DateTimeOffset? ends = null, int version = 1, DateTimeOffset? starts = null) =>
        new("board-1", "configuration-1", new(ends is null ? TimeframeType.Permanent : TimeframeType.Range, TimeframeTimezoneType.Fixed, "UTC", starts ?? Now.AddDays(-1), ends),
            new("points", EveryUser: false), version, Now, Now);

    sealed class Node
    {
        readonly MemoryStore store;
        readonly BoardDocuments documents;

        public Node(MemoryStore store, FakeClock clock, IRedis? redis)
        {
            (this.store, documents) = (store, new(store));
            var options = Options.Create(new LeaderboardsOptions { ReadyWithin = TimeSpan.FromSeconds(1) });
            Boards = new(documents, options, new(clock), new(), new SharedRanks(Options.Create(new PlatformOptions()), new(), clock, NullLogger<RedisRanks>.Instance, redis));
            BoardFeed? hearing = null;
            var services = new ServiceCollection().AddSingleton<IPlayerFeedConsumer>(_ => hearing!).BuildServiceProvider();
            Feed = new(store, services, Options.Create(new GameOptions()), new(clock), NullLogger<PlayerFeed>.Instance);
            hearing = new BoardFeed(Boards, documents, store, Feed, new(clock));
            Keeper = new(Boards, documents, hearing, Feed, options, new(clock), NullLogger<BoardKeeper>.Instance);
        }

        public Boards Boards { get; }
        public BoardKeeper Keeper { get; }
        public PlayerFeed Feed { get; }

        public async Task Create(RuntimeLeaderboard board)
        {
            await documents.Enlist(new(Tenant, board.RuntimeLeaderboardId), default);
            await store.Commit(BoardDocuments.In(Tenant), [Write.Upsert(BoardDocuments.BoardId(board.RuntimeLeaderboardId), Json.Bytes(board))], default);
            await Boards.Follow(new(Tenant, board.RuntimeLeaderboardId), default);
        }

        public async Task<IReadOnlyList<Ranked>> Ranking()
        {
            var found = await Boards.Find(Tenant, "board-1", default);
            found.Error.ShouldBeNull();
            return (await found.Value.Ranks.Page(0, 1000, null, default)).Items;
        }

        /// <summary>Until Redis answers.</summary>
        public async Task Fill()
        {
            await Ranking();
            await ((RedisRanks)(await Boards.Find(Tenant, "board-1", default)).Value.Ranks).Filled;
        }
    }

    async Task<JournalEntry> Commit(Node? hears, string userId, decimal amount)
    {
        var seq = sequences[userId] = sequences.GetValueOrDefault(userId) + 1;
        var entry = new JournalEntry(seq, clock.GetUtcNow(), new(null, null, null, "test"))
        {
            Transactions = [new($"t{seq}", $"g{seq}", "points", Direction.Credit, amount, RedemptionMode.Auto, TransactionState.Completed, InitiatorType.System, "test", CounterpartType.System, "test")],
        };
        await store.Commit(Partition.Player(Tenant, userId), [Write.Create($"journal:{seq:D12}", GameJson.Bytes(entry))], default);
        if (hears is not null)
        {
            await hears.Boards.Committed(Tenant, userId, entry);
        }
        return entry;
    }

    [Fact]
    public async Task What_a_node_commits_every_node_ranks_before_the_action_is_answered()
    {
        await using var server = await RedisServer.Start();
        await using var redis1 = await server.Connect();
        await using var redis2 = await server.Connect();
        var (here, there) = (new Node(store, clock, redis1), new Node(store, clock, redis2));
        await here.Create(Board());
        await Task.WhenAll(here.Keeper.Keep(default), there.Keeper.Keep(default));
        await here.Fill();
        var read = store.FeedReads;

        await Commit(here, "ada", 5);
        await Commit(there, "ada", 4);
        await Commit(here, "bob", 8);
        foreach (var node in (Node[])[here, there])
        {
            (await node.Ranking()).ShouldBe([new(1, "ada", 9), new(2, "bob", 8)]);
        }
        store.FeedReads.ShouldBe(read, "Redis answered both");

        // What a crash kept from being told comes with the feed, and what was told counts once.
        await Commit(null, "bob", 2);
        await there.Feed.CatchUp(default);
        (await here.Ranking()).ShouldBe([new(1, "bob", 10), new(2, "ada", 9)]);
        await here.Feed.CatchUp(default);
        (await there.Ranking()).ShouldBe([new(1, "bob", 10), new(2, "ada", 9)]);
    }

    [Fact]
    public async Task Without_Redis_every_node_reads_what_others_committed_from_the_journals()
    {
        var (here, there) = (new Node(store, clock, null), new Node(store, clock, null));
        await here.Create(Board());
        await Task.WhenAll(here.Keeper.Keep(default), there.Keeper.Keep(default));
        await Commit(here, "ada", 5);
        await Commit(there, "ada", 4);
        (await there.Ranking()).ShouldBe([new(1, "ada", 9)]);
        (await here.Ranking()).ShouldBe([new(1, "ada", 9)]);
    }

    [Fact]
    public async Task A_node_finds_boards_that_another_made_or_changed()
    {
        var (here, there) = (new Node(store, clock, null), new Node(store, clock, null));
        await Task.WhenAll(here.Keeper.Keep(default), there.Keeper.Keep(default));
        await here.Create(Board());
        clock.Advance(TimeSpan.FromSeconds(2));
        await there.Keeper.Keep(default);
        there.Boards.Live.ShouldHaveSingleItem().Board.Version.ShouldBe(1);
        await here.Create(Board(version: 2, starts: Now.AddHours(1)));
        clock.Advance(TimeSpan.FromSeconds(2));
        await there.Keeper.Keep(default);
        there.Boards.Live.ShouldHaveSingleItem().Board.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Nodes_that_store_in_turn_leave_what_a_new_node_ranks_right()
    {
        var nodes = new[] { new Node(store, clock, null), new Node(store, clock, null) };
        await nodes[0].Create(Board());
        for (var turn = 0; turn < 6; turn++)
        {
            // Each node meets the users in another order.
            foreach (var user in Enumerable.Range(0, 5))
            {
                await Commit(nodes[turn % 2], $"user-{(user + turn) % 5}", user + 1);
            }
            await nodes[turn % 2].Keeper.Store(default);
        }
        var commits = store.Commits;
        await nodes[1].Keeper.Store(default);
        store.Commits.ShouldBe(commits, "nothing changed");
        var expected = await nodes[0].Ranking();
        expected.Sum(line => line.Score).ShouldBe(90);
        var fresh = new Node(store, clock, null);
        await fresh.Keeper.Keep(default);
        (await fresh.Ranking()).ShouldBe(expected);
    }

    [Fact]
    public async Task Results_are_stored_by_one_node_and_read_by_all_without_who_was_erased_later()
    {
        var nodes = new[] { new Node(store, clock, null), new Node(store, clock, null) };
        await nodes[0].Create(Board(ends: Now.AddHours(1)));
        await Commit(nodes[0], "ada", 5);
        await Commit(nodes[1], "bob", 7);
        await Task.WhenAll(nodes.Select(node => node.Keeper.Keep(default)));
        clock.Advance(TimeSpan.FromHours(2));
        await Task.WhenAll(nodes.Select(node => node.Keeper.Keep(default)));
        foreach (var node in nodes)
        {
            node.Boards.Live.ShouldBeEmpty();
            (await node.Ranking()).ShouldBe([new(1, "bob", 7), new(2, "ada", 5)]);
        }
        await nodes[0].Boards.Erase(Tenant, "bob", null, default);
        nodes[1].Boards.Unload(Tenant);
        (await nodes[1].Ranking()).ShouldBe([new(1, "ada", 5)]);
        await nodes[1].Boards.Erase(Tenant, "ada", null, default);
        nodes[0].Boards.Unload(Tenant);
        (await nodes[0].Ranking()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_is_erased_leaves_the_boards_of_all_nodes_and_what_is_stored()
    {
        var nodes = new[] { new Node(store, clock, null), new Node(store, clock, null) };
        await nodes[0].Create(Board());
        await Commit(nodes[0], "ada", 5);
        await Commit(nodes[1], "bob", 7);
        await nodes[0].Keeper.Store(default);
        await nodes[1].Keeper.Keep(default);
        await nodes[1].Boards.Erase(Tenant, "bob", null, default);
        (await nodes[1].Ranking()).ShouldBe([new(1, "ada", 5)]);
        var fresh = new Node(store, clock, null);
        await fresh.Keeper.Keep(default);
        (await fresh.Ranking()).ShouldBe([new(1, "ada", 5)]);
    }
}
