namespace AWorld.Embedded.Storage;

/// <summary>
/// Copies the write-ahead log into the database when it has grown, without making writers wait: the bulk on its own
/// connection while commits go on, again for what they added, and the little that is left between two commits. After
/// that the writer starts the log from its beginning, so it does not grow with the load.
/// </summary>
sealed class Checkpoints : IDisposable
{
    const string Passive = "PRAGMA wal_checkpoint(PASSIVE)";
    const int Rounds = 5;

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
        if (Interlocked.Add(ref pages, written) >= threshold && running.IsCompleted)
        {
            running = Task.Run(Run);
        }
    }

    async Task Run()
    {
        lock (connection)
        {
            for (var round = 0; round < Rounds && !stopped; round++)
            {
                Interlocked.Exchange(ref pages, 0);
                _ = connection.Scalar(Passive);
                if (Interlocked.Read(ref pages) < threshold / 64)
                {
                    break;
                }
            }
            if (stopped)
            {
                return;
            }
        }
        await writer.Between(own => own.Scalar(Passive));
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
