using System.Globalization;
using System.Text;
using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>A connection that only reads; one caller at a time.</summary>
sealed class StoreReader : IDisposable
{
    // A page also ends when it holds this many bytes, so that large documents cannot fill the memory.
    const int PageBytes = 4 * 1024 * 1024;

    // And a page of changes when so many were not wanted, so that nobody waits for the whole file to be looked through.
    const int LooksPerPage = 20_000;

    const string Live = "(d.expires_at IS NULL OR d.expires_at > ?5)";

    readonly Sqlite connection;
    readonly Statement[] points;
    readonly Statement[] ascending;
    readonly Statement[] descending;
    readonly Statement[] changes;
    readonly Statement[] latest;

    public StoreReader(string file, StorageOptions options)
    {
        connection = new Sqlite(file, readOnly: true, options.CacheMegabytes * 1024 / 8);
        points = Each(name => $"""
            SELECT d.lsn, d.expires_at, v.body FROM {name} d CROSS JOIN {name}_version v ON v.lsn = d.lsn
            WHERE d.partition_key = ?1 AND d.id = ?2
            """);
        ascending = Each(name => Range(name, ""));
        descending = Each(name => Range(name, "DESC"));
        changes = Each(name => $"SELECT id, lsn, expires_at, body, partition_key FROM {name}_version WHERE lsn > ?1 ORDER BY lsn");
        latest = Each(name => $"SELECT lsn FROM {name} WHERE partition_key = ?1 AND id = ?2");
    }

    Statement[] Each(Func<string, string> sql) =>
        [.. Enum.GetValues<Container>().Select(container => connection.Prepare(sql(StoreSchema.Name(container))))];

    static string Range(string name, string direction) => $"""
        SELECT d.id, d.lsn, d.expires_at, v.body FROM {name} d CROSS JOIN {name}_version v ON v.lsn = d.lsn
        WHERE d.partition_key = ?1 AND d.id >= ?3 AND d.id < ?4 AND {Live} ORDER BY d.id {direction} LIMIT ?6
        """;

    public Document? Read(Partition partition, string id, long now)
    {
        var point = points[(int)partition.Container].Bind(1, partition.Key).Bind(2, id);
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
        var range = (query.Descending ? descending : ascending)[(int)partition.Container];
        range.Bind(1, partition.Key).Bind(3, from ?? "").Bind(5, now).Bind(6, query.Limit + 1L);
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

    public ChangePage Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, long now)
    {
        var wanted = prefixes.Select(Encoding.UTF8.GetBytes).ToArray();
        var position = cursor.Length == 0 ? 0 : long.Parse(cursor, NumberStyles.None, CultureInfo.InvariantCulture);
        var feed = changes[(int)container].Bind(1, position);
        var items = new List<Change>();
        var bytes = 0;
        // While the feed is being read, all statements of the connection see the same commits.
        for (var looked = 0; feed.Step(); looked++)
        {
            if (items.Count == limit || bytes >= PageBytes || looked == LooksPerPage)
            {
                feed.Reset();
                return new(items, ETag(position), More: true);
            }
            position = feed.Integer(1);
            if (IsWanted(feed.Bytes(0), wanted) && !(feed.OptionalInteger(2) <= now) && IsLatest(container, feed))
            {
                items.Add(new(Partition.Parse(container, feed.Text(4)), Row(feed)));
                bytes += items[^1].Document.Body.Length;
            }
        }
        return new(items, position == 0 ? "" : ETag(position), More: false);
    }

    static bool IsWanted(ReadOnlySpan<byte> id, byte[][] prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (id.StartsWith(prefix))
            {
                return true;
            }
        }
        return prefixes.Length == 0;
    }

    bool IsLatest(Container container, Statement version)
    {
        var current = latest[(int)container].BindText(1, version.Bytes(4)).BindText(2, version.Bytes(0));
        if (!current.Step())
        {
            return false;
        }
        var lsn = current.Integer(0);
        current.Reset();
        return lsn == version.Integer(1);
    }

    public static string ETag(long lsn) => lsn.ToString(CultureInfo.InvariantCulture);

    static Document Row(Statement row) => new(row.Text(0), row.Bytes(3).ToArray(), ETag(row.Integer(1)), Instant(row.OptionalInteger(2)));

    static DateTimeOffset? Instant(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    public void Dispose() => connection.Dispose();
}
