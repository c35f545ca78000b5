namespace AWorld.Infra.Topologies;

/// <summary>Everything that follows from an environment by rule: names, networks, homes, ceilings. Pure.</summary>
sealed record Topology(string Project, string Stack, Environment Environment, Ceilings Ceilings, IReadOnlyList<CellTopology> Cells)
{
    /// <summary>Keeps the accounts that no cell names, and the edge's logs.</summary>
    public CellTopology Default => Cells[0];

    public IEnumerable<StampTopology> Stamps => Cells.SelectMany(static cell => cell.Stamps);

    public string Global(Named kind) => Names.Of(kind, Project, Stack);

    /// <summary>Every name that is made, for their rules to be checked.</summary>
    public IEnumerable<(Named Kind, string Name)> Resources =>
        GlobalKinds.Select(kind => (kind, Global(kind)))
            .Concat(Cells.SelectMany(static cell => CellTopology.Kinds.Select(kind => (kind, cell.Name(kind)))))
            .Concat(Stamps.SelectMany(static stamp => StampTopology.Kinds.Select(kind => (kind, stamp.Name(kind)))));

    static readonly Named[] GlobalKinds = [Named.ResourceGroup, Named.Profile, Named.FirewallPolicy, Named.ActionGroup];

    /// <summary>The environment must have no problems.</summary>
    public static Topology Of(Environment environment, string stack) =>
        new(environment.Project, stack, environment, Ceilings.Of(environment.Size!.Value), [.. environment.Cells.Select(cell => CellTopology.Of(environment, stack, cell))]);

    /// <summary>The cell that holds an account's data.</summary>
    public CellTopology CellOf(string accountId) => Cells.FirstOrDefault(cell => cell.Use.Accounts.Contains(accountId)) ?? Default;

    /// <summary>The longest zone that the name lies in.</summary>
    public static string? ZoneOf(Environment environment, string domain) => environment.Zones
        .Where(zone => domain.EndsWith($".{zone}", StringComparison.Ordinal))
        .MaxBy(static zone => zone.Length);
}

/// <summary>A Cosmos account, its regions, and a stamp in each. Nothing of a cell lies elsewhere.</summary>
sealed record CellTopology(string Project, string Stack, CellUse Use, string Zone, IReadOnlyList<StampTopology> Stamps)
{
    /// <summary>Where its accounts are written: its first region that does not drain.</summary>
    public StampTopology Home => Stamps.First(static stamp => !stamp.Draining);

    public IEnumerable<StampTopology> Active => Stamps.Where(static stamp => !stamp.Draining);

    /// <summary>The domain without its zone.</summary>
    public string Host => Use.Domain[..^(Zone.Length + 1)];

    public static readonly Named[] Kinds = [Named.ResourceGroup, Named.Cosmos, Named.Vault, Named.Media, Named.Workspace, Named.Insights, Named.TrafficManager, Named.FrontDoorEndpoint, Named.OriginGroup];

    public string Name(Named kind) => Names.Of(kind, Project, Stack, Use.Name);

    public static CellTopology Of(Environment environment, string stack, CellUse cell) => new(environment.Project, stack, cell, Topology.ZoneOf(environment, cell.Domain)!,
        [.. environment.Regions.Where(region => region.Cell == cell.Name).Select(region => new StampTopology(environment.Project, stack, cell.Name, AzureRegions.Find(region.Name)!, region.Draining, region.RecoverVault))]);

    /// <summary>The regions in the order in which they take over as writers: the home, active regions, draining ones.</summary>
    /// <remarks>
    /// The same for every stamp, because an ETag check holds only in the region that made it: if each went on in its own
    /// region when the home is lost, two would change one user.
    /// </remarks>
    public IReadOnlyList<AzureRegion> Failover => [Home.Region, .. Stamps.Where(stamp => stamp != Home).OrderBy(static stamp => stamp.Draining).Select(static stamp => stamp.Region)];
}

/// <summary>All that one region has. It can be made again from nothing: no other part holds anything of its.</summary>
sealed record StampTopology(string Project, string Stack, string Cell, AzureRegion Region, bool Draining, bool RecoverVault)
{
    public static readonly Named[] Kinds =
    [
        Named.ResourceGroup, Named.Network, Named.SecurityGroup, Named.Storage, Named.Bus, Named.Scheduler, Named.Redis, Named.PubSub, Named.Vault, Named.Identity, Named.Plan, Named.App,
    ];

    public string Name(Named kind) => Names.Of(kind, Project, Stack, Region.Code);

    public string AddressSpace => $"10.{Region.Ordinal}.0.0/16";

    /// <summary>Of the app: its instances take an address each.</summary>
    public string AppSubnet => $"10.{Region.Ordinal}.0.0/22";

    /// <summary>Of the private endpoints.</summary>
    public string EndpointSubnet => $"10.{Region.Ordinal}.4.0/24";
}
