#nullable disable
using AWorld.Functions.Reference;
using Azure.Core;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusClient : IAsyncDisposable
{
    protected ServiceBusClient()
    {
    }

    public ServiceBusClient(string connectionString, ServiceBusClientOptions options) => throw Unavailable.Here;

    public ServiceBusClient(string fullyQualifiedNamespace, TokenCredential credential, ServiceBusClientOptions options) => throw Unavailable.Here;

    public virtual ServiceBusSender CreateSender(string queueOrTopicName) => throw Unavailable.Here;
    public virtual ValueTask DisposeAsync() => throw Unavailable.Here;
}

public class ServiceBusClientOptions
{
    public ServiceBusRetryOptions RetryOptions { get; set; } = new();
}

public class ServiceBusRetryOptions
{
    public ServiceBusRetryMode Mode { get; set; }
    public int MaxRetries { get; set; }
    public TimeSpan Delay { get; set; }
    public TimeSpan MaxDelay { get; set; }
    public TimeSpan TryTimeout { get; set; }
}

public enum ServiceBusRetryMode { Fixed, Exponential }

public class ServiceBusSender : IAsyncDisposable
{
    protected ServiceBusSender()
    {
    }

    public virtual ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default) => throw Unavailable.Here;
    public virtual Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default) => throw Unavailable.Here;
    public virtual ValueTask DisposeAsync() => throw Unavailable.Here;
}

public class CreateMessageBatchOptions
{
}

public sealed class ServiceBusMessageBatch : IDisposable
{
    readonly IList<ServiceBusMessage> store;
    readonly Func<ServiceBusMessage, bool> tryAdd;

    internal ServiceBusMessageBatch(IList<ServiceBusMessage> store, Func<ServiceBusMessage, bool> tryAdd) => (this.store, this.tryAdd) = (store, tryAdd ?? (static _ => true));

    public int Count => store.Count;

    public bool TryAddMessage(ServiceBusMessage message)
    {
        if (!tryAdd(message))
        {
            return false;
        }
        store.Add(message);
        return true;
    }

    public void Dispose()
    {
    }
}

public class ServiceBusMessage
{
    public ServiceBusMessage(ReadOnlyMemory<byte> body) => Body = new(body);

    public BinaryData Body { get; set; }
    public string MessageId { get; set; }
    public string SessionId { get; set; }
    public string ContentType { get; set; }
    public string Subject { get; set; }
    public string CorrelationId { get; set; }
    public DateTimeOffset ScheduledEnqueueTime { get; set; }
    public TimeSpan TimeToLive { get; set; } = TimeSpan.MaxValue;
    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();
}

public class ServiceBusReceivedMessage
{
    internal ServiceBusReceivedMessage()
    {
    }

    public BinaryData Body { get; internal init; }
    public string MessageId { get; internal init; }
    public string SessionId { get; internal init; }
    public string ContentType { get; internal init; }
    public string Subject { get; internal init; }
    public string CorrelationId { get; internal init; }
    public TimeSpan TimeToLive { get; internal init; }
    public DateTimeOffset ScheduledEnqueueTime { get; internal init; }
    public IReadOnlyDictionary<string, object> ApplicationProperties { get; internal init; }
    public string LockToken { get; internal init; }
    public int DeliveryCount { get; internal init; }
    public DateTimeOffset LockedUntil { get; internal init; }
    public long SequenceNumber { get; internal init; }
    public DateTimeOffset EnqueuedTime { get; internal init; }
    public string DeadLetterReason => ApplicationProperties.TryGetValue("DeadLetterReason", out var reason) ? reason as string : null;
    public string DeadLetterErrorDescription => ApplicationProperties.TryGetValue("DeadLetterErrorDescription", out var description) ? description as string : null;
}

public enum ServiceBusMessageState { Active, Deferred, Scheduled }

public static class ServiceBusModelFactory
{
    public static ServiceBusMessageBatch ServiceBusMessageBatch(long batchSizeBytes, IList<ServiceBusMessage> batchMessageStore, CreateMessageBatchOptions batchOptions = null, Func<ServiceBusMessage, bool> tryAddCallback = null) =>
        new(batchMessageStore, tryAddCallback);

    public static ServiceBusReceivedMessage ServiceBusReceivedMessage(
        BinaryData body = null, string messageId = null, string partitionKey = null, string viaPartitionKey = null, string sessionId = null, string replyToSessionId = null,
        TimeSpan timeToLive = default, string correlationId = null, string subject = null, string to = null, string contentType = null, string replyTo = null,
        DateTimeOffset scheduledEnqueueTime = default, IDictionary<string, object> properties = null, Guid lockTokenGuid = default, int deliveryCount = 0,
        DateTimeOffset lockedUntil = default, long sequenceNumber = -1, string deadLetterSource = null, long enqueuedSequenceNumber = 0,
        DateTimeOffset enqueuedTime = default, ServiceBusMessageState serviceBusMessageState = ServiceBusMessageState.Active) => new()
        {
            Body = body ?? new([]),
            MessageId = messageId,
            SessionId = sessionId,
            ContentType = contentType,
            Subject = subject,
            CorrelationId = correlationId,
            TimeToLive = timeToLive,
            ScheduledEnqueueTime = scheduledEnqueueTime,
            ApplicationProperties = new Dictionary<string, object>(properties ?? new Dictionary<string, object>()),
            LockToken = lockTokenGuid.ToString(),
            DeliveryCount = deliveryCount,
            LockedUntil = lockedUntil,
            SequenceNumber = sequenceNumber,
            EnqueuedTime = enqueuedTime,
        };
}

public class ServiceBusException : Exception
{
    public ServiceBusException(string message, ServiceBusFailureReason reason, string entityPath = null, Exception innerException = null) : base(message, innerException) => Reason = reason;

    public ServiceBusFailureReason Reason { get; }
}

public enum ServiceBusFailureReason
{
    GeneralError, MessagingEntityNotFound, MessageLockLost, MessageNotFound, MessageSizeExceeded, MessagingEntityDisabled, QuotaExceeded, ServiceBusy,
    ServiceTimeout, ServiceCommunicationProblem, SessionCannotBeLocked, SessionLockLost, MessagingEntityAlreadyExists,
}
