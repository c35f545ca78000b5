using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AWorld.Audit;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Tests.Game;
using Microsoft.Extensions.DependencyInjection;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Audit;

/// <summary>Who did what, as the requests left it.</summary>
public sealed class AuditTests
{
    const string Logs = "/dashboard/v1/audit-logs";
    const string NewTag = """{ "namespace": "n", "variant": "v", "defaultLang": "en", "translations": [{ "lang": "en", "label": "Label" }] }""";

    static async Task<IReadOnlyList<JsonElement>> Read(TestPlatform platform, string query = "") => (await platform.Dashboard().Get($"{Logs}?{query}")).Items();

    /// <summary>The end of the chains, which hold what was noted before.</summary>
    static async Task<string> Everything(TestPlatform platform)
    {
        await Read(platform);
        var page = await platform.Service<IDocumentStore>().Changes(Container.Audit, "", 1000, default);
        return string.Concat(page.Items.Select(change => Encoding.UTF8.GetString(change.Document.Body.Span)));
    }

    [Fact]
    public async Task Operations_are_recorded_with_who_and_what_and_no_person()
    {
        await using var platform = await TestPlatform.Start();
        var client = platform.Dashboard(Role.Manager);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("curl/8.5");
        var tag = (await client.Post("/dashboard/v1/tags", NewTag)).Text("tagId");
        await client.Post("/dashboard/v1/users", """{ "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "externalId": "emp-1" }""");
        await client.Get("/dashboard/v1/users/by-external-id/emp-1");
        await client.Refused(400, HttpMethod.Post, "/dashboard/v1/tags", "{}");
        await platform.Dashboard(Role.Viewer).Refused(403, HttpMethod.Delete, "/dashboard/v1/users/somebody");
        await platform.Anonymous().Refused(401, HttpMethod.Get, "/dashboard/v1/tags");
        await client.Post($"/dashboard/v1/tags/{tag}/publish");

        var records = await Read(platform);
        records.Select(record => $"{record.Text("operation")} {record.At("status").GetInt32()}").ShouldBe(
        [
            "dashboard/tags/publish 200", "dashboard/users/delete 403", "dashboard/tags/create 400", "dashboard/users/getByExternalId 200", "dashboard/users/create 201", "dashboard/tags/create 201",
        ]);
        var published = records[0];
        published.Text("at").ShouldBe("2026-03-10T09:00:00.000Z");
        published.Text("userId").ShouldBe("dashboard-user");
        published.Text("role").ShouldBe("MANAGER");
        published.Text("ids.tagId").ShouldBe(tag);
        published.Text("userAgent").ShouldBe("curl/8.5");
        published.Text("requestId").ShouldNotBeEmpty();
        published.Text("sourceRegion").ShouldBe("eu-west-1");
        (await Everything(platform)).ShouldNotContain("ada", Case.Insensitive);
        (await Everything(platform)).ShouldNotContain("emp-1");
        (await platform.Sibling.Dashboard().Get(Logs)).Items().ShouldBeEmpty("another workspace's are elsewhere");
    }

