using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Game;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tests.Game;
using AWorld.Users;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Users;

/// <summary>What an erasure leaves: no trace of the person, a balanced ledger, and a signed certificate.</summary>
public sealed class ErasureCertificateTests
{
    const string Users = "/dashboard/v1/users", Transactions = "/dashboard/v1/virtual-transactions";

    static string Pays(string from, string to, decimal amount) => from.Length == 0
        ? $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "AUTO", "amount": {{amount}}, "destinationUserId": "{{to}}", "additionalData": { "note": "for Ada Lovelace" } }] }"""
        : $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "AUTO", "amount": {{amount}}, "sourceUserId": "{{from}}", "destinationUserId": "{{to}}" }] }""";

    static async Task<(TestPlatform Platform, string Ada, string Bob)> Living(Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? configure = null)
    {
        var platform = await TestPlatform.Start(configure: configure);
        await platform.Configure(platform.Tenant, GameWorld.Currency("points", min: 0));
        var (ada, bob) = (await platform.NewUser(platform.Tenant, "ada-lovelace"), await platform.NewUser(platform.Tenant, "bob"));
        await platform.Dashboard().Post(Transactions, Pays("", ada, 9));
        await platform.Dashboard().Post(Transactions, Pays(ada, bob, 4), ("x-idempotency-key", "k1"));
        await platform.App(ada).Patch("/app/v1/users/me", """{ "nickname": "Countess" }""", ("x-idempotency-key", "k2"));
        return (platform, ada, bob);
    }

    static async Task<JsonElement> Verified(TestPlatform platform, string certificate)
    {
        var parts = certificate.Split('.');
        var header = JsonElement.Parse(Base64Url.DecodeFromChars(parts[0]));
        (header.Text("alg"), header.Text("typ")).ShouldBe(("ES256", "erasure+jwt"));
        var jwk = (await platform.Anonymous().Get("/.well-known/jwks.json")).Items("keys").Single(key => key.Text("kid") == header.Text("kid"));
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = Base64Url.DecodeFromChars(jwk.Text("x")), Y = Base64Url.DecodeFromChars(jwk.Text("y")) },
        });
        key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation).ShouldBeTrue();
        return JsonElement.Parse(Base64Url.DecodeFromChars(parts[1]));
    }

    static async Task<string> Everything(TestPlatform platform)
    {
        var store = platform.Service<IDocumentStore>();
        var text = new StringBuilder();
        foreach (var container in Enum.GetValues<Container>())
        {
            for (var (cursor, more) = ("", true); more;)
            {
                var page = await store.Changes(container, cursor, 1000, CancellationToken.None);
                foreach (var change in page.Items)
                {
                    text.Append(change.Document.Id).Append(' ').AppendLine(Encoding.UTF8.GetString(change.Document.Body.Span));
                }
                (cursor, more) = (page.Cursor, page.More);
            }
        }
        return text.ToString();
    }

    [Fact]
    public async Task The_certificate_says_what_was_done_when_and_by_whom_and_can_be_verified_by_anybody()
    {
        var (platform, ada, _) = await Living();
        (await platform.Dashboard().Delete($"{Users}/{ada}")).GetRawText().ShouldBe($$"""{"userId":"{{ada}}","deleted":true}""");
        var shown = await platform.Dashboard().Get($"{Users}/{ada}/erasure");
        (shown.Text("state"), shown.Text("completedAt"), shown.Text("erasedBy.userId")).ShouldBe(("COMPLETED", "2026-03-10T09:00:00.000Z", "dashboard-user"));
        var claims = await Verified(platform, shown.Text("certificate"));
        (claims.Text("sub"), claims.Text("workspaceId"), claims.Text("erasedBy.userId")).ShouldBe((ada, platform.Tenant.WorkspaceId, "dashboard-user"));
        claims.At("traces").GetRawText().ShouldBe(shown.At("traces").GetRawText());
        var traces = shown.Items("traces").ToDictionary(one => one.Text("module"), one => (one.At("deleted").GetInt32(), one.At("pseudonymised").GetInt32()));
        traces["journal"].ShouldBe((0, 3));
        traces["directory"].ShouldBe((1, 0));
        traces["names"].Item1.ShouldBeGreaterThan(2);
        await platform.Dashboard().Delete($"{Users}/{ada}");
        (await platform.Dashboard().Get($"{Users}/{ada}/erasure")).GetRawText().ShouldBe(shown.GetRawText());
        await platform.DisposeAsync();
    }

    [Fact]
    public async Task No_container_names_the_person_any_more_and_the_ledger_is_balanced()
    {
        var (platform, ada, bob) = await Living();
        (await Everything(platform)).ShouldContain("Lovelace");
        await platform.Dashboard().Delete($"{Users}/{ada}");
        var left = await Everything(platform);
        left.ShouldNotContain("Lovelace");
        left.ShouldNotContain("lovelace");
        left.ShouldNotContain("Countess");
        var sides = new List<LedgerEntry>();
        foreach (var user in new[] { ada, bob })
        {
            var players = platform.Service<Players>();
            var journal = await players.Journal.Entries(platform.Tenant, user, 0, descending: false, 100, CancellationToken.None);
            GameJson.Bytes(journal.Aggregate(PlayerState.Empty, (state, entry) => state.Apply(entry)).Balances).ShouldBe(GameJson.Bytes((await players.Read(platform.Tenant, user, CancellationToken.None)).Balances));
            foreach (var transaction in journal.SelectMany(entry => entry.Transactions).Where(transaction => transaction.CounterpartType == CounterpartType.System))
            {
                sides.AddRange([transaction.Sides(user).User, transaction.Sides(user).Other]);
            }
        }
        sides.Sum(side => side.Amount).ShouldBe(0);
        (await platform.App(bob).Get("/app/v1/virtual-balances/points")).Number("amount").ShouldBe(4);
        await platform.DisposeAsync();
    }

    [Fact]
    public async Task A_certificate_whose_key_is_published_no_more_is_signed_again()
    {
        var (platform, ada, _) = await Living();
        await platform.Dashboard().Delete($"{Users}/{ada}");
        var first = (await platform.Dashboard().Get($"{Users}/{ada}/erasure")).Text("certificate");
        await platform.Service<SigningKeys>().Rotate(CancellationToken.None);
        platform.Clock.Advance(TimeSpan.FromHours(3));
        await platform.Service<SigningKeys>().Rotate(CancellationToken.None);
        var again = (await platform.Dashboard().Get($"{Users}/{ada}/erasure")).Text("certificate");
        again.ShouldNotBe(first);
        (await Verified(platform, again)).Text("completedAt").ShouldBe("2026-03-10T09:00:00.000Z");
        await platform.DisposeAsync();
    }

    [Fact]
    public async Task It_is_for_those_who_may_erase_and_in_its_workspace_only()
    {
        var (platform, ada, bob) = await Living();
        await platform.Dashboard().Delete($"{Users}/{ada}");
        await platform.Dashboard(Role.Manager).Refused(403, HttpMethod.Get, $"{Users}/{ada}/erasure");
        await platform.Sibling.Dashboard().Refused(404, HttpMethod.Get, $"{Users}/{ada}/erasure");
        await platform.Dashboard().Refused(404, HttpMethod.Get, $"{Users}/{bob}/erasure");
        await platform.DisposeAsync();
    }

    /// <summary>Many pages of traces, the process of which dies with each of them.</summary>
    sealed class Long : IUserTraces
    {
        public int Dies { get; set; }
        public List<string?> Pages { get; } = [];
        public string Module => "long";

        public ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
        {
            var page = int.Parse(from ?? "0");
            if (page == Dies)
            {
                throw new IOException("the process dies");
            }
            Pages.Add(from);
            return new(new ErasedPage(1, 0, page == 9 ? null : $"{page + 1}"));
        }
    }

    [Fact]
    public async Task One_that_dies_half_way_goes_on_where_it_was_after_a_restart()
    {
        var traces = new Long { Dies = 5 };
        var (platform, ada, _) = await Living(builder => builder.Services.AddSingleton<IUserTraces>(traces));
        await platform.Dashboard().Delete($"{Users}/{ada}");
        (await platform.Dashboard().Get($"{Users}/{ada}/erasure")).Text("state").ShouldBe("RUNNING");
        await platform.Stop();
        traces.Dies = -1;
        platform.Clock.Advance(TimeSpan.FromMinutes(10));
        await using var next = await TestPlatform.Start(platform.Data, platform.Clock, builder => builder.Services.AddSingleton<IUserTraces>(traces));
        await next.Service<ErasureRuns>().Erase(next.Tenant, ada, new(null, null, null), _ => null, CancellationToken.None);
        var shown = await next.Dashboard().Get($"{Users}/{ada}/erasure");
        shown.Text("state").ShouldBe("COMPLETED");
        shown.Items("traces").Single(one => one.Text("module") == "long").At("deleted").GetInt32().ShouldBe(10);
        traces.Pages.Count.ShouldBe(10);
    }
}
