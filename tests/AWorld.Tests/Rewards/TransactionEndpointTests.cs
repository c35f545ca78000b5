using System.Text.Json;
using AWorld.Tests.Game;
using AWorld.Tests.Leaderboards;

namespace AWorld.Tests.Rewards;

/// <summary>Balances and transactions over HTTP.</summary>
public sealed class TransactionEndpointTests
{
    const string Own = "/app/v1/virtual-transactions", Dashboard = "/dashboard/v1/virtual-transactions", Balances = "/app/v1/virtual-balances";

    static Task<TestPlatform> Start() => LeaderboardEndpointTests.Start();

    static string One(string destination, string amount = "5", string mode = "AUTO", string more = "") =>
        $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "{{mode}}", "amount": {{amount}}, "destinationUserId": "{{destination}}"{{more}} }] }""";

    static async Task<(decimal Amount, decimal Available)> Balance(TestPlatform platform, string userId)
    {
        var balance = await platform.App(userId).Get($"{Balances}/points");
        return (balance.At("amount").GetDecimal(), balance.At("availableAmount").GetDecimal());
    }

    [Fact]
    public async Task Redeeming_twice_credits_once()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var id = (await platform.Dashboard().Post(Dashboard, One(ada, mode: "MANUAL"))).Text("transactions[0].virtualTransactionId");
        (await Balance(platform, ada)).ShouldBe((5, 0));
        var redeemed = await platform.App(ada).Post($"{Own}/{id}/redeem");
        redeemed.Text("transactions[0].state").ShouldBe("COMPLETED");
        redeemed.Text("transactions[0].redeemedAt").ShouldNotBeEmpty();
        (await platform.App(ada).Post($"{Own}/{id}/redeem")).GetRawText().ShouldBe(redeemed.GetRawText());
        (await Balance(platform, ada)).ShouldBe((5, 5));
        (await platform.App(ada).Get($"{Own}/{id}")).Text("state").ShouldBe("COMPLETED");
    }

    [Fact]
    public async Task What_was_made_is_answered_again_after_it_expired()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var body = One(ada, mode: "MANUAL", more: ", \"expiresAt\": \"2026-03-10T10:00:00Z\", \"virtualTransactionGroupId\": \"group-1\"");
        var made = await platform.Dashboard().Post(Dashboard, body);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        var again = await platform.Dashboard().Post(Dashboard, body);
        again.Text("transactions[0].virtualTransactionId").ShouldBe(made.Text("transactions[0].virtualTransactionId"));
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Dashboard, body.Replace("group-1", "group-2"))).Fields.ShouldBe(["transactions[0].expiresAt"]);
    }

    [Fact]
    public async Task An_expired_transaction_cannot_be_redeemed()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var id = (await platform.Dashboard().Post(Dashboard, One(ada, mode: "MANUAL", more: ", \"expiresAt\": \"2026-03-10T10:00:00Z\""))).Text("transactions[0].virtualTransactionId");
        platform.Clock.Advance(TimeSpan.FromHours(1));
        (await platform.App(ada).Refused(400, HttpMethod.Post, $"{Own}/{id}/redeem")).Message.ShouldContain("expired");
        (await platform.App(ada).Get($"{Own}/{id}")).Text("state").ShouldBe("EXPIRED");
        (await Balance(platform, ada)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Users_cannot_credit_themselves_with_a_currency_that_forbids_it()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Dashboard().Post("/dashboard/v1/virtual-currencies", """{ "virtualCurrencyId": "wages", "name": "Wages", "usersMayCredit": false, "defaultLang": "en", "translations": [{ "lang": "en", "label": "Wages" }] }""");
        await platform.Dashboard().Post("/dashboard/v1/virtual-currencies/wages/publish");
        var wages = One(ada).Replace("points", "wages");
        (await platform.App(ada).Refused(403, HttpMethod.Post, Own, wages)).Message.ShouldContain("usersMayCredit");
        await platform.App(ada).Refused(404, HttpMethod.Get, $"{Balances}/wages");
        await platform.Machine("app/write").Post(Own, wages);
        await platform.Dashboard().Post(Dashboard, wages);
        (await platform.App(ada).Get($"{Balances}/wages")).At("amount").GetDecimal().ShouldBe(10);
        await platform.App(ada).Post(Own, One(ada));
    }

    [Fact]
    public async Task A_key_sent_again_is_answered_again_and_done_once()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var first = await platform.Dashboard().Post(Dashboard, One(ada), ("x-idempotency-key", "k1"));
        using var again = await platform.Dashboard().Send(HttpMethod.Post, Dashboard, One(ada), ("x-idempotency-key", "k1"));
        again.Headers.GetValues("x-idempotency-cache-hit").ShouldBe(["true"]);
        (await again.Body()).GetRawText().ShouldBe(first.GetRawText());
        await platform.Dashboard().Refused(409, HttpMethod.Post, Dashboard, One(ada, "6"), ("x-idempotency-key", "k1"));
        (await Balance(platform, ada)).ShouldBe((5, 5));
    }

    [Fact]
    public async Task A_transfer_is_two_transactions_and_an_unaffordable_one_none()
    {
        await using var platform = await Start();
        var (ada, bob) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob"));
        await platform.Dashboard().Post(Dashboard, One(ada, "10"));
        var moved = await platform.Dashboard().Post(Dashboard, One(bob, "4", more: $", \"sourceUserId\": \"{ada}\""));
        moved.At("transactions").GetArrayLength().ShouldBe(2);
        (moved.Text("transactions[0].direction"), moved.Text("transactions[0].userId"), moved.Text("transactions[0].counterpart")).ShouldBe(("DEBIT", ada, bob));
        (moved.Text("transactions[1].direction"), moved.Text("transactions[1].state"), moved.Text("transactions[1].counterpartType")).ShouldBe(("CREDIT", "COMPLETED", "USER"));
        moved.Text("transactions[0].virtualTransactionGroupId").ShouldBe(moved.Text("transactions[1].virtualTransactionGroupId"));
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Dashboard, One(bob, "7", more: $", \"sourceUserId\": \"{ada}\""))).Code.ShouldBe("business/invalid_operation");
        await platform.Dashboard().Refused(400, HttpMethod.Post, Dashboard, One(ada, "-7"));
        (await platform.Dashboard().Post(Dashboard, One(ada, "-6"))).Text("transactions[0].direction").ShouldBe("DEBIT");
        (await Balance(platform, ada)).ShouldBe((0, 0));
        (await Balance(platform, bob)).ShouldBe((4, 4));
    }

    [Fact]
    public async Task A_list_gives_each_transaction_once_in_both_orders()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        for (var i = 1; i <= 7; i++)
        {
            await platform.Dashboard().Post(Dashboard, $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "AUTO", "amount": {{i}}, "destinationUserId": "{{ada}}" }, { "virtualCurrencyId": "points", "redemptionMode": "MANUAL", "amount": {{i}}.5, "destinationUserId": "{{ada}}" }] }""");
        }
        foreach (var order in new[] { "asc", "desc" })
        {
            var ids = new List<string>();
            string? next = null;
            do
            {
                var page = await platform.App(ada).Get($"{Own}?order={order}&limit=3{(next is null ? "" : $"&nextToken={next}")}");
                ids.AddRange(page.At("items").EnumerateArray().Select(item => item.GetProperty("virtualTransactionId").GetString()!));
                next = page.At("nextToken").GetString();
            }
            while (next is not null);
            ids.Count.ShouldBe(14);
            ids.ShouldBeUnique();
        }
        (await platform.App(ada).Get($"{Balances}?fields=translation")).Text("items[0].translation.label").ShouldBe("Points");
        (await platform.App(ada).Get(Balances)).Text("items[0].virtualCurrency.name").ShouldBe("Points");
    }

    [Theory]
    [InlineData("0", "AUTO", "", "transactions[0].amount")]
    [InlineData("-1", "MANUAL", "", "transactions[0].redemptionMode")]
    [InlineData("1", "AUTO", ", \"sourceUserId\": \"nobody\"", "transactions[0].sourceUserId")]
    [InlineData("1", "AUTO", ", \"colour\": 1", "transactions[0].colour")]
    [InlineData("1", "MANUAL", ", \"expiresAt\": \"2020-01-01T00:00:00Z\"", "transactions[0].expiresAt")]
    [InlineData("1", "AUTO", ", \"additionalData\": 3", "transactions[0].additionalData")]
    public async Task What_makes_no_sense_is_refused_by_field(string amount, string mode, string more, string field)
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Dashboard, One(ada, amount, mode, more))).Fields.ShouldContain(field);
        await platform.App(ada).Refused(404, HttpMethod.Get, $"{Balances}/points");
    }

    [Fact]
    public async Task Nobody_pays_or_sees_another_user_or_workspace()
    {
        await using var platform = await Start();
        var (ada, bob) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob"));
        await platform.App(ada).Refused(403, HttpMethod.Post, Own, One(bob));
        await platform.App(ada).Post(Own, One(ada));
        await platform.Machine("app/write").Post(Own, One(bob));
        var id = (await platform.App(ada).Get(Own)).Text("items[0].virtualTransactionId");
        await platform.App(bob).Refused(404, HttpMethod.Get, $"{Own}/{id}");
        await platform.App(bob).Refused(404, HttpMethod.Post, $"{Own}/{id}/redeem");
        await platform.Other.App(ada).Refused(404, HttpMethod.Get, $"{Own}/{id}");
        (await platform.Other.App(ada).Get(Own)).At("items").GetArrayLength().ShouldBe(0);
        (await platform.Other.Dashboard().Refused(400, HttpMethod.Post, Dashboard, One(ada))).Fields.ShouldBe(["transactions[0].destinationUserId"]);
        (await Balance(platform, ada)).ShouldBe((5, 5));
    }
}
