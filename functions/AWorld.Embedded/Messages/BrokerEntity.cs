using System.Collections.Frozen;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>What an entity needs of the broker.</summary>
sealed record BrokerContext(IDocumentStore Store, MessagesOptions Options, TimeProvider Clock, ILogger Log, Action<BrokerQueue> Ready, IReadOnlyList<IMessageSource> Sources)
{
    public IMessageSource? SourceOf(string entity, string subscription) => Sources.FirstOrDefault(source => source.Entity == entity && source.Subscription == subscription);
}

/// <summary>A session that a receiver holds.</summary>
readonly record struct SessionHold(Line Line, Guid Token);

/// <summary>
/// One queue or topic of one tenant. What is in it is stored before anybody is told; who holds what is in memory, so
/// after a restart everything that was not settled can be received again.
/// </summary>
sealed partial class BrokerEntity : IDisposable
{
    /// <summary>Sequence numbers of one opening; the next one begins with the next such many, so none comes twice.</summary>
    const long NumbersPerOpening = 10_000_000_000;

    /// <summary>For what a source does not tell of at once, while somebody waits.</summary>
    static readonly TimeSpan LookForMore = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    readonly BrokerContext context;
    readonly Partition partition;
    readonly Timetable timetable = new();
    readonly FrozenDictionary<string, BrokerQueue> queues;
    readonly List<Entry> doomed = [];
    readonly ITimer timer;
    DateTimeOffset armed = DateTimeOffset.MaxValue;
    long last;
    bool burying, disposed;

    BrokerEntity(Tenant tenant, MessageEntity declared, BrokerContext context)
    {
        (Tenant, Declared, this.context) = (tenant, declared, context);
        partition = Partition.Messages(tenant, declared.Name);
        timer = context.Clock.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        queues = declared.Receivers.ToFrozenDictionary(static receiver => receiver.Name,
            receiver => new BrokerQueue(this, receiver, new(this, receiver, null, timetable, context.Ready), timetable, context.Ready) { Source = context.SourceOf(declared.Name, receiver.Name) }, StringComparer.Ordinal);
    }

    public Tenant Tenant { get; }
    public MessageEntity Declared { get; }
    public IEnumerable<BrokerQueue> Queues => queues.Values;

    DateTimeOffset Now => Instants.Truncate(context.Clock.GetUtcNow());

    /// <summary>Somebody would get what is sent, and not make it from its source.</summary>
    public bool IsRead => queues.Values.Any(static queue => queue is { IsRead: true, Source: null });

    /// <summary>Begins to keep messages for a subscription on demand, or ends.</summary>
    public async Task Follow(string subscription, bool isRead, CancellationToken stop)
    {
        var queue = queues[subscription];
        if (queue.Receiver.OnDemand && queue.IsRead != isRead)
        {
            var cursor = isRead && queue.Source is { } source ? await source.End(stop) : null;
            await context.Store.Commit(partition, [isRead ? MessageDocuments.Reader(subscription, new(cursor, null)) : MessageDocuments.NoReader(subscription)], stop);
            (queue.IsRead, queue.Position) = (isRead, (cursor ?? "", null));
        }
    }

    public BrokerQueue Find(string? subscription, bool deadLetters) =>
        queues[subscription ?? ""] is var queue && deadLetters ? queue.DeadLetters! : queue;

