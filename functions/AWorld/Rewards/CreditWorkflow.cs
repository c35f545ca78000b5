using AWorld.Platform.Workflows;

namespace AWorld.Rewards;

sealed record CreditRun(string UserId);

/// <param name="Wait">Until something may have expired; null: never again.</param>
sealed record CreditWait(TimeSpan? Wait);

/// <summary>Takes what expires off a user's balances, from their first credit that can expire until they are erased.</summary>
static class CreditWorkflow
{
    public const string Changed = "changed";

    public static readonly Workflow<CreditRun, Nothing> Workflow = new("expiring-credits", 1, Run);

    static async Task<Nothing> Run(WorkflowContext context, CreditRun input)
    {
        var next = await context.CallActivity(CreditSteps.Expire, input);
        if (next.Wait is not { } wait)
        {
            return default;
        }
        await context.WaitFor<Nothing>(Changed, wait);
        context.ContinueAsNew(input);
        return default;
    }
}

sealed class CreditSteps(CreditLives lives)
{
    public static readonly WorkflowActivity<CreditRun, CreditWait> Expire = WorkflowActivity.Of<CreditSteps, CreditRun, CreditWait>("expiring-credits/expire", static steps => steps.Step);

    async Task<CreditWait> Step(ActivityContext context, CreditRun input, CancellationToken stop) => new(await lives.Expire(context.Tenant, input.UserId, stop));
}
