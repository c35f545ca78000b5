using AWorld.Authorization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tenancy;
using AWorld.Tests.Game;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Rewards;

/// <summary>Transactions that wait: redeemed, rejected or expired, whichever comes first.</summary>
public sealed class RedemptionTests : IAsyncLifetime
{
    const string Own = "/app/v1/virtual-transactions", Dashboard = "/dashboard/v1/virtual-transactions";

    readonly Settlements heard = new();
    TestPlatform platform = null!;
    TestWorkspace workspace = null!;
    string ada = "";

    sealed class Settlements : IJournalObserver
    {
        public TaskCompletionSource<Settlement> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask Committed(Tenant tenant, string userId, JournalEntry entry)
        {
            if (entry.Settled is [var settled, ..])
            {
                First.TrySetResult(settled);
            }
            return default;
        }
    }

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start(configure: builder => builder.Services.AddSingleton<IJournalObserver>(heard));
        var made = await platform.Service<Workspaces>().Create(platform.Tenant.AccountId, new("Development", Development: true), CancellationToken.None);
        workspace = new(platform, new(platform.Tenant.AccountId, made.Value.WorkspaceId));
        await platform.Configure(workspace.Tenant, GameWorld.Currency("points", max: 10));
        ada = await platform.NewUser(workspace.Tenant, "ada");
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    async Task<string> Give(decimal amount = 5, string more = ", \"expiresAt\": \"2026-03-11T09:00:00Z\"") => (await workspace.Dashboard().Post(Dashboard,
        $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "MANUAL", "amount": {{amount}}, "destinationUserId": "{{ada}}"{{more}} }] }""")).Text("transactions[0].virtualTransactionId");

    async Task<string> State(string id) => (await workspace.App(ada).Get($"{Own}/{id}")).Text("state");

    [Fact]
    public async Task What_nobody_redeems_expires_at_its_time_and_gives_back_what_it_held()
    {
        var id = await Give(8);
        await workspace.Dashboard().Refused(400, HttpMethod.Post, Dashboard,
            $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "AUTO", "amount": 3, "destinationUserId": "{{ada}}" }] }""");
        // The workflow waits for its time before time passes
        var engine = platform.Service<IEnumerable<IClockObserver>>().Single(observer => observer.GetType().Name == "WorkflowEngine");
        await engine.Moved(workspace.Tenant, platform.Clock.GetUtcNow(), CancellationToken.None);
        platform.Clock.Advance(TimeSpan.FromDays(1));
        var settled = await heard.First.Task.WaitAsync(TimeSpan.FromSeconds(30));
        (settled.VirtualTransactionId, settled.State).ShouldBe((id, TransactionState.Expired));
        var shown = await workspace.App(ada).Get($"{Own}/{id}");
        (shown.Text("state"), shown.Text("updatedAt")).ShouldBe(("EXPIRED", "2026-03-11T09:00:00.000Z"));
        await Give(10, "");
    }

    [Fact]
    public async Task A_test_clock_that_is_moved_over_it_journals_the_expiry_before_it_answers()
    {
        var id = await Give();
        await workspace.Dashboard().Post("/dashboard/v1/test-clock/advance", new { by = "P2D" });
        heard.First.Task.IsCompleted.ShouldBeTrue();
        (await State(id)).ShouldBe("EXPIRED");
        (await workspace.App(ada).Refused(400, HttpMethod.Post, $"{Own}/{id}/redeem")).Message.ShouldContain("expired");
        (await platform.Service<Players>().Journal.Entries(workspace.Tenant, ada, long.MaxValue, descending: true, 10, CancellationToken.None)).Count(entry => entry.Settled.Count > 0).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_rejected_stays_rejected()
    {
        var id = await Give();
        var reject = new { userId = ada, reason = "out of stock" };
        (await workspace.Dashboard().Post($"{Dashboard}/{id}/reject", reject)).Text("transactions[0].state").ShouldBe("REJECTED");
        (await workspace.Dashboard().Post($"{Dashboard}/{id}/reject", reject)).Text("transactions[0].state").ShouldBe("REJECTED");
        await workspace.App(ada).Refused(400, HttpMethod.Post, $"{Own}/{id}/redeem");
        (await workspace.App(ada).Get("/app/v1/virtual-balances/points")).Number("amount").ShouldBe(0);
        await workspace.Dashboard().Post("/dashboard/v1/test-clock/advance", new { by = "P2D" });
        (await State(id)).ShouldBe("REJECTED");
    }

    [Fact]
    public async Task What_is_redeemed_can_be_neither_rejected_nor_expire()
    {
        var id = await Give();
        await workspace.App(ada).Post($"{Own}/{id}/redeem");
        (await workspace.Dashboard().Refused(400, HttpMethod.Post, $"{Dashboard}/{id}/reject", new { userId = ada })).Message.ShouldContain("COMPLETED");
        await workspace.Dashboard().Post("/dashboard/v1/test-clock/advance", new { by = "P2D" });
        (await State(id)).ShouldBe("COMPLETED");
        (await workspace.App(ada).Get("/app/v1/virtual-balances/points")).Number("availableAmount").ShouldBe(5);
    }

    [Fact]
    public async Task Only_who_pays_users_rejects_and_only_what_exists()
    {
        var id = await Give();
        await workspace.Dashboard(Role.Viewer).Refused(403, HttpMethod.Post, $"{Dashboard}/{id}/reject", new { userId = ada });
        await workspace.Dashboard().Refused(404, HttpMethod.Post, $"{Dashboard}/{id}/reject", new { userId = "bob" });
        (await workspace.Dashboard().Refused(400, HttpMethod.Post, $"{Dashboard}/{id}/reject", new { reason = "none" })).Fields.ShouldContain("userId");
    }

    [Fact]
    public async Task Redeeming_rejecting_and_expiring_at_once_settle_it_once()
    {
        var id = await Give();
        var by = new Actor(null, null, null, "test");
        var redemptions = platform.Service<Redemptions>();
        platform.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        await Task.WhenAll(new[] { TransactionState.Completed, TransactionState.Rejected, TransactionState.Completed, TransactionState.Rejected }
            .Select(becomes => redemptions.Settle(workspace.Tenant, ada, id, becomes, by, null, CancellationToken.None).AsTask()));
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await redemptions.Expire(workspace.Tenant, ada, id, CancellationToken.None);
        (await platform.Service<Players>().Journal.Entries(workspace.Tenant, ada, long.MaxValue, descending: true, 10, CancellationToken.None)).Sum(entry => entry.Settled.Count).ShouldBe(1);
    }
}
