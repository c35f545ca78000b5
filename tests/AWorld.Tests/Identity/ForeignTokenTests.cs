using System.Net;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Tests.Users;
using AWorld.Users;

namespace AWorld.Tests.Identity;

public class ForeignTokenTests
{
    static object Trust(string issuer = StubIssuer.Issuer, object? claims = null, string[]? contexts = null, string? workspaceId = null, string? greatestRole = null, string audience = StubIssuer.Audience) =>
        new { issuers = new[] { new { issuer, audience, claims = claims ?? new { externalId = "sub" }, contexts = contexts ?? ["APP"], workspaceId, greatestRole } } };

    static string Path(Account account) => $"/portal/v1/accounts/{account.AccountId}/authorizer";

    static async Task<(TenantFixture Tenant, StubIssuer Issuer, HttpClient Owner)> Start(object? trust = null, StubIssuer? issuer = null)
    {
        issuer ??= new();
        var tenant = await TenantFixture.Start(configure: issuer.Install);
        var owner = tenant.With((await tenant.SignIn(TenantFixture.OwnerEmail, "_platform_.portal")).Text("access_token"));
        await owner.Put(Path(tenant.Account), trust ?? Trust());
        return (tenant, issuer, owner);
    }

    static (string, string)[] Names(Tenant tenant) => [(NamedTenant.AccountHeader, tenant.AccountId), (NamedTenant.WorkspaceHeader, tenant.WorkspaceId)];

    [Fact]
    public async Task An_account_accepts_its_own_issuers_tokens_and_only_for_itself()
    {
        var (tenant, issuer, _) = await Start();
        await using var _1 = tenant;
        var token = issuer.Token(tenant.Platform.Clock.GetUtcNow());
        (await tenant.With(token, Names(tenant.Tenant)).GetStringAsync("/test/user")).ShouldStartWith($"{tenant.Tenant} Member {tenant.Alice.UserId}");

        using var bare = tenant.With(token);
        (await bare.Refused(401, HttpMethod.Get, "/test/user")).Code.ShouldBe("auth/invalid_token");
        await bare.Refused(401, HttpMethod.Get, "/test/user", null, (NamedTenant.AccountHeader, tenant.Account.AccountId));
        await bare.Refused(401, HttpMethod.Get, "/test/user", null, Names(tenant.Sibling));
        var other = await tenant.Platform.Service<Accounts>().Create("Other", null, default);
        foreach (var account in new[] { other.AccountId, "nosuchacct", "_platform_", "../x" })
        {
            await bare.Refused(401, HttpMethod.Get, "/test/user", null, (NamedTenant.AccountHeader, account), (NamedTenant.WorkspaceHeader, tenant.Tenant.WorkspaceId));
        }
        await bare.Refused(403, HttpMethod.Get, "/test/ReadUsers", null, Names(tenant.Tenant));
        await bare.Refused(403, HttpMethod.Get, "/test/user", null, [.. Names(tenant.Tenant), ("x-user-id", "bob")]);
        (await bare.Send(HttpMethod.Get, "/test/user", null, Names(tenant.Tenant))).StatusCode.ShouldBe(HttpStatusCode.OK, "it is remembered with the headers it came with");
    }

    [Fact]
    public async Task What_the_authorizer_does_not_trust_is_refused()
    {
        var (tenant, issuer, _) = await Start();
        await using var _1 = tenant;
        var now = tenant.Platform.Clock.GetUtcNow();
        var stranger = new StubIssuer();
        foreach (var token in new[]
        {
            issuer.Token(now, audience: "them"), issuer.Token(now, issuer: "https://idp.test/"), issuer.Token(now, issuer: "http://127.0.0.1:7071"),
            stranger.Token(now), issuer.Token(now.AddHours(-3)), issuer.Token(now, new { sub = "ext-bob" }), issuer.Token(now, new { sub = 1 }), issuer.Token(now, new { }),
        })
        {
            using var client = tenant.With(token, Names(tenant.Tenant));
            await client.Refused(401, HttpMethod.Get, "/test/user");
        }
    }

