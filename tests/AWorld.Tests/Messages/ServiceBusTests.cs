using System.Net;
using System.Text;
using System.Text.Json;
using AWorld.Embedded.Messages;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.AspNetCore.Routing;

namespace AWorld.Tests.Messages;

/// <summary>Service Bus's REST protocol as a system outside uses it.</summary>
public sealed class ServiceBusTests : IAsyncLifetime
{
    const string Inbound = "/servicebus/test-queue", Events = "/servicebus/aworld-events";
    TestPlatform platform = null!;

    static readonly MessageEntity Queue = MessageEntity.Queue("test-queue") with { DuplicateDetection = TimeSpan.FromMinutes(10) };

    public async ValueTask InitializeAsync() => platform = await TestPlatform.Start(configure: static builder => builder.Services.AddMessageEntity(Queue));

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    Task<string> Token(string entity, Tenant? tenant = null, TimeSpan? lives = null, string at = "http://anywhere:7071") =>
        platform.Service<SharedAccess>().Issue(new(at), tenant ?? platform.Tenant, entity, platform.Clock.GetUtcNow() + (lives ?? TimeSpan.FromDays(1)), Stop);

    async Task<HttpClient> Client(string entity, Tenant? tenant = null)
    {
        var client = platform.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", await Token(entity, tenant));
        return client;
    }

