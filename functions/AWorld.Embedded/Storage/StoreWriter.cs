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
    readonly StoreChanges changes;
    readonly Thread thread;
    readonly object gate = new();
    List<Pending> queue = [];
    List<Pending> group = [];
    readonly Queue<Action> chores = new();
    long queuedBytes;
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
            changes = new StoreChanges(connection);
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
    public long Replaced => changes.Replaced;

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
        Transaction(() => removed = changes.RemoveExpired(clock.GetUtcNow(), SweepStep));
        return removed;
    });

    /// <summary>Removes the oldest replaced versions. They are in nobody's way, so a failure waits for the next start.</summary>
    void RemoveReplaced()
    {
        var removed = 0L;
        try
        {
            Transaction(() => removed = changes.RemoveReplaced(SweepStep));
        }
        catch (SqliteException)
        {
            removed = Replaced;
        }
        changes.Replaced -= removed;
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
        var before = changes.Mark();
        try
        {
            Transaction(() =>
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var pending in group)
                {
                    pending.Result = changes.Apply(pending.Partition, pending.Writes, now);
                }
                changes.KeepPosition(before);
            });
        }
        catch (Exception failure)
        {
            changes.Return(before);
            var told = failure is SqliteException { IsFull: true } ? new StorageFullException(failure) : failure;
            group.ForEach(pending => pending.Done.SetException(told));
            return;
        }
        Groups++;
        group.ForEach(pending => pending.Done.SetResult(pending.Result!));
    }

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
