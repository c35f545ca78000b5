using System.Collections.Concurrent;

namespace AWorld.Authorization;

/// <summary>
/// A bounded cache that a read neither locks nor allocates for. What is forgotten while it is being looked up is not
/// remembered: take <see cref="Generation"/> before looking up and hand it to <see cref="Add"/>.
/// </summary>
sealed class ExpiringCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null) where TKey : notnull where TValue : class
{
    sealed class Entry(TValue value, DateTimeOffset until)
    {
        public readonly TValue Value = value;
        public readonly DateTimeOffset Until = until;
        public bool Used = true;
    }

    readonly ConcurrentDictionary<TKey, Entry> entries = new(comparer);
    int count;
    int sweeping;
    long generation;

    public long Generation => Volatile.Read(ref generation);
    public int Count => Volatile.Read(ref count);

    public TValue? Find(TKey key, DateTimeOffset now)
    {
        if (!entries.TryGetValue(key, out var entry) || entry.Until <= now)
        {
            return null;
        }
        if (!entry.Used)
        {
            entry.Used = true;
        }
        return entry.Value;
    }

    public void Add(TKey key, TValue value, DateTimeOffset until, DateTimeOffset now, long lookedUpIn)
    {
        var entry = new Entry(value, until);
        Remove(key);
        if (!entries.TryAdd(key, entry))
        {
            return;
        }
        Interlocked.Increment(ref count);
        if (Generation != lookedUpIn)
        {
            Remove(key);
        }
        else if (Count > capacity && Interlocked.Exchange(ref sweeping, 1) == 0)
        {
            Sweep(now);
            Volatile.Write(ref sweeping, 0);
        }
    }

    /// <summary>Forgets all that match, and all that are being looked up right now.</summary>
    public void Forget(Func<TKey, TValue, bool> match)
    {
        Interlocked.Increment(ref generation);
        foreach (var (key, entry) in entries)
        {
            if (match(key, entry.Value))
            {
                Remove(key);
            }
        }
    }

    /// <summary>The clock algorithm: expired ones go, then those not used since the last sweep, then any, down to nine tenths.</summary>
    void Sweep(DateTimeOffset now)
    {
        var target = capacity - capacity / 10;
        foreach (var (key, entry) in entries)
        {
            if (entry.Until <= now || !entry.Used && Count > target)
            {
                Remove(key);
            }
            entry.Used = false;
        }
        foreach (var (key, _) in entries)
        {
            if (Count <= target)
            {
                return;
            }
            Remove(key);
        }
    }

    void Remove(TKey key)
    {
        if (entries.TryRemove(key, out _))
        {
            Interlocked.Decrement(ref count);
        }
    }
}
