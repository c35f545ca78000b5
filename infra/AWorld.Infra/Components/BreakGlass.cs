using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.TrafficManager;
using Pulumi.AzureNative.TrafficManager.Inputs;

namespace AWorld.Infra.Components;

sealed record BreakGlassArgs(CellTopology Cell, Place Place, IReadOnlyList<(StampTopology Topology, Stamp Stamp)> Stamps, Input<string> WorkspaceId);

/// <summary>A cell's way around Front Door, always made and used only while that is out.</summary>
sealed class BreakGlass : ComponentResource
{
    public BreakGlass(string name, BreakGlassArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:BreakGlass", name, options)
    {
        var relative = args.Cell.Name(Named.TrafficManager);
        var profile = new ProfileArgs
        {
            ProfileName = relative,
            ResourceGroupName = args.Place.Group,
            Location = "global",
            ProfileStatus = ProfileStatus.Enabled,
            TrafficRoutingMethod = TrafficRoutingMethod.Performance,
            DnsConfig = new DnsConfigArgs { RelativeName = relative, Ttl = 30 },
            MonitorConfig = new MonitorConfigArgs { Protocol = MonitorProtocol.HTTPS, Port = 443, Path = "/health/ready", IntervalInSeconds = 30, TimeoutInSeconds = 10, ToleratedNumberOfFailures = 2 },
            Tags = args.Place.Tags,
        };
        foreach (var (topology, stamp) in args.Stamps)
        {
            profile.Endpoints.Add(new EndpointArgs
            {
                Name = topology.Region.Name,
                // By its name: as an endpoint of Azure an app is taken at the tier Standard or above alone, and whether Flex Consumption is nobody says
                // (https://learn.microsoft.com/azure/traffic-manager/traffic-manager-endpoint-types#web-apps-as-endpoints).
                Type = "Microsoft.Network/trafficManagerProfiles/externalEndpoints",
                Target = stamp.AppHost,
                EndpointLocation = topology.Region.DisplayName,
                EndpointStatus = topology.Draining ? EndpointStatus.Disabled : EndpointStatus.Enabled,
            });
        }
        var made = new Profile($"{name}-tm", profile, new() { Parent = this });
        Observability.Diagnose(this, $"{name}-tm", made.Id, args.WorkspaceId);
        Host = Output.Create($"{relative}.trafficmanager.net");
        RegisterOutputs();
    }

    public Output<string> Host { get; }
}
