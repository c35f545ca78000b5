using AWorld.Game;
using AWorld.Leaderboards;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using AWorld.Rewards;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Leaderboards;

/// <summary>Whatever happens between commits, stores, crashes and starts, a board ranks what its users' journals add up to.</summary>
public sealed class BoardKeeperTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
    static readonly Tenant Tenant = new("account001", "workspace1"), Neighbour = new("account001", "workspace2");

    static RuntimeLeaderboard Board(DateTimeOffset? starts = null, DateTimeOffset? ends = null, string id = "board-1", int version = 1) =>
        new(id, "configuration-1", new(ends is null ? TimeframeType.Permanent : TimeframeType.Range, TimeframeTimezoneType.Fixed, "UTC", starts ?? Now.AddDays(-1), ends),
            new("points", EveryUser: false), version, Now, Now);

    /// <summary>A platform's process: what is in memory goes with it.</summary>
    sealed class Process
    {
        readonly MemoryStore store;
        readonly FakeClock clock;
        readonly BoardDocuments documents;

        public Process(MemoryStore store, FakeClock clock, int mostWaiting = 4)
        {
            (this.store, this.clock, documents) = (store, clock, new(store));
            var options = Options.Create(new LeaderboardsOptions { EntriesWhileBuilding = mostWaiting, ReadyWithin = TimeSpan.FromSeconds(1) });
            Boards = new(documents, options, new(clock), new());
            BoardFeed? hearing = null;
            var services = new ServiceCollection().AddSingleton<IPlayerFeedConsumer>(_ => hearing!).BuildServiceProvider();
            var feed = new PlayerFeed(store, services, Options.Create(new GameOptions()), new(clock), NullLogger<PlayerFeed>.Instance);
            hearing = new BoardFeed(Boards, documents, store, feed, new(clock));
            Keeper = new(Boards, documents, hearing, feed, options, new(clock), NullLogger<BoardKeeper>.Instance);
        }

        public Boards Boards { get; }
        public BoardKeeper Keeper { get; }

        public async Task Create(RuntimeLeaderboard board)
        {
            await documents.Enlist(new(Tenant, board.RuntimeLeaderboardId), default);
            await store.Commit(BoardDocuments.In(Tenant), [Write.Upsert(BoardDocuments.BoardId(board.RuntimeLeaderboardId), Json.Bytes(board))], default);
            await Boards.Follow(new(Tenant, board.RuntimeLeaderboardId), default);
        }

        /// <returns>The entry, which the boards have not heard of yet.</returns>
        public async Task<JournalEntry> Commit(Tenant tenant, string userId, long seq, decimal amount, string currency = "points")
        {
            var entry = Entry(seq, clock.GetUtcNow(), amount, currency);
            await store.Commit(Partition.Player(tenant, userId), [Write.Create($"journal:{seq:D12}", GameJson.Bytes(entry)), Write.Upsert("state", "{}"u8.ToArray())], default);
            return entry;
        }

        public async Task<IReadOnlyList<Ranked>> Ranking(string boardId = "board-1")
        {
            var found = await Boards.Find(Tenant, boardId, default);
            found.Error.ShouldBeNull();
            return (await found.Value.Ranks.Page(0, 1000, null, default)).Items;
        }
    }

    static JournalEntry Entry(long seq, DateTimeOffset at, decimal amount, string currency) => new(seq, at, new(null, null, null, "test"))
    {
        Transactions = amount == 0 ? [] : [new($"t{seq}", $"g{seq}", currency, amount > 0 ? Direction.Credit : Direction.Debit, Math.Abs(amount), RedemptionMode.Auto,
            TransactionState.Completed, InitiatorType.System, "test", CounterpartType.System, "test")],
    };

    enum Act { Commit, CommitUnheard, Keep, Crash, KeepAndCrash, NewBoard, Erase, Tick }

    static readonly Arbitrary<(Act Act, int User, int Amount)[]> Histories = Gen.ArrayOf(
        from act in Gen.Frequency((14, Gen.Constant(Act.Commit)), (2, Gen.Constant(Act.CommitUnheard)), (3, Gen.Constant(Act.Keep)), (2, Gen.Constant(Act.Crash)),
            (2, Gen.Constant(Act.KeepAndCrash)), (1, Gen.Constant(Act.NewBoard)), (1, Gen.Constant(Act.Erase)), (4, Gen.Constant(Act.Tick)))
        from user in Gen.Choose(0, 6)
        from amount in Gen.Choose(-1, 3)
        select (act, user, amount)).Resize(120).ToArbitrary();

    [Fact]
    public void Any_interleaving_of_commits_stores_crashes_and_erasures_ranks_what_the_journals_say() =>
        Prop.ForAll(Histories, history => Run(history).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    static async Task<bool> Run((Act Act, int User, int Amount)[] history)
    {
        var (store, clock) = (new MemoryStore(), new FakeClock(Now));
        var process = new Process(store, clock);
        await process.Create(Board());
        var journals = new Dictionary<string, List<JournalEntry>>();
        var sequences = new Dictionary<string, long>();
        var generation = new int[7];
        var boards = 1;
        foreach (var (act, user, amount) in history)
        {
            var userId = $"user-{user}-{generation[user]}";
            switch (act)
            {
                case Act.Commit or Act.CommitUnheard:
                    var seq = sequences[userId] = sequences.GetValueOrDefault(userId) + 1;
                    var entry = await process.Commit(Tenant, userId, seq, amount);
                    await process.Commit(Neighbour, userId, seq, 100);
                    (journals.TryGetValue(userId, out var journal) ? journal : journals[userId] = []).Add(entry);
                    if (act == Act.CommitUnheard)
                    {
                        // Killed between the commit and the board's hearing of it
                        process = new(store, clock);
                        break;
                    }
                    await process.Boards.Committed(Tenant, userId, entry);
                    break;
                case Act.Keep:
                    await process.Keeper.Keep(default);
                    break;
                case Act.Crash:
                    process = new(store, clock);
                    break;
                case Act.KeepAndCrash:
                    // Killed at its n-th write
                    var left = amount + 1;
                    store.Faults = (partition, _) => left-- > 0 ? MemoryStore.Fault.None : amount % 2 == 0 ? MemoryStore.Fault.Before : MemoryStore.Fault.After;
                    try
                    {
                        await process.Keeper.Keep(default);
                    }
                    catch (IOException)
                    {
                    }
                    store.Faults = (_, _) => MemoryStore.Fault.None;
                    process = new(store, clock);
                    break;
                case Act.NewBoard:
                    await process.Create(Board(id: $"board-{++boards}"));
                    break;
                case Act.Erase:
                    await process.Keeper.Keep(default);
                    for (var gone = 1L; gone <= sequences.GetValueOrDefault(userId); gone++)
                    {
                        await store.Commit(Partition.Player(Tenant, userId), [Write.Delete($"journal:{gone:D12}")], default);
                    }
                    await process.Boards.Erase(Tenant, userId, null, default);
                    journals.Remove(userId);
                    generation[user]++;
                    break;
                default:
                    clock.Advance(TimeSpan.FromSeconds(1));
                    break;
            }
        }
        await process.Keeper.Keep(default);
        var fold = new RankIndex();
        foreach (var (userId, entries) in journals)
        {
            entries.ForEach(entry => fold.Apply(userId, Board().AmountOf(entry), entry.At.ToUnixTimeMilliseconds(), entry.Seq));
        }
        var expected = fold.Page(0, 1000).Items;
        for (var board = 1; board <= boards; board++)
        {
            if (!(await process.Ranking($"board-{board}")).SequenceEqual(expected))
            {
                return false;
            }
        }
        return true;
    }

    [Fact]
    public async Task A_live_board_ranks_an_entry_as_soon_as_it_heard_of_it()
    {
        var process = new Process(new(), new(Now));
        await process.Keeper.Keep(default);
        await process.Create(Board());
        await process.Keeper.Keep(default);
        await process.Boards.Committed(Tenant, "ada", await process.Commit(Tenant, "ada", 1, 5));
        (await process.Ranking()).ShouldBe([new(1, "ada", 5)]);
        await process.Boards.Committed(Tenant, "bob", await process.Commit(Tenant, "bob", 1, 7, "other"));
        (await process.Ranking()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task More_entries_than_may_wait_while_a_board_is_built_are_read_from_the_journal()
    {
        var process = new Process(new(), new(Now), mostWaiting: 2);
        await process.Create(Board());
        for (var seq = 1; seq <= 50; seq++)
        {
            await process.Boards.Committed(Tenant, $"user-{seq % 7}", await process.Commit(Tenant, $"user-{seq % 7}", 1 + seq / 7, 1));
        }
        await process.Keeper.Keep(default);
        (await process.Ranking()).Sum(line => line.Score).ShouldBe(50);
    }

    [Fact]
    public async Task A_redeemed_credit_counts_when_it_is_redeemed()
    {
        var process = new Process(new(), new(Now));
        await process.Create(Board());
        await process.Keeper.Keep(default);
        var redeemed = Entry(1, Now, 0, "points") with { Settled = [new("t0", TransactionState.Completed, Now, "points", 4), new("t1", TransactionState.Completed, Now, "points", -3), new("t2", TransactionState.Rejected, Now, "points", 9)] };
        await process.Boards.Committed(Tenant, "ada", redeemed);
        (await process.Ranking()).ShouldBe([new(1, "ada", 4)]);
    }

    [Fact]
    public async Task Results_of_an_ended_board_are_final_and_survive_without_the_journal_being_read()
    {
        var (store, clock) = (new MemoryStore(), new FakeClock(Now));
        var process = new Process(store, clock);
        await process.Create(Board(ends: Now.AddHours(1)));
        await process.Keeper.Keep(default);
        await process.Boards.Committed(Tenant, "ada", await process.Commit(Tenant, "ada", 1, 5));
        clock.Advance(TimeSpan.FromHours(1));
        await process.Boards.Committed(Tenant, "ada", await process.Commit(Tenant, "ada", 2, 5));
        (await process.Ranking()).ShouldBe([new(1, "ada", 5)]);
        clock.Advance(TimeSpan.FromMinutes(2));
        await process.Keeper.Keep(default);
        process.Boards.Live.ShouldBeEmpty();
        (await process.Ranking()).ShouldBe([new(1, "ada", 5)]);

        process = new(store, clock);
        await process.Keeper.Keep(default);
        process.Boards.Live.ShouldBeEmpty();
        (await process.Ranking()).ShouldBe([new(1, "ada", 5)]);
        await process.Boards.Erase(Tenant, "ada", null, default);
        (await process.Ranking()).ShouldBeEmpty();
        process = new(store, clock);
        await process.Keeper.Keep(default);
        (await process.Ranking()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_period_is_ranked_anew()
    {
        var (store, clock) = (new MemoryStore(), new FakeClock(Now));
        var process = new Process(store, clock);
        await process.Create(Board());
        await process.Boards.Committed(Tenant, "ada", await process.Commit(Tenant, "ada", 1, 5));
        clock.Advance(TimeSpan.FromHours(2));
        await process.Boards.Committed(Tenant, "bob", await process.Commit(Tenant, "bob", 1, 3));
        await process.Keeper.Keep(default);
        await process.Create(Board(starts: Now.AddHours(1), version: 2));
        await process.Keeper.Keep(default);
        (await process.Ranking()).ShouldBe([new(1, "bob", 3)]);
        process = new(store, clock);
        await process.Keeper.Keep(default);
        (await process.Ranking()).ShouldBe([new(1, "bob", 3)]);
    }

    [Fact]
    public async Task A_read_waits_for_a_board_that_is_being_built_and_then_gives_up()
    {
        var clock = new FakeClock(Now);
        var process = new Process(new(), clock);
        await process.Keeper.Keep(default);
        await process.Create(Board());
        var reading = process.Boards.Find(Tenant, "board-1", default).AsTask();
        reading.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(2));
        (await reading).Error!.Status.ShouldBe(503);
        await process.Keeper.Keep(default);
        (await process.Boards.Find(Tenant, "board-1", default)).Succeeded.ShouldBeTrue();
        (await process.Boards.Find(Neighbour, "board-1", default)).Error!.Status.ShouldBe(404);
    }
}
