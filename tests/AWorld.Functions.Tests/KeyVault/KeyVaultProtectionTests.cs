using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AWorld.Functions.KeyVault;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Tests;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace AWorld.Functions.Tests.KeyVault;

public sealed class KeyVaultProtectionTests : IDisposable
{
    readonly FakeVault vault = new();
    readonly FakeClock clock = new(new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero));
    static readonly byte[] Secret = Encoding.UTF8.GetBytes("a private key");

    public void Dispose() => vault.Dispose();

    KeyVaultProtection Instance() => new(
        new SecretClient(new("https://aworld.vault.azure.net"), new FixedCredential("token"), new() { Transport = new HttpClientTransport(vault), Retry = { MaxRetries = 0 } }),
        new() { Vault = new("https://aworld.vault.azure.net") }, clock);

    [Fact]
    public void What_one_instance_protects_another_reads()
    {
        var kept = Instance().Protect("kid1", Secret);
        Encoding.UTF8.GetString(kept).ShouldNotContain("private");
        Instance().Unprotect("kid1", kept).ShouldBe(Secret);
        vault.Versions.Count.ShouldBe(1);
    }

    [Fact]
    public void It_is_read_by_its_own_name_and_unchanged_only()
    {
        var protection = Instance();
        var kept = protection.Protect("kid1", Secret);
        protection.Unprotect("kid2", kept).ShouldBeNull();
        kept[^1] ^= 1;
        protection.Unprotect("kid1", kept).ShouldBeNull();
        protection.Unprotect("kid1", kept.AsSpan(0, 10)).ShouldBeNull();
        protection.Unprotect("kid1", []).ShouldBeNull();
    }

    [Fact]
    public void A_new_version_of_the_secret_takes_over_and_the_old_one_still_opens()
    {
        var (running, old) = (Instance(), Instance());
        var before = running.Protect("kid1", Secret);
        vault.Add();
        clock.Advance(TimeSpan.FromHours(1));

        var after = running.Protect("kid1", Secret);

        after.AsSpan(2, 8).SequenceEqual(before.AsSpan(2, 8)).ShouldBeFalse();
        running.Unprotect("kid1", before).ShouldBe(Secret);
        old.Unprotect("kid1", after).ShouldBe(Secret);
    }

    [Fact]
    public void A_version_that_is_gone_opens_nothing_and_a_vault_that_fails_is_not_taken_for_it()
    {
        var kept = Instance().Protect("kid1", Secret);
        vault.Versions.Clear();
        Instance().Unprotect("kid1", kept).ShouldBeNull();
        vault.Down = true;
        Should.Throw<Azure.RequestFailedException>(() => Instance().Unprotect("kid1", kept));
    }

    [Fact]
    public void Requests_bear_a_token_of_the_identity()
    {
        Instance().Protect("kid1", Secret);
        vault.Authorizations.ShouldNotBeEmpty();
        vault.Authorizations.ShouldAllBe(value => value == "Bearer token");
    }

    /// <summary>The vault's REST interface: it asks for a token first, then keeps versions of one secret.</summary>
    sealed class FakeVault : HttpMessageHandler
    {
        public Dictionary<string, string> Versions { get; } = [];
        public List<string> Authorizations { get; } = [];
        public bool Down { get; set; }
        string latest = "";

        public void Add(string? value = null)
        {
            latest = $"{Versions.Count + 1:x8}version";
            Versions[latest] = value ?? Convert.ToBase64String(Enumerable.Repeat((byte)Versions.Count, 32).ToArray());
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => SendAsync(request, cancellationToken).GetAwaiter().GetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Authorization is null)
            {
                var challenge = Respond(HttpStatusCode.Unauthorized, []);
                challenge.Headers.TryAddWithoutValidation("WWW-Authenticate", """Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net" """);
                return challenge;
            }
            Authorizations.Add(request.Headers.Authorization.ToString());
            if (Down)
            {
                return Respond(HttpStatusCode.ServiceUnavailable, []);
            }
            if (request.Method == HttpMethod.Put)
            {
                Add((string)JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!["value"]!);
            }
            var version = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, _, var asked] ? asked : latest;
            return Versions.TryGetValue(version, out var value)
                ? Respond(HttpStatusCode.OK, new() { ["value"] = value, ["id"] = $"https://aworld.vault.azure.net/secrets/aworld-protection/{version}", ["attributes"] = new JsonObject { ["enabled"] = true } })
                : Respond(HttpStatusCode.NotFound, new() { ["error"] = new JsonObject { ["code"] = "SecretNotFound" } });
        }

        static HttpResponseMessage Respond(HttpStatusCode status, JsonObject body) => new(status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
    }
}
