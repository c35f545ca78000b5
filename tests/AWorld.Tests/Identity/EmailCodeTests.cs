using System.Net;
using AWorld.Authorization;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Tests.Identity;

public class EmailCodeTests
{
    static Task<HttpResponseMessage> Verify(TenantFixture tenant, string session, string code) => tenant.Http.Send(HttpMethod.Post, "/auth/v1/email-otp/verify", new { session, code });

    static string Other(string code) => code == "000000" ? "000001" : "000000";

    static async Task<(TenantFixture Tenant, string ClientId)> Start(params (string, string)[] settings)
    {
        var tenant = await TenantFixture.Start(settings: settings);
        return (tenant, (await TokenEndpointTests.Application(tenant)).ClientId);
    }

    [Fact]
    public async Task A_user_signs_in_with_the_code_that_was_mailed()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var started = await tenant.StartCode(" Alice@Example.org ".Trim(), clientId);
        started.At("expiresAt").GetDateTimeOffset().ShouldBe(tenant.Platform.Clock.GetUtcNow().AddMinutes(3));
        var tokens = await tenant.Http.Post("/auth/v1/email-otp/verify", new { session = started.Text("session"), code = await tenant.CodeMailedTo(TenantFixture.Email) });
        tokens.Text("token_type").ShouldBe("Bearer");
        tokens.At("expires_in").GetInt32().ShouldBe(3600);
        var access = TenantFixture.Claims(tokens.Text("access_token"));
        access.Text("sub").ShouldBe(tenant.Alice.UserId);
        access.Text("userId").ShouldBe(tenant.Alice.UserId);
        access.Text("context").ShouldBe("app");
        access.Text("platform").ShouldBe("web");
        access.Text("role").ShouldBe("member");
        access.Text("lang").ShouldBe("it");
        access.Text("timezone").ShouldBe("Europe/Rome");
        var id = TenantFixture.Claims(tokens.Text("id_token"));
        id.Text("aud").ShouldBe(clientId);
        id.Text("email").ShouldBe(TenantFixture.Email);
        (await tenant.With(tokens.Text("access_token")).GetStringAsync("/test/user")).ShouldStartWith($"{tenant.Tenant} Member {tenant.Alice.UserId}");
        (await tenant.With(tokens.Text("id_token")).Refused(401, HttpMethod.Get, "/test/user")).Code.ShouldBe("auth/invalid_token");
    }

    [Fact]
    public async Task A_code_works_once_also_when_it_is_shown_many_times_at_once()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var session = (await tenant.StartCode(TenantFixture.Email, clientId)).Text("session");
        var code = await tenant.CodeMailedTo(TenantFixture.Email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Verify(tenant, session, code)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(9);
    }

    [Fact]
    public async Task A_code_ends_after_three_minutes()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var session = (await tenant.StartCode(TenantFixture.Email, clientId)).Text("session");
        var code = await tenant.CodeMailedTo(TenantFixture.Email);
        tenant.Platform.Clock.Advance(TimeSpan.FromMinutes(3));
        (await Verify(tenant, session, code)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Five_wrong_tries_end_a_code_also_when_they_come_at_once()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var session = (await tenant.StartCode(TenantFixture.Email, clientId)).Text("session");
        var code = await tenant.CodeMailedTo(TenantFixture.Email);
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Verify(tenant, session, Other(code)))))
        {
            (await answer.Body()).Text("code").ShouldBe("auth/invalid_credentials");
        }
        (await Verify(tenant, session, code)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_wrong_try_leaves_the_right_code_good()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var session = (await tenant.StartCode(TenantFixture.Email, clientId)).Text("session");
        var code = await tenant.CodeMailedTo(TenantFixture.Email);
        (await Verify(tenant, session, Other(code))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Verify(tenant, session, code)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_answer_tells_whether_an_address_is_somebodys()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        foreach (var email in new[] { "nobody@example.org", TenantFixture.OwnerEmail, TenantFixture.Email })
        {
            using var started = await tenant.Http.Send(HttpMethod.Post, "/auth/v1/email-otp/start", new { email, clientId });
            started.StatusCode.ShouldBe(HttpStatusCode.OK);
            var session = (await started.Body()).Text("session");
            session.Length.ShouldBe(32);
            using var refused = await Verify(tenant, session, "123456");
            (refused.StatusCode, (await refused.Body()).Text("message")).ShouldBe((HttpStatusCode.Unauthorized, "the code is wrong, used or expired"));
        }
        await tenant.CodeMailedTo(TenantFixture.Email);
        tenant.Mails().Count.ShouldBe(1, "only users of the workspace are written to, in the order they asked");
    }

    [Fact]
    public async Task Answers_that_look_the_same_take_the_same_work()
    {
        await using var tenant = await TenantFixture.Start(configure: CountedStore.Replace);
        var (clientId, store) = ((await TokenEndpointTests.Application(tenant)).ClientId, tenant.Platform.Service<CountedStore>());
        async Task<(IReadOnlyList<string> Work, string Session)> Ask(string email)
        {
            store.Take();
            var session = (await tenant.StartCode(email, clientId)).Text("session");
            return (store.Take(), session);
        }
        async Task<IReadOnlyList<string>> Show(string session, string code)
        {
            store.Take();
            using var refused = await Verify(tenant, session, code);
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            return store.Take();
        }
        await Ask(TenantFixture.Email);
        var (known, unknown) = (await Ask(TenantFixture.Email), await Ask("nobody@example.org"));
        known.Work.ShouldContain("Commit Platform code");
        unknown.Work.ShouldBe(known.Work);

        var wrong = Other(await tenant.CodeMailedTo(TenantFixture.Email, mails: 2));
        var work = await Show(known.Session, wrong);
        work.ShouldBe(["Commit Platform code", "Read Platform code"]);
        (await Show(unknown.Session, wrong)).ShouldBe(work);
        foreach (var session in new[] { $"{tenant.Account.AccountId}.nobody", "x", "..", new string('x', 128) })
        {
            (await Show(session, wrong)).ShouldBe(work, session);
        }
        for (var tries = 1; tries < 7; tries++)
        {
            (await Show(known.Session, wrong)).ShouldBe(work, $"after {tries} tries");
        }
        tenant.Platform.Clock.Advance(TimeSpan.FromHours(1));
        (await Show(known.Session, wrong)).ShouldBe(work, "expired");
    }

    [Fact]
    public async Task Another_workspaces_client_lets_nobody_in()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var there = await tenant.NewClient(ApiContext.App, tenant.Sibling);
        await tenant.StartCode(TenantFixture.Email, there.ClientId);
        await tenant.StartCode(TenantFixture.Email, clientId);
        await tenant.CodeMailedTo(TenantFixture.Email);
        tenant.Mails().Count.ShouldBe(1);
        (await tenant.Http.Refused(403, HttpMethod.Post, "/auth/v1/email-otp/start", new { email = TenantFixture.Email, clientId, workspaceId = tenant.Sibling.WorkspaceId })).Code.ShouldBe("auth/workspace_mismatch");
    }

    [Fact]
    public async Task An_address_is_not_written_to_without_end()
    {
        var (tenant, clientId) = await Start(("AWorld:Identity:CodesPerEmail", "2"));
        await using var _ = tenant;
        foreach (var email in new[] { TenantFixture.Email, "nobody@example.org" })
        {
            await tenant.StartCode(email, clientId);
            await tenant.StartCode(email.ToUpperInvariant(), clientId);
            using var refused = await tenant.Http.Send(HttpMethod.Post, "/auth/v1/email-otp/start", new { email, clientId });
            ((int)refused.StatusCode).ShouldBe(429);
            refused.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task What_is_malformed_is_named()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        foreach (var (body, field) in new (object, string)[]
        {
            (new { clientId }, "email"), (new { email = "x", clientId }, "email"), (new { email = "a@b\r\nBcc: c@d", clientId }, "email"), (new { email = $"{new string('x', 250)}@example.org", clientId }, "email"),
            (new { email = "a@b.c" }, "clientId"), (new { email = "a@b.c", clientId = "a b" }, "clientId"), (new { email = "a@b.c", clientId, platform = "m2m" }, "platform"),
        })
        {
            (await tenant.Http.Refused(400, HttpMethod.Post, "/auth/v1/email-otp/start", body)).Fields.ShouldContain(field);
        }
        await tenant.Http.Refused(401, HttpMethod.Post, "/auth/v1/email-otp/start", new { email = "a@b.c", clientId = $"{tenant.Account.AccountId}.nobody" });
        foreach (var code in new[] { "", "12345", "1234567", "12345a", "１２３４５６" })
        {
            (await tenant.Http.Refused(400, HttpMethod.Post, "/auth/v1/email-otp/verify", new { session = "x", code })).Fields.ShouldContain("code");
        }
        foreach (var session in new[] { "x", "a.b", "..", "homeacct01.x", new string('x', 128) })
        {
            await tenant.Http.Refused(401, HttpMethod.Post, "/auth/v1/email-otp/verify", new { session, code = "123456" });
        }
    }

    [Fact]
    public async Task The_code_is_a_grant_of_the_token_endpoint_too()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var session = (await tenant.StartCode(TenantFixture.Email, clientId)).Text("session");
        var (status, body) = await tenant.Token(("grant_type", TokenEndpoint.EmailCodeGrant), ("session", session), ("code", await tenant.CodeMailedTo(TenantFixture.Email)));
        status.ShouldBe(200, body.ToString());
        body.Text("refresh_token").ShouldStartWith($"{tenant.Account.AccountId}.");
    }

    [Fact]
    public async Task Neither_codes_nor_refresh_tokens_nor_secrets_are_stored_in_clear()
    {
        var (tenant, clientId) = await Start();
        await using var _ = tenant;
        var pending = (await tenant.StartCode(TenantFixture.Email, clientId)).Text("session");
        var code = await tenant.CodeMailedTo(TenantFixture.Email);
        var tokens = await tenant.SignIn(TenantFixture.Email, clientId, 2);
        var page = await tenant.Platform.Service<IDocumentStore>().Query(Partition.Platform(tenant.Account.AccountId), new(), default);
        var stored = string.Concat(page.Items.Select(document => document.Id + System.Text.Encoding.UTF8.GetString(document.Body.Span)));
        stored.ShouldContain(pending);
        stored.ShouldNotContain($"\"{code}\"");
        stored.ShouldNotContain(tenant.Secret);
        foreach (var part in tokens.Text("refresh_token").Split('.')[1..])
        {
            stored.ShouldNotContain(part);
        }
    }
}
