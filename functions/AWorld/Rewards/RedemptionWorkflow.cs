using AWorld.Platform.Workflows;

namespace AWorld.Rewards;

sealed record Redemption(string UserId, string VirtualTransactionId);

/// <param name="Wait">Of real time; null: never again.</param>
sealed record RedemptionWait(TimeSpan? Wait);

/// <summary>The life of a transaction that waits for its user and expires if they do not come.</summary>
static class RedemptionWorkflow
{
    public const string Name = "redemption", Changed = "changed";

    public static readonly Workflow<Redemption, Nothing> Workflow = new(Name, 1, Run);

    static async Task<Nothing> Run(WorkflowContext context, Redemption input)
    {
        var next = await context.CallActivity(RedemptionSteps.Expire, input);
        if (next.Wait is not { } wait)
        {
            return default;
        }
        await context.WaitFor<Nothing>(Changed, wait);
        context.ContinueAsNew(input);
        return default;
    }
}

sealed class RedemptionSteps(RedemptionLives lives)
{
    public static readonly WorkflowActivity<Redemption, RedemptionWait> Expire = WorkflowActivity.Of<RedemptionSteps, Redemption, RedemptionWait>("redemption/expire", static steps => steps.Step);

    async Task<RedemptionWait> Step(ActivityContext context, Redemption input, CancellationToken stop) => new(await lives.Expire(context.Tenant, input, stop));
}
