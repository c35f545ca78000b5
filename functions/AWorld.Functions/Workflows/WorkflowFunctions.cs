using System.Text.Json;
using AWorld.Functions.Triggers;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.DurableTask;

namespace AWorld.Functions.Workflows;

/// <summary>A function for each workflow and each activity of the product. Durable Functions knows an activity by its product name; a function's own name has no '/'.</summary>
public sealed class WorkflowFunctions(WorkflowRegistry registry)
{
    [Function("mission-rule")]
    public Task<JsonElement> MissionRule([OrchestrationTrigger] TaskOrchestrationContext context) => Run(registry, context);

    [Function("mission-rule-step")]
    public Task<JsonElement> MissionRuleStep([ActivityTrigger(Activity = "mission-rule/step")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("leaderboard")]
    public Task<JsonElement> Leaderboard([OrchestrationTrigger] TaskOrchestrationContext context) => Run(registry, context);

    [Function("leaderboard-advance")]
    public Task<JsonElement> LeaderboardAdvance([ActivityTrigger(Activity = "leaderboard/advance")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("expiring-credits")]
    public Task<JsonElement> ExpiringCredits([OrchestrationTrigger] TaskOrchestrationContext context) => Run(registry, context);

    [Function("expiring-credits-expire")]
    public Task<JsonElement> ExpiringCreditsExpire([ActivityTrigger(Activity = "expiring-credits/expire")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("redemption")]
    public Task<JsonElement> Redemption([OrchestrationTrigger] TaskOrchestrationContext context) => Run(registry, context);

    [Function("redemption-expire")]
    public Task<JsonElement> RedemptionExpire([ActivityTrigger(Activity = "redemption/expire")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("user-erasure")]
    public Task<JsonElement> UserErasure([OrchestrationTrigger] TaskOrchestrationContext context) => Run(registry, context);

    [Function("user-erasure-close")]
    public Task<JsonElement> UserErasureClose([ActivityTrigger(Activity = "user-erasure/close")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("user-erasure-erase-traces")]
    public Task<JsonElement> UserErasureEraseTraces([ActivityTrigger(Activity = "user-erasure/erase-traces")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("user-erasure-release-names")]
    public Task<JsonElement> UserErasureReleaseNames([ActivityTrigger(Activity = "user-erasure/release-names")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("user-erasure-complete")]
    public Task<JsonElement> UserErasureComplete([ActivityTrigger(Activity = "user-erasure/complete")] WorkflowCall call, FunctionContext context) => Run(call, context);

    [Function("leaver")]
    public Task<JsonElement> Leaver([OrchestrationTrigger] TaskOrchestrationContext context) => Run(registry, context);

    [Function("leaver-erase")]
    public Task<JsonElement> LeaverErase([ActivityTrigger(Activity = "leaver/erase")] WorkflowCall call, FunctionContext context) => Run(call, context);

    internal static async Task<JsonElement> Run(WorkflowRegistry registry, TaskOrchestrationContext durable)
    {
        var call = durable.GetInput<WorkflowCall>() ?? throw new InvalidOperationException($"'{durable.InstanceId}' was started without an input");
        if (InstanceIds.TenantOf(durable.InstanceId) != call.Tenant)
        {
            throw new InvalidOperationException($"the input of '{durable.InstanceId}' is of another tenant");
        }
        var workflow = registry.Find(durable.Name.Name, call.Version) ?? throw new InvalidOperationException($"'{durable.Name.Name}' v{call.Version} is not registered");
        var (context, state) = (new DurableContext(durable, call, workflow), WorkflowState.Failed);
        try
        {
            var output = await workflow.Run(context, call.Input);
            state = WorkflowState.Completed;
            return output;
        }
        finally
        {
            if (!durable.IsReplaying && !context.BeginsAgain)
            {
                Telemetry.WorkflowsEnded.Add(1, new("workflow", workflow.Name), new("state", $"{state}"));
            }
        }
    }

    async Task<JsonElement> Run(WorkflowCall call, FunctionContext context)
    {
        if (TenantMiddleware.TenantOf(context) != call.Tenant)
        {
            throw new InvalidOperationException($"the input of {call.Name} is of another tenant than its workflow");
        }
        var instance = context.BindingContext.BindingData.First(static data => data.Key.Equals("instanceId", StringComparison.OrdinalIgnoreCase)).Value as string ?? "";
        var result = "failed";
        try
        {
            var output = await registry.Run(call.Name ?? "", ActivityContext.Of(call.Tenant, InstanceIds.Own(instance), call.Key ?? ""), call.Input, context.CancellationToken);
            result = "completed";
            return output;
        }
        finally
        {
            Telemetry.WorkflowActivities.Add(1, new("activity", call.Name), new("result", result));
        }
    }
}
