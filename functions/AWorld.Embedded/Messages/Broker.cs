using System.Collections.Concurrent;
using AWorld.Game;
using AWorld.Integrations.Events;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Messages;

/// <summary>All queues and topics of all tenants on this machine; each is read from the store when it is first used.</summary>
sealed class Broker : IMessagePublisher, IDisposable
{
    readonly ConcurrentDictionary<(Tenant, string), Lazy<Task<BrokerEntity>>> entities = new();
    readonly ConcurrentDictionary<(Tenant, string), bool> read = new();
    readonly MessageEntities declared;
    readonly BrokerContext context;

    public Broker(IDocumentStore store, MessageEntities declared, IEnumerable<IMessageSource> sources, IOptions<MessagesOptions> options, TimeProvider clock, ILogger<Broker> log)
    {
        this.declared = declared;
        context = new(store, options.Value, clock, log, queue => Ready?.Invoke(queue), [.. sources]);
        foreach (var source in context.Sources)
        {
            source.Grew = tenant => Grow(tenant, source);
        }
    }

    void Grow(Tenant tenant, IMessageSource source)
    {
        if (entities.TryGetValue((tenant, source.Entity), out var opening) && opening is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            opening.Value.GetAwaiter().GetResult().Grow(source);
        }
    }

    /// <summary>Told of a queue whenever it may have something to receive; must return at once.</summary>
    public Action<BrokerQueue>? Ready { get; set; }

    public async ValueTask Send(Tenant tenant, string entity, IReadOnlyList<Message> messages, CancellationToken stop)
    {
        var to = declared.Find(entity) ?? throw new ArgumentException($"no queue or topic '{entity}' is declared", nameof(entity));
        if (messages.Select(message => Refusal(to, message)).FirstOrDefault(static refused => refused is not null) is { } refused)
        {
            throw new ArgumentException(refused.Message, nameof(messages));
        }
        await (await Open(tenant, to, stop)).Send(messages, stop);
    }

    public ValueTask<bool> IsRead(Tenant tenant, string entity, CancellationToken stop) =>
        read.TryGetValue((tenant, entity), out var known) ? new(known) : new(Look(tenant, entity, stop));

    async Task<bool> Look(Tenant tenant, string entity, CancellationToken stop)
    {
        var isRead = declared.Find(entity)!.Receivers.Any(static receiver => !receiver.OnDemand)
            || (await MessageDocuments.Readers(context.Store, tenant, entity, stop)).Keys.Any(subscription => context.SourceOf(entity, subscription) is null);
        // Whoever begins to read meanwhile knows better.
        return read.GetOrAdd((tenant, entity), isRead);
    }

    public async ValueTask Follow(Tenant tenant, string topic, string subscription, bool isRead, CancellationToken stop)
    {
        var entity = await Open(tenant, declared.Find(topic) ?? throw new ArgumentException($"no topic '{topic}' is declared", nameof(topic)), stop);
        await entity.Follow(subscription, isRead, stop);
        read[(tenant, topic)] = entity.IsRead;
    }

    /// <summary>Why a message cannot be sent.</summary>
    public Error? Refusal(MessageEntity entity, Message message)
    {
        if (message.MessageId.Length is 0 or > MessageLimits.IdLength)
        {
            return Error.Invalid("MessageId", $"must have 1 to {MessageLimits.IdLength} characters");
        }
        if (message.SessionId is { Length: 0 or > MessageLimits.IdLength })
        {
            return Error.Invalid("SessionId", $"must have 1 to {MessageLimits.IdLength} characters");
        }
        if (message.SessionId is null && entity.Receivers.Any(receiver => receiver.RequiresSession && receiver.Filter?.Accepts(message) != false))
        {
            return Error.Invalid("SessionId", $"is needed: '{entity.Name}' is received by session");
        }
        if (message.TimeToLive <= TimeSpan.Zero)
        {
            return Error.Invalid("TimeToLive", "must be longer than nothing");
        }
        if (message.Properties.Count > MessageLimits.Properties || message.Properties.Keys.FirstOrDefault(static name => !IsToken(name)) is not null)
        {
            return Error.Invalid("properties", $"at most {MessageLimits.Properties}, with names that an HTTP header may have");
        }
        return message.Size > context.Options.MessageKilobytes * 1024 ? Error.TooLarge(context.Options.MessageKilobytes * 1024) : null;
    }

    static bool IsToken(string name) => name.Length is > 0 and <= MessageLimits.IdLength && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));

    public async Task<BrokerEntity> Open(Tenant tenant, MessageEntity entity, CancellationToken stop)
    {
        var key = (tenant, entity.Name);
        var opening = entities.GetOrAdd(key, _ => new(() => BrokerEntity.Open(tenant, entity, context, CancellationToken.None)));
        try
        {
            return await opening.Value.WaitAsync(stop);
        }
        catch when (opening.Value.IsFaulted)
        {
            // The next one tries again.
            entities.TryRemove(new(key, opening));
            throw;
        }
    }

    /// <summary>Opens what was left by the last process, for those who handle it.</summary>
    public async Task Recover(IReadOnlyCollection<MessageEntity> handled, CancellationToken stop)
    {
        if (handled.Count == 0)
        {
            return;
        }
        await foreach (var tenant in MessageDocuments.WithMessages(context.Store, stop))
        {
            foreach (var entity in handled)
            {
                foreach (var queue in (await Open(tenant, entity, stop)).Queues)
                {
                    Ready?.Invoke(queue);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var opening in entities.Values.Where(static opening => opening.IsValueCreated && opening.Value.IsCompletedSuccessfully))
        {
            opening.Value.GetAwaiter().GetResult().Dispose();
        }
    }
}

static class MessagesServices
{
    public static IServiceCollection AddMessages(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<MessagesOptions>(configuration, MessagesOptions.Section);
        services.AddSingleton<Broker>();
        services.AddSingleton<IMessagePublisher>(static provider => provider.GetRequiredService<Broker>());
        services.AddSingleton<SharedAccess>();
        services.AddSingleton<ServiceBusEndpoints>();
        services.AddSingleton<OperatorEndpoints>();
        services.AddSingleton<IUserTraces, MessageTraces>();
        services.AddUpkeep<LaggingWorkspaces>("LaggingWorkspaces", static provider => provider.GetRequiredService<IOptions<GameOptions>>().Value.OutboxInterval, static lagging => lagging.CatchUp);
        return services.AddHostedService<MessagePump>();
    }
}
