using System.Text;
using System.Text.Json;
using AWorld.Embedded.Messages;
using AWorld.Game;
using AWorld.Integrations;
using AWorld.Integrations.Events;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Integrations;

/// <summary>What an erasure leaves of what was told of a user: in the log of webhooks, in queues, among dead letters.</summary>
public sealed class ToldErasureTests : IAsyncLifetime
{
    const string Path = "/dashboard/v1/webhook-endpoints", Note = "seen-in-the-garden";
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    TestPlatform platform = null!;
    WebhookReceiver receiver = null!;
    string anna = "", bob = "";

    public async ValueTask InitializeAsync()
    {
        receiver = await WebhookReceiver.Start();
        platform = await TestPlatform.Start(settings: [("AWorld:Webhooks:AllowPrivateAddresses", "true"), ("AWorld:Webhooks:AllowHttp", "true"), ("AWorld:Webhooks:Timeout", "00:00:25")]);
        await platform.Configure(platform.Tenant, Activity("walk"));
        (anna, bob) = (await platform.NewUser(platform.Tenant, "anna"), await platform.NewUser(platform.Tenant, "bob"));
    }

    public async ValueTask DisposeAsync()
    {
        await platform.DisposeAsync();
        await receiver.DisposeAsync();
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static async Task Until(Func<Task<bool>> reached)
    {
        for (var began = Environment.TickCount64; !await reached(); await Task.Delay(5, Stop))
        {
            (Environment.TickCount64 - began < Patience.TotalMilliseconds).ShouldBeTrue("it does not become what it should");
        }
    }

    async Task<string> Endpoint(string path) =>
        (await platform.Dashboard().Post(Path, new { url = receiver.Address + path, eventTypes = new[] { "activity.logged" } })).Text("webhookEndpointId");

    Task<JsonElement> Walk(string user, string id) => platform.App(user).Post("/app/v1/activity-logs", new { activityId = "walk", userId = user, activityLogId = id, additionalData = new { note = $"{Note}-{user}" } });

    async Task<IReadOnlyList<JsonElement>> Log(string endpointId) => (await platform.Dashboard().Get($"{Path}/{endpointId}/deliveries")).Items();

    async Task<BrokerQueue> Queue(MessageEntity entity, string? subscription, bool dead = false) => (await platform.Service<Broker>().Open(platform.Tenant, entity, Stop)).Find(subscription, dead);

    /// <summary>All that is stored of messages and deliveries, as it reads.</summary>
    async Task<string> Stored()
    {
        var text = new StringBuilder();
        foreach (var container in new[] { Container.Messages, Container.Integrations })
        {
            foreach (var change in (await platform.Service<IDocumentStore>().Changes(container, "", 1000, Stop)).Items)
            {
                text.AppendLine(change.Document.Id.StartsWith("m:", StringComparison.Ordinal)
                    ? Encoding.UTF8.GetString(Json.Read<StoredMessage>(change.Document.Body).Body) : Encoding.UTF8.GetString(change.Document.Body.Span));
            }
        }
        return text.ToString();
    }

    [Fact]
    public async Task The_log_of_webhooks_forgets_what_it_told_of_the_user_and_tells_no_more()
    {
        var (good, bad, gone) = (await Endpoint("/good"), await Endpoint("/bad"), await Endpoint("/gone"));
        receiver.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Path == "/bad" ? 500 : 200;
            return http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"thank you, {Note}")).AsTask();
        };
        await Walk(anna, "a");
        await Walk(bob, "b");
        foreach (var endpoint in new[] { good, bad, gone })
        {
            await Until(async () => (await Log(endpoint)).Count(one => one.Items("attempts").Count == 1) == 2);
        }
        await Until(async () => (await Queue(MessageEntities.Events, MessageEntities.Webhooks)).Count == 0);
        await platform.Dashboard().Delete($"{Path}/{gone}");
        (await Stored()).ShouldContain($"{Note}-{anna}");

        await platform.Dashboard().Delete($"/dashboard/v1/users/{anna}");
        var stored = await Stored();
        stored.ShouldNotContain($"{Note}-{anna}");
        stored.ShouldContain($"{Note}-{bob}");
        foreach (var (endpoint, ofBob) in new[] { (good, "SUCCEEDED"), (bad, "PENDING") })
        {
            var log = new Dictionary<bool, JsonElement>();
            foreach (var line in await Log(endpoint))
            {
                var shown = await platform.Dashboard().Get($"{Path}/{endpoint}/deliveries/{line.Text("deliveryId")}");
                log[shown.Has("body")] = shown;
            }
            (log[true].Text("state"), JsonElement.Parse(log[true].Text("body")).Text("subject")).ShouldBe((ofBob, bob));
            log[false].Text("state").ShouldNotBe("PENDING");
            log[false].Items("attempts").ShouldHaveSingleItem().Has("response").ShouldBeFalse();
            await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Path}/{endpoint}/deliveries/{log[false].Text("deliveryId")}/resend");
        }
        while (receiver.TryNext(out _))
        {
            // Those of before.
        }
        // One that has just failed is left alone.
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await platform.Dashboard().Post($"{Path}/{bad}/resend", new { since = Instants.Text(TestPlatform.Start0) });
        JsonElement.Parse((await receiver.Next()).Body).Text("subject").ShouldBe(bob);
    }

    [Fact]
    public async Task Stored_messages_about_the_user_go_whoever_holds_them_and_those_of_others_stay()
    {
        var publisher = platform.Service<IMessagePublisher>();
        await publisher.Follow(platform.Tenant, MessageEntities.Events.Name, "integrations", true, Stop);
        Message Waiting(string id, object content, DateTimeOffset? at = null) => new(id, Json.Bytes(content)) { SessionId = id, ScheduledEnqueueTime = at };
        object Said(string externalId) => new { specversion = "1.0", id = $"of-{externalId}", source = "/hr", type = "unknown", data = new { externalId, note = $"{Note}-{externalId}" } };
        // Outsiders' own on the topic: one that waits, one that is held, one for later, a batch, and others'.
        await publisher.Send(platform.Tenant, MessageEntities.Events.Name,
        [
            Waiting("1", Said("anna")), Waiting("2", Said("anna")), Waiting("3", Said("anna"), platform.Clock.GetUtcNow().AddHours(1)), Waiting("4", new[] { Said("anna"), Said("bob") }), Waiting("5", Said("bob")),
        ], Stop);
        var topic = await Queue(MessageEntities.Events, "integrations");
        var held = (await topic.Entity.Receive(topic, 1, TimeSpan.Zero, Stop)).Single();
        // And dead letters of the queue.
        await publisher.Send(platform.Tenant, MessageEntities.Inbound.Name, [Waiting("6", Said("anna")), Waiting("7", Said("bob"))], Stop);
        await Until(async () => (await Queue(MessageEntities.Inbound, null, dead: true)).Count == 2);

        await platform.Dashboard().Delete($"/dashboard/v1/users/{anna}");
        (await Stored()).ShouldNotContain($"{Note}-anna");
        (await topic.Entity.Complete(topic, held.LockToken, Stop)).ShouldBeFalse("it is gone");
        var dead = await Queue(MessageEntities.Inbound, null, dead: true);
        (await dead.Entity.Receive(dead, 10, TimeSpan.Zero, Stop)).Select(one => one.Message.MessageId).ShouldBe(["7"]);
        platform.Clock.Advance(TimeSpan.FromHours(2));
        var left = (await topic.Entity.Receive(topic, 10, TimeSpan.Zero, Stop)).Where(one => one.Message.MessageId is [>= '1' and <= '5']).ToList();
        left.Select(one => one.Message.MessageId).ShouldBe(["4", "5"]);
        JsonElement.Parse(left[0].Message.Body.Span).EnumerateArray().Select(one => one.Text("data.externalId")).ShouldBe(["bob"]);
    }

    [Theory]
    [InlineData("""{ "subject": "u1", "data": {} }""", null)]
    [InlineData("""{ "data": { "userId": "u1" } }""", null)]
    [InlineData("""{ "externalId": "7" }""", null)]
    [InlineData("""{ "data": { "email": "Anna@Example.org " } }""", null)]
    [InlineData("""[{ "data": { "externalId": "7" } }]""", null)]
    [InlineData("""[{ "data": { "externalId": "7" } }, { "data": { "externalId": "8" } }]""", """[{ "data": { "externalId": "8" } }]""")]
    [InlineData("""{ "data": { "externalId": "77", "value": "7" } }""", """{ "data": { "externalId": "77", "value": "7" } }""")]
    [InlineData("""{ "data": "u1", "subject": 5 }""", """{ "data": "u1", "subject": 5 }""")]
    [InlineData("7 is no JSON", "7 is no JSON")]
    [InlineData("write to anna@example.org!", null)]
    public void An_event_is_about_a_user_whom_it_names(string content, string? left)
    {
        var rest = new UserMentions("u1", "7", "anna@example.org").Without(Encoding.UTF8.GetBytes(content));
        (rest is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null)?.Replace(" ", "", StringComparison.Ordinal).ShouldBe(left?.Replace(" ", "", StringComparison.Ordinal));
        rest.HasValue.ShouldBe(left is not null);
    }
}
