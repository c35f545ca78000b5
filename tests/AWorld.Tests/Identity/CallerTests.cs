using System.Net;
using AWorld.Authorization;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.AspNetCore.Routing;

namespace AWorld.Tests.Identity;

public class CallerTests
{
    [Fact]
    public async Task Every_endpoint_of_the_product_declares_what_it_needs()
    {
        await using var platform = await TestPlatform.Start();
        var endpoints = platform.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        endpoints.ShouldNotBeEmpty();
        foreach (var endpoint in endpoints)
        {
            endpoint.Metadata.OfType<Requirement>().Count().ShouldBe(1, $"{endpoint.DisplayName} must declare one permission or that it is public");
            TestContext.Current.TestOutputHelper?.WriteLine($"{endpoint.DisplayName}: {endpoint.Metadata.GetMetadata<Requirement>()!.Permission?.ToString() ?? "public"}");
        }
    }

    [Fact]
    public void Every_permission_is_in_the_table_once_and_machines_have_it_by_a_scope_of_its_context()
    {
        Permissions.Table.Keys.Order().ShouldBe(Enum.GetValues<Permission>().Order());
        foreach (var (permission, grant) in Permissions.Table)
        {
            if (grant.Scope is { } scope)
            {
                // Systems outside get a scope that lets them do nothing but send events.
                var prefix = permission == Permission.SendEvents ? "integrations" : AccessTokens.Wire(grant.Context);
                scope.ShouldStartWith(prefix + "/", Case.Sensitive, permission.ToString());
            }
        }
    }

    [Fact]
    public async Task An_endpoint_that_declares_nothing_is_refused()
    {
        await using var tenant = await TenantFixture.Start();
        await tenant.With(await tenant.MachineToken()).Refused(500, HttpMethod.Get, "/test/undeclared");
        (await tenant.Http.GetStringAsync("/test/public")).ShouldBe("hello");
    }

