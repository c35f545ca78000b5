using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace AWorld.Platform;

/// <summary>A workspace's configuration at one moment: immutable, and the same object as long as nothing changes.</summary>
public sealed class Snapshot
{
    readonly FrozenDictionary<Type, Table> tables;
    readonly ConcurrentDictionary<Type, object> derived = new();

    internal Snapshot(Tenant tenant, long version, IReadOnlyDictionary<Type, Table> tables) =>
        (Tenant, Version, this.tables) = (tenant, version, tables.ToFrozenDictionary());

    internal Snapshot(Tenant tenant, long version, IEnumerable<Configured> entities) : this(tenant, version,
        entities.GroupBy(entity => entity.GetType()).ToDictionary(group => group.Key, group => Table.Of(group.Key, [.. group])))
    {
    }

    public Tenant Tenant { get; }

    /// <summary>Grows with every change that this node has seen; says nothing on another node.</summary>
    public long Version { get; }

    /// <summary>The published entities of a type, oldest first.</summary>
    public IReadOnlyList<T> Published<T>() where T : Configured =>
        tables.TryGetValue(typeof(T), out var table) ? ((Table<T>)table).Published : [];

    /// <summary>The published entity with this id, or null.</summary>
    public T? Find<T>(string? id) where T : Configured => FindAtAnyStage<T>(id) is { Stage: Stage.Published } entity ? entity : null;

    /// <summary>The entity with this id, drafts and archived ones included; for showing, not for playing.</summary>
    public T? FindAtAnyStage<T>(string? id) where T : Configured =>
        id is not null && tables.TryGetValue(typeof(T), out var table) && ((Table<T>)table).ById.TryGetValue(id, out var entity) ? entity : null;

    /// <summary>All entities of a type, drafts and archived ones included, in no order.</summary>
    public IReadOnlyCollection<T> AtAnyStage<T>() where T : Configured => tables.TryGetValue(typeof(T), out var table) ? ((Table<T>)table).ById.Values : [];

    /// <summary>Something computed from the snapshot, once.</summary>
    public T Derive<T>(Func<Snapshot, T> make) where T : class => (T)derived.GetOrAdd(typeof(T), static (_, given) => given.make(given.snapshot), (make, snapshot: this));

    internal abstract class Table
    {
        public static Table Of(Type type, IReadOnlyList<Configured> entities) =>
            (Table)Activator.CreateInstance(typeof(Table<>).MakeGenericType(type), [entities])!;
    }

    internal sealed class Table<T> : Table where T : Configured
    {
        public Table(IReadOnlyList<Configured> entities)
        {
            ById = entities.Cast<T>().ToFrozenDictionary(entity => entity.Id, StringComparer.Ordinal);
            Published = [.. ById.Values.Where(entity => entity.Stage == Stage.Published).OrderBy(entity => entity.CreatedAt).ThenBy(entity => entity.Id, StringComparer.Ordinal)];
        }

        public FrozenDictionary<string, T> ById { get; }
        public IReadOnlyList<T> Published { get; }
    }
}
