using AWorld.Platform;

namespace AWorld.Embedded.Storage;

/// <summary>Reads the store of a data folder, whether the platform runs or not; for one caller at a time.</summary>
sealed class ReadOnlyStore : IDocumentStore, IDisposable
{
    readonly StoreReader reader;
    readonly TimeProvider clock;

    public ReadOnlyStore(string folder, TimeProvider clock)
    {
        var file = Path.Combine(folder, SqliteDocumentStore.FileName);
        if (!File.Exists(file))
        {
            throw new StoreException($"there is no store in {folder}");
        }
        using (var database = new Sqlite(file, readOnly: true))
        {
            if (StoreSchema.Check(database) != StoreSchema.Steps.Count)
            {
                throw new StoreVersionException("the store is of an older version; start the platform once to bring it up to date");
            }
        }
        (reader, this.clock) = (new(file, new()), clock);
    }

    long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop) => new(reader.Read(partition, id, Now));
    public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop) => new(reader.Query(partition, query, Now));
    public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop) => new(reader.Changes(container, cursor, limit, prefixes, Now));
    public ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop) => throw new NotSupportedException("this store is only read");

    public void Dispose() => reader.Dispose();
}
