namespace AWorld.Game;

/// <summary>What is known of one user in memory, and the lane in which their steps take turns.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle is never asked for holds nothing to dispose.
sealed class PlayerSlot(string key)
{
    public readonly string Key = key;
    public readonly SemaphoreSlim Lane = new(1, 1);

    /// <summary>Null: to be read from the store.</summary>
    public LoadedState? Current;

    /// <summary>Steps and reads that hold it; a held slot is not evicted, so that a user has one lane.</summary>
    public int Holders;
}
#pragma warning restore CA1001

/// <param name="ETag">Null: the user has no state document yet.</param>
/// <param name="ReadAt">A timestamp of the clock, of when the store last confirmed it.</param>
sealed record LoadedState(PlayerState State, string? ETag, long ReadAt);

/// <summary>The slots of recently seen users, at most as many as fit (more only while all are held).</summary>
sealed class PlayerSlots(int capacity)
{
    readonly Lock gate = new();
    readonly Dictionary<string, LinkedListNode<PlayerSlot>> slots = new(StringComparer.Ordinal);
    readonly LinkedList<PlayerSlot> recent = new();

    public PlayerSlot Hold(string key)
    {
        lock (gate)
        {
            if (slots.TryGetValue(key, out var node))
            {
                recent.Remove(node);
            }
            else
            {
                node = new(new PlayerSlot(key));
                slots.Add(key, node);
                Evict();
            }
            recent.AddFirst(node);
            node.Value.Holders++;
            return node.Value;
        }
    }

    public void Release(PlayerSlot slot)
    {
        lock (gate)
        {
            slot.Holders--;
        }
    }

    void Evict()
    {
        for (var node = recent.Last; node is not null && slots.Count > capacity;)
        {
            var previous = node.Previous;
            if (node.Value.Holders == 0)
            {
                recent.Remove(node);
                slots.Remove(node.Value.Key);
            }
            node = previous;
        }
    }
}