    static async Task Send(HttpClient client, string path, string body, string? brokerProperties = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path + "/messages") { Content = new StringContent(body, Encoding.UTF8, type) };
        foreach (var (name, value) in headers.Concat(brokerProperties is null ? [] : [("BrokerProperties", brokerProperties)]))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await client.SendAsync(request, Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync(Stop));
    }

    static Task<HttpResponseMessage> Receive(HttpClient client, string path, HttpMethod? method = null) => client.Send(method ?? HttpMethod.Post, path + "/messages/head?timeout=0");

    static JsonElement Properties(HttpResponseMessage response) => JsonElement.Parse(response.Headers.GetValues("BrokerProperties").Single());

    [Fact]
    public async Task A_message_is_sent_locked_and_completed_where_its_location_says()
    {
        using var client = await Client("test-queue");
        await Send(client, Inbound, "{ \"é\": 1 }", """{ "MessageId": "m1", "CorrelationId": "c1", "Label": "l\u00e9", "TimeToLive": 60 }""", headers: [("type", "\"hr.w\\u00f6rker.hired\""), ("priority", "5"), ("accountId", "another")]);
        using var received = await Receive(client, Inbound);
        received.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await received.Content.ReadAsStringAsync(Stop)).ShouldBe("{ \"é\": 1 }");
        received.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        var properties = Properties(received);
        (properties.Text("MessageId"), properties.Text("CorrelationId"), properties.Text("Label"), properties.At("DeliveryCount").GetInt32()).ShouldBe(("m1", "c1", "lé", 1));
        properties.Text("LockedUntilUtc").ShouldBe("Tue, 10 Mar 2026 09:01:00 GMT");
        received.Headers.GetValues("type").ShouldBe(["\"hr.w\\u00F6rker.hired\""]);
        received.Headers.GetValues("priority").ShouldBe(["\"5\""]);
        received.Headers.GetValues("accountId").ShouldBe([$"\"{platform.Tenant.AccountId}\""]);
        received.Headers.GetValues("workspaceId").ShouldBe([$"\"{platform.Tenant.WorkspaceId}\""]);
        var location = received.Headers.Location!.AbsolutePath;
        location.ShouldBe($"{Inbound}/messages/{properties.At("SequenceNumber").GetInt64()}/{properties.Text("LockToken")}");
        using var completed = await client.Send(HttpMethod.Delete, location);
        completed.StatusCode.ShouldBe(HttpStatusCode.OK);
        await client.Refused(404, HttpMethod.Delete, location);
        (await Receive(client, Inbound)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_lock_is_renewed_and_given_back_by_message_id_or_sequence_number()
    {
        using var client = await Client("test-queue");
        await Send(client, Inbound, "x", """{ "MessageId": "m1" }""");
        var token = Properties(await Receive(client, Inbound)).Text("LockToken");
        platform.Clock.Advance(TimeSpan.FromSeconds(50));
        (await client.Send(HttpMethod.Post, $"{Inbound}/messages/m1/{token}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        platform.Clock.Advance(TimeSpan.FromSeconds(50));
        (await Receive(client, Inbound)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await client.Refused(404, HttpMethod.Put, $"{Inbound}/messages/m2/{token}");
        (await client.Send(HttpMethod.Put, $"{Inbound}/messages/m1/{token}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var again = await Receive(client, Inbound, HttpMethod.Delete);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        Properties(again).At("DeliveryCount").GetInt32().ShouldBe(2);
        again.Headers.Contains("Location").ShouldBeFalse();
        platform.Clock.Advance(TimeSpan.FromHours(1));
        (await Receive(client, Inbound)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_batch_is_sent_in_its_order_and_a_duplicate_once()
    {
        using var client = await Client("test-queue");
        await Send(client, Inbound, """[{ "Body": "one", "BrokerProperties": { "MessageId": "1" }, "UserProperties": { "type": "a", "number": 5 } }, { "Body": "two", "BrokerProperties": { "TimeToLiveTimeSpan": "0.00:00:40" } }, { "Body": "three", "BrokerProperties": { "MessageId": "1" } }]""", type: ServiceBusEndpoints.BatchType);
        using var first = await Receive(client, Inbound, HttpMethod.Delete);
        (await first.Content.ReadAsStringAsync(Stop), first.Headers.GetValues("number").Single()).ShouldBe(("one", "\"5\""));
        using var second = await Receive(client, Inbound, HttpMethod.Delete);
        (await second.Content.ReadAsStringAsync(Stop)).ShouldBe("two");
        second.Headers.GetValues("BrokerProperties").Single().ShouldContain("\"TimeToLive\":40");
        (await Receive(client, Inbound, HttpMethod.Delete)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_topic_is_received_from_its_subscriptions_and_what_fails_too_often_from_their_dead_letters()
    {
        using var client = await Client("aworld-events");
        const string subscription = Events + "/subscriptions/integrations";
        await Send(client, Events, "event");
        await client.Refused(404, HttpMethod.Post, Events + "/messages/head?timeout=0");
        await client.Refused(404, HttpMethod.Post, Events + "/subscriptions/none/messages/head?timeout=0");
        for (var n = 0; n < 10; n++)
        {
            using var received = await Receive(client, subscription);
            (await client.Send(HttpMethod.Put, received.Headers.Location!.AbsolutePath)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        (await Receive(client, subscription)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var dead = await client.Send(HttpMethod.Post, subscription + "/$DeadLetterQueue/messages/head?timeout=60");
        dead.StatusCode.ShouldBe(HttpStatusCode.Created);
        dead.Headers.GetValues("DeadLetterReason").ShouldBe(["\"MaxDeliveryCountExceeded\""]);
        dead.Headers.Location!.AbsolutePath.ShouldStartWith(subscription + "/$DeadLetterQueue/messages/");
        (await client.Send(HttpMethod.Delete, dead.Headers.Location!.AbsolutePath)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_endpoint_lets_anybody_in_without_a_good_token_for_its_entity()
    {
        using var anonymous = platform.Anonymous();
        var good = await Token("test-queue");
        string[] wrong = ["Bearer x", "SharedAccessSignature x", await Token("aworld-events"), good.Replace("sig=", "sig=A", StringComparison.Ordinal),
            good.Replace(platform.Tenant.WorkspaceId, platform.Sibling.Tenant.WorkspaceId, StringComparison.Ordinal), await Token("test-queue", lives: TimeSpan.FromSeconds(-1)),
            good.Replace("test-queue", "test", StringComparison.Ordinal), "SharedAccessSignature sr=&sig=&se=9999999999&skn=."];
        var paths = platform.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/servicebus", StringComparison.Ordinal)).ToList();
        paths.Count.ShouldBe(22);
        foreach (var endpoint in paths)
        {
            var path = endpoint.RoutePattern.RawText!.Replace("{entity}", "test-queue", StringComparison.Ordinal).Replace("{subscription}", "integrations", StringComparison.Ordinal).Replace("{message}", "1", StringComparison.Ordinal).Replace("{lockToken}", Guid.Empty.ToString(), StringComparison.Ordinal);
            var method = new HttpMethod(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]);
            await anonymous.Refused(401, method, path);
            foreach (var token in wrong)
            {
                await anonymous.Refused(401, method, path, null, ("Authorization", token));
            }
            await anonymous.Refused(401, method, path.Replace("test-queue", "no-such-queue", StringComparison.Ordinal), null, ("Authorization", good));
        }
    }

    [Fact]
    public async Task A_token_that_sends_receives_nothing_and_the_other_way_round()
    {
        async Task<string> Issue(AccessRights rights) => await platform.Service<SharedAccess>().Issue(new("http://anywhere"), platform.Tenant, "test-queue", platform.Clock.GetUtcNow().AddDays(1), Stop, rights);
        using var client = platform.Anonymous();
        var (send, listen) = (await Issue(AccessRights.Send), await Issue(AccessRights.Listen));
        (await client.Send(HttpMethod.Post, Inbound + "/messages", "{}", ("Authorization", send))).StatusCode.ShouldBe(HttpStatusCode.Created);
        await client.Refused(403, HttpMethod.Post, Inbound + "/messages", "{}", ("Authorization", listen));
        await client.Refused(403, HttpMethod.Delete, Inbound + "/messages/head?timeout=0", null, ("Authorization", send));
        await client.Refused(401, HttpMethod.Delete, Inbound + "/messages/head?timeout=0", null, ("Authorization", send[..^1] + "3"));
        (await client.Send(HttpMethod.Delete, Inbound + "/messages/head?timeout=0", null, ("Authorization", listen))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_sees_the_messages_of_its_workspace_only()
    {
        using var home = await Client("test-queue");
        await Send(home, Inbound, "home", """{ "MessageId": "same" }""");
        foreach (var neighbour in new[] { platform.Sibling.Tenant, platform.Other.Tenant })
        {
            using var client = await Client("test-queue", neighbour);
            (await Receive(client, Inbound)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            await Send(client, Inbound, "theirs", """{ "MessageId": "same" }""");
        }
        using var held = await Receive(home, Inbound);
        (await held.Content.ReadAsStringAsync(Stop)).ShouldBe("home");
        using var other = await Client("test-queue", platform.Sibling.Tenant);
        foreach (var method in new[] { HttpMethod.Delete, HttpMethod.Put, HttpMethod.Post })
        {
            await other.Refused(404, method, held.Headers.Location!.AbsolutePath);
        }
        (await home.Send(HttpMethod.Delete, held.Headers.Location!.AbsolutePath)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_a_sender_gets_wrong_is_a_400_that_names_it()
    {
        using var client = await Client("test-queue");
        foreach (var (properties, field) in new[]
        {
            ("[]", "BrokerProperties"), ("{", "BrokerProperties"), ("null", "BrokerProperties"), ("""{ "TimeToLive": -1 }""", "BrokerProperties.TimeToLive"), ("""{ "TimeToLive": "long" }""", "BrokerProperties.TimeToLive"), ("""{ "TimeToLiveTimeSpan": "x" }""", "BrokerProperties.TimeToLiveTimeSpan"), ("""{ "ScheduledEnqueueTimeUtc": "soon" }""", "BrokerProperties.ScheduledEnqueueTimeUtc"),
            ($$"""{ "MessageId": "{{new string('x', 129)}}" }""", "MessageId"), ("""{ "SessionId": "" }""", "SessionId"),
        })
        {
            (await client.Refused(400, HttpMethod.Post, Inbound + "/messages", "{}", ("BrokerProperties", properties))).Fields.ShouldBe([field]);
        }
        (await client.Refused(400, HttpMethod.Post, Inbound + "/messages/head?timeout=61")).Fields.ShouldBe(["timeout"]);
        (await client.Refused(400, HttpMethod.Post, Inbound + "/messages/head?timeout=-1")).Fields.ShouldBe(["timeout"]);
        using var tooLarge = await client.PostAsync(Inbound + "/messages", new ByteArrayContent(new byte[300 * 1024]), Stop);
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        foreach (var (batch, message) in new[]
        {
            ("[]", "a batch has 1 to 500 messages"), ("[null]", "a batch has 1 to 500 messages"), ("{}", "the JSON must be a list"), ("[{ \"Body\": 1 }]", "[0].Body: has the wrong type"),
            ("[{", "the JSON breaks off at line 1, byte 3"), ("nothing", "the JSON is wrong from line 1, byte 2 on"),
        })
        {
            (await client.Refused(400, HttpMethod.Post, Inbound + "/messages", new StringContent(batch, Encoding.UTF8, ServiceBusEndpoints.BatchType))).Message.ShouldBe(message);
        }
        (await Receive(client, Inbound)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }
}
