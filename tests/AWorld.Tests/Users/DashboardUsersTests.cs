using System.Net;
using System.Text.Json;
using AWorld.Authorization;

namespace AWorld.Tests.Users;

public sealed class DashboardUsersTests : IAsyncLifetime
{
    const string Users = "/dashboard/v1/users";

    TestPlatform platform = null!;
    HttpClient dashboard = null!;

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        dashboard = platform.Dashboard();
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    [Fact]
    public async Task A_user_is_found_by_id_and_external_id_with_what_was_given()
    {
        var created = await dashboard.Post(Users, new
        {
            email = "Zoë.like@Example.org".Replace("ë", "e"), firstName = "Zoë-Ann", lastName = "O'Neill", externalId = "hr:42", nickname = "𝔷oë 🎉", lang = "pt-BR", timezone = "Europe/Rome",
            profileImage = "https://example.org/z.png", unknown = 1,
        });
        foreach (var read in new[] { await dashboard.Get($"{Users}/{created.Text("userId")}"), await dashboard.Get($"{Users}/by-external-id/hr:42") })
        {
            read.ToString().ShouldBe(created.ToString());
        }
        created.Text("nickname").ShouldBe("𝔷oë 🎉");
        created.Text("accountId").ShouldBe(platform.Tenant.AccountId);
        created.Has("email").ShouldBeFalse();

        var full = await dashboard.Get($"{Users}/{created.Text("userId")}?fields=principal,stats&fields=tags,learningGroupLogs");
        full.Text("principal.email").ShouldBe("zoe.like@example.org");
        full.Text("principal.firstName").ShouldBe("Zoë-Ann");
        full.Text("principal.sub").ShouldBe(full.Text("principalId"));
        full.Number("stats.totalActivities").ShouldBe(0);
        full.Items("tags").ShouldBeEmpty();
        full.At("learningGroupLogs.nextToken").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_bad_field_is_named_and_nothing_is_written()
    {
        foreach (var (field, value) in new[]
        {
            ("email", "\"nobody\""), ("email", "\"a@b\""), ("email", "\"a b@example.org\""),
            ("email", "\"a@example.org\\r\\nBcc: x@example.org\""), ("email", "null"), ("email", "7"),
            ("nickname", "\"a\""), ("nickname", "\"a..b\""), ("nickname", "\"a\\nb\""),
            ("firstName", "\"R2D2\""), ("lang", "\"english\""), ("lang", "\"en\\n\""),
            ("timezone", "\"Mars/Olympus\""), ("profileImage", "\"/relative.png\""), ("profileImage", "\"javascript:alert(1)\""),
            ("externalId", "\"\""), ("externalId", "\"a/b\""), ("externalId", "\"ünïcode\""),
        })
        {
            var body = field == "email" ? $$"""{"email":{{value}}}""" : $$"""{"email":"a@example.org","{{field}}":{{value}}}""";
            (await dashboard.Refused(400, HttpMethod.Post, Users, body)).Fields.ShouldBe([field], value);
        }
        (await dashboard.Get(Users)).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_email_or_external_id_belongs_to_one_user_of_a_workspace()
    {
        await dashboard.Post(Users, new { email = "a@example.org", externalId = "a" });
        (await dashboard.Refused(409, HttpMethod.Post, Users, new { email = "A@EXAMPLE.org", externalId = "b" })).Fields.ShouldBe(["email"]);
        (await dashboard.Refused(409, HttpMethod.Post, Users, new { email = "b@example.org", externalId = "a" })).Fields.ShouldBe(["externalId"]);

        var other = await platform.Sibling.Dashboard().Post(Users, new { email = "a@example.org", externalId = "a" });
        other.Text("workspaceId").ShouldBe(platform.Sibling.Tenant.WorkspaceId);
        await dashboard.Post(Users, new { email = "b@example.org", externalId = "b" });
    }

    [Fact]
    public async Task Of_sixteen_creations_at_once_with_one_external_id_one_wins()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async one =>
        {
            using var response = await dashboard.Send(HttpMethod.Post, Users, new { email = $"user{one}@example.org", externalId = "same" });
            return response.StatusCode;
        }));
        statuses.Count(status => status == HttpStatusCode.Created).ShouldBe(1);
        statuses.Count(status => status == HttpStatusCode.Conflict).ShouldBe(15);
        (await dashboard.Get(Users)).Items().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Of_sixteen_creations_at_once_with_one_email_one_wins()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async one =>
        {
            using var response = await dashboard.Send(HttpMethod.Post, Users, new { email = "same@example.org", externalId = $"user{one}" });
            return response.StatusCode;
        }));
        statuses.Count(status => status == HttpStatusCode.Created).ShouldBe(1);
        var winner = (await dashboard.Get(Users)).Items().ShouldHaveSingleItem().Text("externalId");
        // What the losers had reserved is free again.
        foreach (var one in Enumerable.Range(0, 16).Where(one => $"user{one}" != winner))
        {
            await dashboard.Post(Users, new { email = $"other{one}@example.org", externalId = $"user{one}" });
        }
    }

    [Fact]
    public async Task The_same_idempotency_key_creates_one_user_and_another_body_is_a_conflict()
    {
        var key = ("x-idempotency-key", "once");
        var first = await dashboard.Post(Users, new { email = "a@example.org" }, key);
        using var again = await dashboard.Send(HttpMethod.Post, Users, new { email = "a@example.org" }, key);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        again.Headers.GetValues("x-idempotency-cache-hit").ShouldBe(["true"]);
        (await again.Body()).ToString().ShouldBe(first.ToString());
        await dashboard.Refused(409, HttpMethod.Post, Users, new { email = "b@example.org" }, key);
        (await dashboard.Get(Users)).Items().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_change_frees_the_old_external_id_and_takes_the_new_one()
    {
        var userId = (await dashboard.Post(Users, new { email = "a@example.org", externalId = "old" })).Text("userId");
        await dashboard.Post(Users, new { email = "b@example.org", externalId = "taken" });
        (await dashboard.Refused(409, HttpMethod.Patch, $"{Users}/{userId}", new { externalId = "taken" })).Fields.ShouldBe(["externalId"]);

        var changed = await dashboard.Patch($"{Users}/{userId}", new { externalId = "new", nickname = "Nick" });
        changed.Text("externalId").ShouldBe("new");
        (await dashboard.Get($"{Users}/by-external-id/new")).Text("userId").ShouldBe(userId);
        await dashboard.Refused(404, HttpMethod.Get, $"{Users}/by-external-id/old");
        await dashboard.Post(Users, new { email = "c@example.org", externalId = "old" });
    }

    [Fact]
    public async Task A_stale_If_Match_is_refused_and_a_fresh_ETag_saves_the_body()
    {
        var userId = (await dashboard.Post(Users, new { email = "a@example.org" })).Text("userId");
        using var read = await dashboard.Send(HttpMethod.Get, $"{Users}/{userId}");
        var etag = read.Headers.ETag!.ToString();
        using var unchanged = await dashboard.Send(HttpMethod.Get, $"{Users}/{userId}", null, ("If-None-Match", etag));
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        await dashboard.Patch($"{Users}/{userId}", new { nickname = "Nick" }, ("If-Match", etag));
        await dashboard.Refused(412, HttpMethod.Patch, $"{Users}/{userId}", new { nickname = "Other" }, ("If-Match", etag));
        await dashboard.Refused(412, HttpMethod.Delete, $"{Users}/{userId}", null, ("If-Match", etag));
        (await dashboard.Get($"{Users}/{userId}")).Text("nickname").ShouldBe("Nick");
    }

    [Fact]
    public async Task Users_are_paged_in_the_order_of_their_last_change_each_once()
    {
        var ids = new List<string>();
        for (var one = 0; one < 45; one++)
        {
            platform.Clock.Advance(TimeSpan.FromSeconds(1));
            ids.Add((await dashboard.Post(Users, new { email = $"user{one}@example.org" })).Text("userId"));
        }
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        await dashboard.Patch($"{Users}/{ids[3]}", new { nickname = "moved" });
        ids.Add(ids[3]);
        ids.RemoveAt(3);

        (await Pages("order=asc&limit=7")).ShouldBe(ids);
        (await Pages("sort=updatedAt&order=desc&limit=20")).ShouldBe(Enumerable.Reverse(ids));
        (await dashboard.Get($"{Users}?fields=tags,principal&limit=1")).Text("items[0].principal.email").ShouldEndWith("@example.org");
        foreach (var (query, field) in new[] { ("order=up", "order"), ("sort=name", "sort"), ("limit=0", "limit"), ("fields=stats", "fields"), ("nextToken=abc", "nextToken") })
        {
            (await dashboard.Refused(400, HttpMethod.Get, $"{Users}?{query}")).Fields.ShouldBe([field]);
        }
    }

    async Task<List<string>> Pages(string query)
    {
        var (found, token) = (new List<string>(), "");
        do
        {
            var page = await dashboard.Get($"{Users}?{query}{token}");
            found.AddRange(page.Items().Select(user => user.Text("userId")));
            token = page.Has("nextToken") ? $"&nextToken={page.Text("nextToken")}" : null;
        }
        while (token is not null);
        return found;
    }

    [Fact]
    public async Task Another_workspace_sees_nothing_of_a_user()
    {
        var userId = (await dashboard.Post(Users, new { email = "a@example.org", externalId = "a" })).Text("userId");
        foreach (var stranger in new[] { platform.Sibling.Dashboard(), platform.Other.Dashboard() })
        {
            await stranger.Refused(404, HttpMethod.Get, $"{Users}/{userId}");
            await stranger.Refused(404, HttpMethod.Get, $"{Users}/by-external-id/a");
            await stranger.Refused(404, HttpMethod.Patch, $"{Users}/{userId}", new { nickname = "mine" });
            await stranger.Refused(404, HttpMethod.Delete, $"{Users}/{userId}");
            (await stranger.Get(Users)).Items().ShouldBeEmpty();
        }
        await dashboard.Get($"{Users}/{userId}");
    }

    [Fact]
    public async Task Only_who_may_write_users_does()
    {
        await platform.Dashboard(Role.Member).Refused(403, HttpMethod.Post, Users, new { email = "a@example.org" });
        await platform.Dashboard(Role.Manager).Post(Users, new { email = "a@example.org" });
        await platform.Machine("dashboard/read").Refused(403, HttpMethod.Post, Users, new { email = "b@example.org" });
        await platform.App("someone").Refused(403, HttpMethod.Get, Users);
    }

    [Fact]
    public async Task Ids_of_the_wrong_shape_are_named()
    {
        (await dashboard.Refused(400, HttpMethod.Get, $"{Users}/a%20b")).Fields.ShouldBe(["userId"]);
        (await dashboard.Refused(400, HttpMethod.Get, $"{Users}/by-external-id/{new string('a', 129)}")).Fields.ShouldBe(["externalId"]);
    }
}
