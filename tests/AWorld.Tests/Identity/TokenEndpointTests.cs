using System.Net;
using AWorld.Authorization;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Tests.Identity;

public class TokenEndpointTests
{
    [Fact]
    public async Task A_client_gets_a_token_with_the_claims_of_the_contract()
    {
        await using var tenant = await TenantFixture.Start();
        var (status, body) = await tenant.Token($"{tenant.Client.ClientId}:{tenant.Secret}", ("grant_type", "client_credentials"));
        status.ShouldBe(200);
        body.Text("token_type").ShouldBe("Bearer");
        body.At("expires_in").GetInt32().ShouldBe(3600);
        body.Text("scope").ShouldBe("app/read app/write");
        body.TryGetProperty("refresh_token", out _).ShouldBeFalse();
        var claims = TenantFixture.Claims(body.Text("access_token"));
        claims.Text("iss").ShouldBe("http://127.0.0.1:7071");
        claims.Text("aud").ShouldBe("aworld");
        claims.Text("sub").ShouldBe(tenant.Client.ClientId);
        claims.Text("accountId").ShouldBe(tenant.Tenant.AccountId);
        claims.Text("workspaceId").ShouldBe(tenant.Tenant.WorkspaceId);
        claims.Text("context").ShouldBe("app");
        claims.Text("platform").ShouldBe("m2m");
        claims.Text("scope").ShouldBe("app/read app/write");
        claims.Text("jti").Length.ShouldBe(21);
        (claims.At("exp").GetInt64() - claims.At("iat").GetInt64()).ShouldBe(3600);
    }

    [Fact]
    public async Task A_client_may_post_its_secret_and_ask_for_less()
    {
        await using var tenant = await TenantFixture.Start();
        var (status, body) = await tenant.Token(("grant_type", "client_credentials"), ("client_id", tenant.Client.ClientId), ("client_secret", tenant.Secret), ("scope", "app/read"));
        status.ShouldBe(200);
        using var client = tenant.With(body.Text("access_token"));
        (await client.Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.Refused(403, HttpMethod.Get, "/test/ActAsSelf")).Code.ShouldBe("auth/insufficient_permissions");
    }

    [Fact]
    public async Task Wrong_clients_and_requests_get_the_errors_of_RFC_6749_and_our_own_in_one_object()
    {
        await using var tenant = await TenantFixture.Start();
        var right = $"{tenant.Client.ClientId}:{tenant.Secret}";
        (string? Basic, (string, string)[] Form, int Status, string Error)[] cases =
        [
            (right, [], 400, "invalid_request"),
            (right, [("grant_type", "password")], 400, "unsupported_grant_type"),
            (right, [("grant_type", "client_credentials"), ("grant_type", "client_credentials")], 400, "invalid_request"),
            (right, [("grant_type", "client_credentials"), ("client_secret", tenant.Secret)], 400, "invalid_request"),
            (right, [("grant_type", "client_credentials"), ("scope", "dashboard/write")], 400, "invalid_scope"),
            (right, [("grant_type", "client_credentials"), ("scope", "app/read app/admin")], 400, "invalid_scope"),
            (right + "x", [("grant_type", "client_credentials")], 401, "invalid_client"),
            ($"{tenant.Client.ClientId}:", [("grant_type", "client_credentials")], 401, "invalid_client"),
            ($"{tenant.Account.AccountId}.nobody:{tenant.Secret}", [("grant_type", "client_credentials")], 401, "invalid_client"),
            ("_platform_.portal:", [("grant_type", "client_credentials")], 401, "invalid_client"),
            ("nonsense", [("grant_type", "client_credentials")], 401, "invalid_client"),
            (null, [("grant_type", "client_credentials")], 401, "invalid_client"),
            (null, [("grant_type", "client_credentials"), ("client_id", tenant.Client.ClientId)], 401, "invalid_client"),
            (null, [("grant_type", "refresh_token")], 400, "invalid_request"),
            (null, [("grant_type", "refresh_token"), ("refresh_token", "x")], 400, "invalid_grant"),
            (null, [("grant_type", "refresh_token"), ("refresh_token", $"{tenant.Account.AccountId}.a.b")], 400, "invalid_grant"),
            (null, [("grant_type", TokenEndpoint.EmailCodeGrant)], 400, "invalid_request"),
            (null, [("grant_type", TokenEndpoint.EmailCodeGrant), ("session", "x"), ("code", "123456")], 400, "invalid_grant"),
            (null, [("grant_type", new string('x', 5000))], 400, "invalid_request"),
        ];
        foreach (var (basic, form, status, error) in cases)
        {
            var (answered, body) = await tenant.Token(basic, form);
            answered.ShouldBe(status, $"{error}: {body}");
            body.Text("error").ShouldBe(error);
            body.Text("error_description").ShouldNotBeEmpty();
            body.Text("code").ShouldContain("/");
            body.Text("requestId").ShouldNotBeEmpty();
        }
        (await (await tenant.Http.Send(HttpMethod.Post, "/oauth2/token", new { grant_type = "client_credentials" })).Body()).Text("error").ShouldBe("invalid_request");
    }

