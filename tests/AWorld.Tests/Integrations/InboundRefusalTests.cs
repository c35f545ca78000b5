using System.Net;
using System.Text;
using AWorld.Integrations;
using AWorld.Platform;
using AWorld.Tests.Game;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>What is sent as an event and is none, or a wrong one, or too large.</summary>
public sealed class InboundRefusalTests
{
    public static TheoryData<string, string, string> Wrong => new()
    {
        { """{ "specversion": "0.3", "id": "1", "source": "/s", "type": "t", "data": {} }""", "specversion", "must be 1.0" },
        { """{ "specversion": "1.0", "id": 1, "source": "/s", "type": "t", "data": {} }""", "id", "must be text" },
        { """{ "specversion": "1.0", "id": "a\nb", "source": "/s", "type": "t", "data": {} }""", "id", "must not contain control characters" },
        { """{ "specversion": "1.0", "id": "\ud800", "source": "/s", "type": "t", "data": {} }""", "id", "must not contain control characters" },
        { """{ "specversion": "1.0", "id": "1", "source": "a b", "type": "t", "data": {} }""", "source", "must be a URI reference" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "t", "time": "today", "data": {} }""", "time", "must be a date and time with an offset, such as 2026-03-29T10:00:00Z" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "aworld.activity.completed", "time": "1999-01-01T00:00:00Z", "data": { "externalId": "ada", "activityId": "read" } }""", "time", "must not be before 2000-01-01" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "aworld.activity.completed", "time": "2026-03-10T09:10:00Z", "data": { "externalId": "ada", "activityId": "read" } }""", "time", "is in the future" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "t", "data": [] }""", "data", "must be a JSON object" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "t", "data_base64": "?" }""", "data_base64", "is not JSON in base64" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "t", "datacontenttype": "text/xml", "data": {} }""", "datacontenttype", "must be application/json" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "aworld.activity.completed", "data": { "externalId": "a b", "activityId": "read" } }""", "data.externalId", "must be 1 to 128 letters, digits or _ - . : @" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "aworld.activity.completed", "data": { "externalId": "ada" } }""", "data.activityId", "is required" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "aworld.activity.completed", "data": { "externalId": "ada", "activityId": "read", "value": "much" } }""", "data.value", "must be a number" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "aworld.activity.completed", "data": { "externalId": "ada", "activityId": "read", "additionalData": { "x": "\ud800" } } }""", "data.additionalData.x", "must be Unicode text: a surrogate (\\ud800 to \\udfff) needs its other half" },
        { """{ "specversion": "1.0", "id": "1", "source": "/s", "type": "hr.worker.changed", "data": { "externalId": "ada" } }""", "time", "is required of hr.worker.changed: what is said last, wins" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_with_an_event_is_named_by_field_and_changes_nothing(string json, string field, string message)
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var refusal = await platform.Home.Sender().Refused(400, HttpMethod.Post, Events, new StringContent(json, Encoding.UTF8, "application/cloudevents+json"));
        refusal.Details.ShouldNotBeNull().ShouldContain(new FieldError(field, message));
        (await platform.Activities(ada)).ShouldBe(0);
    }

    [Theory]
    [InlineData("[", "application/json", 400, "the JSON breaks off at line 1, byte 2")]
    [InlineData("[]", "application/cloudevents-batch+json", 400, "a batch holds 1 to 500 events")]
    [InlineData("{}", "application/cloudevents-batch+json", 400, "the body must be a list of events")]
    [InlineData("[]", "application/cloudevents+json", 400, "the body must be one event")]
    [InlineData("<event/>", "application/xml", 415, "send JSON, as application/cloudevents+json, application/cloudevents-batch+json or application/json")]
    public async Task What_is_no_event_at_all_is_refused_as_a_whole_and_no_field_is_blamed(string body, string type, int status, string message)
    {
        await using var platform = await Start();
        var refusal = await platform.Home.Sender().Refused(status, HttpMethod.Post, Events, new StringContent(body, Encoding.UTF8, type));
        (refusal.Message, refusal.Details).ShouldBe((message, null));
    }

    [Fact]
    public async Task Headers_of_an_event_without_its_version_are_the_binary_mode_and_a_compressed_body_is_refused()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        (await client.Refused(400, HttpMethod.Post, Events, """{ "externalId": "ada", "activityId": "read" }""", ("ce-id", "1"), ("ce-source", "/lms"), ("ce-type", "aworld.activity.completed"))).Fields.ShouldBe(["ce-specversion"]);
        var compressed = new StringContent(Read("1", "ada"), Encoding.UTF8, "application/cloudevents+json");
        compressed.Headers.ContentEncoding.Add("gzip");
        (await client.Refused(415, HttpMethod.Post, Events, compressed)).Message.ShouldContain("Content-Encoding");
    }

    [Fact]
    public async Task A_batch_of_more_than_500_and_a_request_of_more_than_6_megabytes_are_refused()
    {
        await using var platform = await Start();
        await platform.Home.Sender().Refused(400, HttpMethod.Post, Events, Batch([.. Enumerable.Range(0, 501).Select(n => Read($"{n}", "ada"))]));
        using var tooLarge = await platform.Home.Sender().Send(HttpMethod.Post, Events, new StringContent(new string(' ', Body.LimitBytes + 1), Encoding.UTF8, "application/cloudevents+json"));
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    static string Large(string id, string externalId, int bytes) => Event(id, new { externalId, email = $"{externalId}@example.org", note = new string('x', bytes) }, "hr.worker.hired", "/hr", At(1));

    [Fact]
    public async Task What_is_more_data_than_the_log_keeps_is_refused_and_all_that_is_accepted_is_in_it()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        var tooLarge = Large("large", "ada", InboundEvent.MostBytes);
        (await client.Refused(413, HttpMethod.Post, Events, tooLarge)).Fields.ShouldBe(["data"]);
        (await client.Refused(413, HttpMethod.Post, Events, Large("other", "nobody", 3 * 1024 * 1024).Replace("hired", "changed", StringComparison.Ordinal))).Fields.ShouldBe(["data"]);
        (await client.Post(Events, Batch(Read("held", "ada"), tooLarge))).Items().Select(item => item.Text("status")).ShouldBe(["HELD", "REJECTED"]);
        (await platform.User("ada")).ShouldBeNull();
        var most = (await client.Post(Events, Batch([.. Enumerable.Range(0, 23).Select(n => Large($"{n}", $"user{n}", InboundEvent.MostBytes - 100))]))).Items();
        most.Count.ShouldBe(23);
        foreach (var item in most)
        {
            item.Text("status").ShouldBe("ACCEPTED");
            (await platform.Dashboard().Get($"{Log}/{item.Text("inboundEventId")}")).Text("data.note").Length.ShouldBe(InboundEvent.MostBytes - 100);
        }
    }
}
