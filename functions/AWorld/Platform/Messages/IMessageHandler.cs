using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AWorld.Platform.Messages;

/// <summary>
/// Handles messages of a queue or subscription, each at least once. It settles every message by one call of its
/// settlement; one that it leaves, or that makes it throw, is abandoned and received again.
/// </summary>
public interface IMessageHandler
{
    /// <param name="stop">Ends when the host stops or the lock is lost.</param>
    Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop);
}

/// <summary>What a handler can do with the message it was given. Each throws <see cref="MessageLockLostException"/> when it came too late.</summary>
public abstract class MessageSettlement
{
    /// <summary>It was handled and goes.</summary>
    public abstract Task Complete(CancellationToken stop);

    /// <summary>It is received again at once, until it was too often.</summary>
    public abstract Task Abandon(CancellationToken stop);

    /// <summary>It goes to the dead-letter queue.</summary>
    public abstract Task DeadLetter(string reason, string description, CancellationToken stop);

    /// <summary>Locks it anew; the host does so by itself while the handler runs, up to a limit.</summary>
    public abstract Task Renew(CancellationToken stop);
}

/// <summary>Somebody else may hold the message by now, so nothing was changed.</summary>
public sealed class MessageLockLostException() : Exception("the lock of the message was lost");

/// <param name="Subscription">Null for a queue.</param>
public sealed record MessageHandlerRegistration(string Entity, string? Subscription, Func<IServiceProvider, IMessageHandler> Make);

public static class MessageServices
{
    public static IServiceCollection AddMessageEntity(this IServiceCollection services, MessageEntity entity)
    {
        services.TryAddSingleton<MessageEntities>();
        return services.AddSingleton(entity);
    }

    /// <summary>Each message gets a handler of its own, from a scope of its own.</summary>
    public static IServiceCollection AddMessageHandler<T>(this IServiceCollection services, string entity, string? subscription = null) where T : class, IMessageHandler
    {
        services.TryAddScoped<T>();
        return services.AddSingleton(new MessageHandlerRegistration(entity, subscription, static provider => provider.GetRequiredService<T>()));
    }
}
