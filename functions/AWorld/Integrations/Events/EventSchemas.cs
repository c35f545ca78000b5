using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using AWorld.Expressions;
using AWorld.Platform;
using Microsoft.Extensions.Options;
using AWorld.Identity;

namespace AWorld.Integrations.Events;

/// <summary>The JSON Schemas of the data of all events, generated from their records, and served where events say their schema is.</summary>
static class EventSchemas
{
    static readonly JsonSchemaExporterOptions Exported = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };

    sealed record Listed(string Type, int Version, string Dataschema, JsonNode Schema);

    sealed record Catalogue(IReadOnlyList<Listed> Items);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schemas/events", static (IOptions<IdentityOptions> identity) => Answer.Hashed(new Catalogue(
                [.. ProductEvents.All.Select(type => new Listed(type.Name, type.Version, UriOf(type, identity.Value), Of(type, identity.Value)))])))
            .Operation("eventSchemas/list").Public().Produces<Catalogue>();
        routes.MapGet("/schemas/events/{type}/{version:int}", static (string type, int version, IOptions<IdentityOptions> identity) =>
                ProductEvents.All.FirstOrDefault(one => one.Name == type && one.Version == version) is { } found
                    ? Answer.Hashed(Of(found, identity.Value))
                    : (IResult)new Problem(new Error(404, "resource/not_found", $"there is no event '{type}' of version {version}; /schemas/events lists all")))
            .Operation("eventSchemas/get").Public().Produces<JsonElement>();
    }

    static string UriOf(EventType type, IdentityOptions identity) => identity.Issuer.TrimEnd('/') + type.SchemaPath;

    static JsonObject Of(EventType type, IdentityOptions identity)
    {
        var schema = Of(type);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "$id", UriOf(type, identity));
        return schema;
    }

    public static JsonObject Of(EventType type)
    {
        var schema = (JsonObject)Json.Options.GetJsonSchemaAsNode(type.Data, Exported);
        schema["type"] = "object";
        schema.Insert(0, "title", type.Name);
        return schema;
    }

    /// <summary>What our own converters write, and that nothing is written where there is nothing.</summary>
    static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(DateTimeOffset))
        {
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        }
        if (type == typeof(JsonElement) || type == typeof(Expression))
        {
            return new JsonObject();
        }
        if (type.IsEnum)
        {
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, Json.Options))]) };
        }
        if (schema is JsonObject described)
        {
            if (described["type"] is JsonArray several && several.FirstOrDefault(static one => (string?)one != "null") is { } only)
            {
                described["type"] = only.DeepClone();
            }
            if (context.TypeInfo.Kind == System.Text.Json.Serialization.Metadata.JsonTypeInfoKind.Object && described["properties"] is JsonObject)
            {
                described["required"] = new JsonArray([.. context.TypeInfo.Properties.Where(static property => !property.IsGetNullable && property.Get is not null).Select(static property => JsonValue.Create(property.Name))]);
            }
        }
        return schema;
    }
}
