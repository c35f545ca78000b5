using System.Net;
using AWorld.Infra.Topologies;
using FsCheck;
using FsCheck.Fluent;
using Environment = AWorld.Infra.Topologies.Environment;

namespace AWorld.Infra.Tests;

public sealed class TopologyTests
{
    /// <summary>Valid environments: any regions, dealt to any number of cells, in any order, some draining, the first ones too.</summary>
    internal static readonly Arbitrary<Environment> Valid = (
        from project in Gen.Elements("a", "aworld", "gamify24")
        from size in Gen.Elements(Size.Small, Size.Medium, Size.Large)
        from hosting in Gen.Elements(Hosting.FlexConsumption, Hosting.ElasticPremium)
        from regions in Gen.Choose(1, Checks.MostRegions)
        from shuffled in Gen.Shuffle(AzureRegions.All.ToArray())
        from cells in Gen.Choose((regions + Checks.MostRegionsOfCell - 1) / Checks.MostRegionsOfCell, Math.Min(4, regions))
        from draining in Gen.Choose(0, int.MaxValue)
        from works in Gen.Choose(0, Checks.MostRegionsOfCell - 1)
        let environment = Environments.Of([.. Enumerable.Range(0, cells).Select(cell => ($"cell{cell}", shuffled.Take(regions).Where((_, i) => i % cells == cell).Select(static region => region.Name).ToArray()))])
        from lines in Gen.Shuffle(environment.Regions.ToArray())
        let first = lines.First(static line => line.Cell == "cell0")
        select environment with
        {
            Project = project,
            Size = size,
            Hosting = hosting,
            Location = shuffled[^1].Name,
            // In a region of the cell, or in one that nobody else is in.
            Cells = [.. environment.Cells.Select((cell, i) => cell with { Location = (draining >> i & 1) == 1 ? cell.Location : shuffled[regions + i].Name })],
            Regions = [.. lines.Prepend(first).Distinct().Select((region, i) => region with { Draining = (draining >> i & 1) == 1 && Works(lines, region.Cell, works) != region })],
        }).ToArbitrary();

    /// <summary>Of each cell one region does not drain.</summary>
    static RegionUse Works(RegionUse[] lines, string cell, int which)
    {
        var own = lines.Where(line => line.Cell == cell).ToArray();
        return own[which % own.Length];
    }

    [Fact]
    public void Any_valid_environment_has_no_problems() => Holds(static environment => Checks.Problems(environment, "prod").Count == 0);

    [Fact]
    public void Names_are_legal_for_Azure() => Holds(static environment => Topology.Of(environment, "prod").Resources.All(static named => Names.Rule(named.Kind).Allows(named.Name)));

    [Fact]
    public void Names_of_a_kind_are_unique() => Holds(static environment => Topology.Of(environment, "prod").Resources.GroupBy(static named => named).All(static same => same.Count() == 1));

    [Fact]
    public void Networks_are_disjoint_and_hold_their_subnets() => Holds(static environment =>
    {
        var stamps = Topology.Of(environment, "prod").Stamps.ToList();
        var spaces = stamps.Select(static stamp => IPNetwork.Parse(stamp.AddressSpace)).ToList();
        return stamps.TrueForAll(static stamp => Within(stamp.AddressSpace, stamp.AppSubnet) && Within(stamp.AddressSpace, stamp.EndpointSubnet) && !Overlap(IPNetwork.Parse(stamp.AppSubnet), IPNetwork.Parse(stamp.EndpointSubnet)))
            && spaces.Index().All(one => spaces.Skip(one.Index + 1).All(other => !Overlap(one.Item, other)));
    });

    [Fact]
    public void Every_account_has_one_home_and_it_works() => Holds(static environment =>
    {
        var topology = Topology.Of(environment, "prod");
        return environment.Cells.SelectMany(static cell => cell.Accounts.Select(account => (cell.Name, account))).All(bound => topology.CellOf(bound.account).Use.Name == bound.Name)
            && topology.CellOf("nobody-names-me") == topology.Default && topology.Default.Stamps.Any(stamp => stamp.Region.Name == environment.Regions[0].Name)
            && topology.Cells.All(static cell => !cell.Home.Draining && cell.Failover[0] == cell.Home.Region);
    });

    [Fact]
    public void Every_region_of_a_cell_takes_over_in_its_turn_and_no_other() => Holds(static environment => Topology.Of(environment, "prod").Cells.All(cell =>
        cell.Failover.Order(ByName).SequenceEqual(cell.Stamps.Select(static one => one.Region).Order(ByName))));

    [Fact]
    public void A_further_region_changes_no_other_stamp() => Holds(static environment =>
    {
        var before = Topology.Of(environment, "prod");
        var fresh = AzureRegions.All.First(region => environment.Regions.All(used => used.Name != region.Name));
        var after = Topology.Of(environment with { Regions = [.. environment.Regions, new(fresh.Name, environment.Cells[0].Name)] }, "prod");
        return before.Stamps.All(stamp => after.Stamps.Contains(stamp));
    });

    [Fact]
    public void Ordinals_codes_and_published_names_of_regions_are_unique()
    {
        AzureRegions.All.Select(static region => region.Ordinal).ShouldBeUnique();
        AzureRegions.All.Select(static region => region.Code).ShouldBeUnique();
        AzureRegions.All.Select(static region => region.PublishedName).ShouldBeUnique();
        AzureRegions.All.ShouldAllBe(static region => region.Ordinal > 0 && region.Ordinal < 256 && region.Code.Length == 3);
    }

    [Fact]
    public void More_load_costs_more_and_a_bigger_size_allows_more()
    {
        var topologies = Enum.GetValues<Size>().Select(static size => Topology.Of(Environments.Two with { Size = size }, "prod")).ToList();
        topologies.Select(Costs.Most).ShouldBe(topologies.Select(Costs.Most).Order());
        foreach (var topology in topologies)
        {
            var sums = Load.All.Select(load => Costs.Monthly(topology, load).Sum(static one => one.Dollars)).ToList();
            sums.ShouldBe(sums.Order());
        }
    }

    [Fact]
    public void No_objective_claims_that_a_lost_home_region_loses_nothing() => Holds(static environment => Topology.Of(environment, "prod").Cells.All(cell =>
        Objectives.Of(Topology.Of(environment, "prod"), cell).Where(static one => one.Failure is "the home region" or "the region" or "the scheduler").All(static one => !one.RecoveryPoint.StartsWith("none", StringComparison.Ordinal))));

    static readonly IComparer<AzureRegion> ByName = Comparer<AzureRegion>.Create(static (one, other) => string.CompareOrdinal(one.Name, other.Name));

    static void Holds(Func<Environment, bool> law) => Prop.ForAll(Valid, law).QuickCheckThrowOnFailure();

    static bool Within(string space, string subnet) => IPNetwork.Parse(space).Contains(IPNetwork.Parse(subnet).BaseAddress) && IPNetwork.Parse(subnet).PrefixLength > IPNetwork.Parse(space).PrefixLength;

    static bool Overlap(IPNetwork one, IPNetwork other) => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);
}