    [Fact]
    public async Task A_log_is_filtered_and_paged()
    {
        await using var platform = await TestPlatform.Start(settings: ("AWorld:Audit:PerDocument", "3"));
        for (var day = 0; day < 2; day++)
        {
            for (var i = 0; i < 10; i++)
            {
                await platform.Home.Dashboard(userId: i % 2 == 0 ? "eve" : "bob").Get(i % 5 == 0 ? "/dashboard/v1/tags" : "/dashboard/v1/activities");
            }
            platform.Clock.Advance(TimeSpan.FromDays(1));
        }
        (await Read(platform, "day=2026-03-10")).Count.ShouldBe(10);
        (await Read(platform, "day=2026-03-11&actor=eve")).Count.ShouldBe(5);
        (await Read(platform, "day=2026-03-11&actor=eve&operation=dashboard/tags/list")).Count.ShouldBe(1);
        (await Read(platform, "day=2026-03-09")).ShouldBeEmpty();
        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await platform.Dashboard().Get($"{Logs}?day=2026-03-10&limit=4{token}");
            seen.AddRange(page.Items().Select(record => record.Text("requestId")));
            token = page.Has("nextToken") ? $"&nextToken={page.Text("nextToken")}" : "";
        }
        while (token.Length > 0);
        seen.Count.ShouldBe(10);
        seen.ShouldBeUnique();
        (await platform.Dashboard().Refused(400, HttpMethod.Get, $"{Logs}?day=yesterday")).Fields.ShouldBe(["day"]);
        await platform.Dashboard(Role.Manager).Refused(403, HttpMethod.Get, Logs);
    }

    [Fact]
    public async Task A_machine_is_named_with_the_user_it_acts_for()
    {
        await using var platform = await TestPlatform.Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var machine = platform.Machine("app/read", "app/write");
        for (var i = 0; i < 3; i++)
        {
            await machine.Get("/app/v1/missions", ("x-user-id", ada));
        }
        await machine.Patch("/app/v1/users/me", new { nickname = "Countess" }, ("x-user-id", ada));
        var records = await Read(platform);
        records.Select(record => record.Text("operation")).ShouldBe(["app/users/updateMe", "identity/delegate"]);
        records.ShouldAllBe(record => record.Text("onBehalfOf") == ada && record.Text("clientId").EndsWith("test-client", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_record_names_many_users_whom_a_machine_began_to_act_for_and_each_finds_it()
    {
        await using var platform = await TestPlatform.Start();
        var machine = platform.Machine("app/read");
        var users = new List<string>();
        for (var i = 0; i < 52; i++)
        {
            users.Add(await platform.NewUser(platform.Tenant, $"user-{i}"));
            await machine.Get("/app/v1/missions", ("x-user-id", users[^1]));
        }
        await machine.Refused(404, HttpMethod.Get, "/app/v1/missions", null, ("x-user-id", "nobody"));
        var records = await Read(platform, "operation=identity/delegate");
        records.Count.ShouldBe(2);
        records.Select(record => record.At("onBehalfOfUsers").GetArrayLength()).ShouldBe([2, 50]);
        records.Reverse().SelectMany(record => record.At("onBehalfOfUsers").EnumerateArray().Select(user => user.GetString())).ShouldBe(users);
        records.ShouldAllBe(record => record.Text("clientId").EndsWith("test-client", StringComparison.Ordinal) && record.At("status").GetInt32() == 200);
        foreach (var user in new[] { users[0], users[49], users[51] })
        {
            (await Read(platform, $"actor={user}")).ShouldHaveSingleItem().Text("operation").ShouldBe("identity/delegate");
        }
        var chain = AuditChain.Of(platform.Tenant, new(2026, 3, 10));
        (await AuditChain.Verify(platform.Service<IDocumentStore>(), chain, default)).Broken.ShouldBeNull();
    }

    [Fact]
    public async Task Signing_in_is_recorded_where_the_client_belongs_and_elsewhere_when_there_is_none()
    {
        await using var platform = await TestPlatform.Start();
        var (client, secret) = (await platform.Service<Clients>().Create(platform.Tenant, "Machine", ApiContext.App, null, default)).Value;
        foreach (var (id, password) in new[] { (client.ClientId, secret), (client.ClientId, "wrong"), ($"{platform.Tenant.AccountId}.nobody", "wrong") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{id}:{password}")));
            using var response = await platform.Anonymous().SendAsync(request);
        }
        (await Read(platform)).Select(record => $"{record.Text("operation")} {record.Text("clientId")} {record.At("status").GetInt32()}")
            .ShouldBe([$"oauth2/oauth2/token {client.ClientId} 401", $"oauth2/oauth2/token {client.ClientId} 200"]);
        var platformWide = AuditChain.Of(new(Partition.PlatformAccount, ""), new(2026, 3, 10));
        await platform.Service<AuditTrail>().Flush(platformWide);
        (await AuditChain.Verify(platform.Service<IDocumentStore>(), platformWide, default)).Records.ShouldBe(1);
    }

    [Fact]
    public async Task An_account_has_a_log_of_what_concerns_no_workspace()
    {
        await using var platform = await TestPlatform.Start();
        var path = $"/portal/v1/accounts/{platform.Tenant.AccountId}";
        (await platform.Portal("boss").Post($"{path}/workspaces", new { name = "Staging" })).Text("sourceRegion").ShouldBe("eu-west-1");
        var record = (await platform.Portal("boss").Get($"{path}/audit-logs")).Items().ShouldHaveSingleItem();
        (record.Text("operation"), record.Text("principalId")).ShouldBe(("portal/workspaces/create", "boss"));
        await platform.Portal("boss", Role.Manager).Refused(403, HttpMethod.Get, $"{path}/audit-logs");
    }

    [Fact]
    public async Task The_journal_is_the_record_of_an_action()
    {
        await using var platform = await TestPlatform.Start();
        await platform.Configure(platform.Tenant, Activity("walk"));
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Machine("app/write").Post("/app/v1/activity-logs", new { activityId = "walk", userId = ada });
        await platform.App(ada).Get("/app/v1/missions");
        (await platform.Service<IDocumentStore>().Changes(Container.Audit, "", 10, default)).Items.ShouldBeEmpty();
        var entry = await platform.Service<AWorld.Game.Players>().Journal.Entry(platform.Tenant, ada, 1, default);
        (entry!.By.ClientId, entry.By.Via).ShouldBe(($"{platform.Tenant.AccountId}.test-client", "activityLogs/create"));
    }

    /// <summary>A store whose audit container cannot be written.</summary>
    sealed class Unwritable(IDocumentStore store) : IDocumentStore
    {
        public bool Fails { get; set; } = true;
        public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop) => store.Read(partition, id, stop);
        public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop) => store.Query(partition, query, stop);
        public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop) => store.Changes(container, cursor, limit, prefixes, stop);
        public ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop) =>
            Fails && partition.Container == Container.Audit ? throw new StoreBusyException(TimeSpan.FromSeconds(1)) : store.Commit(partition, writes, stop);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_acknowledged()
    {
        Unwritable? store = null;
        await using var platform = await TestPlatform.Start(configure: builder =>
            builder.Services.AddSingleton<IDocumentStore>(services => store = new(services.GetRequiredService<AWorld.Embedded.Storage.SqliteDocumentStore>())));
        (await platform.Dashboard().Refused(503, HttpMethod.Post, "/dashboard/v1/tags", NewTag, ("x-idempotency-key", "k"))).Message.ShouldContain("could not be recorded");
        const string upload = "/dashboard/v1/media/upload-url?contentType=image/png&fileName=a.png&fileSize=10&fileType=image&mediaId=a";
        (await platform.Dashboard().Refused(503, HttpMethod.Get, upload)).Message.ShouldContain("could not be recorded");
        await platform.Dashboard().Get("/dashboard/v1/tags");
        store!.Fails = false;
        (await platform.Dashboard().Get(upload)).Text("mediaId").ShouldBe("a");
        var made = await platform.Dashboard().Post("/dashboard/v1/tags", NewTag, ("x-idempotency-key", "k"));
        (await platform.Dashboard().Get("/dashboard/v1/tags")).Items().ShouldHaveSingleItem().Text("tagId").ShouldBe(made.Text("tagId"));
        (await Read(platform)).Select(record => record.Text("operation")).ShouldBe(["dashboard/tags/list", "dashboard/tags/create", "dashboard/media/getUploadUrl", "dashboard/tags/list"]);
    }

    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    public void An_address_is_kept_as_its_network(string address, string network) => AuditedRequests.Network(IPAddress.Parse(address)).ShouldBe(network);
}
