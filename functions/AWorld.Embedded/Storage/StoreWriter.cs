using System.Globalization;
using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>
/// The one connection that writes, on its own thread. Whatever has queued up while the disk was busy with the last
/// commit becomes the next one (group commit), so one fsync serves many callers. They are answered after it.
/// </summary>
sealed class StoreWriter : IDisposable
{
    /// <summary>Documents that one sweep removes between two groups of commits.</summary>
    public const int SweepStep = 500;

    // Replaced versions are removed when nobody has wanted to write for this long, or when there are too many.
    const int IdleMilliseconds = 20;

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

    sealed record Pending(Partition Partition, IReadOnlyList<Write> Writes, long Bytes)
    {
        public TaskCompletionSource<CommitResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public CommitResult? Result { get; set; }
    }

    readonly StorageOptions options;
    readonly TimeProvider clock;
    readonly Sqlite connection;
    readonly Statement begin;
    readonly Statement commit;
    readonly Statement rollback;
    readonly Statement position;
    readonly Statement replace;
    readonly Statement oldest;
    readonly Statement forget;
    readonly Statements[] containers;
    readonly Thread thread;
    readonly object gate = new();
    List<Pending> queue = [];
    List<Pending> group = [];
    readonly Queue<Action> chores = new();
    readonly List<long> stored = [];
    long queuedBytes;
    long lsn;
    bool stopping;

    public StoreWriter(string file, StorageOptions options, TimeProvider clock)
    {
        this.options = options;
        this.clock = clock;
        connection = new Sqlite(file, cacheKilobytes: options.CacheMegabytes * 1024);
        try
        {
            connection.Execute($"PRAGMA page_size = {StoreSchema.PageSize}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {options.CheckpointMegabytes * 4L * 1024 * 1024};");
            StoreSchema.Migrate(connection);
            begin = connection.Prepare("BEGIN IMMEDIATE");
            commit = connection.Prepare("COMMIT");
            rollback = connection.Prepare("ROLLBACK");
            position = connection.Prepare("UPDATE position SET lsn = ?1");
            replace = connection.Prepare("INSERT INTO replaced (lsn, container, old) VALUES (?1, ?2, ?3)");
            oldest = connection.Prepare("SELECT lsn, container, old FROM replaced ORDER BY lsn LIMIT ?1");
            forget = connection.Prepare("DELETE FROM replaced WHERE lsn <= ?1");
            containers = [.. Enum.GetValues<Container>().Select(container => new Statements(connection, StoreSchema.Name(container)))];
            lsn = connection.Scalar("SELECT lsn FROM position");
            Replaced = connection.Scalar("SELECT count(*) FROM replaced");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        thread = new Thread(Loop) { IsBackground = true, Name = "store writer" };
        thread.Start();
    }

    /// <summary>Called on the writer's thread after each group with the pages it added to the log.</summary>
    public Action<int>? PagesWritten { get; set; }

    /// <summary>Groups committed so far; with the number of batches it tells how well grouping works.</summary>
    public long Groups { get; private set; }

    /// <summary>Versions that a later one replaced and that still lie in the file.</summary>
    public long Replaced { get; private set; }

    public Task<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, long bytes)
    {
        var pending = new Pending(partition, writes, bytes);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, typeof(SqliteDocumentStore));
            if (queue.Count >= options.QueuedBatches || queuedBytes + bytes > options.QueuedMegabytes * 1024L * 1024)
            {
                throw new StoreBusyException(TimeSpan.FromSeconds(options.RetryAfterSeconds));
            }
            queue.Add(pending);
            queuedBytes += bytes;
            Monitor.Pulse(gate);
        }
        return pending.Done.Task;
    }

    /// <summary>Runs something on the writer's connection between two groups.</summary>
    public Task<T> Between<T>(Func<Sqlite, T> chore)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, typeof(SqliteDocumentStore));
            chores.Enqueue(() =>
            {
                try
                {
                    done.SetResult(chore(connection));
                }
                catch (Exception failure)
                {
                    done.SetException(failure);
                }
            });
            Monitor.Pulse(gate);
        }
        return done.Task;
    }

    /// <summary>Removes at most <see cref="SweepStep"/> expired documents of each container and says how many.</summary>
    public Task<int> Sweep() => Between(_ =>
    {
        var removed = 0;
        Transaction(() =>
        {
            foreach (var container in containers)
            {
                container.Expire.Bind(1, clock.GetUtcNow().ToUnixTimeMilliseconds()).Bind(2, SweepStep);
                while (container.Expire.Step())
                {
                    container.Remove.Bind(1, container.Expire.Integer(0)).Run();
                    removed++;
                }
            }
        });
        return removed;
    });

    /// <summary>Removes the oldest replaced versions. They are in nobody's way, so a failure waits for the next start.</summary>
    void RemoveReplaced()
    {
        var removed = 0L;
        try
        {
            Transaction(() =>
            {
                var last = 0L;
                oldest.Bind(1, SweepStep);
                while (oldest.Step())
                {
                    last = oldest.Integer(0);
                    containers[oldest.Integer(1)].Remove.Bind(1, oldest.Integer(2)).Run();
                    removed++;
                }
                forget.Bind(1, last).Run();
            });
        }
        catch (SqliteException)
        {
            removed = Replaced;
        }
        Replaced -= removed;
    }

    void Transaction(Action work)
    {
        begin.Run();
        try
        {
            work();
            commit.Run();
        }
        catch
        {
            if (connection.InTransaction)
            {
                rollback.Run();
            }
            throw;
        }
        PagesWritten?.Invoke(connection.TakePagesWritten());
    }

    void Loop()
    {
        while (true)
        {
            Action? chore;
            var isIdle = false;
            lock (gate)
            {
                while (queue.Count == 0 && chores.Count == 0 && !isIdle)
                {
                    if (stopping)
                    {
                        return;
                    }
                    isIdle = !Monitor.Wait(gate, Replaced > 0 ? IdleMilliseconds : Timeout.Infinite);
                }
                (queue, group) = (group, queue);
                queuedBytes = 0;
                _ = chores.TryDequeue(out chore);
            }
            if (group.Count > 0)
            {
                CommitGroup();
                group.Clear();
            }
            chore?.Invoke();
            if (isIdle || Replaced > options.ReplacedDocuments)
            {
                RemoveReplaced();
            }
        }
    }

    void CommitGroup()
    {
        var (before, replacedBefore) = (lsn, Replaced);
        try
        {
            Transaction(() =>
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var pending in group)
                {
                    pending.Result = Apply(pending, now);
                }
                if (lsn != before)
                {
                    position.Bind(1, lsn).Run();
                }
            });
        }
        catch (Exception failure)
        {
            (lsn, Replaced) = (before, replacedBefore);
            var told = failure is SqliteException { IsFull: true } ? new StorageFullException(failure) : failure;
            group.ForEach(pending => pending.Done.SetException(told));
            return;
        }
        Groups++;
        group.ForEach(pending => pending.Done.SetResult(pending.Result!));
    }

    /// <summary>Checks all of a batch before it writes any of it, so a refused batch leaves no trace in the group.</summary>
    CommitResult Apply(Pending batch, long now)
    {
        var (partition, writes) = (batch.Partition, batch.Writes);
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

    /// <summary>Commits what is queued, then stops.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }
        thread.Join();
        connection.Dispose();
    }
}
