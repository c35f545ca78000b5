using System.Globalization;
using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>A connection that only reads; one caller at a time.</summary>
sealed class StoreReader : IDisposable
{
    // A page also ends when it holds this many bytes, so that large documents cannot fill the memory.
    const int PageBytes = 4 * 1024 * 1024;
    const string Live = "(expires_at IS NULL OR expires_at > ?5)";

    readonly Sqlite connection;
    readonly Statement point;
    readonly Statement ascending;
    readonly Statement descending;
    readonly Statement changes;

    public StoreReader(string file, StorageOptions options)
    {
        connection = new Sqlite(file, readOnly: true, options.CacheMegabytes * 1024 / 8);
        point = connection.Prepare("SELECT lsn, expires_at, body FROM document WHERE container = ?1 AND partition_key = ?2 AND id = ?3");
        ascending = Range("");
        descending = Range("DESC");
        changes = connection.Prepare($"""
            SELECT id, lsn, expires_at, body, partition_key FROM document INDEXED BY document_changes
            WHERE container = ?1 AND lsn > ?2 AND {Live} ORDER BY lsn LIMIT ?3
            """);
    }

    Statement Range(string direction) => connection.Prepare($"""
        SELECT id, lsn, expires_at, body FROM document
        WHERE container = ?1 AND partition_key = ?2 AND id >= ?3 AND id < ?4 AND {Live} ORDER BY id {direction} LIMIT ?6
        """);

    public Document? Read(Partition partition, string id, long now)
    {
        point.Bind(1, (long)partition.Container).Bind(2, partition.Key).Bind(3, id);
        if (!point.Step())
        {
            return null;
        }
        var expiresAt = point.OptionalInteger(1);
        var document = expiresAt <= now ? null : new Document(id, point.Bytes(2).ToArray(), ETag(point.Integer(0)), Instant(expiresAt));
        point.Reset();
        return document;
    }

    public DocumentPage Query(Partition partition, DocumentQuery query, long now)
    {
        var (from, to) = query.Descending ? (query.From, query.Continuation ?? query.To) : (query.Continuation is { } last ? last + '\0' : query.From, query.To);
        var range = query.Descending ? descending : ascending;
        range.Bind(1, (long)partition.Container).Bind(2, partition.Key).Bind(3, from ?? "").Bind(5, now).Bind(6, query.Limit + 1L);
        // A blob sorts after every text: no upper end.
        _ = to is null ? range.Bind(4, []) : range.Bind(4, to);
        var items = new List<Document>(Math.Min(query.Limit, 64));
        var bytes = 0;
        while (range.Step())
        {
            if (items.Count == query.Limit || bytes >= PageBytes)
            {
                range.Reset();
                return new(items, items[^1].Id);
            }
            items.Add(Row(range));
            bytes += items[^1].Body.Length;
        }
        return new(items, null);
    }

    public ChangePage Changes(Container container, string cursor, int limit, long now)
    {
        var after = cursor.Length == 0 ? 0 : long.Parse(cursor, NumberStyles.None, CultureInfo.InvariantCulture);
        changes.Bind(1, (long)container).Bind(2, after).Bind(3, limit).Bind(5, now);
        var items = new List<Change>();
        var bytes = 0;
        while (changes.Step())
        {
            items.Add(new(Partition.Parse(container, changes.Text(4)), Row(changes)));
            bytes += items[^1].Document.Body.Length;
            if (bytes >= PageBytes)
            {
                changes.Reset();
                break;
            }
        }
        return new(items, items.Count == 0 ? cursor : items[^1].Document.ETag, items.Count == limit || bytes >= PageBytes);
    }

    public static string ETag(long lsn) => lsn.ToString(CultureInfo.InvariantCulture);

    static Document Row(Statement row) => new(row.Text(0), row.Bytes(3).ToArray(), ETag(row.Integer(1)), Instant(row.OptionalInteger(2)));

    static DateTimeOffset? Instant(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    public void Dispose() => connection.Dispose();
}
