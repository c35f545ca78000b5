using System.Text.Json;
using AWorld.Authorization;

namespace AWorld.Platform.Workflows;

/// <summary>What an activity knows about its call.</summary>
/// <param name="InstanceId">The workflow instance that calls.</param>
/// <param name="Caller">Acts for the instance's account and workspace; an activity takes its tenant from nowhere else.</param>
/// <param name="IdempotencyKey">
/// The same whenever this call is run again (after a crash, a lost answer, a failure that is retried) and of no other
/// call: an activity is run at least once, and with this key does its work once. It has the form of an id.
/// </param>
public sealed record ActivityContext(string InstanceId, Caller Caller, string IdempotencyKey)
{
    public Tenant Tenant => Caller.Tenant;

    public static ActivityContext Of(Tenant tenant, string instanceId, string idempotencyKey) =>
        new(instanceId, new(tenant, ApiContext.Dashboard, Role.Owner, null, null, "workflows", true, Scopes, idempotencyKey), idempotencyKey);

    static readonly HashSet<string> Scopes = ["dashboard/read", "dashboard/write"];
}

/// <summary>A step of a workflow as hosts see it. Its name is stable for ever.</summary>
public abstract class WorkflowActivity(string name)
{
    public string Name { get; } = name;

    /// <param name="services">A scope of this call's own.</param>
    public abstract Task<JsonElement> Run(IServiceProvider services, ActivityContext context, JsonElement input, CancellationToken stop);

    /// <summary>
    /// Declares a step that a method of a class does: <c>WorkflowActivity.Of&lt;BoardSteps, Board, Frozen&gt;("leaderboard/freeze", static steps => steps.Freeze)</c>.
    /// The class is created for each call with what it asks of the container. A step that throws has failed and is
    /// retried; what is expected to go wrong is a value of its result.
    /// </summary>
    public static WorkflowActivity<TIn, TOut> Of<TSteps, TIn, TOut>(string name, Func<TSteps, Func<ActivityContext, TIn, CancellationToken, Task<TOut>>> step)
        where TSteps : class =>
        new(name, (services, context, input, stop) => step(ActivatorUtilities.GetServiceOrCreateInstance<TSteps>(services))(context, input, stop));
}

public sealed class WorkflowActivity<TIn, TOut>(string name, Func<IServiceProvider, ActivityContext, TIn, CancellationToken, Task<TOut>> run) : WorkflowActivity(name)
{
    public override async Task<JsonElement> Run(IServiceProvider services, ActivityContext context, JsonElement input, CancellationToken stop) =>
        Json.Element(await run(services, context, WorkflowJson.Read<TIn>(input), stop));
}
