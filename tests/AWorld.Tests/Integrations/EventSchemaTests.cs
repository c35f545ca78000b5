using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AWorld.Integrations;
using AWorld.Integrations.Events;
using AWorld.Tests.Contract;
using AWorld.Tests.Game;

namespace AWorld.Tests.Integrations;

/// <summary>
/// Holds the data of events to what their readers rely on, and of those that come in their senders: events.schemas.json
/// and inbound.schemas.json. Additions are recorded there with AWORLD_RECORD_SCHEMAS=1; what would break somebody is a
/// new version of the event instead.
/// </summary>
public sealed class EventSchemaTests
{
    const string Out = "events", In = "inbound";
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static string File(string kind) => Path.Combine(Repository.Root, "tests", "AWorld.Tests", "Integrations", $"{kind}.schemas.json");

    static JsonObject Now(string kind)
    {
        var all = kind == In
            ? InboundTypes.Data.Select(type => (Name: $"{type.Key}/1", Schema: EventSchemas.OfInbound(type.Key, type.Value)))
            : ProductEvents.All.Select(type => (Name: $"{type.Name}/{type.Version}", Schema: EventSchemas.Of(type.Name, type.Data)));
        return new(all.OrderBy(one => one.Name, StringComparer.Ordinal).Select(one => KeyValuePair.Create(one.Name, (JsonNode?)one.Schema)));
    }

    static JsonObject Recorded(string kind) => (JsonObject)JsonNode.Parse(System.IO.File.ReadAllText(File(kind)))!;

    [Theory]
    [InlineData(Out)]
    [InlineData(In)]
    public void No_event_breaks_its_readers_or_senders(string kind) => Breaks(Recorded(kind), Now(kind), kind == In).ShouldBeEmpty("others rely on it; make a new version of the event beside this one");

