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
    readonly Statement find;
    readonly Statement put;
    readonly Statement delete;
    readonly Statement position;
    readonly Statement sweep;
    readonly Thread thread;
    readonly object gate = new();
    List<Pending> queue = [];
    List<Pending> group = [];
    readonly Queue<Action> chores = new();
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
            find = connection.Prepare("SELECT lsn, expires_at FROM document WHERE container = ?1 AND partition_key = ?2 AND id = ?3");
            put = connection.Prepare("""
                INSERT INTO document (container, partition_key, id, lsn, expires_at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT DO UPDATE SET lsn = excluded.lsn, expires_at = excluded.expires_at, body = excluded.body
                """);
            delete = connection.Prepare("DELETE FROM document WHERE container = ?1 AND partition_key = ?2 AND id = ?3");
            position = connection.Prepare("UPDATE position SET lsn = ?1");
            sweep = connection.Prepare("""
                DELETE FROM document WHERE (container, partition_key, id) IN
                    (SELECT container, partition_key, id FROM document WHERE expires_at <= ?1 LIMIT ?2) RETURNING 1
                """);
            lsn = connection.Scalar("SELECT lsn FROM position");
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

    /// <summary>Removes at most <see cref="SweepStep"/> expired documents and says how many.</summary>
    public Task<int> Sweep() => Between(_ =>
    {
        sweep.Bind(1, clock.GetUtcNow().ToUnixTimeMilliseconds()).Bind(2, SweepStep);
        var removed = 0;
        while (sweep.Step())
        {
            removed++;
        }
        return removed;
    });

    void Loop()
    {
        while (true)
        {
            Action? chore;
            lock (gate)
            {
                while (queue.Count == 0 && chores.Count == 0)
                {
                    if (stopping)
                    {
                        return;
                    }
                    Monitor.Wait(gate);
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
        }
    }

    void CommitGroup()
    {
        var before = lsn;
        try
        {
            begin.Run();
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var pending in group)
            {
                pending.Result = Apply(pending, now);
            }
            if (lsn != before)
            {
                position.Bind(1, lsn).Run();
            }
            commit.Run();
        }
        catch (Exception failure)
        {
            lsn = before;
            if (connection.InTransaction)
            {
                rollback.Run();
            }
            group.ForEach(pending => pending.Done.SetException(failure));
            return;
        }
        Groups++;
        group.ForEach(pending => pending.Done.SetResult(pending.Result!));
        PagesWritten?.Invoke(connection.TakePagesWritten());
    }

    /// <summary>Checks all of a batch before it writes any of it, so a refused batch leaves no trace in the group.</summary>
    CommitResult Apply(Pending batch, long now)
    {
        var (partition, writes) = (batch.Partition, batch.Writes);
        for (var i = 0; i < writes.Count; i++)
        {
            if (Refusal(partition, writes[i], now) is { } refusal)
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
                Key(delete, partition, write.Id).Run();
                etags[i] = "";
                continue;
            }
            Key(put, partition, write.Id).Bind(4, ++lsn).Bind(5, write.ExpiresAt?.ToUnixTimeMilliseconds()).Bind(6, write.Body.Span).Run();
            etags[i] = StoreReader.ETag(lsn);
        }
        return new(CommitStatus.Committed, etags, -1);
    }

    CommitStatus? Refusal(Partition partition, in Write write, long now)
    {
        if (write.Kind == WriteKind.Upsert && write.IfMatch is null)
        {
            return null;
        }
        var exists = false;
        long stored = 0;
        if (Key(find, partition, write.Id).Step())
        {
            stored = find.Integer(0);
            exists = !(find.OptionalInteger(1) <= now);
            find.Reset();
        }
        return write switch
        {
            { Kind: WriteKind.Create } => exists ? CommitStatus.Conflict : null,
            _ when !exists => CommitStatus.NotFound,
            { IfMatch: { } etag } when etag != StoreReader.ETag(stored) => CommitStatus.PreconditionFailed,
            _ => null,
        };
    }

    static Statement Key(Statement statement, Partition partition, string id) =>
        statement.Bind(1, (long)partition.Container).Bind(2, partition.Key).Bind(3, id);

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
