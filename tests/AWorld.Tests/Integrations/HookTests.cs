using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AWorld.Platform;
using AWorld.Tests.Game;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Vendors' own webhooks: who gets in, and what becomes of what they send.</summary>
public sealed class HookTests
{
    const string Sources = "/dashboard/v1/inbound-sources";

    const string Mapping = """
        { "items": { "var": "body.results" }, "when": { "==": [{ "var": "item.state" }, "passed"] }, "id": { "cat": [{ "var": "body.batch" }, "-", { "var": "item.no" }] }, "type": "aworld.activity.completed",
          "time": { "var": "item.at" }, "data": { "externalId": { "var": "item.user.login" }, "activityId": "read", "additionalData": { "var": "item.extra" }, "value": { "var": "item.points" } } }
        """;

    const string Body = """{ "batch": "b1", "results": [{ "no": 1, "state": "passed", "at": "2026-03-10T08:00:00Z", "user": { "login": "ada" }, "extra": { "score": 9 } }, { "no": 2, "state": "failed" }, { "no": 3, "state": "passed", "user": {} }] }""";

    static string Draft(string authentication = "{}") => $$"""{ "name": "Vendor", "eventSource": "/vendor", "authentication": {{authentication}}, "mapping": {{Mapping}} }""";

    static string Hex(string secret, string content) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(content)));

    static Task<HttpResponseMessage> Send(TestPlatform platform, string path, string body, params (string, string)[] headers) => platform.Anonymous().Send(HttpMethod.Post, path, body, headers);

    [Fact]
    public async Task A_vendor_s_own_JSON_becomes_events_once_however_often_it_is_sent()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var source = await platform.Dashboard().Post(Sources, Draft());
        var (path, secret) = (source.Text("path"), source.Text("secret"));
        path.ShouldBe($"/integrations/v1/hooks/{source.Text("sourceId")}");
        foreach (var status in new[] { "ACCEPTED", "DUPLICATE" })
        {
            using var response = await Send(platform, path, Body, ("x-signature", Hex(secret, Body)));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            var items = (await response.Body()).Items();
            items.Select(item => item.Text("status")).ShouldBe([status, "REJECTED"]);
            items[1].Text("error.message").ShouldBe("data.externalId: name the user: by externalId, email or userId, or by their externalId as the event's subject");
        }
        (await platform.Points(ada)).ShouldBe(10);
        var entry = (await platform.Dashboard().Get($"{Log}?status=ACCEPTED")).At("items[0]");
        (entry.Text("id"), entry.Text("source"), entry.Text("channel"), entry.Text("time")).ShouldBe(("b1-1", "/vendor", "hook", "2026-03-10T08:00:00.000Z"));
    }

    [Fact]
    public async Task Whoever_has_not_the_secret_of_the_source_is_refused_all_in_the_same_way()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var source = await platform.Dashboard().Post(Sources, Draft());
        var theirs = await platform.Sibling.Dashboard().Post(Sources, Draft());
        var (path, secret) = (source.Text("path"), source.Text("secret"));
        var good = Hex(secret, Body);
        (string Path, string Body, (string, string)[] Headers)[] attacks =
        [
            (path, Body, []), (path, Body, [("x-signature", "")]), (path, Body, [("x-signature", good.ToUpperInvariant()[..^2])]), (path, Body, [("x-signature", good), ("x-signature", good)]),
            (path, Body, [("x-signature", $"sha256={good}")]), (path, Body + " ", [("x-signature", good)]), (path, Body, [("x-api-key", secret)]), (path, Body, [("x-signature", Hex(theirs.Text("secret"), Body))]),
            (path, Body, [("x-signature", Hex("", Body))]), (theirs.Text("path"), Body, [("x-signature", good)]), (path[..^1] + (path[^1] == 'A' ? 'B' : 'A'), Body, [("x-signature", good)]),
            (path.Replace(platform.Tenant.WorkspaceId, platform.Sibling.Tenant.WorkspaceId, StringComparison.Ordinal), Body, [("x-signature", good)]), ("/integrations/v1/hooks/none", Body, [("x-signature", good)]),
            ("/integrations/v1/hooks/_platform_._platform_.x", Body, [("x-signature", good)]), (path, "no json", [("x-signature", good)]),
        ];
        foreach (var (at, body, headers) in attacks)
        {
            using var response = await Send(platform, at, body, headers);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{at} {headers.FirstOrDefault()}");
            (await response.Body()).Text("message").ShouldBe("there is no such source, or the signature or key is not the source's");
        }
        (await platform.Activities(ada)).ShouldBe(0);
        (await platform.Logged()).ShouldBeEmpty();
        foreach (var upper in new[] { good, good.ToUpperInvariant() })
        {
            (await Send(platform, path, Body, ("x-signature", upper))).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_timestamp_is_signed_with_the_body_and_good_for_a_while()
    {
        await using var platform = await Start();
        var source = await platform.Dashboard().Post(Sources, Draft("""{ "header": "X-Vendor-Signature", "prefix": "v1=", "encoding": "BASE64", "timestampHeader": "X-Vendor-Time", "toleranceSeconds": 60 }"""));
        var (path, secret) = (source.Text("path"), source.Text("secret"));
        async Task<HttpStatusCode> Sent(string stamp, string? signed = null)
        {
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{signed ?? stamp}.{Body}")));
            return (await Send(platform, path, Body, ("X-Vendor-Signature", $"v1={signature}"), ("X-Vendor-Time", stamp))).StatusCode;
        }
        var now = platform.Clock.GetUtcNow();
        (await Sent($"{now.ToUnixTimeSeconds()}")).ShouldBe(HttpStatusCode.OK);
        (await Sent(Instants.Text(now.AddSeconds(-59)))).ShouldBe(HttpStatusCode.OK);
        (await Sent($"{now.ToUnixTimeSeconds() - 61}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Sent($"{now.ToUnixTimeSeconds() + 61}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Sent($"{now.ToUnixTimeSeconds()}", $"{now.ToUnixTimeSeconds() - 100}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Sent("")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Sent("99999999999999999999")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_works_as_well_and_after_a_rotation_both_do_for_a_day()
    {
        await using var platform = await Start();
        var source = await platform.Dashboard().Post(Sources, Draft("""{ "scheme": "API_KEY" }"""));
        var (path, id, old) = (source.Text("path"), source.Text("sourceId"), source.Text("secret"));
        (await Send(platform, path, Body, ("x-api-key", old))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Send(platform, path, Body, ("x-api-key", old + "x"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var rotated = await platform.Dashboard().Post($"{Sources}/{id}/rotate");
        foreach (var key in new[] { old, rotated.Text("secret") })
        {
            (await Send(platform, path, Body, ("x-api-key", key))).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        platform.Clock.Advance(TimeSpan.FromDays(1));
        (await Send(platform, path, Body, ("x-api-key", old))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Send(platform, path, Body, ("x-api-key", rotated.Text("secret")))).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await platform.Dashboard().Get($"{Sources}/{id}")).Has("secret").ShouldBeFalse();
        (await platform.Dashboard().Get(Sources)).Items().Single().Has("secret").ShouldBeFalse();
        await platform.Dashboard().Put($"{Sources}/{id}", Draft("""{ "scheme": "API_KEY" }""").Replace("\"Vendor\"", "\"Vendor\", \"enabled\": false", StringComparison.Ordinal));
        (await Send(platform, path, Body, ("x-api-key", rotated.Text("secret")))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await platform.Sibling.Dashboard().Refused(404, HttpMethod.Get, $"{Sources}/{id}");
        await platform.Dashboard().Delete($"{Sources}/{id}");
        await platform.Dashboard().Refused(404, HttpMethod.Get, $"{Sources}/{id}");
    }

    [Fact]
    public async Task Secrets_are_nowhere_in_the_database_in_clear()
    {
        await using var platform = await Start();
        var secret = (await platform.Dashboard().Post(Sources, Draft(), ("x-idempotency-key", "k1"))).Text("secret");
        var page = await platform.Service<IDocumentStore>().Changes(Container.Integrations, "", 100, Stop);
        page.Items.ShouldNotBeEmpty();
        page.Items.Where(change => Encoding.UTF8.GetString(change.Document.Body.Span).Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dry_run_shows_the_events_and_what_is_wrong_with_them_and_changes_nothing()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var id = (await platform.Dashboard().Post(Sources, Draft())).Text("sourceId");
        var shown = await platform.Dashboard().Post($"{Sources}/{id}/dry-run", $$"""{ "body": {{Body}} }""");
        shown.Items("events").Count.ShouldBe(2);
        shown.At("events[0].data").GetRawText().ShouldBe("""{"externalId":"ada","activityId":"read","additionalData":{"score":9}}""");
        shown.At("events[0]").Has("problems").ShouldBeFalse();
        (shown.Text("events[0].status"), shown.Text("events[0].userId"), shown.Text("events[1].status")).ShouldBe(("ACCEPTED", ada, "REJECTED"));
        shown.Text("events[1].problems[0].field").ShouldBe("data.externalId");
        (await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Sources}/{id}/dry-run", """{ "body": { "results": 5 } }""")).Fields.ShouldBe(["mapping.items"]);
        ((await platform.Activities(ada)), (await platform.Logged()).Count).ShouldBe((0L, 0));
    }

    [Fact]
    public async Task A_dry_run_foresees_what_then_becomes_of_each_event()
    {
        await using var platform = await Start();
        await platform.NewUser(platform.Tenant, "ada");
        await platform.NewUser(platform.Tenant, "gone");
        await platform.Home.Sender().Post(Events, Event("left", new { externalId = "gone" }, "hr.worker.left", "/hr", At(1)));
        var source = await platform.Dashboard().Post(Sources, Draft("""{ "scheme": "API_KEY" }""").Replace(Mapping, """
            { "items": { "var": "body" }, "id": { "var": "item.no" }, "type": { "var": "item.type" }, "time": "2026-03-10T08:00:00Z",
              "data": { "externalId": { "var": "item.who" }, "activityId": { "var": "item.what" }, "eventId": { "var": "item.back" }, "email": { "var": "item.mail" } } }
            """, StringComparison.Ordinal));
        var (id, path, key) = (source.Text("sourceId"), source.Text("path"), ("x-api-key", source.Text("secret")));
        const string once = """[{ "no": "1", "who": "ada", "what": "read", "type": "aworld.activity.completed" }, { "no": "2", "who": "eva", "what": "read", "type": "aworld.activity.completed" }, { "no": "h", "who": "w1", "mail": "w1@example.org", "type": "hr.worker.hired" }]""";
        const string then = """
            [{ "no": "1", "who": "ada", "what": "read", "type": "aworld.activity.completed" }, { "no": "2", "who": "eva", "what": "read", "type": "aworld.activity.completed" }, { "no": "h", "who": "w1", "mail": "w1@example.org", "type": "hr.worker.hired" },
             { "no": "2", "who": "eva", "what": "course", "type": "aworld.activity.completed" }, { "no": "3", "who": "ada", "what": "none", "type": "aworld.activity.completed" }, { "no": "4", "who": "gone", "what": "read", "type": "aworld.activity.completed" },
             { "no": "5", "who": "ada", "back": "9", "type": "aworld.activity.retracted" }, { "no": "6", "who": "ada", "what": "course", "type": "aworld.activity.completed" }, { "no": "h2", "who": "w2", "mail": "w2@example.org", "type": "hr.worker.hired" }]
            """;
        foreach (var (body, expected) in new[] { (once, "ACCEPTED HELD ACCEPTED"), (then, "DUPLICATE DUPLICATE DUPLICATE REJECTED REJECTED REJECTED HELD ACCEPTED ACCEPTED") })
        {
            var logged = (await platform.Logged()).Count;
            var foreseen = (await platform.Dashboard().Post($"{Sources}/{id}/dry-run", $$"""{ "body": {{body}} }""")).Items("events");
            string.Join(' ', foreseen.Select(one => one.Text("status"))).ShouldBe(expected);
            foreseen.Where(one => one.Text("status") == "REJECTED").ShouldAllBe(one => one.Has("reason"));
            (await platform.Logged()).Count.ShouldBe(logged);
            using var response = await Send(platform, path, body, key);
            (await response.Body()).Items().Select(one => one.Text("status")).ShouldBe(foreseen.Select(one => one.Text("status")));
        }
    }

    [Fact]
    public async Task What_the_mapping_makes_no_event_of_is_in_the_log_with_the_reason()
    {
        await using var platform = await Start();
        var mapping = Mapping.Replace("{ \"var\": \"item.at\" }", "{ \"cat\": [{ \"var\": \"item.at\" }, \"\"] }", StringComparison.Ordinal);
        var source = await platform.Dashboard().Post(Sources, Draft("""{ "scheme": "API_KEY" }""").Replace(Mapping, mapping, StringComparison.Ordinal));
        var (path, key) = (source.Text("path"), ("x-api-key", source.Text("secret")));
        using var response = await Send(platform, path, """{ "batch": "b1", "results": [{ "no": 1, "state": "passed", "at": "today", "user": { "login": "ada" } }] }""", key);
        var item = (await response.Body()).Items().Single();
        item.Text("error.details[0].field").ShouldBe("time");
        foreach (var body in new[] { """{ "results": 5 }""", "no json" })
        {
            await platform.Anonymous().Refused(400, HttpMethod.Post, path, body, key);
        }
        var logged = (await platform.Dashboard().Get($"{Log}?order=asc")).Items();
        logged.Select(entry => (entry.Text("status"), entry.Text("source"), entry.Has("problems") ? entry.Text("problems[0].field") : entry.Text("reason"))).ShouldBe(
            [("REJECTED", "/vendor", "time"), ("REJECTED", "/vendor", "mapping.items"), ("REJECTED", "/vendor", "the JSON is wrong from line 1, byte 2 on")]);
        logged[0].Text("id").ShouldBe("b1-1");
        var entry = await platform.Dashboard().Get($"{Log}/{item.Text("inboundEventId")}");
        (entry.Text("reason")[..4], entry.Has("data"), entry.ToString().Contains(source.Text("secret"), StringComparison.Ordinal)).ShouldBe(("time", false, false));
        await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Log}/{item.Text("inboundEventId")}/replay");
    }

    [Fact]
    public async Task An_id_is_no_object()
    {
        await using var platform = await Start();
        var id = (await platform.Dashboard().Post(Sources, Draft())).Text("sourceId");
        var shown = await platform.Dashboard().Post($"{Sources}/{id}/dry-run", """{ "body": { "batch": "b", "results": [{ "no": 1, "state": "passed", "at": { "day": 1 }, "user": { "login": "ada" } }] } }""");
        (shown.Text("events[0].status"), shown.Text("events[0].problems[0].field")).ShouldBe(("REJECTED", "mapping.time"));
    }

    [Fact]
    public async Task What_is_too_large_too_deep_too_often_or_no_JSON_is_refused()
    {
        await using var platform = await Start(("AWorld:Inbound:HookKilobytes", "2"), ("AWorld:Inbound:HookPerSecond", "5"));
        var source = await platform.Dashboard().Post(Sources, Draft("""{ "scheme": "API_KEY" }"""));
        var (path, key) = (source.Text("path"), ("x-api-key", source.Text("secret")));
        foreach (var (body, status) in new[] { (new string(' ', 3000), 413), ("no json", 400), (new string('[', 40) + new string(']', 40), 400), ("{ \"x\": \"\\ud800\" }", 400), ("{}", 400) })
        {
            await platform.Anonymous().Refused(status, HttpMethod.Post, path, body, key);
        }
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Send(platform, path, Body, key)));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("\"id\": 1, \"type\": { \"no-such\": 1 }, \"data\": { \"externalId\": 1 }", "mapping.type")]
    [InlineData("\"id\": { \"var\": \"user.x\" }, \"type\": \"x\", \"data\": { \"externalId\": 1 }", "mapping.id")]
    [InlineData("\"id\": 1, \"type\": \"x\", \"data\": { \"externalId\": { \"var\": \"event.x\" } }", "mapping.data.externalId")]
    [InlineData("\"id\": 1, \"type\": \"x\", \"data\": {}", "mapping.data")]
    [InlineData("\"id\": 1, \"type\": \"x\", \"data\": \"x\"", "mapping.data")]
    public async Task A_mapping_is_checked_when_it_is_saved(string mapping, string field)
    {
        await using var platform = await Start();
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Sources, $$"""{ "name": "Vendor", "eventSource": "/vendor", "authentication": {}, "mapping": { {{mapping}} } }""")).Fields.ShouldBe([field]);
    }
}
