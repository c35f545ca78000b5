using System.Text.Json.Nodes;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>What the SDK asks before it asks for data.</summary>
sealed partial class FakeCosmos
{
    static HttpResponseMessage Ranges(FakeRequest call, FakeItems container)
    {
        var version = $"\"{container.Ranges.Count}\"";
        if (call["If-None-Match"] == version)
        {
            return Json(304, [], ("etag", version));
        }
        const string middle = "1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";
        var isWhole = container.Ranges.Count == 1;
        var ranges = container.Ranges.Select((id, i) => (JsonNode)new JsonObject
        {
            ["id"] = id,
            ["_rid"] = container.Rid,
            ["minInclusive"] = i == 0 ? "" : middle,
            ["maxExclusive"] = isWhole || i == 1 ? "FF" : middle,
            ["parents"] = new JsonArray(isWhole ? [] : [JsonValue.Create("0")]),
            ["status"] = "online",
        });
        return Json(200, new() { ["_rid"] = container.Rid, ["PartitionKeyRanges"] = new JsonArray([.. ranges]), ["_count"] = container.Ranges.Count }, ("etag", version));
    }

    static JsonObject Collection(FakeItems container) => new()
    {
        ["id"] = container.Name,
        ["_rid"] = container.Rid,
        ["_self"] = $"dbs/kb4iAA==/colls/{container.Rid}/",
        ["_etag"] = "\"1\"",
        ["partitionKey"] = new JsonObject
        {
            ["paths"] = new JsonArray([.. container.Keys.Select(key => (JsonNode)$"/{key}")]),
            ["kind"] = container.Keys.Count > 1 ? "MultiHash" : "Hash",
            ["version"] = 2,
        },
    };

    JsonObject Account()
    {
        JsonArray Locations() => new([.. (regions.Length == 0 ? ["West Europe"] : regions).Select(region => (JsonNode)new JsonObject
        {
            ["name"] = region,
            ["databaseAccountEndpoint"] = $"https://{region.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()}.localhost/",
        })]);
        return new()
        {
            ["id"] = "fake",
            ["_rid"] = "fake.localhost",
            ["writableLocations"] = Locations(),
            ["readableLocations"] = Locations(),
            ["enableMultipleWriteLocations"] = regions.Length > 1,
            ["userConsistencyPolicy"] = new JsonObject { ["defaultConsistencyLevel"] = "Session" },
            ["queryEngineConfiguration"] = """{"maxSqlQueryInputLength":262144}""",
        };
    }
}
