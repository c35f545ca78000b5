using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>The header in which Service Bus's REST protocol carries what is not the body; times are RFC 1123, lengths seconds.</summary>
sealed record BrokerProperties
{
    public const string Header = "BrokerProperties";

    // Header values are ASCII, so everything else is escaped.
    static readonly JsonSerializerOptions Options = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.Default, PropertyNameCaseInsensitive = true };

    public string? MessageId { get; init; }
    public string? SessionId { get; init; }
    public string? CorrelationId { get; init; }
    public string? Label { get; init; }
    public double? TimeToLive { get; init; }

    /// <summary>The same, as batches of Service Bus say it: days, hours, minutes and seconds.</summary>
    public string? TimeToLiveTimeSpan { get; init; }
    public string? ScheduledEnqueueTimeUtc { get; init; }
    public long? SequenceNumber { get; init; }
    public int? DeliveryCount { get; init; }
    public string? EnqueuedTimeUtc { get; init; }
    public Guid? LockToken { get; init; }
    public string? LockedUntilUtc { get; init; }
    public string? State { get; init; }

    public static Result<BrokerProperties> Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<BrokerProperties>(json, Options) is { } read ? read : Error.Invalid(Header, "must be a JSON object");
        }
        catch (JsonException wrong)
        {
            return UnreadableJson.Of(wrong, typeof(BrokerProperties), Header);
        }
    }

    public static BrokerProperties Of(ReceivedMessage received, bool isHeld) => new()
    {
        MessageId = received.Message.MessageId,
        SessionId = received.Message.SessionId,
        CorrelationId = received.Message.CorrelationId,
        Label = received.Message.Subject,
        TimeToLive = received.Message.TimeToLive?.TotalSeconds,
        SequenceNumber = received.SequenceNumber,
        DeliveryCount = received.DeliveryCount,
        EnqueuedTimeUtc = Text(received.EnqueuedTime),
        LockToken = isHeld ? received.LockToken : null,
        LockedUntilUtc = isHeld ? Text(received.LockedUntil) : null,
        State = "Active",
    };

    static string Text(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public Result<Message> Message(string ownId, ReadOnlyMemory<byte> body, string? contentType, IReadOnlyDictionary<string, string> properties)
    {
        DateTimeOffset due = default;
        if (ScheduledEnqueueTimeUtc is { } text && !Instants.TryParse(text, out due) && !DateTimeOffset.TryParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out due))
        {
            return Error.Invalid("BrokerProperties.ScheduledEnqueueTimeUtc", "must be a time such as 'Tue, 10 Mar 2026 09:00:00 GMT'");
        }
        var span = default(TimeSpan);
        if (TimeToLiveTimeSpan is { } written && !TimeSpan.TryParse(written, CultureInfo.InvariantCulture, out span))
        {
            return Error.Invalid("BrokerProperties.TimeToLiveTimeSpan", "must be a time span such as '0.00:00:40'");
        }
        var lives = TimeToLive ?? (TimeToLiveTimeSpan is null ? null : span.TotalSeconds);
        if (lives is { } seconds && !(seconds is > 0 and <= 3_650 * 86_400.0))
        {
            return Error.Invalid("BrokerProperties.TimeToLive", "must be a number of seconds, up to ten years");
        }
        return new Message(MessageId ?? ownId, body)
        {
            SessionId = SessionId,
            CorrelationId = CorrelationId,
            Subject = Label,
            ContentType = contentType,
            Properties = properties,
            ScheduledEnqueueTime = ScheduledEnqueueTimeUtc is null ? null : due,
            TimeToLive = lives is { } kept ? TimeSpan.FromSeconds(kept) : null,
        };
    }
}

/// <summary>Properties of a message as headers of their own: texts in quotation marks, escaped as in JSON.</summary>
static class PropertyHeaders
{
    /// <summary>What clients, proxies and servers send on their own account, and no message means.</summary>
    static readonly HashSet<string> NotProperties = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", BrokerProperties.Header, "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Date", "Expect",
        "Forwarded", "From", "Host", "Keep-Alive", "Location", "Max-Forwards", "Origin", "Pragma", "Proxy-Authorization", "Referer", "Server", "Set-Cookie", "TE", "Trailer", "traceparent", "tracestate", "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "WWW-Authenticate",
        "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Request-Id",
    };

    public static Dictionary<string, string> Read(IHeaderDictionary headers) => headers
        .Where(static header => Carries(header.Key))
        .ToDictionary(static header => header.Key, static header => Text(header.Value.ToString()), StringComparer.Ordinal);

    public static bool Carries(string name) => !NotProperties.Contains(name) && !name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith(':');

    static string Text(string value)
    {
        if (value is not ['"', .., '"'])
        {
            return value;
        }
        try
        {
            return JsonSerializer.Deserialize<string>(value)!;
        }
        catch (JsonException)
        {
            return value[1..^1];
        }
    }

    public static string Quote(string value) => JsonSerializer.Serialize(value);
}
