namespace AWorld.Platform.Messages;

/// <summary>Sends messages: the messaging port, with <see cref="IMessageHandler"/> for receiving them.</summary>
public interface IMessagePublisher
{
    /// <summary>
    /// Durable when it returns. Sends the messages in their order; when it throws, a first part of them may have been
    /// sent, so send all again, with the same ids. Throws <see cref="StoreBusyException"/> when there is no room,
    /// <see cref="ReceiverFullException"/> when that is so for this tenant alone, and
    /// <see cref="MessagesUnavailableException"/> when what keeps them is elsewhere and does not take them.
    /// </summary>
    /// <param name="entity">A queue or topic that is declared.</param>
    ValueTask Send(Tenant tenant, string entity, IReadOnlyList<Message> messages, CancellationToken stop);

    /// <summary>False: nobody would get what the tenant sends there, so that it need not be made. Usually answered from memory.</summary>
    ValueTask<bool> IsRead(Tenant tenant, string entity, CancellationToken stop) => new(true);

    /// <summary>
    /// Says whether somebody reads a subscription that is <see cref="Receiver.OnDemand"/> for the tenant: it gets what
    /// is sent from then on, or nothing more; what is in it stays. Where subscriptions are part of the deployment it does nothing.
    /// </summary>
    ValueTask Follow(Tenant tenant, string topic, string subscription, bool isRead, CancellationToken stop) => ValueTask.CompletedTask;
}

/// <summary>A receiver has as many messages of the tenant as it may; of the call a first part may have been sent. Others are not concerned.</summary>
public sealed class ReceiverFullException(TimeSpan retryAfter) : StoreBusyException(retryAfter);

/// <summary>What keeps messages, outside of the platform, is full, busy or out of reach; of the call some may have been sent. Mapped to 503 with Retry-After.</summary>
public sealed class MessagesUnavailableException(TimeSpan retryAfter, Exception cause) : StoreBusyException(retryAfter, "Messages cannot be sent now.", cause);
