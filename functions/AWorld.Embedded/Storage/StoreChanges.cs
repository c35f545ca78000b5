using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>What the writer does to documents within a transaction of its connection.</summary>
sealed class StoreChanges
{
    readonly Statement position;
    readonly Statement replace;
    readonly Statement oldest;
    readonly Statement forget;
    readonly Statements[] containers;
    readonly List<long> stored = [];
    long lsn;

    sealed class Statements(Sqlite connection, string name)
    {
        public Statement Find { get; } = connection.Prepare($"SELECT lsn, expires_at FROM {name} WHERE partition_key = ?1 AND id = ?2");
        public Statement Append { get; } = connection.Prepare($"INSERT INTO {name}_version (partition_key, id, lsn, expires_at, body) VALUES (?1, ?2, ?3, ?4, ?5)");
        public Statement Put { get; } = connection.Prepare($"""
            INSERT INTO {name} (partition_key, id, lsn, expires_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET lsn = excluded.lsn, expires_at = excluded.expires_at
            """);
        public Statement Delete { get; } = connection.Prepare($"DELETE FROM {name} WHERE partition_key = ?1 AND id = ?2");
        public Statement Remove { get; } = connection.Prepare($"DELETE FROM {name}_version WHERE lsn = ?1");
        public Statement Expire { get; } = connection.Prepare($"""
            DELETE FROM {name} WHERE (partition_key, id) IN
                (SELECT partition_key, id FROM {name} WHERE expires_at <= ?1 LIMIT ?2) RETURNING lsn
            """);
    }

    public StoreChanges(Sqlite connection)
    {
        position = connection.Prepare("UPDATE position SET lsn = ?1");
        replace = connection.Prepare("INSERT INTO replaced (lsn, container, old) VALUES (?1, ?2, ?3)");
        oldest = connection.Prepare("SELECT lsn, container, old FROM replaced ORDER BY lsn LIMIT ?1");
        forget = connection.Prepare("DELETE FROM replaced WHERE lsn <= ?1");
        containers = [.. Enum.GetValues<Container>().Select(container => new Statements(connection, StoreSchema.Name(container)))];
        lsn = connection.Scalar("SELECT lsn FROM position");
        Replaced = connection.Scalar("SELECT count(*) FROM replaced");
    }

    /// <summary>Versions that a later one replaced and that still lie in the file.</summary>
    public long Replaced { get; set; }

    /// <summary>Where a transaction begins, to come back to when it fails.</summary>
    public (long Lsn, long Replaced) Mark() => (lsn, Replaced);

    public void Return((long Lsn, long Replaced) mark) => (lsn, Replaced) = mark;

    /// <summary>Stores the position, when it is another than before.</summary>
    public void KeepPosition((long Lsn, long Replaced) before)
    {
        if (lsn != before.Lsn)
        {
            position.Bind(1, lsn).Run();
        }
    }

    /// <summary>Checks all of a batch before it writes any of it, so a refused batch leaves no trace in the group.</summary>
    public CommitResult Apply(Partition partition, IReadOnlyList<Write> writes, long now)
    {
        var statements = containers[(int)partition.Container];
        stored.Clear();
        for (var i = 0; i < writes.Count; i++)
        {
            if (Refusal(statements.Find, partition, writes[i], now) is { } refusal)
            {
                return new(refusal, [], i);
            }
        }
        var etags = new string[writes.Count];
        for (var i = 0; i < writes.Count; i++)
        {
            var write = writes[i];
            if (write.Kind == WriteKind.Delete)
            {
                Key(statements.Delete, partition, write.Id).Run();
                statements.Remove.Bind(1, stored[i]).Run();
                etags[i] = "";
                continue;
            }
            lsn++;
            var expires = write.ExpiresAt?.ToUnixTimeMilliseconds();
            Key(statements.Append, partition, write.Id).Bind(3, lsn).Bind(4, expires).Bind(5, write.Body.Span).Run();
            Key(statements.Put, partition, write.Id).Bind(3, lsn).Bind(4, expires).Run();
            if (stored[i] != 0)
            {
                replace.Bind(1, lsn).Bind(2, (long)partition.Container).Bind(3, stored[i]).Run();
                Replaced++;
            }
            etags[i] = StoreReader.ETag(lsn);
        }
        return new(CommitStatus.Committed, etags, -1);
    }

    /// <summary>Why a write cannot be applied; and notes in <see cref="stored"/> the version that it replaces, 0: none.</summary>
    CommitStatus? Refusal(Statement find, Partition partition, in Write write, long now)
    {
        var exists = false;
        long version = 0;
        if (Key(find, partition, write.Id).Step())
        {
            version = find.Integer(0);
            exists = !(find.OptionalInteger(1) <= now);
            find.Reset();
        }
        stored.Add(version);
        return write switch
        {
            { Kind: WriteKind.Create } => exists ? CommitStatus.Conflict : null,
            { Kind: WriteKind.Upsert, IfMatch: null } => null,
            _ when !exists => CommitStatus.NotFound,
            { IfMatch: { } etag } when etag != StoreReader.ETag(version) => CommitStatus.PreconditionFailed,
            _ => null,
        };
    }

    static Statement Key(Statement statement, Partition partition, string id) => statement.Bind(1, partition.Key).Bind(2, id);

    /// <summary>Removes expired documents, at most so many of each container.</summary>
    /// <returns>How many.</returns>
    public int RemoveExpired(DateTimeOffset now, int most)
    {
        var removed = 0;
        foreach (var container in containers)
        {
            container.Expire.Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, most);
            while (container.Expire.Step())
            {
                container.Remove.Bind(1, container.Expire.Integer(0)).Run();
                removed++;
            }
        }
        return removed;
    }

    /// <summary>Removes the oldest replaced versions, which stay counted in <see cref="Replaced"/> until this is durable.</summary>
    /// <returns>How many.</returns>
    public long RemoveReplaced(int most)
    {
        var (removed, last) = (0L, 0L);
        oldest.Bind(1, most);
        while (oldest.Step())
        {
            last = oldest.Integer(0);
            containers[oldest.Integer(1)].Remove.Bind(1, oldest.Integer(2)).Run();
            removed++;
        }
        forget.Bind(1, last).Run();
        return removed;
    }
}
