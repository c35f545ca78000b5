using System.Collections.Concurrent;
using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>
/// The store of one machine: one SQLite file in WAL mode, fsynced before a commit returns. Reads run on the caller's
/// thread over pooled connections; writes go through one writer that groups them.
/// </summary>
public sealed class SqliteDocumentStore : IDocumentStore, IDisposable
{
    readonly TimeProvider clock;
    readonly FileStream exclusive;
    readonly StoreWriter writer;
    readonly ConcurrentBag<StoreReader> readers = [];
    readonly SemaphoreSlim readerSlots;
    readonly Checkpoints checkpoints;
    readonly ITimer sweeping;

    public const string FileName = "aworld.db";

    /// <param name="folder">Created when absent; the database is <see cref="FileName"/> in it.</param>
    public SqliteDocumentStore(string folder, StorageOptions options, TimeProvider clock)
    {
        this.clock = clock;
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, FileName);
        exclusive = StoreLock.Take(file);
        try
        {
            writer = new StoreWriter(file, options, clock);
        }
        catch
        {
            exclusive.Dispose();
            throw;
        }
        readerSlots = new SemaphoreSlim(options.Readers);
        for (var i = 0; i < options.Readers; i++)
        {
            readers.Add(new StoreReader(file, options));
        }
        checkpoints = new Checkpoints(file, options, writer);
        var period = TimeSpan.FromSeconds(options.SweepSeconds);
        sweeping = clock.CreateTimer(_ => _ = Sweep(), null, period, period);
    }

    internal StoreWriter Writer => writer;

    public async ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop)
    {
        await readerSlots.WaitAsync(stop);
        var reader = Take();
        try
        {
            return reader.Read(partition, id, Now);
        }
        finally
        {
            Return(reader);
        }
    }

    public async ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, StoreLimits.PageItems, nameof(query));
        await readerSlots.WaitAsync(stop);
        var reader = Take();
        try
        {
            return reader.Query(partition, query, Now);
        }
        finally
        {
            Return(reader);
        }
    }

    public async ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageItems);
        await readerSlots.WaitAsync(stop);
        var reader = Take();
        try
        {
            return reader.Changes(container, cursor, limit, prefixes, Now);
        }
        finally
        {
            Return(reader);
        }
    }

    public async ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop)
    {
        // Once queued a batch will be applied, so from there on the caller waits for the outcome.
        stop.ThrowIfCancellationRequested();
        if (StoreLimits.Refusal(writes, out var bytes) is { } refused)
        {
            return refused;
        }
        return writes.Count == 0 ? new(CommitStatus.Committed, [], -1) : await Telemetry.Measure(() => writer.Commit(partition, writes, bytes), writes.Count, bytes);
    }

    /// <summary>Removes a bounded number of expired documents and says how many.</summary>
    public Task<int> Sweep() => writer.Sweep();

    long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    StoreReader Take() => readers.TryTake(out var reader) ? reader : throw new ObjectDisposedException(nameof(SqliteDocumentStore));

    void Return(StoreReader reader)
    {
        readers.Add(reader);
        readerSlots.Release();
    }

    public void Dispose()
    {
        sweeping.Dispose();
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
        // The last connection to close copies the log into the database.
        writer.Dispose();
        checkpoints.Dispose();
        exclusive.Dispose();
    }
}
