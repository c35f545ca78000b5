namespace AWorld.Platform.Messages;

/// <summary>Sends messages: the messaging port, with <see cref="IMessageHandler"/> for receiving them.</summary>
public interface IMessagePublisher
{
    /// <summary>
    /// Durable when it returns. Sends the messages in their order; when it throws, a first part of them may have been
    /// sent, so send all again, with the same ids. Throws <see cref="StoreBusyException"/> when a receiver is full.
    /// </summary>
    /// <param name="entity">A queue or topic that is declared.</param>
    ValueTask Send(Tenant tenant, string entity, IReadOnlyList<Message> messages, CancellationToken stop);
}
