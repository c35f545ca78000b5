using AWorld.Platform;

namespace AWorld.Embedded.Workflows;

/// <summary>
/// The next timer of each instance that has one, in memory; heads hold them durably. One timer of the clock is set for
/// the earliest, so those that wait cost nothing.
/// </summary>
sealed class WorkflowTimers : IDisposable
{
    /// <summary>The system's clock may be set: at least this often is looked again.</summary>
    static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    readonly WorkspaceClocks clocks;
    readonly Action<InstanceKey> wake;
    readonly ITimer timer;
    readonly Dictionary<InstanceKey, DateTimeOffset> waiting = [];
    // Entries that their instance has replaced stay until they come up or become too many.
    PriorityQueue<(InstanceKey Key, DateTimeOffset Due), DateTimeOffset> queue = new();

    public WorkflowTimers(WorkspaceClocks clocks, Action<InstanceKey> wake)
    {
        (this.clocks, this.wake) = (clocks, wake);
        timer = clocks.Real.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The earliest instant at which an instance wakes, by the real clock.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            lock (gate)
            {
                Tidy();
                return queue.TryPeek(out _, out var at) ? at : null;
            }
        }
    }

    /// <param name="due">In the tenant's time; null: never.</param>
    public void Set(InstanceKey key, DateTimeOffset? due)
    {
        lock (gate)
        {
            if (due is not { } at)
            {
                waiting.Remove(key);
                return;
            }
            if (waiting.TryGetValue(key, out var known) && known == at)
            {
                return;
            }
            waiting[key] = at;
            Enqueue(key, at);
            if (queue.Count > 64 + 2 * waiting.Count)
            {
                Rebuild();
            }
            if (queue.Peek().Key != key)
            {
                return;
            }
        }
        Tick();
    }

    /// <summary>The time of a tenant has moved on by itself.</summary>
    public void Moved()
    {
        lock (gate)
        {
            Rebuild();
        }
        Tick();
    }

    void Rebuild()
    {
        queue = new(waiting.Count);
        foreach (var (key, due) in waiting)
        {
            Enqueue(key, due);
        }
    }

    void Enqueue(InstanceKey key, DateTimeOffset due) => queue.Enqueue((key, due), due - clocks.Ahead(key.Tenant));

    void Tidy()
    {
        while (queue.TryPeek(out var first, out _) && !(waiting.TryGetValue(first.Key, out var due) && due == first.Due))
        {
            queue.Dequeue();
        }
    }

    void Arm()
    {
        Tidy();
        if (queue.TryPeek(out _, out var at))
        {
            var wait = at - clocks.Real.GetUtcNow();
            // Timers of the system round down; a millisecond late is in time, early would be in vain.
            timer.Change(wait > LookAgain ? LookAgain : Ceiling(wait), Timeout.InfiniteTimeSpan);
        }
    }

    static TimeSpan Ceiling(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));

    void Tick()
    {
        List<InstanceKey> due = [];
        lock (gate)
        {
            for (var at = clocks.Real.GetUtcNow(); queue.TryPeek(out var first, out var when) && when <= at;)
            {
                queue.Dequeue();
                if (waiting.TryGetValue(first.Key, out var known) && known == first.Due)
                {
                    waiting.Remove(first.Key);
                    due.Add(first.Key);
                }
            }
            Arm();
        }
        due.ForEach(wake);
    }

    public void Dispose() => timer.Dispose();
}
