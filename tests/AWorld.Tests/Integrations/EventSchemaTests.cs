using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AWorld.Integrations.Events;
using AWorld.Tests.Contract;

namespace AWorld.Tests.Integrations;

/// <summary>
/// Holds the data of events to what their readers rely on: events.schemas.json. Additions are recorded there with
/// AWORLD_RECORD_SCHEMAS=1; what would break a reader is a new version of the event instead.
/// </summary>
public sealed class EventSchemaTests
{
    static readonly string File = Path.Combine(Repository.Root, "tests", "AWorld.Tests", "Integrations", "events.schemas.json");
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static JsonObject Now() => new(ProductEvents.All.OrderBy(type => type.SchemaPath, StringComparer.Ordinal).Select(type => KeyValuePair.Create($"{type.Name}/{type.Version}", (JsonNode?)EventSchemas.Of(type))));

    static JsonObject Recorded() => (JsonObject)JsonNode.Parse(System.IO.File.ReadAllText(File))!;

    [Fact]
    public void No_event_breaks_its_readers() => Breaks(Recorded(), Now()).ShouldBeEmpty("readers rely on it; make a new version of the event beside this one");

    [Fact]
    public void What_was_added_is_recorded()
    {
        var now = Now().ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("AWORLD_RECORD_SCHEMAS") == "1")
        {
            Breaks(Recorded(), Now()).ShouldBeEmpty();
            System.IO.File.WriteAllText(File, now);
        }
        System.IO.File.ReadAllText(File).ReplaceLineEndings("\n").ShouldBe(now, "run this test with AWORLD_RECORD_SCHEMAS=1 and commit events.schemas.json");
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

    [Fact]
    public async Task Schemas_are_served_as_a_list_and_each_where_events_say_it_is()
    {
        await using var platform = await TestPlatform.Start();
        var all = (await platform.Anonymous().Get("/schemas/events")).Items();
        all.Count.ShouldBe(ProductEvents.All.Count);
        foreach (var one in all)
        {
            var schema = await platform.Anonymous().Get(new Uri(one.Text("dataschema")).AbsolutePath);
            JsonElement.DeepEquals(schema, one.At("schema")).ShouldBeTrue();
            schema.Text("$id").ShouldBe(one.Text("dataschema"));
        }
        await platform.Anonymous().Refused(404, HttpMethod.Get, "/schemas/events/user.created/99");
    }

    /// <summary>What a reader of the one could stumble over in the other.</summary>
    static IEnumerable<string> Breaks(JsonNode? before, JsonNode? after, string at = "")
    {
        if (before is not JsonObject old || after is not JsonObject now)
        {
            yield break;
        }
        if (at.Length == 0)
        {
            foreach (var (name, schema) in old)
            {
                foreach (var broken in now[name] is { } found ? Breaks(schema, found, name) : [$"{name} was removed"])
                {
                    yield return broken;
                }
            }
            yield break;
        }
        foreach (var keyword in (string[])["type", "format"])
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
            if (required.Contains(name) != must.Contains(name))
            {
                yield return $"{at}.{name} is {(must.Contains(name) ? "newly required" : "not always there")}";
            }
            foreach (var broken in Breaks(schema, found, $"{at}.{name}"))
            {
                yield return broken;
            }
        }
        foreach (var gone in Names(old["enum"]).Except(Names(now["enum"])))
        {
            yield return $"{at} is no longer {gone}";
        }
        foreach (var broken in Breaks(old["items"], now["items"], $"{at}[]"))
        {
            yield return broken;
        }
    }

    static HashSet<string> Names(JsonNode? list) => [.. (list as JsonArray ?? []).Select(one => (string)one!)];
}