    [Fact]
    public async Task Without_a_token_or_with_something_else_nothing_is_answered()
    {
        await using var tenant = await TenantFixture.Start();
        foreach (var header in new[] { null, "", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Bearer a.b.c", "bearer" })
        {
            using var response = await tenant.Http.Send(HttpMethod.Get, "/test/ReadOwn", null, header is null ? [] : [("Authorization", header)]);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, header);
            response.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer");
            (await response.Body()).Text("code").ShouldBe("auth/invalid_token");
        }
        (await tenant.Http.Send(HttpMethod.Post, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Each_permission_is_given_by_its_context_and_least_role_only()
    {
        await using var tenant = await TenantFixture.Start();
        foreach (var (permission, grant) in Permissions.Table)
        {
            foreach (var context in new[] { ApiContext.App, ApiContext.Dashboard, ApiContext.Portal })
            {
                foreach (var role in Enum.GetValues<Role>())
                {
                    using var client = context switch
                    {
                        ApiContext.App => tenant.Platform.App("someone", role),
                        ApiContext.Dashboard => tenant.Platform.Dashboard(role),
                        _ => tenant.Platform.Portal("someone", role),
                    };
                    using var response = await client.Send(HttpMethod.Get, $"/test/{permission}");
                    var expected = context != grant.Context ? "auth/workspace_mismatch" : role < grant.Least ? "auth/insufficient_permissions" : "";
                    response.StatusCode.ShouldBe(expected.Length == 0 ? HttpStatusCode.OK : HttpStatusCode.Forbidden, $"{permission} {context} {role}");
                    if (expected.Length > 0)
                    {
                        (await response.Body()).Text("code").ShouldBe(expected);
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Each_permission_is_given_to_machines_by_its_scope_only()
    {
        await using var tenant = await TenantFixture.Start();
        foreach (var (permission, grant) in Permissions.Table.Where(row => row.Value.Context != ApiContext.Portal))
        {
            var context = AccessTokens.Wire(grant.Context);
            foreach (var scope in new[] { $"{context}/read", $"{context}/write" })
            {
                using var response = await tenant.Platform.Machine(scope).Send(HttpMethod.Get, $"/test/{permission}");
                response.StatusCode.ShouldBe(scope == grant.Scope ? HttpStatusCode.OK : HttpStatusCode.Forbidden, $"{permission} {scope}");
            }
        }
    }

    [Fact]
    public async Task A_token_expires_an_hour_and_a_minute_after_it_was_issued_also_when_it_is_remembered()
    {
        await using var tenant = await TenantFixture.Start();
        using var client = tenant.With(await tenant.MachineToken());
        (await client.Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Platform.Clock.Advance(TimeSpan.FromMinutes(60.5));
        (await client.Send(HttpMethod.Get, "/test/ReadOwn")).StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Platform.Clock.Advance(TimeSpan.FromSeconds(31));
        using var expired = await client.Send(HttpMethod.Get, "/test/ReadOwn");
        expired.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await expired.Body()).Text("code").ShouldBe("auth/expired_token");
        expired.Headers.WwwAuthenticate.ToString().ShouldContain("expired");
    }

    [Fact]
    public async Task An_account_or_workspace_header_must_name_the_tokens_own()
    {
        await using var tenant = await TenantFixture.Start();
        using var client = tenant.With(await tenant.MachineToken());
        (await client.Send(HttpMethod.Get, "/test/ReadOwn", null, ("x-account-id", tenant.Tenant.AccountId), ("x-workspace-id", tenant.Tenant.WorkspaceId))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.Refused(403, HttpMethod.Get, "/test/ReadOwn", null, ("x-workspace-id", tenant.Sibling.WorkspaceId))).Code.ShouldBe("auth/workspace_mismatch");
        (await client.Refused(403, HttpMethod.Get, "/test/ReadOwn", null, ("x-account-id", "otheracct1"))).Code.ShouldBe("auth/workspace_mismatch");
    }

    [Fact]
    public async Task A_machine_acts_for_users_of_its_workspace_only()
    {
        await using var tenant = await TenantFixture.Start();
        var token = await tenant.MachineToken();
        using var client = tenant.With(token);
        (await client.Refused(400, HttpMethod.Get, "/test/user")).Fields.ShouldBe(["x-user-id"]);
        for (var again = 0; again < 2; again++)
        {
            (await tenant.With(token, ("x-user-id", tenant.Alice.UserId)).GetStringAsync("/test/user")).ShouldContain(tenant.Alice.UserId);
        }
        foreach (var stranger in new[] { "nobody", tenant.Owner.PrincipalId, tenant.Alice.ExternalId!, "a/b", new string('x', 500) })
        {
            (await client.Refused(404, HttpMethod.Get, "/test/user", null, ("x-user-id", stranger))).Code.ShouldBe("resource/not_found");
        }
        var (there, secret) = (await tenant.Platform.Service<Clients>().Create(tenant.Sibling, "other", ApiContext.App, null, default)).Value;
        await tenant.With(await tenant.MachineToken(there, secret)).Refused(404, HttpMethod.Get, "/test/user", null, ("x-user-id", tenant.Alice.UserId));
    }

    [Fact]
    public async Task A_person_acts_for_nobody_else()
    {
        await using var tenant = await TenantFixture.Start();
        using var alice = tenant.Platform.App("alice");
        await alice.Refused(403, HttpMethod.Get, "/test/user", null, ("x-user-id", "bob"));
        (await alice.Send(HttpMethod.Get, "/test/user", null, ("x-user-id", "alice"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_principal_has_in_each_account_the_role_of_its_memberships_there()
    {
        await using var tenant = await TenantFixture.Start();
        var stranger = await tenant.Platform.Service<Accounts>().Create("Other", null, default);
        using var owner = tenant.With((await tenant.SignIn(TenantFixture.OwnerEmail, "_platform_.portal")).Text("access_token"));
        (await owner.Send(HttpMethod.Get, "/test/UsePortal")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await owner.GetStringAsync($"/test/accounts/{tenant.Account.AccountId}/workspaces")).ShouldStartWith($"{tenant.Account.AccountId}/ Owner");
        foreach (var other in new[] { stranger.AccountId, "_platform_", "nosuchacct", "x" })
        {
            (await owner.Send(HttpMethod.Get, $"/test/accounts/{other}/workspaces")).StatusCode.ShouldBe(HttpStatusCode.NotFound, other);
        }
        await tenant.Platform.Service<Memberships>().Grant(stranger.AccountId, tenant.Owner.PrincipalId, null, Role.Viewer, default);
        (await owner.Send(HttpMethod.Get, $"/test/accounts/{stranger.AccountId}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await owner.Refused(403, HttpMethod.Get, $"/test/accounts/{stranger.AccountId}/workspaces")).Code.ShouldBe("auth/insufficient_permissions");
    }
}
