using AWorld.Embedded.Storage;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Integrations;

/// <summary>The store of a host, of which commits can fail before they take effect, or their answers be lost afterwards.</summary>
sealed class FailingStore : IDocumentStore
{
    SqliteDocumentStore store = null!;

    public Func<Partition, IReadOnlyList<Write>, bool> Fails { get; set; } = static (_, _) => false;

    public Func<Partition, IReadOnlyList<Write>, bool> Loses { get; set; } = static (_, _) => false;

    /// <summary>How many did.</summary>
    public int Failed => failed;

    int failed;

    public void Around(IServiceCollection services) => services.AddSingleton<IDocumentStore>(provider =>
    {
        store = provider.GetRequiredService<SqliteDocumentStore>();
        return this;
    });

    public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop) => store.Read(partition, id, stop);
    public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop) => store.Query(partition, query, stop);
    public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop) => store.Changes(container, cursor, limit, prefixes, stop);

    public async ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop)
    {
        if (Fails(partition, writes))
        {
            throw Lost();
        }
        var result = await store.Commit(partition, writes, stop);
        return Loses(partition, writes) ? throw Lost() : result;
    }

    IOException Lost()
    {
        Interlocked.Increment(ref failed);
        return new("lost");
    }
}
