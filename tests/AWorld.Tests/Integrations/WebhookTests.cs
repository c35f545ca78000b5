using System.Net;
using System.Text.Json;
using AWorld.Embedded.Messages;
using AWorld.Integrations.Webhooks;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests.Game;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Webhooks from an action to a server that is called.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    const string Path = "/dashboard/v1/webhook-endpoints";
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    static readonly (string, string)[] Local = [("AWorld:Webhooks:AllowPrivateAddresses", "true"), ("AWorld:Webhooks:AllowHttp", "true"), ("AWorld:Webhooks:Timeout", "00:00:25")];

    TestPlatform platform = null!;
    WebhookReceiver receiver = null!;
    string anna = "";

    public async ValueTask InitializeAsync()
    {
        receiver = await WebhookReceiver.Start();
        await Start();
        anna = await Populate(platform.Tenant);
    }

    async Task Start(string? data = null, FakeClock? clock = null, params (string, string)[] settings) => platform = await TestPlatform.Start(data, clock, settings: settings.Length == 0 ? Local : settings);

    async Task<string> Populate(Tenant tenant)
    {
        await platform.Configure(tenant, Activity("walk"));
        return await platform.NewUser(tenant, "anna");
    }

    public async ValueTask DisposeAsync()
    {
        await platform.DisposeAsync();
        await receiver.DisposeAsync();
    }

    Task<JsonElement> Endpoint(object? eventTypes = null, string? path = null, TestWorkspace? workspace = null, string? mail = null) =>
        (workspace ?? platform.Home).Dashboard().Post(Path, new { url = receiver.Address + (path ?? "/events"), eventTypes = eventTypes ?? new[] { "activity.logged" }, notificationEmail = mail });

    Task<JsonElement> Walk(string? id = null) => platform.App(anna).Post("/app/v1/activity-logs", new { activityId = "walk", userId = anna, activityLogId = id });

    async Task<IReadOnlyList<JsonElement>> Log(string endpointId) => (await platform.Dashboard().Get($"{Path}/{endpointId}/deliveries")).Items();

    async Task<JsonElement> Delivered(string endpointId, Func<JsonElement, bool> ready)
    {
        JsonElement found = default;
        await Until(async () => (found = (await Log(endpointId)).FirstOrDefault(ready)).ValueKind == JsonValueKind.Object);
        return found;
    }

    /// <summary>Nobody holds a message any more, whose lock a clock that moves would end; so many wait for their time.</summary>
    async Task Settled(int waiting)
    {
        var broker = platform.Service<Broker>();
        var (events, queue) = (await broker.Open(platform.Tenant, MessageEntities.Events, Stop), await broker.Open(platform.Tenant, WebhookDeliveries.Queue, Stop));
        await Until(() => Task.FromResult(events.Count == 0 && queue.Count == waiting));
    }

    static async Task Until(Func<Task<bool>> reached)
    {
        for (var began = Environment.TickCount64; !await reached(); await Task.Delay(5, Stop))
        {
            (Environment.TickCount64 - began < Patience.TotalMilliseconds).ShouldBeTrue("it does not become what it should");
        }
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Func<JsonElement, bool> Attempted(int times) => one => one.Items("attempts").Count == times;

    static bool IsSignedWith(WebhookCall call, string secret) =>
        call.Headers["webhook-signature"].Split(' ').Contains(WebhookSignature.Of([secret], call.Headers["webhook-id"], long.Parse(call.Headers["webhook-timestamp"]), call.Body));

    [Fact]
    public async Task An_event_arrives_signed_once_at_every_endpoint_that_wants_it_and_nowhere_else()
    {
        var wanting = await Endpoint();
        await Endpoint(new[] { "leaderboard.ended" }, "/unwanted");
        await Endpoint(path: "/sibling", workspace: platform.Sibling);
        await Walk("first");
        var call = await receiver.Next();
        var happened = JsonElement.Parse(call.Body);
        (call.Path, happened.Text("type"), happened.Text("data.activityLogId"), call.Headers["webhook-id"]).ShouldBe(("/events", "activity.logged", "first", happened.Text("id")));
        call.Headers["Content-Type"].ShouldStartWith("application/cloudevents+json");
        IsSignedWith(call, wanting.Text("secret")).ShouldBeTrue();
        await Walk("second");
        var second = await receiver.Next();
        JsonElement.Parse(second.Body).Text("data.activityLogId").ShouldBe("second");
        var log = await Delivered(wanting.Text("webhookEndpointId"), one => one.Text("state") == "SUCCEEDED");
        var shown = await platform.Dashboard().Get($"{Path}/{wanting.Text("webhookEndpointId")}/deliveries/{log.Text("deliveryId")}");
        (shown.Number("attempts[0].status"), shown.Text("attempts[0].url")).ShouldBe((204, receiver.Address + "/events"));
        shown.Text("body").ShouldBe(call.Headers["webhook-id"] == shown.Text("eventId") ? call.Body : second.Body);
        receiver.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_sent_is_verified_by_the_library_that_receivers_use()
    {
        var script = System.IO.Path.Combine(await Node.Install("standard-webhooks"), "verify.js");
        // The library compares the timestamp with the real time.
        platform.Clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        var first = await Endpoint();
        var id = first.Text("webhookEndpointId");
        var second = (await platform.Dashboard().Post($"{Path}/{id}/rotate-secret", new { overlapSeconds = 3600 })).Text("secret");
        await Walk();
        var call = await receiver.Next();
        var headers = call.Headers.Where(one => one.Key.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase)).ToDictionary(one => one.Key.ToLowerInvariant(), one => one.Value);
        string Line(string secret, string body) => JsonSerializer.Serialize(new { secret, body, headers });
        var answers = await Node.Run(script, [Line(first.Text("secret"), call.Body), Line(second, call.Body), Line(WebhookSignature.NewSecret(), call.Body), Line(second, call.Body + " ")]);
        answers.Take(2).ShouldBe([call.Headers["webhook-id"], call.Headers["webhook-id"]]);
        answers.Skip(2).ShouldAllBe(answer => answer.StartsWith("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rotated_secret_signs_beside_the_new_one_until_its_time_is_over()
    {
        var first = await Endpoint();
        var id = first.Text("webhookEndpointId");
        var rotated = await platform.Dashboard().Post($"{Path}/{id}/rotate-secret", new { overlapSeconds = 60 });
        rotated.Items("secrets").Count.ShouldBe(2);
        await Walk();
        var both = await receiver.Next();
        (IsSignedWith(both, first.Text("secret")), IsSignedWith(both, rotated.Text("secret"))).ShouldBe((true, true));
        platform.Clock.Advance(TimeSpan.FromSeconds(60));
        await Walk();
        var one = await receiver.Next();
        (IsSignedWith(one, first.Text("secret")), IsSignedWith(one, rotated.Text("secret"))).ShouldBe((false, true));
        var shown = await platform.Dashboard().Get($"{Path}/{id}");
        shown.Items("secrets").Count.ShouldBe(1);
        shown.Has("secret").ShouldBeFalse("it is shown once");
        foreach (var stored in (await platform.Service<IDocumentStore>().Changes(Container.Integrations, "", 1000, Stop)).Items)
        {
            System.Text.Encoding.UTF8.GetString(stored.Document.Body.Span).ShouldNotContain(rotated.Text("secret")[6..]);
        }
    }

    [Fact]
    public async Task What_fails_is_tried_again_with_growing_delays_until_it_succeeds()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        receiver.AnswerWith(500);
        await Walk();
        var first = await receiver.Next();
        for (var failed = 1; failed <= 3; failed++)
        {
            var waiting = await Delivered(id, Attempted(failed));
            (waiting.Text("state"), waiting.Text("nextAttemptAt")).ShouldBe(("PENDING", Instants.Text(platform.Clock.GetUtcNow() + WebhookDeliveries.Delays[failed - 1])));
            await Settled(waiting: 1);
            receiver.HasMore.ShouldBeFalse();
            if (failed == 3)
            {
                receiver.AnswerWith(200);
            }
            platform.Clock.Advance(WebhookDeliveries.Delays[failed - 1]);
            (await receiver.Next()).Headers["webhook-id"].ShouldBe(first.Headers["webhook-id"]);
        }
        var done = await Delivered(id, one => one.Text("state") == "SUCCEEDED");
        done.Items("attempts").Select(one => one.Number("status")).ShouldBe([500, 500, 500, 200]);
        WebhookDeliveries.Delays.Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay).TotalHours.ShouldBe(72, 0.1);
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_days_is_disabled_with_a_notice_and_can_be_enabled_and_sent_what_it_missed()
    {
        var id = (await Endpoint(mail: "ops@example.org")).Text("webhookEndpointId");
        receiver.AnswerWith(503);
        await Walk("missed");
        await receiver.Next();
        for (var failed = 1; failed <= WebhookDeliveries.Delays.Count; failed++)
        {
            await Delivered(id, Attempted(failed));
            await Settled(waiting: 1);
            platform.Clock.Advance(WebhookDeliveries.Delays[failed - 1]);
            await receiver.Next();
        }
        await Delivered(id, one => one.Text("state") == "FAILED");
        await Settled(waiting: 0);
        var shown = await platform.Dashboard().Get($"{Path}/{id}");
        shown.Text("status").ShouldBe("DISABLED");
        shown.Text("reason").ShouldContain("503");
        var mail = Directory.EnumerateFiles(platform.Data, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".eml", StringComparison.Ordinal)).Select(File.ReadAllText).ToList();
        mail.ShouldContain(text => text.Contains("<ops@example.org>", StringComparison.Ordinal));
        (await platform.Service<IDocumentStore>().Query(Partition.EventsAbout(platform.Tenant, id), new(), Stop)).Items.ShouldHaveSingleItem();
        await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Path}/{id}/resend", new { since = Start0 });

        receiver.AnswerWith(200);
        await platform.Dashboard().Put($"{Path}/{id}", new { url = receiver.Address + "/again", eventTypes = new[] { "activity.logged" } });
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await platform.Dashboard().Post($"{Path}/{id}/resend", new { since = Start0, onlyFailed = true });
        var resent = await receiver.Next();
        // A try whose lock the jumping clock ended is made again: deliveries are at least once.
        while (resent.Path == "/events")
        {
            resent = await receiver.Next();
        }
        (resent.Path, JsonElement.Parse(resent.Body).Text("data.activityLogId")).ShouldBe(("/again", "missed"));
    }

    static readonly string Start0 = Instants.Text(TestPlatform.Start0);

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_at_once()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        receiver.AnswerWith(410);
        await Walk();
        await receiver.Next();
        (await Delivered(id, Attempted(1))).Text("state").ShouldBe("FAILED");
        (await platform.Dashboard().Get($"{Path}/{id}")).Text("reason").ShouldContain("410");
        await Walk();
        receiver.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task A_delivery_is_sent_again_when_it_is_asked_for_and_the_answer_is_read_only_so_far()
    {
        receiver.Answer = async http =>
        {
            var much = new byte[1024 * 1024];
            Array.Fill(much, (byte)'x');
            await http.Response.Body.WriteAsync(much);
        };
        var id = (await Endpoint()).Text("webhookEndpointId");
        await Walk();
        var first = await receiver.Next();
        var delivery = await Delivered(id, one => one.Text("state") == "SUCCEEDED");
        delivery.Text("attempts[0].response").Length.ShouldBe(4096);
        platform.Clock.Advance(TimeSpan.FromSeconds(1));
        var again = await platform.Dashboard().Post($"{Path}/{id}/deliveries/{delivery.Text("deliveryId")}/resend");
        again.Text("resendOf").ShouldBe(delivery.Text("deliveryId"));
        var second = await receiver.Next();
        (second.Headers["webhook-id"], second.Body).ShouldBe((first.Headers["webhook-id"], first.Body));
    }

    [Fact]
    public async Task A_test_delivery_answers_with_what_came_back_and_a_redirect_is_not_followed()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        receiver.Answer = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        var tried = await platform.Dashboard().Post($"{Path}/{id}/test");
        (tried.Text("state"), tried.Text("eventType"), tried.Number("attempts[0].status")).ShouldBe(("FAILED", "webhook.test", 302));
        (await receiver.Next()).Path.ShouldBe("/events");
        receiver.HasMore.ShouldBeFalse();
        receiver.AnswerWith(200);
        (await platform.Dashboard().Post($"{Path}/{id}/test")).Text("state").ShouldBe("SUCCEEDED");
    }

    [Fact]
    public async Task A_key_changes_and_removes_an_endpoint_once_and_is_good_for_no_other_request()
    {
        var one = $"{Path}/{(await Endpoint()).Text("webhookEndpointId")}";
        (string, string) Key(string key) => ("x-idempotency-key", key);
        var change = new { url = receiver.Address + "/changed", status = "DISABLED" };
        var changed = await platform.Dashboard().Put(one, change, Key("put"));
        await platform.Dashboard().Put(one, new { url = receiver.Address + "/later" });
        using (var again = await platform.Dashboard().Send(HttpMethod.Put, one, change, Key("put")))
        {
            ((await again.Body()).ToString(), again.Headers.GetValues("x-idempotency-cache-hit").Single()).ShouldBe((changed.ToString(), "true"));
        }
        (await platform.Dashboard().Get(one)).Text("url").ShouldBe(receiver.Address + "/later");
        await platform.Dashboard().Refused(409, HttpMethod.Delete, one, null, Key("put"));
        await platform.Dashboard().Delete(one, null, Key("delete"));
        using (var again = await platform.Dashboard().Send(HttpMethod.Delete, one, null, Key("delete")))
        {
            ((int)again.StatusCode, again.Headers.GetValues("x-idempotency-cache-hit").Single()).ShouldBe((204, "true"));
        }
        await platform.Dashboard().Refused(404, HttpMethod.Delete, one);
        await Walk();
        await Settled(waiting: 0);
        receiver.HasMore.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_inside_is_not_reached_unless_the_deployment_allows_it()
    {
        var id = (await Endpoint()).Text("webhookEndpointId");
        var (data, clock) = (platform.Data, platform.Clock);
        await platform.Stop();
        await Start(data, clock, ("AWorld:Webhooks:AllowHttp", "true"));
        var tried = await platform.Dashboard().Post($"{Path}/{id}/test");
        tried.Text("attempts[0].error").ShouldContain("does not lead to the public internet");
        receiver.HasMore.ShouldBeFalse();
        var nowhere = (await platform.Dashboard().Post(Path, """{ "url": "http://nowhere.invalid/" }""")).Text("webhookEndpointId");
        (await platform.Dashboard().Post($"{Path}/{nowhere}/test")).Text("attempts[0].error").ShouldBe("nowhere.invalid does not lead to the public internet");
        foreach (var url in new[] { "http://127.0.0.1/x", "http://[::ffff:10.0.0.1]/", "http://localhost/", "http://169.254.169.254/latest" })
        {
            (await platform.Dashboard().Refused(400, HttpMethod.Post, Path, new { url })).Fields.ShouldBe(["url"]);
        }
        await platform.Stop();
        await Start(data, clock, ("AWorld:Webhooks:AllowPrivateAddresses", "true"));
        (await platform.Dashboard().Post($"{Path}/{id}/test")).Text("attempts[0].error").ShouldContain("https");
        foreach (var url in new[] { "http://example.org/", "ftp://example.org/", "https://user@example.org/", "not a url" })
        {
            (await platform.Dashboard().Refused(400, HttpMethod.Post, Path, new { url })).Fields.ShouldContain("url");
        }
        receiver.HasMore.ShouldBeFalse();
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("64:ff9b::808:808", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2002:7f00:1::", false)]
    public void An_address_is_on_the_public_internet_or_it_is_special(string address, bool isPublic) => PublicAddresses.Contains(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Fact]
    public async Task An_endpoint_that_does_not_answer_in_time_is_tried_later()
    {
        var (data, clock) = (platform.Data, platform.Clock);
        await platform.Stop();
        await Start(data, clock, [.. Local[..2], ("AWorld:Webhooks:Timeout", "00:00:00.300")]);
        var released = new TaskCompletionSource();
        receiver.Answer = _ => released.Task;
        var id = (await Endpoint()).Text("webhookEndpointId");
        await Walk();
        (await Delivered(id, Attempted(1))).Text("attempts[0].error").ShouldContain("did not answer");
        released.SetResult();
    }
}
