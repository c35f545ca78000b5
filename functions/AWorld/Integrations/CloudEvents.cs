using System.Runtime.InteropServices;
using System.Text.Json;
using AWorld.Platform;
using Microsoft.Net.Http.Headers;

namespace AWorld.Integrations;

/// <summary>One event, or why it is none.</summary>
readonly record struct ReadEvent(Result<InboundEvent> Event, string? Id = null, string? Source = null);

/// <summary>
/// Reads CloudEvents 1.0 in JSON: structured (<c>application/cloudevents+json</c>), batched
/// (<c>application/cloudevents-batch+json</c>) and binary, where the attributes stand beside the data.
/// </summary>
static class CloudEvents
{
    public const string StructuredType = "application/cloudevents+json";
    public const string BatchType = "application/cloudevents-batch+json";
    public const string HeaderPrefix = "ce-";
    const string Version = "1.0";
    static readonly string[] Required = ["specversion", "id", "source", "type"];

    /// <param name="attribute">Of the binary mode, by its name; null: there is none.</param>
    /// <returns>An error: the whole is unreadable. Otherwise each event, or what is wrong with it.</returns>
    public static Result<ReadEvent[]> Read(string? contentType, ReadOnlyMemory<byte> body, Func<string, string?> attribute)
    {
        var type = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed.MediaType.Value!.ToLowerInvariant() : "";
        var isBinary = type is not (StructuredType or BatchType) && Array.Exists(Required, name => attribute(name) is not null);
        if (type.Length > 0 && !IsJson(type))
        {
            return new Error(415, "validation/invalid_input", $"send JSON, as {StructuredType}, {BatchType} or application/json");
        }
        JsonElement json;
        try
        {
            json = JsonElement.Parse(body.Span, new JsonDocumentOptions { MaxDepth = Json.Options.MaxDepth });
        }
        catch (JsonException bad)
        {
            return UnreadableJson.Of(bad, typeof(JsonElement));
        }
        if (isBinary)
        {
            return new[] { OfAttributes(attribute, json) };
        }
        if (json.ValueKind == JsonValueKind.Array && type != StructuredType)
        {
            return json.GetArrayLength() is 0 or > SendEvents.MostEvents
                ? Error.Invalid($"a batch holds 1 to {SendEvents.MostEvents} events")
                : json.EnumerateArray().Select(Structured).ToArray();
        }
        return (json.ValueKind == JsonValueKind.Array) != (type == BatchType) ? Error.Invalid(type == BatchType ? "the body must be a list of events" : "the body must be one event") : new[] { Structured(json) };
    }

    static bool IsJson(string mediaType) => mediaType is "application/json" or StructuredType or BatchType || mediaType.EndsWith("+json", StringComparison.Ordinal);

    /// <summary>An event as one JSON object.</summary>
    public static ReadEvent Structured(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new(Error.Invalid("an event must be an object with specversion, id, source, type and data"));
        }
        var problems = new Problems();
        string? Attribute(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? TextOf(value) : null;
        string? TextOf(JsonElement value)
        {
            try
            {
                return value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
            }
            catch (InvalidOperationException)
            {
                return "\uFFFD\0";
            }
        }
        foreach (var name in (string[])["specversion", "id", "source", "type", "time", "subject", "datacontenttype"])
        {
            problems.When(json.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null), name, "must be text");
        }
        var data = json.TryGetProperty("data", out var given) ? given : Decoded(Attribute("data_base64"), problems);
        return Checked(Attribute, data, "", problems);
    }

    static JsonElement? Decoded(string? base64, Problems problems)
    {
        if (base64 is null)
        {
            return null;
        }
        try
        {
            return JsonElement.Parse(Convert.FromBase64String(base64), new JsonDocumentOptions { MaxDepth = Json.Options.MaxDepth });
        }
        catch (Exception bad) when (bad is FormatException or JsonException)
        {
            problems.When(true, "data_base64", "is not JSON in base64");
            return null;
        }
    }

    static ReadEvent OfAttributes(Func<string, string?> attribute, JsonElement data) =>
        Checked(attribute, data, HeaderPrefix, new());

    static ReadEvent Checked(Func<string, string?> attribute, JsonElement? data, string prefix, Problems problems)
    {
        var (id, source, type, subject, time) = (attribute("id"), attribute("source"), attribute("type"), attribute("subject"), attribute("time"));
        problems.When(attribute("specversion") != Version, prefix + "specversion", $"must be {Version}");
        foreach (var (name, value) in new[] { ("id", id), ("source", source), ("type", type), ("subject", subject) })
        {
            problems.When(string.IsNullOrEmpty(value) && name != "subject", prefix + name, "is required")
                .When(value is { Length: > InboundEvent.MostCharacters }, prefix + name, $"must be at most {InboundEvent.MostCharacters} characters")
                .When(value?.Any(char.IsControl) == true, prefix + name, "must not contain control characters");
        }
        problems.When(source is not null && !Uri.IsWellFormedUriString(source, UriKind.RelativeOrAbsolute), prefix + "source", "must be a URI reference");
        var at = default(DateTimeOffset);
        problems.When(time is not null && !Instants.TryParse(time, out at), prefix + "time", "must be a date and time with an offset, such as 2026-03-29T10:00:00Z");
        problems.When(attribute("datacontenttype") is { } content && prefix.Length == 0 && !IsJson(content.Split(';')[0].Trim().ToLowerInvariant()), "datacontenttype", "must be application/json");
        if (data is { } large && JsonMarshal.GetRawUtf8Value(large).Length > InboundEvent.MostBytes)
        {
            return new(new Error(413, "validation/invalid_input", $"data: must be at most {InboundEvent.MostBytes} bytes", [new("data", $"must be at most {InboundEvent.MostBytes} bytes")]), id, source);
        }
        problems.When(data is not { ValueKind: JsonValueKind.Object }, "data", "must be a JSON object");
        if (data is { } said && Body.Unpaired(JsonMarshal.GetRawUtf8Value(said), "data") is { } place)
        {
            problems.When(true, place, Body.NotUnicode);
        }
        return problems.Found.Count > 0
            ? new(Error.Invalid(problems.Found), id, source)
            : new(new InboundEvent(id!, source!, type!, time is null ? null : at, subject, data!.Value), id, source);
    }

    /// <summary>Of a request; what a header cannot hold is percent-encoded.</summary>
    public static Func<string, string?> HeadersOf(HttpRequest request) => name => request.Headers[HeaderPrefix + name] is [{ } value] ? Uri.UnescapeDataString(value) : null;

    /// <summary>As AMQP carries them, and as headers of Service Bus's REST can.</summary>
    public static Func<string, string?> PropertiesOf(IReadOnlyDictionary<string, string> properties) => name =>
        properties.TryGetValue("cloudEvents:" + name, out var value) || properties.TryGetValue("cloudEvents_" + name, out value) || properties.TryGetValue(HeaderPrefix + name, out value) ? value : null;
}
