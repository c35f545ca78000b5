using AWorld.Functions.Redis;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Tests;
using AWorld.Tests.Platform;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests.Redis;

/// <summary>Ranks in a real redis-server, told by several nodes, and what they answer when Redis loses them.</summary>
public sealed class RedisRanksTests : RanksConformance, IAsyncLifetime
{
    readonly FakeClock clock = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
    readonly List<RespConnection> connections = [];
    RedisServer server = null!;
    int boards;

    public async ValueTask InitializeAsync() => server = await RedisServer.Start();

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
        await server.DisposeAsync();
    }

    protected override int Histories => 30;

    protected override async Task<IRanks> Open(bool ranksZero = true)
    {
        var node = new Node(connections.Count > 0 ? connections[0] : await Connect(), $"board-{++boards}", [], clock, ranksZero);
        await node.Fill();
        return node.Ranks;
    }

    async Task<RespConnection> Connect()
    {
        connections.Add(await server.Connect());
        return connections[^1];
    }

    async Task<Node> Join(string board, List<RankEntry> journal) => new(await Connect(), board, journal, clock);

    /// <summary>A node with its own copy of the journals, which it reads when it must.</summary>
    sealed class Node
    {
        readonly FakeClock clock;
        readonly RankIndex own;

        public Node(RespConnection redis, string board, List<RankEntry> journal, FakeClock clock, bool ranksZero = true)
        {
            (Redis, this.clock, own) = (redis, clock, new(ranksZero));
            var shared = new SharedRanks(Options.Create(new PlatformOptions()), new(), clock, NullLogger<RedisRanks>.Instance, redis);
            Ranks = (RedisRanks)shared.Open(board, ranksZero, () => own, async _ =>
            {
                Caught++;
                await ((IRanks)own).Journaled(journal);
            });
        }

        public RespConnection Redis { get; }
        public RedisRanks Ranks { get; }

        /// <summary>How often the journals were read.</summary>
        public int Caught { get; private set; }

        public async Task Fill()
        {
            clock.Advance(TimeSpan.FromSeconds(3));
            await Ranks.Find("nobody", None);
            await Ranks.Filled;
        }

        public async Task<IReadOnlyList<Ranked>> Read() => (await Ranks.Page(0, 1000, null, None)).Items;
    }

    static RankEntry Entry(string id, decimal amount, long sequence) => new(id, amount, sequence, sequence);

    [Fact]
    public void Keys_of_scores_are_in_their_order_and_tell_them()
    {
        var decimals = Gen.OneOf(
            from number in Gen.Choose(-1_000_000, 1_000_000) from unit in Gen.Elements(1m, 0.1m, 0.00001m, 0.0000000000000000000001m, 10_000_000_000m) select number * unit,
            Gen.Elements(0m, -0m, 1m, -1m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, -0.0000000000000000000000000001m)).ToArbitrary();
        Prop.ForAll(decimals, decimals, (left, right) =>
            Math.Sign(string.CompareOrdinal(ScoreKey.Of(left), ScoreKey.Of(right))) == -left.CompareTo(right) && ScoreKey.Read(ScoreKey.Member(left, -7, "用~户!")) == (left, "用~户!")).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Entries_that_two_nodes_tell_in_any_order_come_to_what_the_journal_says()
    {
        var orders = Gen.Shuffle(Enumerable.Range(1, 12).ToArray()).ToArbitrary();
        var feeds = Gen.ArrayOf(Gen.Choose(0, 1)).Resize(40).ToArbitrary();
        Prop.ForAll(orders, feeds, (order, feed) => Run(order, feed).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    async Task<bool> Run(int[] order, int[] feed)
    {
        var board = $"board-{++boards}";
        var nodes = new[] { await Join(board, []), await Join(board, []) };
        await nodes[0].Fill();
        RankEntry[] entries = [.. Enumerable.Range(1, 12).Select(i => Entry("ada", i % 4 == 0 ? 0 : i * i % 7 - 2, i))];
        var positions = new int[2];
        for (var i = 0; i < Math.Max(order.Length, feed.Length); i++)
        {
            if (i < order.Length)
            {
                await nodes[order[i] % 2].Ranks.Heard(entries[order[i] - 1]);
            }
            if (i < feed.Length && positions[feed[i]] < 12)
            {
                await nodes[feed[i]].Ranks.Journaled([entries[positions[feed[i]]++]]);
            }
        }
        var expected = new RankIndex();
        await ((IRanks)expected).Journaled(entries);
        return (await nodes[1].Read()).SequenceEqual(expected.Page(0, 10).Items) && nodes[1].Caught == 0;
    }

    [Fact]
    public async Task Nodes_that_change_the_same_member_at_once_lose_nothing()
    {
        var nodes = new[] { await Join("board", []), await Join("board", []), await Join("board", []), await Join("board", []) };
        await nodes[0].Fill();
        await Task.WhenAll(nodes.Select((node, n) => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await node.Ranks.Heard(Entry("ada", 1, i * 4 + n + 1));
            }
        })));
        (await nodes[2].Ranks.Find("ada", None)).ShouldBe((new Standing(1, 80), 1));
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("DEL", "ranks:{eu-west-1/board}:members")]
    [InlineData("DEL", "ranks:{eu-west-1/board}:order")]
    [InlineData("DEL", "ranks:{eu-west-1/board}:state")]
    [InlineData("ZREMRANGEBYRANK", "ranks:{eu-west-1/board}:order", "0", "0")]
    [InlineData("HDEL", "ranks:{eu-west-1/board}:members", "bob")]
    public async Task What_Redis_lost_is_read_from_the_journals_and_filled_again(params string[] loss)
    {
        List<RankEntry> journal = [Entry("ada", 5, 1), Entry("bob", 9, 1)];
        var node = await Join("board", journal);
        await node.Fill();
        Ranked[] expected = [new(1, "bob", 9), new(2, "ada", 5)];
        (await node.Read()).ShouldBe(expected);
        var caught = node.Caught;

        await node.Redis.Command(loss);
        (await node.Read()).ShouldBe(expected);
        node.Caught.ShouldBeGreaterThan(caught);
        await node.Fill();
        caught = node.Caught;
        (await node.Read()).ShouldBe(expected);
        (await node.Ranks.Find("ada", None)).ShouldBe((new Standing(2, 5), 2));
        node.Caught.ShouldBe(caught, "Redis answers again");
    }

    [Fact]
    public async Task A_board_that_is_being_filled_is_not_read_and_takes_what_is_told()
    {
        List<RankEntry> journal = [Entry("ada", 5, 1)];
        var (filler, other) = (await Join("board", journal), await Join("board", journal));
        (await filler.Redis.Evaluate(RankScripts.Begin, ["ranks:{eu-west-1/board}:members", "ranks:{eu-west-1/board}:order", "ranks:{eu-west-1/board}:state"], "somebody", "60000")).ShouldBe("begun");
        await other.Ranks.Journaled([Entry("ada", 7, 2)]);
        journal.Add(Entry("ada", 7, 2));
        await other.Ranks.Heard(Entry("bob", 3, 1));
        journal.Add(Entry("bob", 3, 1));
        (await other.Read()).ShouldBe([new(1, "ada", 12), new(2, "bob", 3)]);
        other.Caught.ShouldBeGreaterThan(0);
        await other.Ranks.Filled;

        // The filler began before, so its copy lacks what was told since.
        await filler.Redis.Command("DEL", "ranks:{eu-west-1/board}:state");
        await filler.Fill();
        var caught = filler.Caught;
        (await filler.Read()).ShouldBe([new(1, "ada", 12), new(2, "bob", 3)]);
        filler.Caught.ShouldBe(caught);
    }

    [Fact]
    public async Task Without_Redis_ranks_come_from_the_journals_and_nothing_fails()
    {
        List<RankEntry> journal = [Entry("ada", 5, 1)];
        var node = await Join("board", journal);
        await node.Fill();
        await server.Stop();

        journal.Add(Entry("bob", 9, 1));
        await node.Ranks.Heard(journal[1]);
        await node.Ranks.Journaled([journal[1]]);
        await node.Ranks.Remove("nobody");
        await node.Ranks.Close();
        (await node.Ranks.Find("ada", None)).ShouldBe((new Standing(2, 5), 2));
        (await node.Read()).ShouldBe([new(1, "bob", 9), new(2, "ada", 5)]);
    }

    [Fact]
    public async Task Who_lost_the_connection_has_the_ranks_filled_again_before_it_trusts_them()
    {
        List<RankEntry> journal = [Entry("ada", 5, 1)];
        var (node, other) = (await Join("board", journal), await Join("board", journal));
        await node.Fill();
        // A replica took over that had not heard of it yet.
        journal.Add(Entry("bob", 9, 1));
        (await other.Read()).ShouldHaveSingleItem();
        other.Redis.Lose();
        (await other.Read()).Count.ShouldBe(2);
        await other.Fill();
        var caught = node.Caught;
        (await node.Read()).Count.ShouldBe(2);
        node.Caught.ShouldBe(caught);
    }

    [Fact]
    public async Task Final_boards_leave_Redis_in_time()
    {
        var node = await Join("board", [Entry("ada", 5, 1)]);
        await node.Fill();
        await node.Ranks.Close();
        (await node.Read()).ShouldHaveSingleItem();
        foreach (var key in (string[])["members", "order", "state"])
        {
            long.Parse((await node.Redis.Command("PTTL", $"ranks:{{eu-west-1/board}}:{key}"))!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 86_400_000);
        }
    }

    [Fact]
    public async Task Ten_thousand_members_are_filled_and_ranked_as_the_journals_have_them()
    {
        List<RankEntry> journal = [.. Enumerable.Range(0, 10_000).Select(i => new RankEntry($"member-{i:D5}", i * 7919 % 1000 / 4m, i % 13, 1))];
        var node = await Join("board", journal);
        await node.Fill();
        var caught = node.Caught;
        var expected = new RankIndex();
        await ((IRanks)expected).Journaled(journal);
        (await node.Ranks.Page(4990, 100, "member-00000", None)).ShouldBeEquivalentTo(expected.Page(4990, 100, "member-00000"));
        node.Caught.ShouldBe(caught);
    }
}
