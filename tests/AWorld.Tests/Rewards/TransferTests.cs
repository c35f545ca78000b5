using System.Collections.Immutable;
using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Tests.Rewards;

/// <summary>Money is neither made nor lost nor left half moved, whichever write of a transfer a process dies at.</summary>
public sealed class TransferTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
    static readonly Tenant Tenant = new("account001", "workspace1");
    static readonly string[] Users = ["ada", "bob", "cy"];

    /// <summary>What one process holds in memory over a store that outlives it.</summary>
    sealed class Process
    {
        public Process(MemoryStore store, FakeClock clock)
        {
            Players = new(store, new ServiceCollection().BuildServiceProvider(), Options.Create(new GameOptions()), new(clock), NullLogger<Players>.Instance);
            Documents = new(store, Players);
            var snapshots = new Snapshots(store, [VirtualCurrencies.Resource], Options.Create(new SnapshotOptions()), clock);
            Transfers = new(Players, Documents, snapshots, new(clock));
            Recovery = new(Transfers, Documents, Options.Create(new RewardsOptions()), new(clock), NullLogger<TransferRecovery>.Instance);
        }

        public Players Players { get; }
        public TransferDocuments Documents { get; }
        public Transfers Transfers { get; }
        public TransferRecovery Recovery { get; }

        public async Task<decimal> Balance(string userId) => Ledger.Available(await Players.Read(Tenant, userId, default), "points");
    }

    static async Task<(MemoryStore, FakeClock)> Funded()
    {
        var (store, clock) = (new MemoryStore(), new FakeClock(Now));
        var content = JsonSerializer.SerializeToElement(new VirtualCurrency("Points", MinAllowedBalance: 0, MaxAllowedBalance: 1000) { DefaultLang = "en", Translations = [new LabelTranslation("Points") { Lang = "en" }] }, Json.Options);
        var head = new Head("points", Stage.Published, 1, "eu-west-1", Now, Now, [], ImmutableDictionary<string, TextTimes>.Empty, content);
        await store.Commit(VirtualCurrencies.Resource.In(Tenant), [Write.Create(DocumentIds.Entity("points"), Json.Bytes(head))], default);
        foreach (var userId in Users)
        {
            (await new Process(store, clock).Transfers.Make(Gift($"fund-{userId}", userId, 100), default)).Error.ShouldBeNull();
        }
        return (store, clock);
    }

    static Transfer Of(string groupId, params Leg[] legs) =>
        new(Tenant, groupId, string.Join(',', legs.Select(leg => $"{leg.UserId}{leg.Direction}{leg.Amount}")), new(null, null, "p1", "test"), InitiatorType.Admin, "p1", legs, Now);

    static Leg Leg(int index, string userId, Direction direction, decimal amount, string? counterpart = null, RedemptionMode mode = RedemptionMode.Auto) =>
        new(index, userId, "points", direction, amount, mode, counterpart is null ? CounterpartType.System : CounterpartType.User, counterpart ?? "workspace", null, null);

    static Transfer Gift(string groupId, string userId, decimal amount) => Of(groupId, Leg(0, userId, Direction.Credit, amount));

    /// <summary>Ada pays 30 to Bob and 20 to Cy.</summary>
    static Transfer Payment(decimal toBob = 30) => Of("payment",
        Leg(0, "ada", Direction.Debit, toBob, "bob"), Leg(1, "bob", Direction.Credit, toBob, "ada"),
        Leg(2, "ada", Direction.Debit, 20, "cy"), Leg(3, "cy", Direction.Credit, 20, "ada"));

    static async Task<decimal[]> Balances(Process process) => [await process.Balance("ada"), await process.Balance("bob"), await process.Balance("cy")];

    [Fact]
    public async Task A_transfer_moves_all_of_it_and_is_made_once()
    {
        var (store, clock) = await Funded();
        var process = new Process(store, clock);
        var made = (await process.Transfers.Make(Payment(), default)).Value;
        made.Before.ShouldBeFalse();
        made.Made.Select(one => (one.UserId, one.Transaction.Direction, one.Transaction.Amount)).ShouldBe(
            [("ada", Direction.Debit, 30m), ("bob", Direction.Credit, 30m), ("ada", Direction.Debit, 20m), ("cy", Direction.Credit, 20m)]);
        (await Balances(process)).ShouldBe([50, 130, 120]);
        var again = (await process.Transfers.Make(Payment(), default)).Value;
        again.Before.ShouldBeTrue();
        again.Made.Select(one => one.Transaction.VirtualTransactionId).ShouldBe(made.Made.Select(one => one.Transaction.VirtualTransactionId));
        (await Balances(process)).ShouldBe([50, 130, 120]);
        (await process.Transfers.Make(Payment(31), default)).Error!.Status.ShouldBe(409);
        (await process.Documents.AllOpen(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_one_balance_does_not_allow_happens_to_none()
    {
        var (store, clock) = await Funded();
        var process = new Process(store, clock);
        (await process.Transfers.Make(Payment(81), default)).Error!.Code.ShouldBe("business/invalid_operation");
        (await Balances(process)).ShouldBe([100, 100, 100]);
        (await process.Transfers.Make(Payment(81), default)).Error!.Code.ShouldBe("business/invalid_operation");
        (await process.Transfers.Make(Of("too-much", Leg(0, "ada", Direction.Debit, 10, "bob"), Leg(1, "bob", Direction.Credit, 901)), default)).Error.ShouldNotBeNull();
        (await Balances(process)).ShouldBe([100, 100, 100]);
        (await process.Players.Read(Tenant, "ada", default)).Pending.ShouldBeEmpty();
        (await process.Documents.AllOpen(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_group_stays_refused_though_it_could_be_paid_later()
    {
        var (store, clock) = await Funded();
        var process = new Process(store, clock);
        (await process.Transfers.Make(Payment(81), default)).Error.ShouldNotBeNull();
        (await process.Transfers.Make(Gift("more", "ada", 50), default)).Error.ShouldBeNull();
        (await process.Transfers.Make(Payment(81), default)).Error!.Code.ShouldBe("business/invalid_operation");
        (await Balances(process)).ShouldBe([150, 100, 100]);
        (await process.Players.Read(Tenant, "ada", default)).Pending.ShouldBeEmpty();
    }

    public enum Then { Retry, Recover }

    [Theory]
    [InlineData(true, Then.Retry)]
    [InlineData(true, Then.Recover)]
    [InlineData(false, Then.Retry)]
    [InlineData(false, Then.Recover)]
    public async Task A_process_that_dies_at_any_write_leaves_nothing_half_done(bool affordable, Then then)
    {
        var transfer = Payment(affordable ? 30 : 81);
        foreach (var fault in new[] { MemoryStore.Fault.Before, MemoryStore.Fault.After })
        {
            var died = true;
            for (var n = 0; died; n++)
            {
                var (store, clock) = await Funded();
                var left = n;
                store.Faults = (_, _) => left-- > 0 ? MemoryStore.Fault.None : fault;
                died = await Throws(() => new Process(store, clock).Transfers.Make(transfer, default).AsTask());
                store.Faults = (_, _) => MemoryStore.Fault.None;

                var process = new Process(store, clock);
                clock.Advance(TimeSpan.FromMinutes(1));
                if (then == Then.Retry)
                {
                    (await process.Transfers.Make(transfer, default)).Succeeded.ShouldBe(affordable, $"died {fault} write {n}");
                }
                else
                {
                    await process.Recovery.Recover(default);
                }
                var balances = await Balances(process);
                balances.Sum().ShouldBe(300, $"died {fault} write {n}");
                var moved = balances.SequenceEqual([50m, 130m, 120m]);
                (moved || balances.SequenceEqual([100m, 100m, 100m])).ShouldBeTrue($"died {fault} write {n}: {string.Join(' ', balances)}");
                (moved && !affordable).ShouldBeFalse();
                (then == Then.Retry && affordable && !moved).ShouldBeFalse($"died {fault} write {n}");
                foreach (var userId in Users)
                {
                    (await process.Players.Read(Tenant, userId, default)).Pending.ShouldBeEmpty();
                }
                (await process.Documents.AllOpen(default)).ShouldBeEmpty();
                // And the same request once more still gives the one result
                (await process.Transfers.Make(transfer, default)).Succeeded.ShouldBe(affordable);
                (await Balances(process)).ShouldBe(affordable ? [50, 130, 120] : [100, 100, 100]);
                n.ShouldBeLessThan(50);
            }
        }
    }

    [Fact]
    public async Task What_is_held_cannot_be_spent_meanwhile()
    {
        var (store, clock) = await Funded();
        var left = 3;
        store.Faults = (_, _) => left-- > 0 ? MemoryStore.Fault.None : MemoryStore.Fault.Before;
        (await Throws(() => new Process(store, clock).Transfers.Make(Payment(70), default).AsTask())).ShouldBeTrue();
        store.Faults = (_, _) => MemoryStore.Fault.None;
        var process = new Process(store, clock);
        (await process.Transfers.Make(Of("spend", Leg(0, "ada", Direction.Debit, 11)), default)).Error.ShouldNotBeNull();
        (await process.Transfers.Make(Of("spend-less", Leg(0, "ada", Direction.Debit, 10)), default)).Error.ShouldBeNull();
        clock.Advance(TimeSpan.FromMinutes(1));
        await process.Recovery.Recover(default);
        (await Balances(process)).ShouldBe([0, 170, 120]);
    }

    [Fact]
    public async Task Manual_transactions_of_a_group_wait_for_their_users_after_it_is_decided()
    {
        var (store, clock) = await Funded();
        var process = new Process(store, clock);
        var made = (await process.Transfers.Make(Of("gifts", Leg(0, "ada", Direction.Credit, 5, mode: RedemptionMode.Manual), Leg(1, "bob", Direction.Credit, 6)), default)).Value.Made;
        (await Balances(process)).ShouldBe([100, 106, 100]);
        var (_, _, waiting) = made[0];
        var redeemed = await process.Players.Change(Tenant, "ada", new(state => Redemptions.Decide(state, waiting, null, TransactionState.Completed, new(null, null, null, "test"), Now)), default);
        redeemed.Error.ShouldBeNull();
        (await process.Balance("ada")).ShouldBe(105);
    }

    /// <summary>As it can be after the loss of a region, when two regions gave one number to different entries.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_part_whose_entries_another_region_has_overruled_is_made_when_the_transfer_is_sent_again_and_then_once(int overruled)
    {
        var (store, clock) = await Funded();
        var (other, otherClock) = await Funded();
        (await new Process(store, clock).Transfers.Make(Payment(), default)).Error.ShouldBeNull();
        (await Balances(new Process(store, clock))).ShouldBe([50, 130, 120]);
        otherClock.Advance(TimeSpan.FromSeconds(1));
        for (var n = 0; n < overruled; n++)
        {
            (await new Process(other, otherClock).Transfers.Make(Gift($"there-{n}", "bob", 1), default)).Error.ShouldBeNull();
        }
        await Overrule(store, other, "bob");
        (await new Process(store, clock).Balance("bob")).ShouldBe(100 + overruled);

        for (var n = 0; n < 3; n++)
        {
            var again = (await new Process(store, clock).Transfers.Make(Payment(), default)).Value;
            again.Made.Select(one => $"{one.UserId} {one.Transaction.Direction} {one.Transaction.Amount}").ShouldBe(["ada Debit 30", "bob Credit 30", "ada Debit 20", "cy Credit 20"]);
        }
        (await new Process(store, clock).Transfers.Make(Gift("next", "bob", 1), default)).Error.ShouldBeNull();
        (await Balances(new Process(store, clock))).ShouldBe([50, 131 + overruled, 120]);
    }

    [Fact]
    public async Task A_gift_whose_entry_another_region_has_overruled_is_made_when_it_is_sent_again_and_then_once()
    {
        var (store, clock) = await Funded();
        var (other, otherClock) = await Funded();
        (await new Process(store, clock).Transfers.Make(Gift("gift", "bob", 7), default)).Error.ShouldBeNull();
        otherClock.Advance(TimeSpan.FromSeconds(1));
        (await new Process(other, otherClock).Transfers.Make(Gift("there", "bob", 1), default)).Error.ShouldBeNull();
        await Overrule(store, other, "bob");
        (await new Process(store, clock).Balance("bob")).ShouldBe(101);
        for (var n = 0; n < 3; n++)
        {
            (await new Process(store, clock).Transfers.Make(Gift("gift", "bob", 7), default)).Value.Made.ShouldHaveSingleItem().Transaction.Amount.ShouldBe(7);
        }
        (await new Process(store, clock).Balance("bob")).ShouldBe(108);
    }

    /// <summary>Of what both have of the user, the other's stays.</summary>
    static async Task Overrule(MemoryStore store, MemoryStore other, string userId)
    {
        var partition = Partition.Player(Tenant, userId);
        foreach (var document in (await other.Query(partition, new(), default)).Items)
        {
            (await store.Commit(partition, [Write.Upsert(document.Id, document.Body)], default)).Committed.ShouldBeTrue();
        }
    }

    static async Task<bool> Throws(Func<Task> work)
    {
        try
        {
            await work();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