    [Fact]
    public async Task Tokens_are_not_cached()
    {
        await using var tenant = await TenantFixture.Start();
        using var refused = await tenant.Http.PostAsync("/oauth2/token", new FormUrlEncodedContent([new("grant_type", "client_credentials")]));
        refused.Headers.CacheControl!.NoStore.ShouldBeTrue();
        refused.Headers.WwwAuthenticate.ToString().ShouldStartWith("Basic");
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_using_it_again_ends_the_sign_in()
    {
        await using var tenant = await TenantFixture.Start();
        var app = await Application(tenant);
        var first = await tenant.SignIn(TenantFixture.Email, app.ClientId);
        var (status, second) = await Refresh(tenant, first.Text("refresh_token"));
        status.ShouldBe(200);
        second.Text("refresh_token").ShouldNotBe(first.Text("refresh_token"));
        using var client = tenant.With(second.Text("access_token"));
        (await client.Send(HttpMethod.Get, "/test/user")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await Refresh(tenant, first.Text("refresh_token"))).Body.Text("error").ShouldBe("invalid_grant");
        (await Refresh(tenant, second.Text("refresh_token"))).Body.Text("error").ShouldBe("invalid_grant");
        await client.Refused(401, HttpMethod.Get, "/test/user");
        await tenant.With(first.Text("access_token")).Refused(401, HttpMethod.Get, "/test/user");
    }

    [Fact]
    public async Task Of_refreshes_at_the_same_moment_at_most_one_succeeds()
    {
        await using var tenant = await TenantFixture.Start();
        var signedIn = await tenant.SignIn(TenantFixture.Email, (await Application(tenant)).ClientId);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Refresh(tenant, signedIn.Text("refresh_token"))));
        answers.Count(answer => answer.Status == 200).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_sign_in_ends_after_thirty_days_however_often_it_was_refreshed()
    {
        await using var tenant = await TenantFixture.Start();
        var token = (await tenant.SignIn(TenantFixture.Email, (await Application(tenant)).ClientId)).Text("refresh_token");
        tenant.Platform.Clock.Advance(TimeSpan.FromDays(29));
        var (status, body) = await Refresh(tenant, token);
        status.ShouldBe(200);
        tenant.Platform.Clock.Advance(TimeSpan.FromDays(1));
        (await Refresh(tenant, body.Text("refresh_token"))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_refresh_token_is_bound_to_its_client()
    {
        await using var tenant = await TenantFixture.Start();
        var token = (await tenant.SignIn(TenantFixture.Email, (await Application(tenant)).ClientId)).Text("refresh_token");
        (await tenant.Token($"{tenant.Client.ClientId}:{tenant.Secret}", ("grant_type", "refresh_token"), ("refresh_token", token))).Body.Text("error").ShouldBe("invalid_grant");
        (await Refresh(tenant, token)).Status.ShouldBe(200, "a wrong client must not use it up");

        var confidential = (await tenant.SignIn(TenantFixture.Email, tenant.Client.ClientId, 2)).Text("refresh_token");
        (await Refresh(tenant, confidential)).Body.Text("error").ShouldBe("invalid_client");
        (await tenant.Token($"{tenant.Client.ClientId}:{tenant.Secret}", ("grant_type", "refresh_token"), ("refresh_token", confidential))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Revoking_a_refresh_token_signs_out()
    {
        await using var tenant = await TenantFixture.Start();
        var signedIn = await tenant.SignIn(TenantFixture.Email, (await Application(tenant)).ClientId);
        using var client = tenant.With(signedIn.Text("access_token"));
        (await client.Send(HttpMethod.Get, "/test/user")).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var token in new[] { "unknown", signedIn.Text("refresh_token"), signedIn.Text("refresh_token") })
        {
            using var revoked = await tenant.Http.PostAsync("/oauth2/revoke", new FormUrlEncodedContent([new("token", token)]));
            revoked.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        await client.Refused(401, HttpMethod.Get, "/test/user");
        (await Refresh(tenant, signedIn.Text("refresh_token"))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_revoked_membership_takes_hold_within_the_recheck()
    {
        await using var tenant = await TenantFixture.Start();
        var dashboard = await tenant.NewClient(ApiContext.Dashboard);
        using var client = tenant.With((await tenant.SignIn(TenantFixture.OwnerEmail, dashboard.ClientId)).Text("access_token"));
        (await client.GetStringAsync("/test/EraseUsers")).ShouldStartWith($"{tenant.Tenant} Owner");
        await tenant.Platform.Service<Memberships>().Grant(tenant.Account.AccountId, tenant.Owner.PrincipalId, null, Role.Viewer, default);
        tenant.Platform.Clock.Advance(TimeSpan.FromSeconds(61));
        (await client.Refused(403, HttpMethod.Get, "/test/EraseUsers")).Code.ShouldBe("auth/insufficient_permissions");
        (await client.GetStringAsync("/test/ReadUsers")).ShouldStartWith($"{tenant.Tenant} Viewer");
    }

    [Fact]
    public async Task A_token_ends_with_the_secret_it_was_issued_for()
    {
        await using var tenant = await TenantFixture.Start();
        using var client = tenant.With(await tenant.MachineToken());
        (await client.Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var other = await tenant.NewClient(ApiContext.App);
        var rotated = tenant.Client with { Secrets = other.Secrets };
        await tenant.Platform.Service<IDocumentStore>().Commit(Partition.Platform(tenant.Account.AccountId), [Write.Upsert($"client:{rotated.ClientId}", Json.Bytes(rotated))], default);
        (await client.Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK, "another node's change is not known yet");
        tenant.Platform.Service<VerifiedTokens>().Forget(caller => caller.ClientId == rotated.ClientId);
        (await client.Refused(401, HttpMethod.Get, "/test/ReadOwn")).Code.ShouldBe("auth/invalid_token");
    }

    [Fact]
    public async Task An_expired_secret_gets_no_token_and_its_tokens_end()
    {
        await using var tenant = await TenantFixture.Start();
        using var client = tenant.With(await tenant.MachineToken());
        var expiring = tenant.Client with { Secrets = [tenant.Client.Secrets[0] with { ExpiresAt = tenant.Platform.Clock.GetUtcNow().AddMinutes(5) }] };
        await tenant.Platform.Service<IDocumentStore>().Commit(Partition.Platform(tenant.Account.AccountId), [Write.Upsert($"client:{expiring.ClientId}", Json.Bytes(expiring))], default);
        (await client.Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Platform.Clock.Advance(TimeSpan.FromMinutes(5));
        await client.Refused(401, HttpMethod.Get, "/test/ReadOwn");
        (await tenant.Token($"{tenant.Client.ClientId}:{tenant.Secret}", ("grant_type", "client_credentials"))).Status.ShouldBe(401);
    }

    /// <summary>A client without secrets, which people sign in through.</summary>
    internal static async Task<MachineClient> Application(TenantFixture tenant, ApiContext context = ApiContext.App)
    {
        var client = await tenant.NewClient(context) with { Secrets = [] };
        await tenant.Platform.Service<IDocumentStore>().Commit(Partition.Platform(client.AccountId), [Write.Upsert($"client:{client.ClientId}", Json.Bytes(client))], default);
        return client;
    }

    static Task<(int Status, System.Text.Json.JsonElement Body)> Refresh(TenantFixture tenant, string token) =>
        tenant.Token(("grant_type", "refresh_token"), ("refresh_token", token));
}
