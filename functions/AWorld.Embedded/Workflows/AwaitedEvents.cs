using System.Text.Json;

namespace AWorld.Embedded.Workflows;

/// <summary>Events that came to an instance before its code waited for them, and waits of its code for which none has come.</summary>
sealed class AwaitedEvents
{
    readonly Dictionary<string, LinkedList<TaskCompletionSource<JsonElement>>> waiting = [];
    readonly List<HistoryEvent> arrived = [];

    /// <summary>Names of events that are waited for.</summary>
    public int Awaited => waiting.Count;

    /// <summary>Events that nobody has waited for, in the order they came.</summary>
    public IReadOnlyList<HistoryEvent> Arrived => arrived;

    public void Receive(HistoryEvent input)
    {
        if (!waiting.TryGetValue(input.Name!, out var waiters))
        {
            arrived.Add(input);
            return;
        }
        var first = waiters.First!;
        Leave(input.Name!, first);
        first.Value.SetResult(input.Data ?? default);
    }

    /// <summary>The first that came of this name; null: none has.</summary>
    public HistoryEvent? Take(string name)
    {
        if (arrived.FindIndex(one => one.Name == name) is not (>= 0 and var found))
        {
            return null;
        }
        var taken = arrived[found];
        arrived.RemoveAt(found);
        return taken;
    }

    public LinkedListNode<TaskCompletionSource<JsonElement>> Await(string name)
    {
        if (!waiting.TryGetValue(name, out var waiters))
        {
            waiting.Add(name, waiters = []);
        }
        return waiters.AddLast(new TaskCompletionSource<JsonElement>());
    }

    /// <summary>False: the event has come.</summary>
    public bool Leave(string name, LinkedListNode<TaskCompletionSource<JsonElement>> place)
    {
        if (place.List is not { } waiters)
        {
            return false;
        }
        waiters.Remove(place);
        if (waiters.Count == 0)
        {
            waiting.Remove(name);
        }
        return true;
    }
}
