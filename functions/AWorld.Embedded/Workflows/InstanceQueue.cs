using System.Threading.Channels;

namespace AWorld.Embedded.Workflows;

/// <summary>The instances in memory: those with something to do, in the order they got it, and those used last.</summary>
sealed class InstanceQueue(WorkflowsOptions options, Func<InstanceKey, Instance> load)
{
    readonly Lock gate = new();
    readonly Dictionary<InstanceKey, Instance> instances = [];
    readonly LinkedList<Instance> recent = [];
    // An instance is in it at most once: bounded by what is admitted.
    readonly Channel<Instance> ready = Channel.CreateUnbounded<Instance>();
    // Until the start has gone through what there is.
    int busy = 1;
    TaskCompletionSource? idle;

    public int InMemory
    {
        get
        {
            lock (gate)
            {
                return instances.Count;
            }
        }
    }

    /// <summary>Instances that wait for a worker.</summary>
    public int Waiting => ready.Reader.Count;

    /// <summary>The instances to take a step of; whoever takes one gives it back.</summary>
    public IAsyncEnumerable<Instance> Ready(CancellationToken stop) => ready.Reader.ReadAllAsync(stop);

    /// <summary>Completes when every instance waits for a timer or an event and no activity runs.</summary>
    public Task Idle()
    {
        lock (gate)
        {
            return busy == 0 ? Task.CompletedTask : (idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Something runs that keeps the engine from being idle, until <see cref="End"/>.</summary>
    public void Begin()
    {
        lock (gate)
        {
            busy++;
        }
    }

    public void End()
    {
        lock (gate)
        {
            if (--busy == 0)
            {
                idle?.SetResult();
                idle = null;
            }
        }
    }

    /// <returns>False when too much waits for the instance already.</returns>
    public bool Deliver(InstanceKey key, Work work, int limit)
    {
        lock (gate)
        {
            if (!instances.TryGetValue(key, out var instance))
            {
                instances.Add(key, instance = load(key));
            }
            if (instance.Inbox.Count >= limit)
            {
                return false;
            }
            if (work is not Wake || instance.Inbox.Last?.Value is not Wake)
            {
                instance.Inbox.AddLast(work);
            }
            if (!instance.IsQueued)
            {
                instance.IsQueued = true;
                Begin();
                ready.Writer.TryWrite(instance);
            }
            return true;
        }
    }

    /// <summary>An order alone, or as many inputs as one step may take.</summary>
    public List<Work> Take(Instance instance)
    {
        const int bytesPerStep = 512 * 1024;
        lock (gate)
        {
            var batch = new List<Work>();
            for (var bytes = 0; instance.Inbox.First is { } first && batch.Count < options.EventsPerStep && bytes < bytesPerStep; )
            {
                if (first.Value is Order && batch.Count > 0)
                {
                    break;
                }
                instance.Inbox.RemoveFirst();
                batch.Add(first.Value);
                bytes += first.Value is Told told ? HistoryDocuments.Size(told.Input.Data) : 0;
                if (first.Value is Order)
                {
                    break;
                }
            }
            return batch;
        }
    }

    /// <summary>The step is taken: the instance waits for what comes, or has it already.</summary>
    public void Return(Instance instance)
    {
        lock (gate)
        {
            if (instance.Inbox.Count > 0)
            {
                ready.Writer.TryWrite(instance);
                return;
            }
            instance.IsQueued = false;
            Keep(instance);
            End();
        }
    }

    /// <summary>The step was not taken: its work is the first of the next one, once <see cref="TakeAgain"/> is called.</summary>
    public void PutBack(Instance instance, List<Work> batch)
    {
        lock (gate)
        {
            for (var n = batch.Count - 1; n >= 0; n--)
            {
                instance.Inbox.AddFirst(batch[n]);
            }
            if (batch.Count == 0)
            {
                instance.Inbox.AddFirst(Wake.Up);
            }
        }
    }

    public void TakeAgain(Instance instance) => ready.Writer.TryWrite(instance);

    void Keep(Instance instance)
    {
        if (instance.Place is { } place)
        {
            recent.Remove(place);
        }
        instance.Place = recent.AddLast(instance);
        if (instance.IsGone)
        {
            Drop(instance);
        }
        for (var oldest = recent.First; recent.Count > options.InstancesInMemory && oldest is not null;)
        {
            var next = oldest.Next;
            if (!oldest.Value.IsQueued)
            {
                Drop(oldest.Value);
            }
            oldest = next;
        }
    }

    void Drop(Instance instance)
    {
        recent.Remove(instance.Place!);
        instance.Place = null;
        instances.Remove(instance.Key);
    }
}
