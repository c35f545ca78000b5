using System.Collections.Frozen;

namespace AWorld.Platform.Messages;

/// <summary>A queue, or a topic with its subscriptions: declared once, made by each host.</summary>
public sealed record MessageEntity
{
    MessageEntity(string name, bool isTopic, IReadOnlyList<Receiver> receivers) => (Name, IsTopic, Receivers) = (name, isTopic, receivers);

    public string Name { get; }
    public bool IsTopic { get; }

    /// <summary>A queue's one, or a topic's subscriptions.</summary>
    public IReadOnlyList<Receiver> Receivers { get; }

    /// <summary>How long a MessageId is remembered; zero: not at all.</summary>
    public TimeSpan DuplicateDetection { get; init; }

    public static MessageEntity Queue(string name, Receiver? receiver = null) => new(name, false, [(receiver ?? new("")) with { Name = "" }]);

    public static MessageEntity Topic(string name, params IReadOnlyList<Receiver> subscriptions) => new(name, true, subscriptions);

    public Receiver? Find(string? subscription) => Receivers.FirstOrDefault(receiver => receiver.Name == (subscription ?? "") && IsTopic == subscription is not null);
}

/// <summary>Where messages wait for who handles them: a queue's, or a topic's subscription.</summary>
public sealed record Receiver(string Name)
{
    /// <summary>Null: all messages.</summary>
    public PropertyFilter? Filter { get; init; }

    /// <summary>Received by session, so every message must have one.</summary>
    public bool RequiresSession { get; init; }
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A message received so often without being completed goes to the dead-letter queue.</summary>
    public int MaxDeliveryCount { get; init; } = 10;
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Whether what nobody received in time goes to the dead-letter queue, or is dropped.</summary>
    public bool DeadLetterExpired { get; init; }

    /// <summary>Gets messages of those workspaces only in which somebody reads it; see <see cref="IMessagePublisher.Follow"/>.</summary>
    public bool OnDemand { get; init; }

    /// <summary>How long a message that failed waits before it is received again. Else a moment in which the store is busy would use up all its deliveries.</summary>
    /// <param name="least">After the first delivery, unless a busy store names more; twice as long with each further one, up to half the lock. Zero: not at all.</param>
    public TimeSpan WaitAfter(Exception? failure, TimeSpan least, int deliveries)
    {
        var first = least > TimeSpan.Zero && failure is StoreBusyException busy && busy.RetryAfter > least ? busy.RetryAfter : least;
        return TimeSpan.FromSeconds(Math.Min(first.TotalSeconds * Math.Pow(2, deliveries - 1), LockDuration.TotalSeconds / 2));
    }

    /// <summary>When it is full the oldest of what was sent give way. Otherwise nothing more can be sent, to whatever receiver beside it.</summary>
    public bool DropsOldest { get; init; }
}

/// <summary>Accepts a message when each named property has one of the values given for it.</summary>
public sealed record PropertyFilter(IReadOnlyDictionary<string, IReadOnlyList<string>> Allowed)
{
    public static PropertyFilter In(string property, params IReadOnlyList<string> values) => new(new Dictionary<string, IReadOnlyList<string>> { [property] = values });

    public bool Accepts(Message message) => Allowed.All(one => message.Properties.TryGetValue(one.Key, out var value) && one.Value.Contains(value));

    /// <summary>The same as Service Bus's SQL filter.</summary>
    public string Sql => string.Join(" AND ", Allowed.Select(static one => $"user.\"{Doubled(one.Key, '"')}\" IN ({string.Join(", ", one.Value.Select(static value => $"'{Doubled(value, '\'')}'"))})"));

    static string Doubled(string text, char quote) => text.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal);
}

/// <summary>All that the modules have declared.</summary>
public sealed class MessageEntities(IEnumerable<MessageEntity> declared)
{
    readonly FrozenDictionary<string, MessageEntity> byName = declared.ToFrozenDictionary(static entity => entity.Name, StringComparer.Ordinal);

    public IEnumerable<MessageEntity> All => byName.Values.OrderBy(static entity => entity.Name, StringComparer.Ordinal);

    public MessageEntity? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>What systems outside send, in order per session: SessionId is whatever they want to be in order by, such as the user.</summary>
    public static readonly MessageEntity Inbound = MessageEntity.Queue("aworld-inbound", new("") { RequiresSession = true, DeadLetterExpired = true }) with { DuplicateDetection = TimeSpan.FromMinutes(10) };

    /// <summary>The product's events. Systems of the workspace read <c>integrations</c>; from <c>webhooks</c> they are sent to its endpoints.</summary>
    public static readonly MessageEntity Events = MessageEntity.Topic("aworld-events",
        new Receiver(Integrations) { OnDemand = true, DropsOldest = true },
        new Receiver(Webhooks) { OnDemand = true, RequiresSession = true, MaxDeliveryCount = 1000, Filter = PropertyFilter.In(OriginProperty, ProductOrigin) })
        with { DuplicateDetection = TimeSpan.FromMinutes(10) };

    public const string Integrations = "integrations", Webhooks = "webhooks";

    /// <summary>The property that tells the product's own events from what systems outside send to the topic.</summary>
    public const string OriginProperty = "origin", ProductOrigin = "aworld";
}
