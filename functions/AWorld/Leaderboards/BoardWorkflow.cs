using AWorld.Platform.Workflows;

namespace AWorld.Leaderboards;

sealed record BoardRun(string RuntimeLeaderboardId);

/// <param name="Wait">Of real time, until there is something to do; null: never again.</param>
sealed record BoardWait(TimeSpan? Wait);

/// <summary>A board's life, from its creation until its results are final and its prizes paid. Its successor has a life of its own.</summary>
static class BoardWorkflow
{
    public const string Changed = "changed";

    public static readonly Workflow<BoardRun, Nothing> Workflow = new("leaderboard", 1, Run);

    static async Task<Nothing> Run(WorkflowContext context, BoardRun input)
    {
        var next = await context.CallActivity(BoardSteps.Advance, input);
        if (next.Wait is not { } wait)
        {
            return default;
        }
        if (wait > TimeSpan.Zero)
        {
            await context.WaitFor<Nothing>(Changed, wait);
        }
        context.ContinueAsNew(input);
        return default;
    }
}

sealed class BoardSteps(BoardLives lives)
{
    public static readonly WorkflowActivity<BoardRun, BoardWait> Advance = WorkflowActivity.Of<BoardSteps, BoardRun, BoardWait>("leaderboard/advance", static steps => steps.Step);

    async Task<BoardWait> Step(ActivityContext context, BoardRun input, CancellationToken stop) =>
        new(await lives.Advance(new(context.Tenant, input.RuntimeLeaderboardId), stop));
}
