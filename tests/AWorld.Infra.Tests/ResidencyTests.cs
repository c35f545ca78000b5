using System.Collections.Immutable;
using AWorld.Infra.Policies;
using AWorld.Infra.Topologies;
using FsCheck.Fluent;
using Environment = AWorld.Infra.Topologies.Environment;

namespace AWorld.Infra.Tests;

/// <summary>Laws of the whole graph, for any valid environment.</summary>
public sealed class ResidencyTests
{
    static IEnumerable<Environment> Samples => TopologyTests.Valid.Generator.Sample(12);

    /// <summary>Looks at every text of every resource, not at the properties that the policy knows.</summary>
    [Fact]
    public async Task Nothing_of_a_cell_names_anything_of_another()
    {
        foreach (var environment in Samples)
        {
            var (topology, graph) = (Topology.Of(environment, "test"), await environment.Graph());
            foreach (var cell in topology.Cells)
            {
                var foreign = topology.Cells.Where(other => other != cell).SelectMany(Marks).ToList();
                var own = Groups(cell).ToHashSet();
                foreach (var resource in graph.Where(one => one["resourceGroupName"] is string group && own.Contains(group)))
                {
                    Texts(resource.Inputs).Where(text => Parts(text).Any(foreign.Contains)).ShouldBeEmpty($"{resource} of {cell.Use.Name} in {Said(environment)}");
                }
            }
        }
    }

    /// <summary>So a region can be made again, or go, without the others.</summary>
    [Fact]
    public async Task Nothing_of_a_stamp_names_anything_of_another_but_the_replicas_of_its_ranks()
    {
        foreach (var environment in Samples)
        {
            var (topology, graph) = (Topology.Of(environment, "test"), await environment.Graph());
            foreach (var stamp in topology.Stamps)
            {
                var others = topology.Stamps.Where(other => other != stamp).SelectMany(static other => StampTopology.Kinds.Select(other.Name)).ToHashSet(StringComparer.Ordinal);
                foreach (var resource in graph.Where(one => one.Type != "azure-native:redisenterprise:Database" && (Equals(one["resourceGroupName"], stamp.Name(Named.ResourceGroup)) || one.Type == "azure-native:authorization:RoleAssignment" && one.Name.StartsWith($"{stamp.Region.Name}-", StringComparison.Ordinal))))
                {
                    Texts(resource.Inputs).Where(text => Parts(text).Any(others.Contains)).ShouldBeEmpty($"{resource} in {Said(environment)}");
                }
            }
        }
    }

    [Fact]
    public async Task Every_policy_holds_for_any_environment()
    {
        foreach (var environment in Samples)
        {
            Policy.Violations(Topology.Of(environment, "test"), await environment.Graph()).ShouldBeEmpty(Said(environment));
        }
    }

    /// <summary>So deleting the line of a drained region moves no writer and no request.</summary>
    [Fact]
    public async Task A_region_that_has_drained_can_be_removed_without_moving_anybody()
    {
        foreach (var environment in Samples)
        {
            var drained = Topology.Of(environment, "test");
            foreach (var gone in drained.Stamps.Where(static stamp => stamp.Draining).Take(1))
            {
                var removed = Topology.Of(environment with { Regions = [.. environment.Regions.Where(region => region.Name != gone.Region.Name)] }, "test");
                var (before, after) = (drained.Cells.Single(cell => cell.Use.Name == gone.Cell), removed.Cells.Single(cell => cell.Use.Name == gone.Cell));
                after.Home.ShouldBe(before.Home);
                after.Failover.ShouldBe(before.Failover.Where(region => region != gone.Region));
                (await environment.Graph()).Single(one => one.Type == "azure-native:cdn:AFDOrigin" && Equals(one["originName"], gone.Region.Name))["enabledState"].ShouldBe("Disabled");
            }
        }
    }

    /// <summary>Azure changes no location of anything: Pulumi would replace it, and with a Cosmos account all that is in it.</summary>
    [Fact]
    public async Task What_lies_outside_of_stamps_stays_where_it_is_whichever_regions_come_drain_go_or_move()
    {
        foreach (var environment in Samples)
        {
            var before = await Located(environment);
            foreach (var (change, changed) in Changes(environment))
            {
                Checks.Problems(changed, "test").ShouldBeEmpty($"{change}: {Said(changed)}");
                (await Located(changed)).ShouldBe(before, $"{change}: {Said(environment)}");
            }
        }
    }

    /// <summary>Everything outside of stamps that is in a region, and in which.</summary>
    static async Task<List<string>> Located(Environment environment)
    {
        var stamps = Topology.Of(environment, "test").Stamps.Select(static stamp => stamp.Name(Named.ResourceGroup)).ToHashSet(StringComparer.Ordinal);
        return [.. (await environment.Graph()).Where(one => one["location"] is string and not ("global" or "Global") && !stamps.Contains($"{one["resourceGroupName"]}")).Select(static one => $"{one} in {one["location"]}")];
    }

    /// <summary>What an operator may do to the lines of regions: of each cell, its first line drains and goes.</summary>
    static IEnumerable<(string Change, Environment Changed)> Changes(Environment environment)
    {
        var lines = environment.Regions;
        var fresh = AzureRegions.All.First(region => lines.All(line => line.Name != region.Name));
        if (lines.Count < Checks.MostRegions && environment.Cells.FirstOrDefault(cell => lines.Count(line => line.Cell == cell.Name) < Checks.MostRegionsOfCell) is { } grows)
        {
            yield return ("comes", environment with { Regions = [.. lines, new(fresh.Name, grows.Name)] });
        }
        foreach (var first in environment.Cells.Select(cell => lines.First(line => line.Cell == cell.Name)).Where(first => lines.Any(line => line.Cell == first.Cell && line != first && !line.Draining)))
        {
            yield return ("drains", environment with { Regions = [.. lines.Select(line => line == first ? line with { Draining = true } : line)] });
            yield return ("goes", environment with { Regions = [.. lines.Where(line => line != first).OrderBy(line => line.Cell != environment.Cells[0].Name)] });
        }
        yield return ("move", environment with { Regions = [.. lines.Reverse().OrderBy(line => line.Cell != environment.Cells[0].Name)] });
    }

    static IEnumerable<string> Groups(CellTopology cell) => cell.Stamps.Select(static stamp => stamp.Name(Named.ResourceGroup)).Append(cell.Name(Named.ResourceGroup));

    /// <summary>What says that a text is of a cell: regions, and names that are made.</summary>
    static IEnumerable<string> Marks(CellTopology cell) =>
        cell.Stamps.SelectMany(static stamp => StampTopology.Kinds.Select(stamp.Name).Append(stamp.Region.Name).Append(stamp.Region.DisplayName)).Concat(CellTopology.Kinds.Select(cell.Name)).Append(cell.Use.Domain);

    static IEnumerable<string> Texts(object? value) => value switch
    {
        string text => [text],
        ImmutableDictionary<string, object> map => map.SelectMany(static one => Texts(one.Value).Append(one.Key)),
        ImmutableArray<object> list => list.SelectMany(Texts),
        _ => [],
    };

    static IEnumerable<string> Parts(string text) => text.Split('/', ':', '=', ';').SelectMany(static part => part.Split('.').Append(part));

    static string Said(Environment environment) => string.Join(", ", environment.Regions.Select(static region => $"{region.Name}@{region.Cell}{(region.Draining ? " draining" : "")}"));
}
