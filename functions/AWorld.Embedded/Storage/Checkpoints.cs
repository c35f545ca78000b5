using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>
/// Copies the write-ahead log into the database when it has grown, without making writers wait: the bulk on its own
/// connection while commits go on, then the few pages written meanwhile between two commits. After that the writer
/// starts the log from its beginning, so it does not grow with the load.
/// </summary>
sealed class Checkpoints : IDisposable
{
    readonly long threshold;
    readonly StoreWriter writer;
    readonly Sqlite connection;
    Task running = Task.CompletedTask;
    long pages;
    bool stopped;

    public Checkpoints(string file, StorageOptions options, StoreWriter writer)
    {
        this.writer = writer;
        threshold = options.CheckpointMegabytes * 1024L * 1024 / StoreSchema.PageSize;
        connection = new Sqlite(file);
        connection.Execute("PRAGMA synchronous = FULL");
        writer.PagesWritten = Count;
    }

    void Count(int written)
    {
        pages += written;
        if (pages >= threshold && running.IsCompleted)
        {
            pages = 0;
            running = Task.Run(Run);
        }
    }

    async Task Run()
    {
        const string passive = "PRAGMA wal_checkpoint(PASSIVE)";
        lock (connection)
        {
            if (stopped)
            {
                return;
            }
            connection.Scalar(passive);
        }
        await writer.Between(own => own.Scalar(passive));
    }

    public void Dispose()
    {
        lock (connection)
        {
            stopped = true;
            connection.Dispose();
        }
    }
}
