using System.Collections.Concurrent;
using System.Net;
using AWorld.Authorization;
using AWorld.Identity;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Tenancy;

public sealed class PortalTests : IAsyncLifetime
{
    const string Accounts = "/portal/v1/accounts";

    readonly ConcurrentQueue<Mail> mails = [];
    TestPlatform platform = null!;
    HttpClient owner = null!;
    HttpClient stranger = null!;
    string account = null!;

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start(configure: builder => builder.Services.AddSingleton<IMailer>(new Outbox(mails)));
        owner = await SignedIn("owner@example.org");
        stranger = await SignedIn("stranger@example.org");
        account = (await owner.Post(Accounts, new { name = "Ācme" })).Text("accountId");
        await stranger.Post(Accounts, new { name = "Other" });
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    sealed class Outbox(ConcurrentQueue<Mail> mails) : IMailer
    {
        public Task Send(Mail mail, CancellationToken stop)
        {
            mails.Enqueue(mail);
            return Task.CompletedTask;
        }
    }

    sealed class Postbox(System.Threading.Channels.Channel<Mail> mails) : IMailer
    {
        public Task Send(Mail mail, CancellationToken stop) => mails.Writer.WriteAsync(mail, stop).AsTask();
    }

    /// <summary>A principal with a portal token, which is of no account.</summary>
    async Task<HttpClient> SignedIn(string email)
    {
        var principal = await platform.Service<Principals>().Ensure(email, null, null, default);
        var subject = new TokenSubject(new(Partition.PlatformAccount, ""), ApiContext.Portal, ClientPlatform.Web, Role.Viewer, PrincipalId: principal.PrincipalId);
        var token = await platform.Service<AccessTokens>().Issue(subject, default);
        var client = platform.Anonymous();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {token.Token}");
        return client;
    }

    async Task<string> Workspace(object? draft = null) => (await owner.Post($"{Accounts}/{account}/workspaces", draft ?? new { name = "Production" })).Text("workspaceId");

    async Task<string> Invite(string email, string role, string? workspaceId = null) =>
        (await owner.Post($"{Accounts}/{account}/principals", new { email, role, workspaceId })).Text("principalId");

    [Fact]
    public async Task Who_creates_an_account_owns_it_and_may_rename_it()
    {
        (await owner.Get(Accounts)).Items().ShouldHaveSingleItem().Text("name").ShouldBe("Ācme");
        (await owner.Patch($"{Accounts}/{account}", new { name = "Acme" })).Text("name").ShouldBe("Acme");
        (await owner.Get($"{Accounts}/{account}")).Text("name").ShouldBe("Acme");
        (await owner.Get($"{Accounts}/{account}/principals")).Items().ShouldHaveSingleItem().Text("role").ShouldBe("OWNER");
        (await owner.Get("/portal/v1/me")).Text("email").ShouldBe("owner@example.org");
        (await owner.Refused(400, HttpMethod.Post, Accounts, new { name = "" })).Fields.ShouldBe(["name"]);
    }