    [Fact]
    public async Task The_token_may_name_its_account_and_workspace_itself()
    {
        var (tenant, issuer, _) = await Start(Trust(claims: new { externalId = "sub", workspaceId = "ws" }));
        await using var _1 = tenant;
        var token = issuer.Token(tenant.Platform.Clock.GetUtcNow(), new { sub = "ext-alice", accountId = tenant.Account.AccountId, ws = tenant.Tenant.WorkspaceId });
        (await tenant.With(token).GetStringAsync("/test/user")).ShouldStartWith(tenant.Tenant.ToString());
        (await tenant.With(token, Names(tenant.Sibling)).Refused(403, HttpMethod.Get, "/test/user")).Code.ShouldBe("auth/workspace_mismatch");
    }

    [Fact]
    public async Task An_email_counts_only_when_it_is_verified()
    {
        var (tenant, issuer, _) = await Start(Trust(claims: new { email = "email" }));
        await using var _1 = tenant;
        var now = tenant.Platform.Clock.GetUtcNow();
        (await tenant.With(issuer.Token(now, new { email = "ALICE@example.org", email_verified = true }), Names(tenant.Tenant)).GetStringAsync("/test/user")).ShouldContain(tenant.Alice.UserId);
        foreach (var claims in new object[] { new { email = TenantFixture.Email }, new { email = TenantFixture.Email, email_verified = false }, new { email = TenantFixture.Email, email_verified = "true" } })
        {
            await tenant.With(issuer.Token(now, claims), Names(tenant.Tenant)).Refused(401, HttpMethod.Get, "/test/user");
        }
    }

    [Fact]
    public async Task A_token_gives_no_greater_role_than_the_authorizer_allows()
    {
        var (tenant, issuer, _) = await Start(Trust(claims: new { externalId = "sub", role = "role" }, contexts: ["APP", "DASHBOARD"], greatestRole: "MANAGER", workspaceId: null));
        await using var _1 = tenant;
        var now = tenant.Platform.Clock.GetUtcNow();
        foreach (var (role, given) in new[] { ("owner", "Manager"), ("Manager", "Manager"), ("viewer", "Viewer"), ("7", "Member"), ("king", "Member") })
        {
            using var client = tenant.With(issuer.Token(now, new { sub = "ext-alice", role }), Names(tenant.Tenant));
            (await client.GetStringAsync("/test/ReadUsers")).ShouldStartWith($"{tenant.Tenant} {given}");
            (await client.GetStringAsync("/test/user")).ShouldStartWith($"{tenant.Tenant} Member");
            await client.Refused(403, HttpMethod.Get, "/test/EraseUsers");
            await client.Refused(403, HttpMethod.Get, "/test/UsePortal");
        }
    }

    [Fact]
    public async Task Requests_that_need_the_keys_at_once_share_one_fetch()
    {
        var gate = new TaskCompletionSource();
        var (tenant, issuer, _) = await Start(issuer: new() { Interfere = async () => { await gate.Task; return null; } });
        await using var _1 = tenant;
        var now = tenant.Platform.Clock.GetUtcNow();
        var requests = Enumerable.Range(0, 20).Select(i => tenant.With(issuer.Token(now, new { sub = "ext-alice", i }), Names(tenant.Tenant)).Send(HttpMethod.Get, "/test/user")).ToArray();
        gate.SetResult();
        foreach (var response in await Task.WhenAll(requests))
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        issuer.Requests.ShouldBe(2, "its discovery document and its keys");
    }

