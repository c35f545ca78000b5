using System.Buffers;
using System.Text.Json;

namespace AWorld.Platform;

/// <summary>What the request-binding filter needs to know of a <see cref="Body{T}"/>.</summary>
interface IBody
{
    Error? Error { get; }
}

static class Body
{
    /// <summary>6 MB, the contract's limit of a request.</summary>
    public const int LimitBytes = 6 * 1024 * 1024;

    /// <summary>
    /// A client that is still sending does not see an answer, but a broken connection. So what is too large is read
    /// and dropped for as long as this; a host must let a request be that large.
    /// </summary>
    public const int DroppedBytes = 32 * 1024 * 1024;

    public const string NotUnicode = "must be Unicode text: a surrogate (\\ud800 to \\udfff) needs its other half";

    static readonly TimeSpan DroppedFor = TimeSpan.FromSeconds(10);

    public static async ValueTask<Error> TooLarge(HttpContext http, long limitBytes = LimitBytes)
    {
        http.Response.Headers.Connection = "close";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(DroppedFor);
        try
        {
            var (reader, dropped) = (http.Request.BodyReader, 0L);
            while (dropped < DroppedBytes && http.Request.ContentLength is not > DroppedBytes)
            {
                var read = await reader.ReadAsync(patience.Token);
                dropped += read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception enough) when (enough is OperationCanceledException or IOException or BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            // It gets the answer if it comes to read it.
        }
        return Error.TooLarge(limitBytes);
    }

    /// <summary>Why the body is not read: its bytes are not the content.</summary>
    public static Error? Encoded(HttpRequest request) => request.Headers.ContentEncoding.ToString() is not ("" or "identity")
        ? new(415, "validation/invalid_input", "send the body as it is, without Content-Encoding")
        : null;

    /// <summary>The whole body, of whatever type; null: it is larger.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAll(HttpContext http, int limitBytes)
    {
        if (http.Request.ContentLength > limitBytes)
        {
            return null;
        }
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            if (read.Buffer.Length > limitBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }
            if (read.IsCompleted)
            {
                var raw = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return raw;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The place of half a surrogate pair. JSON's grammar allows one, but it is no text: nothing could store or answer it.</summary>
    public static string? Unpaired(ReadOnlySpan<byte> raw, string path = "") =>
        raw.IndexOf("\\ud"u8) >= 0 || raw.IndexOf("\\uD"u8) >= 0 ? Unpaired(JsonElement.Parse(raw, new JsonDocumentOptions { MaxDepth = Json.Options.MaxDepth }), path) : null;

    /// <param name="place">As <see cref="Unpaired(ReadOnlySpan{byte}, string)"/> tells it; empty: the name of a field of the body, or all of it.</param>
    public static Error NotText(string place) => place.Length == 0 ? Error.Invalid($"the JSON {NotUnicode}") : Error.Invalid(place, NotUnicode);

    static string? Unpaired(JsonElement json, string path)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.String when json.GetString() is null => path,
                JsonValueKind.Array => json.EnumerateArray().Select((item, index) => Unpaired(item, $"{path}[{index}]")).FirstOrDefault(found => found is not null),
                JsonValueKind.Object => json.EnumerateObject().Select(member => Unpaired(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}")).FirstOrDefault(found => found is not null),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return path;
        }
    }
}

/// <summary>
/// A JSON request body, read once and checked against the annotations of its type. A handler that takes one only
/// runs when it is valid; otherwise the caller gets a 400 that names the field (413 over the limit).
/// </summary>
public sealed class Body<T> : IBody where T : class
{
    readonly T? value;

    Body(T? value, ReadOnlyMemory<byte> raw, Error? error) => (this.value, Raw, Error) = (value, raw, error);

    public Error? Error { get; }
    public T Value => value ?? throw new InvalidOperationException("the body was refused");

    /// <summary>The bytes as sent.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public static async ValueTask<Body<T>> BindAsync(HttpContext http)
    {
        if (http.Request.ContentLength > Body.LimitBytes)
        {
            return new(null, default, await Body.TooLarge(http));
        }
        if (Body.Encoded(http.Request) is { } encoded)
        {
            return new(null, default, encoded);
        }
        if (!http.Request.HasJsonContentType() && http.Request.ContentLength is > 0)
        {
            return new(null, default, new Error(415, "validation/invalid_input", "send the body as application/json"));
        }
        var bytes = await Body.ReadAll(http, Body.LimitBytes);
        if (bytes is not { } raw)
        {
            return new(null, default, await Body.TooLarge(http));
        }
        http.Features.Set(new RawBody(raw));
        var parsed = Parse(raw);
        return new(parsed.Succeeded ? parsed.Value : null, raw, parsed.Error);
    }

    /// <summary>Reads and checks JSON as if it were a request body.</summary>
    public static Result<T> Parse(ReadOnlyMemory<byte> raw)
    {
        if (raw.IsEmpty)
        {
            return Platform.Error.Invalid("a JSON body is required");
        }
        T? parsed;
        try
        {
            if (Body.Unpaired(raw.Span) is { } field)
            {
                return Body.NotText(field);
            }
            parsed = JsonSerializer.Deserialize<T>(raw.Span, Json.Options);
        }
        catch (JsonException bad)
        {
            return Missing(raw) is { Count: > 0 } missing ? Platform.Error.Invalid(missing) : UnreadableJson.Of(bad, typeof(T));
        }
        if (parsed is null)
        {
            return Platform.Error.Invalid("the JSON must be an object");
        }
        var problems = Validation.Check(parsed);
        return problems.Count == 0 ? parsed : Platform.Error.Invalid(problems);
    }

    static IReadOnlyList<FieldError> Missing(ReadOnlyMemory<byte> raw)
    {
        try
        {
            return UnreadableJson.Missing(JsonElement.Parse(raw.Span), typeof(T));
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

/// <summary>The body of the current request as sent, for the idempotency key's comparison.</summary>
sealed record RawBody(ReadOnlyMemory<byte> Bytes);
