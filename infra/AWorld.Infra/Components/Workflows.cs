using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.DurableTask;
using Pulumi.AzureNative.DurableTask.Inputs;

namespace AWorld.Infra.Components;

sealed record WorkflowsArgs(StampTopology Stamp, Ceilings Ceilings, Place Place, Input<string> OutboundAddress);

/// <summary>A stamp's task scheduler and hub. It has no private address; it admits the stamp's own one and tokens of Entra ID.</summary>
sealed class Workflows : ComponentResource
{
    public Workflows(string name, WorkflowsArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Workflows", name, options)
    {
        var scheduler = new Scheduler($"{name}-scheduler", new()
        {
            SchedulerName = args.Stamp.Name(Named.Scheduler),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Properties = new SchedulerPropertiesArgs { Sku = new SchedulerSkuArgs { Name = "Dedicated", Capacity = args.Ceilings.SchedulerUnits }, IpAllowlist = { args.OutboundAddress } },
            Tags = args.Place.Tags,
        }, new() { Parent = this, Protect = !args.Stamp.Draining });
        var hub = new TaskHub($"{name}-hub", new() { TaskHubName = args.Stamp.Name(Named.TaskHub), SchedulerName = scheduler.Name, ResourceGroupName = args.Place.Group }, new() { Parent = this, Protect = !args.Stamp.Draining });
        var retention = new RetentionPolicyPropertiesArgs();
        foreach (var ended in (PurgeableOrchestrationState[])[PurgeableOrchestrationState.Completed, PurgeableOrchestrationState.Failed, PurgeableOrchestrationState.Terminated])
        {
            retention.RetentionPolicies.Add(new RetentionPolicyDetailsArgs { OrchestrationState = ended, RetentionPeriodInDays = args.Ceilings.RetentionDays });
        }
        _ = new RetentionPolicy($"{name}-retention", new() { SchedulerName = scheduler.Name, ResourceGroupName = args.Place.Group, Properties = retention }, new() { Parent = this });
        (Id, Endpoint, Hub) = (scheduler.Id, scheduler.Properties.Apply(static made => made.Endpoint), hub.Name);
        RegisterOutputs();
    }

    public Output<string> Id { get; }
    public Output<string> Endpoint { get; }
    public Output<string> Hub { get; }
}
