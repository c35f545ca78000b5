using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.DurableTask;
using Pulumi.AzureNative.DurableTask.Inputs;

namespace AWorld.Infra.Components;

sealed record WorkflowsArgs(StampTopology Stamp, Ceilings Ceilings, Place Place, Input<string> WorkspaceId);

/// <summary>A stamp's Durable Task Scheduler, with the one task hub of its app.</summary>
sealed class Workflows : ComponentResource
{
    public Workflows(string name, WorkflowsArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Workflows", name, options)
    {
        var kept = new CustomResourceOptions { Parent = this, Protect = !args.Stamp.Draining };
        var scheduler = new Scheduler($"{name}-dts", new()
        {
            SchedulerName = args.Stamp.Name(Named.Scheduler),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Properties = new SchedulerPropertiesArgs
            {
                Sku = new SchedulerSkuArgs { Name = "Dedicated", Capacity = args.Ceilings.WorkflowUnits },
                // The provider's version of this API has no switch for the public endpoint, so nobody is let in there: these are addresses of the stamp's own network.
                IpAllowlist = { args.Stamp.AppSubnet },
            },
            Tags = args.Place.Tags,
        }, kept);
        var hub = new TaskHub($"{name}-hub", new() { TaskHubName = "aworld", SchedulerName = scheduler.Name, ResourceGroupName = args.Place.Group }, kept);
        (Id, HubId, Hub, Endpoint) = (scheduler.Id, hub.Id, hub.Name, scheduler.Properties.Apply(static made => made.Endpoint));
        // It has metrics and logs: https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-durabletask-schedulers-metrics
        Observability.Diagnose(this, $"{name}-dts", scheduler.Id, args.WorkspaceId);
        RegisterOutputs();
    }

    public Output<string> Id { get; }
    public Output<string> HubId { get; }
    public Output<string> Hub { get; }
    public Output<string> Endpoint { get; }
}
