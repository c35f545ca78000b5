using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tenancy;
using AWorld.Tests.Game;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Tests.Rewards;

/// <summary>Credits that expire: the law of the ledger beside a purse of single coins, and the whole way over HTTP.</summary>
public sealed class ExpiringCreditTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="Amount">Negative: spent, as far as there is.</param>
    public sealed record Step(int Amount, bool Lasts, int Hours, bool Settles);

    static readonly Arbitrary<Step[]> Histories = (
        from amount in Gen.Choose(-9, 9)
        from lasts in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from hours in Gen.Choose(0, 40)
        from settles in Gen.Elements(true, false)
        select new Step(amount, lasts, hours, settles)).ArrayOf().Resize(60).ToArbitrary();

    static VirtualTransaction Moves(PlayerState state, decimal amount, bool lasts, DateTimeOffset now) => Ledger.Admit(state, [], new(
        $"t{state.Seq + 1}", "g", "points", amount > 0 ? Direction.Credit : Direction.Debit, Math.Abs(amount), RedemptionMode.Auto, TransactionState.Pending,
        InitiatorType.Admin, "test", CounterpartType.System, "workspace"), new(0, null, lasts ? "P2D" : null), now);

    [Fact]
    public void Coins_are_spent_oldest_first_and_expire_and_the_ledger_stays_balanced() => Prop.ForAll(Histories, history =>
    {
        var (state, now, journal) = (PlayerState.Empty, Start, new List<JournalEntry>());
        var purse = new List<DateTimeOffset>();
        foreach (var step in history)
        {
            now = now.AddHours(step.Hours);
            purse.RemoveAll(expires => expires <= now);
            if (step.Settles)
            {
                Take(ExpiringCredits.Expire(state, GameWorld.Somebody, now, index => $"e{state.Seq + 1}-{index}"));
                ExpiringCredits.Due(state, "points", now).ShouldBe(0);
                Ledger.Available(state, "points").ShouldBe(purse.Count);
            }
            if (step.Amount != 0)
            {
                var moves = Moves(state, step.Amount, step.Lasts, now);
                moves.State.ShouldBe(step.Amount < 0 && -step.Amount > purse.Count ? TransactionState.Rejected : TransactionState.Completed);
                Take(new(state.Seq + 1, now, GameWorld.Somebody) { Transactions = [moves] });
                if (moves.State == TransactionState.Completed)
                {
                    purse.Sort();
                    purse.RemoveRange(0, Math.Max(0, -step.Amount));
                    purse.AddRange(Enumerable.Repeat(step.Lasts ? now.AddDays(2) : DateTimeOffset.MaxValue, Math.Max(0, step.Amount)));
                }
            }
            Ledger.Available(state, "points", now).ShouldBe(purse.Count);
        }
        var sides = journal.SelectMany(entry => entry.Transactions).Where(one => one.State == TransactionState.Completed).Select(one => one.Sides("u1")).ToList();
        sides.Sum(both => both.User.Amount + both.Other.Amount).ShouldBe(0);
        sides.Sum(both => both.User.Amount).ShouldBe(Ledger.Available(state, "points"));
        GameJson.Bytes(journal.Aggregate(PlayerState.Empty, (folded, entry) => folded.Apply(entry))).ShouldBe(GameJson.Bytes(state));

        void Take(JournalEntry entry)
        {
            if (!entry.IsEmpty())
            {
                journal.Add(GameJson.Read<JournalEntry>(GameJson.Bytes(entry)));
                state = state.Apply(entry);
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_thousand_credits_are_remembered_in_a_few_and_none_expires_early()
    {
        var (state, now) = (PlayerState.Empty, Start);
        for (var i = 0; i < 1000; i++)
        {
            now = now.AddMinutes(2);
            state = state.Apply(new(state.Seq + 1, now, GameWorld.Somebody) { Transactions = [Moves(state, 1, true, now)] });
        }
        state.Credits.Count.ShouldBe(64);
        state.Credits.Sum(credit => credit.Remaining).ShouldBe(1000);
        Ledger.Available(state, "points", Start.AddDays(2)).ShouldBe(1000);
        Ledger.Available(state, "points", now.AddDays(2)).ShouldBe(0);
    }

    [Fact]
    public async Task Points_of_a_year_ago_leave_the_balance_by_an_entry_and_what_is_spent_first_is_what_expires_first()
    {
        await using var platform = await TestPlatform.Start();
        var made = await platform.Service<Workspaces>().Create(platform.Tenant.AccountId, new("Development", Development: true), CancellationToken.None);
        var workspace = new TestWorkspace(platform, new(platform.Tenant.AccountId, made.Value.WorkspaceId));
        var dashboard = workspace.Dashboard();
        const string currency = """{ "virtualCurrencyId": "points", "name": "Points", "minAllowedBalance": 0, "creditsExpireAfter": "P1Y", "defaultLang": "en", "translations": [{ "lang": "en", "label": "Points" }] }""";
        (await dashboard.Post("/dashboard/v1/virtual-currencies", currency)).Text("creditsExpireAfter").ShouldBe("P1Y");
        await dashboard.Post("/dashboard/v1/virtual-currencies/points/publish");
        var ada = await platform.NewUser(workspace.Tenant, "ada");
        Task Pay(decimal amount) => dashboard.Post("/dashboard/v1/virtual-transactions", $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "AUTO", "amount": {{amount}}, "destinationUserId": "{{ada}}" }] }""");
        async Task<decimal> Available() => (await workspace.App(ada).Get("/app/v1/virtual-balances/points")).Number("availableAmount");

        await Pay(10);
        await dashboard.Post("/dashboard/v1/test-clock/advance", new { by = "P6M" });
        await Pay(5);
        await Pay(-4);
        await dashboard.Post("/dashboard/v1/test-clock/advance", new { by = "P6M" });
        (await Available()).ShouldBe(5);
        await platform.Service<CreditLives>().Expire(workspace.Tenant, ada, CancellationToken.None);
        var expired = (await workspace.App(ada).Get("/app/v1/virtual-transactions")).Items().Where(one => one.Text("counterpart") == "expired").ShouldHaveSingleItem();
        (expired.Text("direction"), expired.Number("amount"), expired.Text("initiatorType"), expired.Text("state")).ShouldBe(("DEBIT", 6, "SYSTEM", "COMPLETED"));
        (await Available()).ShouldBe(5);
        await dashboard.Post("/dashboard/v1/test-clock/advance", new { by = "P6M" });
        (await Available()).ShouldBe(0);
    }

    [Theory]
    [InlineData("a year")]
    [InlineData("PT59M")]
    [InlineData("-P1D")]
    [InlineData("P2000Y")]
    public async Task A_duration_that_makes_no_sense_is_refused(string duration)
    {
        await using var platform = await TestPlatform.Start();
        (await platform.Dashboard().Refused(400, HttpMethod.Post, "/dashboard/v1/virtual-currencies",
            $$"""{ "name": "Points", "creditsExpireAfter": "{{duration}}", "defaultLang": "en", "translations": [{ "lang": "en", "label": "Points" }] }""")).Fields.ShouldContain("creditsExpireAfter");
    }
}
