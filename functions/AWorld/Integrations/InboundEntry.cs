using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>One handling of an event; never changed.</summary>
/// <param name="InboundEventId">Where it is in the log.</param>
/// <param name="At">When it was handled.</param>
/// <param name="Id">As far as it is an event: what is none may have neither id nor type.</param>
/// <param name="Channel">By which it came: http, queue, hook, held or replay.</param>
sealed record InboundEntry(string InboundEventId, DateTimeOffset At, string? Id, string? Source, string? Type, InboundStatus Status, string? Channel)
{
    /// <summary>Why it was rejected or is held.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<FieldError>? Problems { get; init; }
    public string? UserId { get; init; }

    /// <summary>What it says though an event of a later time had spoken of it, and so did not do: fields of its data, <c>employment</c>.</summary>
    public IReadOnlyList<string>? Overtaken { get; init; }

    /// <summary>How often it was handled so far, when that was more than once.</summary>
    public int? Attempt { get; init; }

    /// <summary>The entry that was tried again.</summary>
    public string? RetryOf { get; init; }

    public DateTimeOffset? Time { get; init; }
    public string? Subject { get; init; }

    /// <summary>Not in lists, nor of duplicates and what is no event.</summary>
    public JsonElement? Data { get; init; }

    [JsonIgnore]
    public bool IsRetried => Attempt > 1 || RetryOf is not null;

    [JsonIgnore]
    public InboundEvent? Event => Data is { } data ? new(Id!, Source!, Type!, Time, Subject, data) : null;
}

/// <summary>Which entries of the log are asked for.</summary>
/// <param name="Status">ACCEPTED, DUPLICATE, HELD, REJECTED, or RETRIED for those that were tried again.</param>
/// <param name="To">Exclusive.</param>
sealed record InboundFilter(string? Status = null, string? Source = null, string? Type = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    public const string Retried = "RETRIED";
    public static readonly string[] Statuses = [.. Enum.GetNames<InboundStatus>().Select(static name => name.ToUpperInvariant()), Retried];

    public bool Fits(InboundEntry entry, DateTimeOffset from, DateTimeOffset to) =>
        entry.At >= from && entry.At < to && (Source is null || entry.Source == Source) && (Type is null || entry.Type == Type)
        && (Status is null || (Status == Retried ? entry.IsRetried : entry.Status.ToString().Equals(Status, StringComparison.OrdinalIgnoreCase)));
}
