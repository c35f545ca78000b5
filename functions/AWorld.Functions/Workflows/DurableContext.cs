using System.Text.Json;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.DurableTask;
using RetryPolicy = AWorld.Platform.Workflows.RetryPolicy;

namespace AWorld.Functions.Workflows;

/// <summary>The workflow port over an orchestration of Durable Functions; docs/workflows.md has it member by member.</summary>
sealed class DurableContext(TaskOrchestrationContext durable, WorkflowCall call, Workflow workflow) : WorkflowContext
{
    public override Tenant Tenant => call.Tenant;
    public override string InstanceId => InstanceIds.Own(durable.InstanceId);
    public override DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(new DateTimeOffset(durable.CurrentUtcDateTime, TimeSpan.Zero).ToUnixTimeMilliseconds());
    public override bool IsReplaying => durable.IsReplaying;
    public override ILogger Logger => durable.CreateReplaySafeLogger(workflow.Name);

    /// <summary>It has asked to begin again.</summary>
    public bool BeginsAgain { get; private set; }

    public override string NewId() => Ids.Derive($"{durable.NewGuid()}");

    public override async Task<TOut> CallActivity<TIn, TOut>(WorkflowActivity<TIn, TOut> activity, TIn input, RetryPolicy? retry = null)
    {
        // The key is drawn before the call, so all attempts have it.
        var activityCall = new WorkflowCall(Tenant, call.Version, Json.Element(input), activity.Name, NewId());
        return WorkflowJson.Read<TOut>(await Called(activity.Name, durable.CallActivityAsync<JsonElement>(activity.Name, activityCall, Options(retry ?? RetryPolicy.Default))));
    }

    public override async Task<TOut> CallWorkflow<TIn, TOut>(Workflow<TIn, TOut> child, TIn input, string? id = null)
    {
        var options = new SubOrchestrationOptions(instanceId: InstanceIds.Of(Tenant, id ?? NewId())) { Version = $"{child.Version}" };
        return WorkflowJson.Read<TOut>(await Called(child.Name, durable.CallSubOrchestratorAsync<JsonElement>(child.Name, new WorkflowCall(Tenant, child.Version, Json.Element(input)), options)));
    }

    public override async Task Timer(DateTimeOffset due, CancellationToken cancel = default)
    {
        await durable.CreateTimer(due.UtcDateTime, cancel);
        if (!durable.IsReplaying)
        {
            Telemetry.WorkflowLag.Record(Math.Max(0, (Now - due).TotalSeconds), new("workflow", workflow.Name), new("account", Tenant.AccountId));
        }
    }

    public override async Task<T> WaitFor<T>(string name, CancellationToken cancel = default) => WorkflowJson.Read<T>(await durable.WaitForExternalEvent<JsonElement>(name, cancel));

    public override void ContinueAsNew<TIn>(TIn input, int? version = null)
    {
        var next = call with { Version = version ?? call.Version, Input = Json.Element(input) };
        BeginsAgain = true;
        durable.ContinueAsNew(new ContinueAsNewOptions { NewInput = next, NewVersion = version is null ? null : $"{version}", PreserveUnprocessedEvents = true });
    }

    public override void SetStatus<T>(T status) => durable.SetCustomStatus(Json.Element(status));

    static async Task<JsonElement> Called(string name, Task<JsonElement> result)
    {
        try
        {
            return await result;
        }
        catch (TaskFailedException failed)
        {
            throw new WorkflowTaskFailedException(name, Failure(failed.FailureDetails));
        }
    }

    public static WorkflowFailure Failure(TaskFailureDetails details) => new(details.ErrorType[(details.ErrorType.LastIndexOf('.') + 1)..], details.ErrorMessage);

    /// <summary>Durable Functions takes no policy of one attempt without a delay: it is none.</summary>
    static TaskOptions? Options(RetryPolicy retry) => retry.MaxAttempts <= 1 ? null : TaskOptions.FromRetryPolicy(new(
        retry.MaxAttempts, retry.FirstDelay > TimeSpan.Zero ? retry.FirstDelay : TimeSpan.FromMilliseconds(1), retry.Backoff, retry.MaxDelay, retry.Timeout));
}
