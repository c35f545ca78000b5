using AWorld.Infra.Components;
using AWorld.Infra.Topologies;
using AWorld.Platform.Messages;

namespace AWorld.Infra;

/// <summary>The whole of an environment.</summary>
static class Platform
{
    /// <param name="seen">Is told of every resource as it is made, with its options.</param>
    /// <returns>What `pulumi stack output` shows.</returns>
    public static IDictionary<string, object?> Make(Topology topology, IReadOnlyList<MessageEntity> entities, TimeProvider clock, Pulumi.ResourceTransformation? seen = null)
    {
        var outputs = new Dictionary<string, object?>(StringComparer.Ordinal);
        var subscription = Subscription.Current();
        var stack = new Environments($"{topology.Project}-{topology.Stack}", new() { ResourceTransformations = seen is null ? [] : [seen] });
        var within = new Pulumi.ComponentResourceOptions { Parent = stack };
        var place = Place.Make(stack, "global-rg", topology.Global(Named.ResourceGroup), topology.Environment.Location, topology.Stack, "global");
        var edge = new Edge("edge", new(topology, place), within);
        var observed = new List<CellOfAlerts>();
        Pulumi.Output<string>? home = null;
        foreach (var cell in topology.Cells)
        {
            var name = cell.Use.Name;
            var cellPlace = Place.Make(stack, $"{name}-rg", cell.Name(Named.ResourceGroup), cell.Use.Location, topology.Stack, name);
            var observability = new Observability(name, new(cell, topology.Ceilings, cellPlace), within);
            var data = new Cell(name, new(cell, topology.Ceilings, cellPlace, subscription, observability.WorkspaceId), within);
            var stamps = new List<(StampTopology Topology, Stamp Stamp)>();
            foreach (var stamp in cell.Stamps)
            {
                stamps.Add((stamp, new(stamp.Region.Name, new(topology, cell, stamp, data, observability, subscription, edge.FrontDoorId, entities, [.. stamps.Select(static made => made.Stamp)]), within)));
            }
            edge.Open(cell, stamps, observability.WorkspaceId);
            observed.Add(new(cell, cellPlace, observability.WorkspaceId, data.Id, stamps));
            outputs[$"{name}.url"] = $"https://{cell.Use.Domain}";
            outputs[$"{name}.apps"] = cell.Stamps.Select(static stamp => stamp.Name(Named.App)).ToArray();
            home = cell == topology.Default ? observability.WorkspaceId : home;
        }
        edge.Guard(home!);
        foreach (var (zone, servers) in edge.NameServers)
        {
            outputs[$"{zone}.nameServers"] = servers;
        }
        _ = new Alerts("alerts", new(topology, place, subscription, edge.ProfileId, observed, [.. entities.Where(static entity => !entity.IsTopic).Select(static entity => entity.Name)], clock.GetUtcNow()), within);
        return outputs;
    }

    sealed class Environments(string name, Pulumi.ComponentResourceOptions options) : Pulumi.ComponentResource("aworld:infra:Environment", name, options);
}
