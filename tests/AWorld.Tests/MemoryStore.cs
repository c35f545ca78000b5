using System.Globalization;
using AWorld.Platform;

namespace AWorld.Tests;

/// <summary>A document store in memory that can lose its connection before or after a commit took effect.</summary>
sealed class MemoryStore : IDocumentStore
{
    readonly Lock gate = new();
    readonly Dictionary<Partition, SortedDictionary<string, (Document Document, long Position)>> partitions = [];
    long position;

    /// <summary>Asked before each commit.</summary>
    public Func<Partition, IReadOnlyList<Write>, Fault> Faults { get; set; } = static (_, _) => Fault.None;

    public int Commits { get; private set; }

    /// <summary>Pages of changes that were asked for.</summary>
    public int FeedReads { get; private set; }

    public enum Fault { None, Before, After }

    public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop)
    {
        lock (gate)
        {
            return new(partitions.TryGetValue(partition, out var documents) && documents.TryGetValue(id, out var found) ? found.Document : null);
        }
    }

    public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop)
    {
        lock (gate)
        {
            var ids = partitions.TryGetValue(partition, out var documents) ? documents.Keys.AsEnumerable() : [];
            ids = ids.Where(id => (query.From is null || string.CompareOrdinal(id, query.From) >= 0) && (query.To is null || string.CompareOrdinal(id, query.To) < 0));
            ids = query.Descending ? ids.Reverse() : ids;
            if (query.Continuation is { } after)
            {
                ids = ids.Where(id => query.Descending ? string.CompareOrdinal(id, after) < 0 : string.CompareOrdinal(id, after) > 0);
            }
            var page = ids.Take(query.Limit + 1).ToList();
            return new(new DocumentPage([.. page.Take(query.Limit).Select(id => documents![id].Document)], page.Count > query.Limit ? page[query.Limit - 1] : null));
        }
    }

    public ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop)
    {
        lock (gate)
        {
            Commits++;
            var fault = Faults(partition, writes);
            if (fault == Fault.Before)
            {
                throw new IOException("lost before the commit");
            }
            var result = Apply(partition, writes);
            return fault == Fault.After ? throw new IOException("lost after the commit") : new(result);
        }
    }

    public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop)
    {
        lock (gate)
        {
            FeedReads++;
            var after = cursor.Length == 0 ? 0 : long.Parse(cursor, CultureInfo.InvariantCulture);
            var changes = partitions.Where(partition => partition.Key.Container == container)
                .SelectMany(partition => partition.Value.Values.Select(found => (found.Position, Change: new Change(partition.Key, found.Document))))
                .Where(found => found.Position > after && (prefixes.Count == 0 || prefixes.Any(prefix => found.Change.Document.Id.StartsWith(prefix, StringComparison.Ordinal)))).OrderBy(found => found.Position).Take(limit).ToList();
            return new(new ChangePage([.. changes.Select(found => found.Change)], changes.Count == 0 ? cursor : changes[^1].Position.ToString(CultureInfo.InvariantCulture), changes.Count == limit));
        }
    }

    CommitResult Apply(Partition partition, IReadOnlyList<Write> writes)
    {
        if (!partitions.TryGetValue(partition, out var documents))
        {
            partitions[partition] = documents = new(StringComparer.Ordinal);
        }
        for (var i = 0; i < writes.Count; i++)
        {
            var exists = documents.TryGetValue(writes[i].Id, out var found);
            var status = writes[i].Kind switch
            {
                WriteKind.Create when exists => CommitStatus.Conflict,
                WriteKind.Replace or WriteKind.Delete when !exists => CommitStatus.NotFound,
                _ when exists && writes[i].IfMatch is { } etag && etag != found.Document.ETag => CommitStatus.PreconditionFailed,
                _ => CommitStatus.Committed,
            };
            if (status != CommitStatus.Committed)
            {
                return new(status, [], i);
            }
        }
        var etags = new List<string>();
        foreach (var write in writes)
        {
            if (write.Kind == WriteKind.Delete)
            {
                documents.Remove(write.Id);
                etags.Add("");
                continue;
            }
            var at = ++position;
            etags.Add(at.ToString(CultureInfo.InvariantCulture));
            documents[write.Id] = (new(write.Id, write.Body, etags[^1], write.ExpiresAt), at);
        }
        return new(CommitStatus.Committed, etags, -1);
    }
}
