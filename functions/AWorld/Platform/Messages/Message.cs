using System.Collections.Frozen;
using System.Text;

namespace AWorld.Platform.Messages;

/// <summary>What is sent. Its members are those of Service Bus's message (docs/messages.md).</summary>
/// <param name="MessageId">A second one of the same id is dropped within the entity's window of duplicate detection.</param>
public sealed record Message(string MessageId, ReadOnlyMemory<byte> Body)
{
    /// <summary>Set by the platform from the tenant that sends; a message cannot claim another.</summary>
    public const string AccountIdProperty = "accountId", WorkspaceIdProperty = "workspaceId";

    /// <summary>Messages of one session are received in the order they were sent, by one receiver at a time, where a receiver asks for sessions.</summary>
    public string? SessionId { get; init; }
    public string? ContentType { get; init; }
    public string? Subject { get; init; }
    public string? CorrelationId { get; init; }

    /// <summary>Texts by which subscriptions choose. Names are those an HTTP header may have.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Not received before.</summary>
    public DateTimeOffset? ScheduledEnqueueTime { get; init; }

    /// <summary>How long it can be received; null, or longer than the receiver's: the receiver's.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The size that counts against the limit.</summary>
    public int Size => Body.Length + Bytes(MessageId) + Bytes(SessionId) + Bytes(ContentType) + Bytes(Subject) + Bytes(CorrelationId)
        + Properties.Sum(static property => Bytes(property.Key) + Bytes(property.Value));

    static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}

/// <summary>A message that one receiver holds until it settles it or the lock ends.</summary>
/// <param name="SequenceNumber">Grows in the order of sending, unique in its entity and tenant.</param>
/// <param name="DeliveryCount">How often it was received, this time included.</param>
public sealed record ReceivedMessage(Tenant Tenant, Message Message, long SequenceNumber, DateTimeOffset EnqueuedTime, int DeliveryCount, Guid LockToken, DateTimeOffset LockedUntil)
{
    /// <summary>Why it is in the dead-letter queue.</summary>
    public DeadLetterReason? DeadLetter { get; init; }
}

/// <param name="Reason">Short and stable, such as <c>MaxDeliveryCountExceeded</c>.</param>
/// <param name="Description">For the person who looks into it.</param>
public sealed record DeadLetterReason(string Reason, string Description)
{
    public const string Expired = "TTLExpiredException", TooManyDeliveries = "MaxDeliveryCountExceeded";
}

public static class MessageLimits
{
    public const int IdLength = 128;
    public const int DeadLetterTextLength = 4096;
    public const int Properties = 64;
}
