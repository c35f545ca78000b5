using System.Globalization;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Embedded.Messages;

/// <summary>A message as it was sent; never changed.</summary>
sealed record StoredMessage(string MessageId, byte[] Body, DateTimeOffset EnqueuedAt, DateTimeOffset? DueAt, DateTimeOffset ExpiresAt,
    string? SessionId, string? ContentType, string? Subject, string? CorrelationId, IReadOnlyDictionary<string, string> Properties, TimeSpan? TimeToLive)
{
    public static StoredMessage Of(Tenant tenant, Message message, Receiver receiver, DateTimeOffset now)
    {
        var due = message.ScheduledEnqueueTime is { } at && at > now ? at : (DateTimeOffset?)null;
        var lives = message.TimeToLive is { } own && own < receiver.TimeToLive ? own : receiver.TimeToLive;
        return new(message.MessageId, message.Body.ToArray(), due ?? now, due, (due ?? now) + lives,
            message.SessionId, message.ContentType, message.Subject, message.CorrelationId, Signed(tenant, message.Properties), message.TimeToLive);
    }

    /// <summary>Who sent it is not for the sender to say.</summary>
    public static Dictionary<string, string> Signed(Tenant tenant, IReadOnlyDictionary<string, string> properties) =>
        new(properties.Where(static property => !Owned.Contains(property.Key)), StringComparer.Ordinal)
        {
            [Platform.Messages.Message.AccountIdProperty] = tenant.AccountId,
            [Platform.Messages.Message.WorkspaceIdProperty] = tenant.WorkspaceId,
        };

    static readonly HashSet<string> Owned = new([Platform.Messages.Message.AccountIdProperty, Platform.Messages.Message.WorkspaceIdProperty], StringComparer.OrdinalIgnoreCase);

    public Message Message => new(MessageId, Body)
    {
        SessionId = SessionId, ContentType = ContentType, Subject = Subject, CorrelationId = CorrelationId,
        Properties = Properties, ScheduledEnqueueTime = DueAt, TimeToLive = TimeToLive,
    };
}

/// <summary>That somebody reads a subscription.</summary>
/// <param name="Cursor">In its source; null where it has none.</param>
/// <param name="After">The id of the last message that was taken of what comes after the cursor; null: none was.</param>
sealed record StoredReader(string? Cursor, string? After);

/// <summary>What has become of a message so far; absent until it is first received.</summary>
sealed record Fate(int Deliveries, DeadLetterReason? DeadLetter = null);

/// <summary>A message among the dead letters, as the store has it.</summary>
sealed record StoredDeadLetter(Tenant Tenant, string Entity, string Receiver, long Number, StoredMessage Message, int Deliveries, DeadLetterReason Reason);

/// <summary>The ids of the documents of one queue or topic of a tenant.</summary>
static class MessageDocuments
{
    public const string MessagePrefix = "m:", FatePrefix = "s:", Opened = "opened", Key = "key", ReaderPrefix = "read:";
    const string TenantPrefix = "messages:";

    static readonly Partition Tenants = Partition.Platform(Partition.PlatformAccount);
    static readonly byte[] Empty = "{}"u8.ToArray();

    public static string MessageId(string receiver, long number) => $"{MessagePrefix}{receiver}:{number:D19}";
    public static string FateId(string receiver, long number) => $"{FatePrefix}{receiver}:{number:D19}";

    /// <summary>Exists as long as a second message of the id is a duplicate.</summary>
    public static Write Once(string messageId, DateTimeOffset until) => Write.Create($"i:{messageId}", Empty, until);

    public static (string Receiver, long Number) Parse(string id)
    {
        var at = id.LastIndexOf(':');
        return (id[2..at], long.Parse(id.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public static async IAsyncEnumerable<Document> All(this IDocumentStore store, Partition partition, string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        for (string? continuation = null; ;)
        {
            var page = await store.Query(partition, DocumentQuery.Prefix(prefix, continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                yield return document;
            }
            if ((continuation = page.Continuation) is null)
            {
                yield break;
            }
        }
    }

    /// <summary>The subscriptions on demand that somebody reads, and where each stands in its source.</summary>
    public static async Task<IReadOnlyDictionary<string, StoredReader>> Readers(IDocumentStore store, Tenant tenant, string entity, CancellationToken stop) =>
        (await store.Query(Partition.Messages(tenant, entity), DocumentQuery.Prefix(ReaderPrefix), stop)).Items
            .ToDictionary(static document => document.Id[ReaderPrefix.Length..], static document => Json.Read<StoredReader>(document.Body), StringComparer.Ordinal);

    public static Write Reader(string subscription, StoredReader reader) => Write.Upsert(ReaderPrefix + subscription, Json.Bytes(reader));

    public static Write NoReader(string subscription) => Write.Delete(ReaderPrefix + subscription);

    /// <summary>Notes that a tenant has messages, for the next start.</summary>
    public static async Task Remember(IDocumentStore store, Tenant tenant, CancellationToken stop) =>
        await store.Commit(Tenants, [Write.Upsert($"{TenantPrefix}{tenant.AccountId}:{tenant.WorkspaceId}", Empty)], stop);

    public static async IAsyncEnumerable<Tenant> WithMessages(IDocumentStore store, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var document in store.All(Tenants, TenantPrefix, stop))
        {
            var parts = document.Id.Split(':');
            yield return new(parts[1], parts[2]);
        }
    }

    /// <summary>Of all tenants, oldest first in each.</summary>
    public static async IAsyncEnumerable<StoredDeadLetter> DeadLetters(IDocumentStore store, IReadOnlyList<MessageEntity> declared, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var tenant in WithMessages(store, stop))
        {
            foreach (var entity in declared)
            {
                var partition = Partition.Messages(tenant, entity.Name);
                await foreach (var document in store.All(partition, FatePrefix, stop))
                {
                    if (Json.Read<Fate>(document.Body) is { DeadLetter: { } reason } fate && Parse(document.Id) is var (receiver, number)
                        && await store.Read(partition, MessageId(receiver, number), stop) is { } message)
                    {
                        yield return new(tenant, entity.Name, receiver, number, Json.Read<StoredMessage>(message.Body), fate.Deliveries, reason);
                    }
                }
            }
        }
    }
}
