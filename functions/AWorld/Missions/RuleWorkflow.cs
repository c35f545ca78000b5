using AWorld.Platform;
using AWorld.Platform.Workflows;
using Microsoft.Extensions.Options;

namespace AWorld.Missions;

/// <summary>The life of a mission rule: a step, a wait until the next one or a change, and again, without a growing history.</summary>
static class RuleWorkflow
{
    public const string Changed = "changed";

    /// <summary>No timer is set for longer; then it is looked again.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    /// <summary>After steps have failed as often as they are retried.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    public static readonly Workflow<RuleInput, Platform.Workflows.Nothing> Workflow = new("mission-rule", version: 1, Run);

    /// <summary>The rule's instance. Ids that clients choose may be longer than an instance's.</summary>
    public static string InstanceId(string missionRuleId) =>
        "rule:" + (missionRuleId.Length > WorkflowLimits.IdLength - 5 ? Ids.Derive(missionRuleId) : missionRuleId);

    static async Task<Platform.Workflows.Nothing> Run(WorkflowContext context, RuleInput input)
    {
        // The wait counts from before the step, so that a clock that moves meanwhile makes the next one early rather than late.
        var asked = context.Now;
        TimeSpan? wait;
        try
        {
            wait = (await context.CallActivity(RuleSteps.Step, input)).After;
        }
        catch (WorkflowTaskFailedException failure)
        {
            context.Logger.LogError("The life of mission rule {MissionRuleId} stands still: {Failure}", input.MissionRuleId, failure.Message);
            wait = Pause;
        }
        context.SetStatus(wait is { } delay ? new { next = asked + delay } : null);
        // A change that came meanwhile is waited for even by one who has nothing else to wait for.
        var changed = wait != TimeSpan.Zero && await context.WaitFor<string>(Changed, asked + (wait is not { } time ? TimeSpan.Zero : time < LongestWait ? time : LongestWait)) is not null;
        if (wait is not null || changed)
        {
            context.ContinueAsNew(input);
        }
        return default;
    }
}

/// <summary>Keeps a workflow running for every rule that is published, and tells it of changes and of moved clocks.</summary>
sealed class RuleLives(
    IWorkflowClient workflows, Snapshots snapshots, RuleSteps steps, RuleTallies tallies, IOptions<LifecyclesOptions> options, WorkspaceClocks clocks) : IConfigurationObserver, IClockObserver
{
    public EntityType Observes => EntityType.MissionRule;

    /// <summary>A rule was changed: its workflow runs and knows of it when this returns.</summary>
    public async ValueTask Changed(Tenant tenant, string id, CancellationToken stop)
    {
        if ((await snapshots.Get(tenant, stop)).Find<MissionRule>(id) is not null)
        {
            await Live(tenant, id, stop);
        }
        Told(await workflows.Raise(tenant, RuleWorkflow.InstanceId(id), RuleWorkflow.Changed, "", stop));
    }

    /// <summary>Does what is due by now in the order in which it is, rule by rule; what takes too long is left to the workflows.</summary>
    public async ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop)
    {
        var begun = clocks.Real.GetTimestamp();
        var rules = (await snapshots.Get(tenant, stop)).AtAnyStage<MissionRule>().Where(static rule => rule.Stage != Stage.Draft).ToList();
        foreach (var rule in rules)
        {
            while (clocks.Real.GetElapsedTime(begun) < options.Value.ClockMovesFor && await steps.Take(tenant, rule.Id, stop) == RuleNext.AtOnce)
            {
            }
        }
        await tallies.CatchUp(stop);
        foreach (var rule in rules)
        {
            await Changed(tenant, rule.Id, stop);
        }
    }

    async ValueTask Live(Tenant tenant, string id, CancellationToken stop)
    {
        var (instance, input) = (RuleWorkflow.InstanceId(id), new RuleInput(id));
        var started = await workflows.Start(RuleWorkflow.Workflow, tenant, instance, input, stop);
        Told(started);
        if (started is { Succeeded: true, Value.HasEnded: true })
        {
            // It had come to rest; a change may have given it something to do.
            Told((await workflows.Purge(tenant, instance, stop)).Map(_ => started.Value));
            Told(await workflows.Start(RuleWorkflow.Workflow, tenant, instance, input, stop));
        }
    }

    /// <summary>One that has ended (404, 409) needs to know nothing.</summary>
    static void Told(Result<WorkflowInstance> result)
    {
        if (result.Error is { Status: not (StatusCodes.Status404NotFound or StatusCodes.Status409Conflict) } error)
        {
            throw error.RetryAfter is { } after ? new StoreBusyException(after) : new InvalidOperationException(error.Message);
        }
    }
}
