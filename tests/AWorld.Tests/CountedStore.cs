using System.Collections.Concurrent;
using AWorld.Embedded.Storage;
using AWorld.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests;

/// <summary>Notes what requests do to the store; what is done behind them is not noted.</summary>
sealed class CountedStore(IDocumentStore store, IHttpContextAccessor requests) : IDocumentStore
{
    readonly ConcurrentQueue<string> calls = new();

    /// <summary>To be given to a host before it is built.</summary>
    public static void Replace(WebApplicationBuilder builder) => builder.Services
        .AddHttpContextAccessor()
        .AddSingleton<CountedStore>(static services => new(services.GetRequiredService<SqliteDocumentStore>(), services.GetRequiredService<IHttpContextAccessor>()))
        .AddSingleton<IDocumentStore>(static services => services.GetRequiredService<CountedStore>());

    /// <summary>What was noted since the last time, such as <c>Read Platform client</c>, in no order.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = calls.Order(StringComparer.Ordinal).ToList();
        calls.Clear();
        return taken;
    }

    public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop)
    {
        Note("Read", partition, id);
        return store.Read(partition, id, stop);
    }

    public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop)
    {
        Note("Query", partition, query.From ?? "");
        return store.Query(partition, query, stop);
    }

    public ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop)
    {
        Note("Commit", partition, string.Join(',', writes.Select(write => Kind(write.Id))));
        return store.Commit(partition, writes, stop);
    }

    public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop) =>
        store.Changes(container, cursor, limit, prefixes, stop);

    void Note(string call, Partition partition, string id)
    {
        if (requests.HttpContext is not null)
        {
            calls.Enqueue($"{call} {partition.Container} {Kind(id)}");
        }
    }

    static string Kind(string id) => id.Split(':')[0].TrimEnd("0123456789".ToCharArray());
}
