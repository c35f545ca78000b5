namespace AWorld.Leaderboards;

/// <summary>Work that serves all who ask before it begins: while it runs, those who come wait for one more run together.</summary>
sealed class SharedRun(Func<CancellationToken, Task> run)
{
    readonly Lock gate = new();
    Task running = Task.CompletedTask;
    Task? next;

    /// <summary>Ends with a run that began after the call.</summary>
    public Task Next(CancellationToken stop)
    {
        lock (gate)
        {
            return (next ??= After(running)).WaitAsync(stop);
        }
    }

    async Task After(Task before)
    {
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (gate)
        {
            (running, next) = (next!, null);
        }
        await run(CancellationToken.None);
    }
}