    /// <summary>Messages in it, those held and dead ones included.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return queues.Values.Sum(static queue => queue.Count + queue.DeadLetters!.Count);
            }
        }
    }

    public static async Task<BrokerEntity> Open(Tenant tenant, MessageEntity declared, BrokerContext context, CancellationToken stop)
    {
        var entity = new BrokerEntity(tenant, declared, context);
        try
        {
            await entity.Load(stop);
            return entity;
        }
        catch
        {
            entity.Dispose();
            throw;
        }
    }

    sealed record Opening(int Number);

    async Task Load(CancellationToken stop)
    {
        var store = context.Store;
        await MessageDocuments.Remember(store, Tenant, stop);
        var opening = await store.Read(partition, MessageDocuments.Opened, stop) is { } before ? Json.Read<Opening>(before.Body).Number + 1 : 1;
        await store.Commit(partition, [Write.Upsert(MessageDocuments.Opened, Json.Bytes(new Opening(opening)))], stop);
        last = opening * NumbersPerOpening;
        foreach (var (subscription, stored) in await MessageDocuments.Readers(store, Tenant, Declared.Name, stop))
        {
            if (queues.TryGetValue(subscription, out var queue))
            {
                queue.IsRead = true;
                queue.Position = (stored.Cursor ?? (queue.Source is { } source ? await source.End(stop) : ""), stored.After);
            }
        }
        var fates = new Dictionary<string, Fate>(StringComparer.Ordinal);
        await foreach (var document in store.All(partition, MessageDocuments.FatePrefix, stop))
        {
            fates.Add(document.Id[MessageDocuments.FatePrefix.Length..], Json.Read<Fate>(document.Body));
        }
        var now = Now;
        await foreach (var document in store.All(partition, MessageDocuments.MessagePrefix, stop))
        {
            var (receiver, number) = MessageDocuments.Parse(document.Id);
            if (queues.TryGetValue(receiver, out var queue))
            {
                Take(queue, number, Json.Read<StoredMessage>(document.Body), fates.GetValueOrDefault(document.Id[MessageDocuments.MessagePrefix.Length..]), now);
            }
        }
        Tick();
    }

    void Take(BrokerQueue queue, long number, StoredMessage stored, Fate? fate, DateTimeOffset now)
    {
        lock (gate)
        {
            queue = fate?.DeadLetter is null ? queue : queue.DeadLetters!;
            var entry = new Entry(number, stored.MessageId, stored.SessionId ?? "", stored.DueAt, stored.ExpiresAt) { Queue = queue, Deliveries = fate?.Deliveries ?? 0, HasFate = fate is not null, DeadLetter = fate?.DeadLetter };
            queue.Add(entry, now);
            if (IsUsedUp(entry))
            {
                Doom(entry, TooMany(entry));
            }
        }
    }

    static bool IsUsedUp(Entry entry) => !entry.Queue.IsDeadLetter && entry.Deliveries >= entry.Queue.Receiver.MaxDeliveryCount;

    static DeadLetterReason TooMany(Entry entry) => new(DeadLetterReason.TooManyDeliveries, $"it was received {entry.Deliveries} times and never completed");

    /// <summary>Does what has become due; callers hold the gate for what they do next.</summary>
    void Tick()
    {
        lock (gate)
        {
            armed = DateTimeOffset.MaxValue;
            Happen(Now);
            Arm();
        }
    }

    void Happen(DateTimeOffset now)
    {
        while (timetable.TryTake(now, out var due))
        {
            switch (due)
            {
                case Line line:
                    foreach (var left in line.Queue.EndSession(line))
                    {
                        GiveBack(left);
                    }
                    break;
                case Entry { Place: Place.Scheduled } entry:
                    entry.Queue.MakeAvailable(entry);
                    break;
                case Entry { Place: Place.Held } entry:
                    GiveBack(entry);
                    break;
                case Entry { Place: Place.Available } entry:
                    Doom(entry, entry.Queue.Receiver.DeadLetterExpired ? new(DeadLetterReason.Expired, $"it expired at {Instants.Text(entry.ExpiresAt)} and nobody had completed it") : null);
                    break;
                case Entry entry:
                    Doom(entry, entry.Doom);
                    break;
            }
        }
    }

    /// <summary>To whoever comes next, unless it was too often.</summary>
    void GiveBack(Entry entry)
    {
        entry.Queue.Unhold(entry);
        if (IsUsedUp(entry))
        {
            Doom(entry, TooMany(entry));
        }
        else
        {
            entry.Queue.MakeAvailable(entry);
        }
    }

    void Tell(string outcome) => Telemetry.MessagesSettled.Add(1, new("entity", Declared.Name), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Timers of the system round down; a millisecond late is in time, early would be in vain.</summary>
    void Arm()
    {
        if (timetable.Next is { } next && next < armed && !disposed)
        {
            armed = next;
            var wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling((next - context.Clock.GetUtcNow()).TotalMilliseconds)));
            timer.Change(wait < LookAgain ? wait : LookAgain, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
        }
        timer.Dispose();
    }
}