    [Fact]
    public async Task An_unknown_key_is_looked_for_once_in_a_while()
    {
        var (tenant, issuer, _) = await Start();
        await using var _1 = tenant;
        DateTimeOffset Now() => tenant.Platform.Clock.GetUtcNow();
        Task<HttpResponseMessage> Send(string token) => tenant.With(token, Names(tenant.Tenant)).Send(HttpMethod.Get, "/test/user");
        (await Send(issuer.Token(Now()))).StatusCode.ShouldBe(HttpStatusCode.OK);
        issuer.Requests.ShouldBe(2);
        for (var i = 0; i < 10; i++)
        {
            (await Send(new StubIssuer().Token(Now()))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
        issuer.Requests.ShouldBe(2);
        issuer.Key = SigningKey.Create(default, default);
        (await Send(issuer.Token(Now()))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        tenant.Platform.Clock.Advance(TimeSpan.FromSeconds(30));
        (await Send(issuer.Token(Now()))).StatusCode.ShouldBe(HttpStatusCode.OK);
        issuer.Requests.ShouldBe(4);
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("500")]
    [InlineData("huge")]
    [InlineData("garbage")]
    [InlineData("{}")]
    [InlineData("[]")]
    public async Task A_dead_issuer_is_a_503_for_its_account_alone(string how)
    {
        var (tenant, issuer, _) = await Start();
        await using var _1 = tenant;
        issuer.Interfere = () => how switch
        {
            "throw" => throw new HttpRequestException("dead"),
            "500" => Task.FromResult<HttpResponseMessage?>(new(HttpStatusCode.InternalServerError)),
            "huge" => Task.FromResult<HttpResponseMessage?>(new(HttpStatusCode.OK) { Content = new StringContent(new string(' ', IssuerKeys.MostBytes) + "{}") }),
            _ => Task.FromResult<HttpResponseMessage?>(new(HttpStatusCode.OK) { Content = new StringContent(how) }),
        };
        var token = issuer.Token(tenant.Platform.Clock.GetUtcNow());
        using (var refused = await tenant.With(token, Names(tenant.Tenant)).Send(HttpMethod.Get, "/test/user"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }
        (await tenant.With(await tenant.MachineToken()).Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);
        issuer.Interfere = () => Task.FromResult<HttpResponseMessage?>(null);
        tenant.Platform.Clock.Advance(TimeSpan.FromSeconds(31));
        (await tenant.With(token, Names(tenant.Tenant)).Send(HttpMethod.Get, "/test/user")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Keys_that_are_known_outlive_their_issuers_failure()
    {
        var (tenant, issuer, _) = await Start();
        await using var _1 = tenant;
        (await tenant.With(issuer.Token(tenant.Platform.Clock.GetUtcNow()), Names(tenant.Tenant)).Send(HttpMethod.Get, "/test/user")).StatusCode.ShouldBe(HttpStatusCode.OK);
        issuer.Interfere = () => throw new HttpRequestException("dead");
        tenant.Platform.Clock.Advance(TimeSpan.FromHours(2));
        (await tenant.With(issuer.Token(tenant.Platform.Clock.GetUtcNow()), Names(tenant.Tenant)).Send(HttpMethod.Get, "/test/user")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Taking_the_trust_or_the_user_away_ends_the_tokens_at_once()
    {
        var (tenant, issuer, owner) = await Start();
        await using var _1 = tenant;
        using var client = tenant.With(issuer.Token(tenant.Platform.Clock.GetUtcNow()), Names(tenant.Tenant));
        (await client.Send(HttpMethod.Get, "/test/user")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await owner.Delete(Path(tenant.Account));
        await client.Refused(401, HttpMethod.Get, "/test/user");
        await owner.Refused(404, HttpMethod.Get, Path(tenant.Account));
        await owner.Put(Path(tenant.Account), Trust());
        (await client.Send(HttpMethod.Get, "/test/user")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tenant.Platform.Service<Erasures>().Erase(tenant.Tenant, tenant.Alice.UserId, _ => null, default)).Succeeded.ShouldBeTrue();
        await client.Refused(401, HttpMethod.Get, "/test/user");
    }

    [Fact]
    public async Task Only_what_can_be_safe_can_be_trusted()
    {
        var (tenant, _, owner) = await Start();
        await using var _1 = tenant;
        foreach (var (trust, field) in new (object, string)[]
        {
            (Trust("http://idp.test"), "issuers[0].issuer"), (Trust("http://127.0.0.1:80"), "issuers[0].issuer"), (Trust("https://idp.test?x"), "issuers[0].issuer"), (Trust("https://u:p@idp.test"), "issuers[0].issuer"),
            (Trust("file:///etc/passwd"), "issuers[0].issuer"), (Trust("idp"), "issuers[0].issuer"), (Trust(claims: new { }), "issuers[0].claims.userId"), (Trust(claims: new { userId = "sub", email = "email" }), "issuers[0].claims.userId"),
            (Trust(contexts: ["PORTAL"]), "issuers[0].contexts"), (Trust(contexts: []), "issuers[0].contexts"), (Trust(greatestRole: "OWNER"), "issuers[0].greatestRole"), (Trust(workspaceId: "nosuchwork"), "issuers[0].workspaceId"),
            (new { issuers = Array.Empty<object>() }, "issuers"), (new { }, "issuers"),
        })
        {
            (await owner.Refused(400, HttpMethod.Put, Path(tenant.Account), trust)).Fields.ShouldContain(field);
        }
        await owner.Refused(412, HttpMethod.Put, Path(tenant.Account), Trust(), ("If-Match", "\"old\""));
        await tenant.Http.Refused(401, HttpMethod.Get, Path(tenant.Account));
        await tenant.Platform.Portal("someone", Role.Admin).Refused(403, HttpMethod.Get, "/portal/v1/accounts/homeacct01/authorizer");
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("2002:a00:1::", false)]
    public void Keys_are_fetched_from_public_addresses_only(string address, bool allowed) => IssuerConnections.IsPublic(IPAddress.Parse(address)).ShouldBe(allowed);

    [Fact]
    public async Task A_real_OpenID_provider_is_trusted_through_its_key_rotation()
    {
        var module = await Node.Install("oidc-provider");
        using var provider = Node.Serve(System.IO.Path.Combine(module, "serve.js"));
        using var input = provider.StandardInput;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var issuer = await provider.StandardOutput.ReadLineAsync(deadline.Token);
        issuer.ShouldNotBeNull(provider.HasExited ? await provider.StandardError.ReadToEndAsync() : "it said nothing");
        var clock = new FakeClock(TimeProvider.System.GetUtcNow());
        await using var tenant = await TenantFixture.Start(clock: clock, settings: ("AWorld:Identity:AllowLoopbackIssuers", "true"));
        using var owner = tenant.With((await tenant.SignIn(TenantFixture.OwnerEmail, "_platform_.portal")).Text("access_token"));
        await owner.Put(Path(tenant.Account), Trust(issuer, claims: new { externalId = "employee" }, workspaceId: tenant.Tenant.WorkspaceId));

        using var http = new HttpClient();
        async Task<string> Token(string client, string resource = StubIssuer.Audience)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{issuer}/token")
            {
                Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", client), new("client_secret", "secret"), new("resource", resource), new("scope", "api")]),
            };
            request.Headers.Add("x-claims", JsonSerializer.Serialize(new { employee = "ext-alice", accountId = tenant.Account.AccountId }));
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            response.IsSuccessStatusCode.ShouldBeTrue(text);
            return JsonElement.Parse(text).Text("access_token");
        }

        foreach (var client in new[] { "es", "rs" })
        {
            (await tenant.With(await Token(client)).GetStringAsync("/test/user")).ShouldStartWith($"{tenant.Tenant} Member {tenant.Alice.UserId}");
        }
        await tenant.With(await Token("es", "urn:somebody:else")).Refused(401, HttpMethod.Get, "/test/user");

        await input.WriteLineAsync("rotate");
        await input.FlushAsync();
        (await provider.StandardOutput.ReadLineAsync(deadline.Token)).ShouldBe("rotated");
        var rotated = await Token("es");
        await tenant.With(rotated).Refused(401, HttpMethod.Get, "/test/user");
        clock.Advance(TimeSpan.FromSeconds(31));
        (await tenant.With(rotated).GetStringAsync("/test/user")).ShouldStartWith(tenant.Tenant.ToString());
    }
}
