using AWorld.Platform;

namespace AWorld.Integrations.Webhooks;

public enum WebhookStatus { Enabled, Disabled }

/// <summary>Where a workspace wants to be told of events.</summary>
/// <param name="EventTypes">Those it gets; null: all.</param>
/// <param name="NotificationEmail">Who is told when it is disabled; null: the owners of the account.</param>
/// <param name="Reason">Why it was disabled.</param>
/// <param name="Secrets">At most two; the last is the newest.</param>
sealed record WebhookEndpoint(
    string WebhookEndpointId, string Url, string? Description, IReadOnlyList<string>? EventTypes, string? NotificationEmail,
    WebhookStatus Status, string? Reason, IReadOnlyList<WebhookSecret> Secrets, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public bool Wants(string eventType) => Status == WebhookStatus.Enabled && EventTypes?.Contains(eventType) != false;
}

/// <param name="Protected">See <see cref="IKeyProtection"/>.</param>
/// <param name="ExpiresAt">Null: it is the current one.</param>
sealed record WebhookSecret(byte[] Protected, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>Since when an endpoint fails without a success in between; there is one only while it does.</summary>
sealed record FailingSince(DateTimeOffset At);

/// <summary>An endpoint was disabled by the platform, since it failed for too long or said that it is gone.</summary>
public sealed record WebhookEndpointDisabled(string WebhookEndpointId, string Url, string Reason);

public enum DeliveryState { Pending, Succeeded, Failed }

/// <summary>One event on its way to one endpoint, with every attempt.</summary>
/// <param name="DeliveryId">Begins with the time, so that ids sort by age.</param>
/// <param name="State">FAILED: nothing more is tried.</param>
/// <param name="NextAttemptAt">While it is PENDING.</param>
/// <param name="ResendOf">The delivery whose event is sent again.</param>
/// <param name="Body">The request's, to the letter; null: the user whom it was about was erased.</param>
sealed record WebhookDelivery(
    string DeliveryId, string WebhookEndpointId, string EventId, string EventType, DeliveryState State, IReadOnlyList<WebhookAttempt> Attempts,
    DateTimeOffset? NextAttemptAt, string? ResendOf, DateTimeOffset CreatedAt, string? Body)
{
    /// <summary>Without what it told and what came back; nothing more is tried.</summary>
    public WebhookDelivery Strip() => this with
    {
        Body = null, State = State == DeliveryState.Pending ? DeliveryState.Failed : State, NextAttemptAt = null, Attempts = [.. Attempts.Select(static attempt => attempt with { Response = null })],
    };
}

/// <param name="Headers">Of the request; signatures are not kept.</param>
/// <param name="Status">Of the answer; null: there was none.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="Response">The first 4 kB of the answer.</param>
sealed record WebhookAttempt(
    DateTimeOffset At, string Url, IReadOnlyDictionary<string, string> Headers, int? Status, string? Error, string? Response, long DurationMilliseconds)
{
    public bool Succeeded => Status is >= 200 and < 300;
    public bool IsGone => Status == StatusCodes.Status410Gone;
}
