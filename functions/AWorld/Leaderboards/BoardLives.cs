using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Leaderboards;

/// <summary>
/// Sees to it that every board that ends has a workflow that brings it there, and wakes it when its period or the
/// workspace's clock is changed. Those that a crash kept from starting are started with the host, or by the next check.
/// </summary>
sealed class BoardLives(
    BoardLifecycle lifecycle, BoardDocuments documents, IWorkflowClient workflows, WorkspaceClocks clocks, ILogger<BoardLives> log)
    : IClockObserver
{
    /// <summary>Boards look at the time at least this often, which keeps timers short.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromDays(5);

    /// <summary>What a move of the clock brings is done before it is answered, as far as it is not more than this; the rest soon after.</summary>
    const int MostSteps = 200;

    /// <summary>How long to wait, by the real clock, until the next call has something to do; null: the board's life has ended.</summary>
    public async Task<TimeSpan?> Advance(BoardKey key, CancellationToken stop)
    {
        var advanced = await lifecycle.Advance(key, stop);
        if (advanced.Successor is { } successor)
        {
            await Start(key with { BoardId = successor }, stop);
        }
        var wait = advanced.Next - clocks.Now(key.Tenant);
        return wait > LongestWait ? LongestWait : wait;
    }

    /// <summary>After a board was created or changed. Nothing is lost if it fails: the next check starts the workflow.</summary>
    public async ValueTask Follow(BoardKey key, CancellationToken stop)
    {
        try
        {
            if (await documents.Board(key, stop) is var (board, _) && board.ClosesAt() is not null)
            {
                await Start(key, stop);
                await Wake(key, stop);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            log.LogWarning(failure, "The workflow of board {BoardId} of {Tenant} did not hear of its change", key.BoardId, key.Tenant);
        }
    }

    public async ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop)
    {
        var living = new Queue<BoardKey>((await documents.Unsettled(tenant, stop)).OrderBy(board => board.OpensAt()).Select(board => new BoardKey(tenant, board.RuntimeLeaderboardId)));
        for (var steps = 0; steps < MostSteps && living.TryDequeue(out var key);)
        {
            Advanced advanced;
            do
            {
                advanced = await lifecycle.Advance(key, stop);
                if (advanced.Successor is { } successor && !living.Contains(key with { BoardId = successor }))
                {
                    living.Enqueue(key with { BoardId = successor });
                }
            }
            while (advanced.Next <= now && ++steps < MostSteps);
        }
        foreach (var board in await documents.Unsettled(tenant, stop))
        {
            await Follow(new(tenant, board.RuntimeLeaderboardId), stop);
        }
    }

    /// <summary>Starts the workflows that a crash kept from starting.</summary>
    public async Task Check(CancellationToken stop)
    {
        await foreach (var key in documents.All(stop))
        {
            if (await documents.Board(key, stop) is var (board, _) && board.ClosesAt() is not null && !await documents.IsSettled(key, stop))
            {
                await Start(key, stop);
            }
        }
    }

    async Task Start(BoardKey key, CancellationToken stop) =>
        Ensure(await workflows.Start(BoardWorkflow.Workflow, key.Tenant, InstanceId(key), new(key.BoardId), stop));

    async Task Wake(BoardKey key, CancellationToken stop)
    {
        var raised = await workflows.Raise(key.Tenant, InstanceId(key), BoardWorkflow.Changed, default(Nothing), stop);
        if (raised.Error is not { Status: StatusCodes.Status409Conflict })
        {
            Ensure(raised);
        }
    }

    static string InstanceId(BoardKey key) => $"board:{key.BoardId}";

    static void Ensure(Result<WorkflowInstance> result)
    {
        if (result.Error is { } error)
        {
            throw new InvalidOperationException(error.Message);
        }
    }
}
