using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AWorld.Platform;

public sealed class SnapshotOptions
{
    public const string Section = "AWorld:Snapshots";

    /// <summary>How often a request looks whether another node changed a configuration; zero where there is only one node.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CheckEvery { get; set; } = TimeSpan.Zero;

    /// <summary>Kept in memory; beyond that all are dropped and read again when asked for.</summary>
    [Range(1, 100_000)]
    public int MostWorkspaces { get; set; } = 1_000;
}

/// <summary>
/// The current configuration of each workspace, in memory. A change made on this node is in the next snapshot asked
/// for; one made on another is found in the change feed, which requests consult at most every <see cref="SnapshotOptions.CheckEvery"/>.
/// </summary>
public sealed class Snapshots : IDisposable
{
    readonly IDocumentStore store;
    readonly IOptions<SnapshotOptions> options;
    readonly IConfigurationSignal? signal;
    readonly IReadOnlyList<Resource> resources;
    readonly ConcurrentDictionary<Tenant, Cached> tenants = new();
    readonly ConfigurationFeed? feed;

    /// <param name="signal">Null: other nodes find changes in the change feed.</param>
    public Snapshots(IDocumentStore store, IEnumerable<Resource> resources, IOptions<SnapshotOptions> options, TimeProvider clock, IConfigurationSignal? signal = null)
    {
        (this.store, this.options, this.signal) = (store, options, signal);
        this.resources = [.. resources];
        feed = options.Value.CheckEvery > TimeSpan.Zero ? new(store, clock, options.Value.CheckEvery) : null;
        signal?.Listen(Outdate);
    }

    public async ValueTask<Snapshot> Get(Tenant tenant, CancellationToken stop)
    {
        if (feed is not null)
        {
            await feed.Catch(Outdate, stop);
        }
        if (tenants.Count > options.Value.MostWorkspaces)
        {
            tenants.Clear();
        }
        var cached = tenants.GetOrAdd(tenant, static tenant => new(tenant));
        return cached.Current ?? await cached.Load(this).WaitAsync(stop);
    }

    /// <summary>Call after a commit to a kind's partition: no snapshot given out from now on is older than it.</summary>
    internal void Changed(Tenant tenant, string kind)
    {
        Outdate(tenant, kind);
        signal?.Send(tenant, kind);
    }

    void Outdate(Tenant tenant, string kind)
    {
        if (tenants.TryGetValue(tenant, out var cached))
        {
            cached.Outdate(kind);
        }
    }

    public void Dispose() => feed?.Dispose();

    async Task<Snapshot.Table> Read(Tenant tenant, Resource resource)
    {
        List<Configured> entities = [];
        string? continuation = null;
        do
        {
            var page = await store.Query(resource.In(tenant), DocumentQuery.Prefix(DocumentIds.Entities, continuation: continuation), CancellationToken.None);
            entities.AddRange(page.Items.Select(document => resource.Load(Json.Read<Head>(document.Body))));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return Snapshot.Table.Of(resource.ClrType, entities);
    }

    /// <summary>One workspace: its tables by kind, and the generation each kind is at.</summary>
    sealed class Cached(Tenant tenant)
    {
        readonly Lock gate = new();
        readonly Dictionary<string, (long Generation, Snapshot.Table Table)> tables = [];
        readonly Dictionary<string, long> generations = [];
        Task<Snapshot>? loading;
        long generation;

        public Snapshot? Current { get; private set; }

        public void Outdate(string kind)
        {
            lock (gate)
            {
                generations[kind] = ++generation;
                Current = null;
                loading = null;
            }
        }

        /// <summary>Callers of the same generation share one load; it reads only the kinds that changed.</summary>
        public Task<Snapshot> Load(Snapshots snapshots)
        {
            lock (gate)
            {
                return Current is { } current ? Task.FromResult(current) : loading ??= Read(snapshots, generation);
            }
        }

        async Task<Snapshot> Read(Snapshots snapshots, long started)
        {
            await Task.Yield();
            try
            {
                var read = new Dictionary<Type, Snapshot.Table>();
                foreach (var resource in snapshots.resources)
                {
                    read[resource.ClrType] = Fresh(resource.Path) ?? Keep(resource.Path, started, await snapshots.Read(tenant, resource));
                }
                var snapshot = new Snapshot(tenant, started, read);
                lock (gate)
                {
                    if (generation == started)
                    {
                        (Current, loading) = (snapshot, null);
                    }
                }
                return snapshot;
            }
            catch
            {
                lock (gate)
                {
                    loading = generation == started ? null : loading;
                }
                throw;
            }
        }

        Snapshot.Table? Fresh(string kind)
        {
            lock (gate)
            {
                return tables.TryGetValue(kind, out var table) && table.Generation >= generations.GetValueOrDefault(kind) ? table.Table : null;
            }
        }

        Snapshot.Table Keep(string kind, long started, Snapshot.Table table)
        {
            lock (gate)
            {
                if (!tables.TryGetValue(kind, out var kept) || kept.Generation <= started)
                {
                    tables[kind] = (started, table);
                }
            }
            return table;
        }
    }
}