    [Fact]
    public async Task There_are_no_more_workspaces_and_clients_than_there_may_be_however_many_are_made_at_once()
    {
        var workspace = await Workspace();
        for (var made = 1; made < 199; made++)
        {
            await platform.Service<Workspaces>().Create(account, new($"Workspace {made}"), default);
        }
        (await AtOnce($"{Accounts}/{account}/workspaces", new { name = "Last" })).ShouldBe([new(201, 1), new(400, 15)]);
        (await platform.Service<Workspaces>().List(account, default)).Count.ShouldBe(200);
        (await AtOnce($"{Accounts}/{account}/workspaces/{workspace}/clients", new { name = "First", context = "APP" })).ShouldBe([new(201, 16)]);
        var tenant = new Tenant(account, workspace);
        for (var made = 16; made < 49; made++)
        {
            (await platform.Service<Clients>().Create(tenant, $"Client {made}", ApiContext.App, null, default)).Succeeded.ShouldBeTrue();
        }
        (await AtOnce($"{Accounts}/{account}/workspaces/{workspace}/clients", new { name = "Last", context = "APP" })).ShouldBe([new(201, 1), new(400, 15)]);

        async Task<IEnumerable<KeyValuePair<int, int>>> AtOnce(string path, object body)
        {
            var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
            {
                using var answer = await owner.Send(HttpMethod.Post, path, body);
                return (int)answer.StatusCode;
            }));
            return statuses.CountBy(static status => status).OrderBy(static one => one.Key);
        }
    }

    [Fact]
    public async Task The_clients_of_a_workspace_are_listed_however_many_others_of_the_account_have()
    {
        var workspace = await Workspace();
        var (client, _) = (await platform.Service<Clients>().Create(new(account, workspace), "Ours", ApiContext.App, null, default)).Value;
        var others = Enumerable.Range(0, StoreLimits.PageItems).Select(n => $"{account}.-{n:D20}").Select(id => Write.Create($"client:{id}", Json.Bytes(client with { ClientId = id, WorkspaceId = "another" })));
        foreach (var some in others.Chunk(StoreLimits.BatchWrites))
        {
            (await platform.Service<IDocumentStore>().Commit(Partition.Platform(account), some, default)).Committed.ShouldBeTrue();
        }
        (await owner.Get($"{Accounts}/{account}/workspaces/{workspace}/clients")).Items().ShouldHaveSingleItem().Text("clientId").ShouldBe(client.ClientId);
    }

    [Fact]
    public async Task An_idempotency_key_creates_one_account()
    {
        var key = ("x-idempotency-key", "k");
        var first = await owner.Post(Accounts, new { name = "Twice" }, key);
        (await owner.Post(Accounts, new { name = "Twice" }, key)).ToString().ShouldBe(first.ToString());
        await owner.Refused(409, HttpMethod.Post, Accounts, new { name = "Another" }, key);
        (await owner.Get(Accounts)).Items().Count.ShouldBe(2);
    }

    [Fact]
    public async Task To_a_principal_of_another_account_nothing_of_this_one_exists()
    {
        var workspace = await Workspace();
        var client = (await owner.Post($"{Accounts}/{account}/workspaces/{workspace}/clients", new { name = "c", context = "APP" })).Text("clientId");
        var principal = await Invite("m@example.org", "MEMBER");
        var here = $"{Accounts}/{account}";
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, here, null), (HttpMethod.Patch, here, new { name = "mine" }),
            (HttpMethod.Post, $"{here}/workspaces", new { name = "mine" }), (HttpMethod.Get, $"{here}/workspaces", null),
            (HttpMethod.Get, $"{here}/workspaces/{workspace}", null), (HttpMethod.Patch, $"{here}/workspaces/{workspace}", new { name = "mine" }),
            (HttpMethod.Post, $"{here}/principals", new { email = "x@example.org", role = "OWNER" }), (HttpMethod.Get, $"{here}/principals", null),
            (HttpMethod.Patch, $"{here}/principals/{principal}", new { role = "OWNER" }), (HttpMethod.Delete, $"{here}/principals/{principal}", null),
            (HttpMethod.Post, $"{here}/workspaces/{workspace}/clients", new { name = "mine", context = "APP" }), (HttpMethod.Get, $"{here}/workspaces/{workspace}/clients", null),
            (HttpMethod.Get, $"{here}/workspaces/{workspace}/clients/{client}", null),
            (HttpMethod.Post, $"{here}/workspaces/{workspace}/clients/{client}/rotate", new { }), (HttpMethod.Delete, $"{here}/workspaces/{workspace}/clients/{client}", null),
        })
        {
            await stranger.Refused(404, method, path, body);
        }
        (await owner.Get(here)).Text("name").ShouldBe("Ācme");
        (await stranger.Get(Accounts)).Items().ShouldHaveSingleItem().Text("name").ShouldBe("Other");
        // A client of this account is not in a workspace of theirs either.
        var theirs = (await stranger.Get(Accounts)).Text("items[0].accountId");
        var theirWorkspace = (await stranger.Post($"{Accounts}/{theirs}/workspaces", new { name = "Theirs" })).Text("workspaceId");
        await stranger.Refused(404, HttpMethod.Get, $"{Accounts}/{theirs}/workspaces/{theirWorkspace}/clients/{client}");
        await stranger.Refused(404, HttpMethod.Get, $"{Accounts}/{theirs}/workspaces/{workspace}");
    }

    [Fact]
    public async Task A_slug_is_unique_in_its_account_and_free_again_when_changed()
    {
        var first = await Workspace(new { name = "One", slug = "one", type = "EDU", plan = "PREMIUM", development = true, catalogs = new[] { "catalog001" } });
        await owner.Refused(409, HttpMethod.Post, $"{Accounts}/{account}/workspaces", new { name = "Two", slug = "one" });
        var changed = await owner.Patch($"{Accounts}/{account}/workspaces/{first}", new { slug = "uno" });
        (changed.Text("slug"), changed.Text("type"), changed.Text("plan"), changed.Flag("development")).ShouldBe(("uno", "EDU", "PREMIUM", true));
        await Workspace(new { name = "Two", slug = "one" });
        (await owner.Get($"{Accounts}/{account}/workspaces")).Items().Count.ShouldBe(2);
        foreach (var (field, body) in new (string, object)[] { ("name", new { name = "ab" }), ("slug", new { name = "abc", slug = "-a" }), ("plan", new { name = "abc", plan = "FREE" }), ("catalogs[0]", new { name = "abc", catalogs = new[] { "x" } }) })
        {
            (await owner.Refused(400, HttpMethod.Post, $"{Accounts}/{account}/workspaces", body)).Fields.ShouldBe([field]);
        }
    }

    [Fact]
    public async Task An_invited_principal_gets_mail_and_what_the_role_allows()
    {
        var principalId = await Invite("Admin@example.org", "ADMIN");
        mails.ShouldHaveSingleItem().To.ShouldBe("admin@example.org");
        var admin = await SignedIn("admin@example.org");
        await admin.Post($"{Accounts}/{account}/workspaces", new { name = "By admin" });
        await admin.Refused(403, HttpMethod.Patch, $"{Accounts}/{account}", new { name = "Mine" });
        await admin.Refused(403, HttpMethod.Post, $"{Accounts}/{account}/principals", new { email = "x@example.org", role = "OWNER" });
        await admin.Refused(403, HttpMethod.Patch, $"{Accounts}/{account}/principals/{principalId}", new { role = "OWNER" });
        await owner.Refused(409, HttpMethod.Post, $"{Accounts}/{account}/principals", new { email = "admin@example.org", role = "VIEWER" });

        await owner.Patch($"{Accounts}/{account}/principals/{principalId}", new { role = "VIEWER" });
        await admin.Refused(403, HttpMethod.Post, $"{Accounts}/{account}/workspaces", new { name = "No more" });
        await owner.Delete($"{Accounts}/{account}/principals/{principalId}");
        await admin.Refused(404, HttpMethod.Get, $"{Accounts}/{account}");
        (await admin.Get(Accounts)).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_owner_of_a_platform_gets_an_account_once()
    {
        var told = System.Threading.Channels.Channel.CreateUnbounded<Mail>();
        await using var fresh = await TestPlatform.Start(configure: builder => builder.Services.AddSingleton<IMailer>(new Postbox(told)), settings: ("AWorld:Platform:FirstOwner", "First@example.org"));
        (await told.Reader.ReadAsync(TestContext.Current.CancellationToken)).To.ShouldBe("first@example.org");
        await fresh.Service<IEnumerable<Upkeep>>().Single(static one => one.Name == "FirstOwner").Run(default);
        told.Reader.TryRead(out _).ShouldBeFalse();
        var principal = (await fresh.Service<Principals>().FindByEmail("first@example.org", default))!.PrincipalId;
        var first = (await fresh.Service<AWorld.Tenancy.Accounts>().IndexOf(principal, default)).ShouldHaveSingleItem();
        (await fresh.Service<Memberships>().RoleIn(first, principal, null, default)).ShouldBe(Role.Owner);
        await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => TestPlatform.Start(settings: ("AWorld:Platform:FirstOwner", "nobody")));
    }

    [Fact]
    public async Task A_member_of_one_workspace_manages_that_one_and_sees_no_other()
    {
        var (one, two) = (await Workspace(), await Workspace());
        await Invite("ops@example.org", "ADMIN", one);
        var ops = await SignedIn("ops@example.org");
        (await ops.Get($"{Accounts}/{account}/workspaces")).Items().ShouldHaveSingleItem().Text("workspaceId").ShouldBe(one);
        await ops.Post($"{Accounts}/{account}/workspaces/{one}/clients", new { name = "c", context = "APP" });
        await ops.Refused(404, HttpMethod.Get, $"{Accounts}/{account}/workspaces/{two}/clients");
        await ops.Refused(403, HttpMethod.Post, $"{Accounts}/{account}/principals", new { email = "x@example.org", role = "VIEWER" });
        (await owner.Refused(400, HttpMethod.Post, $"{Accounts}/{account}/principals", new { email = "x@example.org", role = "VIEWER", workspaceId = "elsewhere1" })).Fields.ShouldBe(["workspaceId"]);
    }

    [Fact]
    public async Task The_last_owner_stays()
    {
        var first = (await owner.Get("/portal/v1/me")).Text("principalId");
        await owner.Refused(400, HttpMethod.Delete, $"{Accounts}/{account}/principals/{first}");
        await owner.Refused(400, HttpMethod.Patch, $"{Accounts}/{account}/principals/{first}", new { role = "ADMIN" });

        var second = await Invite("second@example.org", "OWNER");
        var other = await SignedIn("second@example.org");
        // Each removes the other at the same moment.
        await Task.WhenAll(owner.Send(HttpMethod.Delete, $"{Accounts}/{account}/principals/{second}"), other.Send(HttpMethod.Delete, $"{Accounts}/{account}/principals/{first}"));
        (await platform.Service<Memberships>().List(account, default)).Count(one => one.Role == Role.Owner).ShouldBe(1);
    }

    [Fact]
    public async Task A_rotated_secret_is_shown_once_and_the_old_one_works_through_the_overlap()
    {
        var clients = $"{Accounts}/{account}/workspaces/{await Workspace()}/clients";
        var created = await owner.Post(clients, new { name = "Backend", context = "DASHBOARD", scopes = new[] { "dashboard/read" } });
        var (id, first) = (created.Text("clientId"), created.Text("clientSecret"));
        id.ShouldStartWith($"{account}.");
        (await owner.Get($"{clients}/{id}")).ToString().ShouldNotContain(first);
        var second = (await owner.Post($"{clients}/{id}/rotate", new { overlapSeconds = 60 })).Text("clientSecret");

        async Task<bool> Accepts(string secret) => (await platform.Service<Clients>().Find(id, default))!.Accepts(secret, platform.Clock.GetUtcNow());
        (await Accepts(first), await Accepts(second), await Accepts("guess")).ShouldBe((true, true, false));
        platform.Clock.Advance(TimeSpan.FromSeconds(61));
        (await Accepts(first), await Accepts(second)).ShouldBe((false, true));

        (await owner.Refused(400, HttpMethod.Post, clients, new { name = "x", context = "APP", scopes = new[] { "dashboard/write" } })).Fields.ShouldBe(["scopes"]);
        (await owner.Refused(400, HttpMethod.Post, clients, new { name = "x", context = "PORTAL" })).Fields.ShouldBe(["context"]);
        await owner.Delete($"{clients}/{id}");
        await owner.Refused(404, HttpMethod.Get, $"{clients}/{id}");
    }
}
