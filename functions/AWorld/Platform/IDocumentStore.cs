using System.Text;

namespace AWorld.Platform;

/// <summary>
/// Documents in partitions: the one storage port. Both stores (SQLite, Cosmos DB) pass one conformance suite.
/// A call that returns normally is durable. A lost dependency throws; a full write queue throws <see cref="StoreBusyException"/>.
/// </summary>
public interface IDocumentStore
{
    /// <summary>The document with this id, or null. Expired documents are not found.</summary>
    ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop);

    /// <summary>One page of a partition, ordered by id (ordinal, by UTF-8 bytes).</summary>
    ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop);

    /// <summary>
    /// Applies all writes to one partition or none of them. At most <see cref="StoreLimits.BatchWrites"/> writes and
    /// <see cref="StoreLimits.BatchBytes"/> bytes; an id appears at most once.
    /// </summary>
    ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop);

    /// <summary>
    /// The latest version of documents of a container in the order of their commits, after a cursor ("" is the
    /// beginning): at least once, deletes excluded. A cursor stays valid across restarts.
    /// </summary>
    /// <param name="prefixes">Only documents whose ids start with one of them; empty: all.</param>
    ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop);

    /// <summary>The changes of all documents of a container.</summary>
    ValueTask<ChangePage> Changes(Container container, string cursor, int limit, CancellationToken stop) => Changes(container, cursor, limit, [], stop);
}

public static class StoreLimits
{
    public const int BatchWrites = 100;
    public const int BatchBytes = 2 * 1024 * 1024;
    public const int DocumentBytes = 2 * 1024 * 1024;
    public const int IdBytes = 1023;
    public const int PageItems = 1000;

    /// <summary>Why no store may take the batch, or null; throws when it is malformed.</summary>
    /// <param name="bytes">Of all bodies.</param>
    public static CommitResult? Refusal(IReadOnlyList<Write> writes, out long bytes)
    {
        bytes = 0;
        if (writes.Count > BatchWrites)
        {
            return new(CommitStatus.TooLarge, [], BatchWrites);
        }
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            ArgumentException.ThrowIfNullOrEmpty(write.Id, nameof(writes));
            bytes += write.Body.Length;
            if (write.Body.Length > DocumentBytes || bytes > BatchBytes || Encoding.UTF8.GetByteCount(write.Id) > IdBytes)
            {
                return new(CommitStatus.TooLarge, [], i);
            }
            for (var j = 0; j < i; j++)
            {
                if (writes[j].Id == write.Id)
                {
                    throw new ArgumentException($"the batch writes {write.Id} twice", nameof(writes));
                }
            }
        }
        return null;
    }
}

/// <param name="Id">Unique in its partition, ordinal.</param>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="ETag">Changes with every write of the document.</param>
/// <param name="ExpiresAt">From then on the document is not found and may be removed.</param>
public sealed record Document(string Id, ReadOnlyMemory<byte> Body, string ETag, DateTimeOffset? ExpiresAt = null);

/// <param name="From">First id, inclusive; null: from the start.</param>
/// <param name="To">Last id, exclusive; null: to the end.</param>
/// <param name="Limit">1 to <see cref="StoreLimits.PageItems"/>.</param>
/// <param name="Continuation">From the previous page of the same query, or null.</param>
public sealed record DocumentQuery(string? From = null, string? To = null, bool Descending = false, int Limit = 100, string? Continuation = null)
{
    /// <summary>All ids that start with the prefix (which must not be empty).</summary>
    public static DocumentQuery Prefix(string prefix, bool descending = false, int limit = StoreLimits.PageItems, string? continuation = null) =>
        new(prefix, prefix + "\U0010FFFF", descending, limit, continuation);
}

/// <param name="Continuation">Null on the last page.</param>
public sealed record DocumentPage(IReadOnlyList<Document> Items, string? Continuation);

public sealed record Change(Partition Partition, Document Document);

/// <param name="Cursor">Where to go on.</param>
/// <param name="More">Whether the page ended before the feed did, even when it is empty; false: it holds everything committed before the call.</param>
public sealed record ChangePage(IReadOnlyList<Change> Items, string Cursor, bool More);

public enum WriteKind { Create, Replace, Upsert, Delete }

/// <param name="IfMatch">The ETag that the stored document must have; null: any.</param>
public readonly record struct Write(WriteKind Kind, string Id, ReadOnlyMemory<byte> Body, string? IfMatch, DateTimeOffset? ExpiresAt)
{
    /// <summary>Fails with <see cref="CommitStatus.Conflict"/> when the id exists.</summary>
    public static Write Create(string id, ReadOnlyMemory<byte> body, DateTimeOffset? expiresAt = null) => new(WriteKind.Create, id, body, null, expiresAt);

    /// <summary>Fails with <see cref="CommitStatus.NotFound"/> or <see cref="CommitStatus.PreconditionFailed"/>.</summary>
    public static Write Replace(string id, ReadOnlyMemory<byte> body, string ifMatch, DateTimeOffset? expiresAt = null) => new(WriteKind.Replace, id, body, ifMatch, expiresAt);

    public static Write Upsert(string id, ReadOnlyMemory<byte> body, DateTimeOffset? expiresAt = null) => new(WriteKind.Upsert, id, body, null, expiresAt);

    /// <summary>Fails with <see cref="CommitStatus.NotFound"/> or, when an ETag is given, <see cref="CommitStatus.PreconditionFailed"/>.</summary>
    public static Write Delete(string id, string? ifMatch = null) => new(WriteKind.Delete, id, default, ifMatch, null);
}

public enum CommitStatus { Committed = 200, NotFound = 404, Conflict = 409, PreconditionFailed = 412, TooLarge = 413 }

/// <param name="ETags">One per write, in order, when committed (empty string for a delete).</param>
/// <param name="Failed">Index of the first write that could not be applied, or -1.</param>
public sealed record CommitResult(CommitStatus Status, IReadOnlyList<string> ETags, int Failed)
{
    public bool Committed => Status == CommitStatus.Committed;
}

/// <summary>The store takes no more writes for now; nothing of the call was applied. Mapped to 503 with Retry-After.</summary>
public class StoreBusyException(TimeSpan retryAfter, string message = "The store is busy; try again.", Exception? cause = null) : Exception(message, cause)
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>There is no room left where documents or files are kept; nothing of the call was applied. Mapped to 503 with Retry-After.</summary>
public sealed class StorageFullException(Exception cause) : StoreBusyException(TimeSpan.FromSeconds(30), "There is no room left; nothing was kept.", cause);
