namespace AWorld.Embedded.Workflows;

/// <summary>
/// The one logical thread of an instance. What the code awaits completes while a step runs, so it goes on right there
/// or by a callback of this context, in the same order in every replay. Whoever comes from elsewhere has left it.
/// </summary>
sealed class WorkflowThread(Action foreign) : SynchronizationContext
{
    readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();
    int running;

    /// <summary>The code awaited something of its own and would have gone on outside of a step.</summary>
    public bool WasLeft { get; private set; }

    /// <summary>Gives the inputs to the code one by one, each until the code waits.</summary>
    public void Run<T>(IEnumerable<T> inputs, Action<T> apply)
    {
        var before = Current;
        running = Environment.CurrentManagedThreadId;
        SetSynchronizationContext(this);
        try
        {
            foreach (var input in inputs)
            {
                apply(input);
                while (posted.TryDequeue(out var next))
                {
                    next.Callback(next.State);
                }
            }
        }
        finally
        {
            running = 0;
            SetSynchronizationContext(before);
        }
    }

    /// <exception cref="InvalidOperationException">Called from another thread.</exception>
    public void Demand()
    {
        if (Leave())
        {
            throw new InvalidOperationException("a workflow's context was used outside of the workflow's own thread; a workflow awaits only what its context gives");
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!Leave())
        {
            posted.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("a workflow's thread is never waited for");

    bool Leave()
    {
        if (running == Environment.CurrentManagedThreadId)
        {
            return false;
        }
        WasLeft = true;
        foreign();
        return true;
    }
}