    [Theory]
    [InlineData(Out)]
    [InlineData(In)]
    public void What_was_added_is_recorded(string kind)
    {
        var now = Now(kind).ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("AWORLD_RECORD_SCHEMAS") == "1")
        {
            Breaks(Recorded(kind), Now(kind), kind == In).ShouldBeEmpty();
            System.IO.File.WriteAllText(File(kind), now);
        }
        System.IO.File.ReadAllText(File(kind)).ReplaceLineEndings("\n").ShouldBe(now, $"run this test with AWORLD_RECORD_SCHEMAS=1 and commit {kind}.schemas.json");
    }

    [Theory]
    [InlineData("removed", """{ "required": ["a"], "properties": { "a": { "type": "string" } } }""")]
    [InlineData("removed", """{ "required": ["a", "c"], "properties": { "a": { "type": "string" }, "c": { "type": "number" } } }""")]
    [InlineData("is no longer", """{ "required": ["a"], "properties": { "a": { "type": "number" }, "b": { "type": "object", "properties": { "in": { "type": "string" } } } } }""")]
    [InlineData("is no longer", """{ "required": ["a"], "properties": { "a": { "type": "string" }, "b": { "type": "object", "properties": { "in": { "type": "number" } } } } }""")]
    [InlineData("newly required", """{ "required": ["a", "b"], "properties": { "a": { "type": "string" }, "b": { "type": "object", "properties": { "in": { "type": "string" } } } } }""")]
    [InlineData("not always there", """{ "required": [], "properties": { "a": { "type": "string" }, "b": { "type": "object", "properties": { "in": { "type": "string" } } } } }""")]
    [InlineData(null, """{ "required": ["a"], "properties": { "a": { "type": "string" }, "b": { "type": "object", "properties": { "in": { "type": "string" }, "more": { "type": "string" } } }, "new": { "type": "string" } } }""")]
    public void What_breaks_a_reader_is_found(string? expected, string changed)
    {
        var before = (JsonObject)JsonNode.Parse("""{ "x/1": { "required": ["a"], "properties": { "a": { "type": "string" }, "b": { "type": "object", "properties": { "in": { "type": "string" } } } } } }""")!;
        var after = new JsonObject { ["x/1"] = JsonNode.Parse(changed) };
        var found = Breaks(before, after).ToList();
        (expected is null ? found.Count == 0 : found.Exists(one => one.Contains(expected, StringComparison.Ordinal))).ShouldBeTrue(string.Join("; ", found));
    }

    [Fact]
    public void An_event_that_is_gone_is_found() => Breaks(JsonNode.Parse("""{ "x/1": {} }"""), new JsonObject()).ShouldBe(["x/1 was removed"]);

    [Theory]
    [InlineData("newly required", """{ "required": ["a", "c"], "properties": { "a": { "type": "string", "maxLength": 9 }, "c": { "type": "string" } } }""")]
    [InlineData("is no longer 9", """{ "required": ["a"], "properties": { "a": { "type": "string", "maxLength": 8 } } }""")]
    [InlineData("removed", """{ "required": [], "properties": { } }""")]
    [InlineData(null, """{ "required": [], "properties": { "a": { "type": "string", "maxLength": 9 }, "c": { "type": "string" } } }""")]
    public void What_breaks_a_sender_is_found(string? expected, string changed)
    {
        var before = (JsonObject)JsonNode.Parse("""{ "x/1": { "required": ["a"], "properties": { "a": { "type": "string", "maxLength": 9 } } } }""")!;
        var found = Breaks(before, new JsonObject { ["x/1"] = JsonNode.Parse(changed) }, sent: true).ToList();
        (expected is null ? found.Count == 0 : found.Exists(one => one.Contains(expected, StringComparison.Ordinal))).ShouldBeTrue(string.Join("; ", found));
    }

    /// <summary>Data of each type that comes in, and what is wrong with it by the schema; the endpoint refuses the same.</summary>
    public static TheoryData<string, string, bool> Sent => new()
    {
        { InboundTypes.ActivityCompleted, """{ "externalId": "ada", "activityId": "read", "value": 1.5, "tags": ["a"], "additionalData": { "x": 1 }, "completedAt": "2026-03-10T08:00:00Z", "outcome": "SUCCESS" }""", true },
        { InboundTypes.ActivityCompleted, """{ "activityId": "read" }""", false },
        { InboundTypes.ActivityCompleted, """{ "externalId": "ada" }""", false },
        { InboundTypes.ActivityCompleted, """{ "externalId": "a b", "activityId": "read" }""", false },
        { InboundTypes.ActivityCompleted, """{ "externalId": "ada", "activityId": "read", "outcome": "PERHAPS" }""", false },
        { InboundTypes.ActivityCompleted, """{ "externalId": "ada", "activityId": "read", "outcome": null }""", true },
        { InboundTypes.QuizCompleted, """{ "externalId": "ada", "quizId": "which", "outcome": "SUCCESS" }""", true },
        { InboundTypes.QuizCompleted, """{ "externalId": "ada", "quizId": "which" }""", false },
        { InboundTypes.ActivityRetracted, """{ "externalId": "ada", "eventId": "1" }""", true },
        { InboundTypes.ActivityRetracted, """{ "externalId": "ada" }""", false },
        { InboundTypes.ActivityRetracted, """{ "externalId": "ada", "eventId": "1", "quizLogId": "2" }""", false },
        { InboundTypes.WorkerHired, """{ "externalId": "ada", "email": "ada@example.org", "department": null }""", true },
        { InboundTypes.WorkerHired, """{ "externalId": "ada" }""", false },
        { InboundTypes.WorkerChanged, """{ "externalId": "ada", "nickname": null }""", true },
        { InboundTypes.WorkerLeft, """{ "externalId": "ada", "leftAt": "2026-03-10T08:00:00Z" }""", true },
        { InboundTypes.CourseCompleted, """{ "externalId": "ada", "courseId": "c1", "more": [1] }""", true },
        { InboundTypes.CourseFailed, """{ "externalId": "ada", "courseId": 1 }""", false },
        { InboundTypes.QuizAnswered, """{ "userId": "ada", "quizId": "q1", "outcome": "FAILURE", "score": 3 }""", true },
        { InboundTypes.QuizAnswered, """{ "userId": "ada" }""", false },
    };

    [Theory]
    [MemberData(nameof(Sent))]
    public async Task What_the_schema_of_an_event_takes_is_read_and_what_it_does_not_is_refused(string type, string data, bool isGood)
    {
        var schema = JsonElement.Parse(EventSchemas.OfInbound(type, InboundTypes.Data[type]).ToJsonString());
        new JsonSchema(default).Errors(JsonElement.Parse(data), schema).Any().ShouldBe(!isGood);
        await using var platform = await InboundWorld.Start();
        await platform.Configure(platform.Tenant, GameWorld.Quiz("which"));
        using var answer = await platform.Home.Sender().Send(HttpMethod.Post, InboundWorld.Events,
            $$"""[{ "specversion": "1.0", "id": "1", "source": "/s", "time": "2026-03-10T08:00:00Z", "type": "{{type}}", "data": {{data}} }]""");
        var item = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).At("items[0]");
        var wrong = item.Has("error") ? item.Items("error.details").Select(detail => detail.Text("field")).ToList() : [];
        // A mapping is what the workspace lacks, not what is wrong with the data.
        wrong.Exists(field => field.StartsWith("data.", StringComparison.Ordinal)).ShouldBe(!isGood, item.GetRawText());
    }

    [Theory]
    [InlineData(Out)]
    [InlineData(In)]
    public async Task Schemas_are_served_as_a_list_and_each_where_its_id_says(string kind)
    {
        await using var platform = await TestPlatform.Start();
        var all = (await platform.Anonymous().Get($"/schemas/{kind}")).Items();
        all.Count.ShouldBe(Now(kind).Count);
        foreach (var one in all)
        {
            var schema = await platform.Anonymous().Get(new Uri(one.Text("dataschema")).AbsolutePath);
            JsonElement.DeepEquals(schema, one.At("schema")).ShouldBeTrue();
            schema.Text("$id").ShouldBe(one.Text("dataschema"));
        }
        await platform.Anonymous().Refused(404, HttpMethod.Get, $"/schemas/{kind}/user.created/99");
    }

    /// <summary>What a reader of the one could stumble over in the other; of what comes in, its sender.</summary>
    public static IEnumerable<string> Breaks(JsonNode? before, JsonNode? after, bool sent = false, string at = "")
    {
        if (before is not JsonObject old || after is not JsonObject now)
        {
            yield break;
        }
        if (at.Length == 0)
        {
            foreach (var (name, schema) in old)
            {
                foreach (var broken in now[name] is { } found ? Breaks(schema, found, sent, name) : [$"{name} was removed"])
                {
                    yield return broken;
                }
            }
            yield break;
        }
        foreach (var keyword in sent ? (string[])["type", "format", "minLength", "maxLength", "maxItems", "pattern", "anyOf", "oneOf"] : ["type", "format"])
        {
            if (!JsonNode.DeepEquals(old[keyword], now[keyword]))
            {
                yield return $"{at} is no longer {old[keyword]?.ToJsonString()}";
            }
        }
        var (required, must) = (Names(old["required"]), Names(now["required"]));
        foreach (var (name, schema) in old["properties"] as JsonObject ?? [])
        {
            if (now["properties"]?[name] is not { } found)
            {
                yield return $"{at}.{name} was removed";
                continue;
            }
            if (required.Contains(name) != must.Contains(name) && !(sent && required.Contains(name)))
            {
                yield return $"{at}.{name} is {(must.Contains(name) ? "newly required" : "not always there")}";
            }
            foreach (var broken in Breaks(schema, found, sent, $"{at}.{name}"))
            {
                yield return broken;
            }
        }
        foreach (var added in sent ? must.Except((old["properties"] as JsonObject ?? []).Select(static one => one.Key)) : [])
        {
            yield return $"{at}.{added} is newly required";
        }
        foreach (var gone in Names(old["enum"]).Except(Names(now["enum"])))
        {
            yield return $"{at} is no longer {gone}";
        }
        foreach (var broken in Breaks(old["items"], now["items"], sent, $"{at}[]"))
        {
            yield return broken;
        }
    }

    static HashSet<string?> Names(JsonNode? list) => [.. (list as JsonArray ?? []).Select(one => (string?)one)];
}
