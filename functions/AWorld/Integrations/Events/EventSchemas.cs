using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using AWorld.Expressions;
using AWorld.Identity;
using AWorld.Platform;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace AWorld.Integrations.Events;

/// <summary>The JSON Schema of the data of one type of event.</summary>
/// <param name="Path">Where it is served, below the platform's address.</param>
sealed record DataSchema(string Type, int Version, string Path, JsonObject Schema);

/// <summary>
/// The JSON Schemas of the data of events, generated from their records: of those that go out, served where they say
/// their schema is, and of those that come in.
/// </summary>
static class EventSchemas
{
    static readonly JsonSchemaExporterOptions Written = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = static (context, schema) => Describe(context, schema, reads: false) };
    static readonly JsonSchemaExporterOptions Read = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = static (context, schema) => Describe(context, schema, reads: true) };

    sealed record Listed(string Type, int Version, string Dataschema, JsonNode Schema);

    sealed record Catalogue(IReadOnlyList<Listed> Items);

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/schemas/events", "eventSchemas", [.. ProductEvents.All.Select(static type => new DataSchema(type.Name, type.Version, type.SchemaPath, Of(type.Name, type.Data)))]);
        Map(routes, "/schemas/inbound", "inboundSchemas", [.. InboundTypes.Data.Select(static type => new DataSchema(type.Key, 1, $"/schemas/inbound/{type.Key}/1", OfInbound(type.Key, type.Value)))]);
    }

    static void Map(IEndpointRouteBuilder routes, string path, string operations, IReadOnlyList<DataSchema> all)
    {
        routes.MapGet(path, (IOptions<IdentityOptions> identity) => Answer.Hashed(new Catalogue([.. all.Select(one => new Listed(one.Type, one.Version, UriOf(one, identity.Value), Whole(one, identity.Value)))])))
            .Operation($"{operations}/list").Public().Produces<Catalogue>();
        routes.MapGet($"{path}/{{type}}/{{version:int}}", (string type, int version, IOptions<IdentityOptions> identity) =>
                all.FirstOrDefault(one => one.Type == type && one.Version == version) is { } found
                    ? Answer.Hashed(Whole(found, identity.Value))
                    : (IResult)new Problem(new Error(404, "resource/not_found", $"there is no event '{type}' of version {version}; {path} lists all")))
            .Operation($"{operations}/get").Public().Produces<JsonElement>();
    }

    static string UriOf(DataSchema one, IdentityOptions identity) => identity.Issuer.TrimEnd('/') + one.Path;

    static JsonObject Whole(DataSchema one, IdentityOptions identity)
    {
        var schema = one.Schema.DeepClone().AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "$id", UriOf(one, identity));
        return schema;
    }

    public static JsonObject Of(string name, Type data) => Of(name, data, Written);

    /// <summary>Besides what the fields say: who names nobody, or no action, is refused.</summary>
    public static JsonObject OfInbound(string name, Type data)
    {
        var schema = Of(name, data, Read);
        schema["anyOf"] = OneOf("userId", "externalId", "email");
        if (data == typeof(RetractedActivity))
        {
            schema["oneOf"] = OneOf("activityLogId", "quizLogId", "eventId");
        }
        return schema;
    }

    static JsonArray OneOf(params string[] fields) => [.. fields.Select(static field => new JsonObject { ["required"] = new JsonArray(field) })];

    static JsonObject Of(string name, Type data, JsonSchemaExporterOptions options)
    {
        var schema = (JsonObject)Json.Options.GetJsonSchemaAsNode(data, options);
        schema["type"] = "object";
        schema.Insert(0, "title", name);
        return schema;
    }

    /// <summary>What our own converters and checks take. What we write has nothing where there is nothing; what we read may say null.</summary>
    static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema, bool reads)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var orNull = reads && context.PropertyInfo is { } property && !IsRequired(property);
        if (type == typeof(DateTimeOffset))
        {
            return new JsonObject { ["type"] = TypeOf("string", orNull), ["format"] = "date-time" };
        }
        if (type == typeof(JsonElement) || type == typeof(Expression))
        {
            return new JsonObject();
        }
        if (type.IsEnum)
        {
            IEnumerable<JsonNode?> values = Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, Json.Options));
            return new JsonObject { ["type"] = TypeOf("string", orNull), ["enum"] = new JsonArray([.. orNull ? values.Append(null) : values]) };
        }
        if (schema is JsonObject described)
        {
            if (described["type"] is JsonArray several && several.FirstOrDefault(static one => (string?)one != "null") is { } only)
            {
                described["type"] = TypeOf((string)only!, orNull);
            }
            if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && described["properties"] is JsonObject)
            {
                described["required"] = new JsonArray([.. context.TypeInfo.Properties
                    .Where(property => reads ? IsRequired(property) : !property.IsGetNullable && property.Get is not null).Select(static property => JsonValue.Create(property.Name))]);
            }
            Limit(context.PropertyInfo, described);
        }
        return schema;
    }

    static JsonNode TypeOf(string name, bool orNull) => orNull ? new JsonArray(name, "null") : JsonValue.Create(name);

    static bool IsRequired(JsonPropertyInfo property) => property.IsRequired || Rules(property).OfType<RequiredAttribute>().Any();

    static object[] Rules(JsonPropertyInfo property) => property.AttributeProvider?.GetCustomAttributes(true) ?? [];

    static void Limit(JsonPropertyInfo? property, JsonObject schema)
    {
        foreach (var rule in property is null ? [] : Rules(property))
        {
            if (rule is MaxLengthAttribute list)
            {
                schema["maxItems"] = list.Length;
            }
            var said = new OpenApiSchema();
            if (rule is StringLengthAttribute length)
            {
                (said.MinLength, said.MaxLength) = (length.MinimumLength, length.MaximumLength);
            }
            (rule as IDescribed)?.Describe(said);
            var text = schema["items"] as JsonObject ?? schema;
            foreach (var (keyword, value) in new (string, JsonNode?)[] { ("format", said.Format), ("minLength", said.MinLength), ("maxLength", said.MaxLength), ("pattern", said.Pattern) })
            {
                if (value is not null)
                {
                    text[keyword] = value;
                }
            }
        }
    }
}
