using AWorld.Platform;

namespace AWorld.Users;

/// <summary>
/// The values read last, bounded in number and in age. A value that was being read while its key was removed is not
/// kept, so after a commit and a <see cref="Remove"/> nobody on this node sees the old one.
/// </summary>
sealed class RecentCache<TKey, TValue>(int capacity, TimeSpan freshness, WorkspaceClocks clocks) where TKey : notnull where TValue : class
{
    const int StripeCount = 16;

    sealed class Stripe
    {
        public readonly Lock Gate = new();
        public readonly Dictionary<TKey, LinkedListNode<Entry>> Entries = [];
        public readonly LinkedList<Entry> ByUse = [];
        public long Removals;
    }

    readonly record struct Entry(TKey Key, TValue Value, long ReadAt);

    readonly Stripe[] stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe())];
    readonly int capacityOfStripe = Math.Max(1, capacity / StripeCount);

    public ValueTask<TValue?> Get(TKey key, Func<TKey, CancellationToken, ValueTask<TValue?>> read, CancellationToken stop)
    {
        var stripe = StripeOf(key);
        long removals;
        lock (stripe.Gate)
        {
            if (stripe.Entries.TryGetValue(key, out var node))
            {
                if (clocks.Real.GetElapsedTime(node.Value.ReadAt) < freshness)
                {
                    stripe.ByUse.Remove(node);
                    stripe.ByUse.AddFirst(node);
                    return new(node.Value.Value);
                }
                Drop(stripe, node);
            }
            removals = stripe.Removals;
        }
        return Load(stripe, key, removals, read, stop);
    }

    public void Remove(TKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe.Gate)
        {
            stripe.Removals++;
            if (stripe.Entries.TryGetValue(key, out var node))
            {
                Drop(stripe, node);
            }
        }
    }

    async ValueTask<TValue?> Load(Stripe stripe, TKey key, long removals, Func<TKey, CancellationToken, ValueTask<TValue?>> read, CancellationToken stop)
    {
        var readAt = clocks.Real.GetTimestamp();
        var value = await read(key, stop);
        if (value is null)
        {
            return null;
        }
        lock (stripe.Gate)
        {
            if (stripe.Removals == removals && !stripe.Entries.ContainsKey(key))
            {
                stripe.Entries.Add(key, stripe.ByUse.AddFirst(new Entry(key, value, readAt)));
                if (stripe.Entries.Count > capacityOfStripe)
                {
                    Drop(stripe, stripe.ByUse.Last!);
                }
            }
        }
        return value;
    }

    static void Drop(Stripe stripe, LinkedListNode<Entry> node)
    {
        stripe.ByUse.Remove(node);
        stripe.Entries.Remove(node.Value.Key);
    }

    Stripe StripeOf(TKey key) => stripes[(uint)key.GetHashCode() % StripeCount];
}
