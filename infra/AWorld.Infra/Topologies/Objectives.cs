namespace AWorld.Infra.Topologies;

/// <summary>What a failure costs. Recovery time is until users are served; recovery point is what they may have lost.</summary>
sealed record Objective(string Failure, string RecoveryTime, string RecoveryPoint);

static class Objectives
{
    /// <summary>
    /// From the intervals that Edge configures and the services' published behaviour:
    /// https://learn.microsoft.com/azure/reliability/reliability-cosmos-db-nosql, https://learn.microsoft.com/azure/frontdoor/health-probes.
    /// They are goals, not measurements.
    /// </summary>
    public static IEnumerable<Objective> Of(Topology topology, CellTopology cell)
    {
        var others = cell.Active.Count() - 1;
        yield return topology.Ceilings.WorkflowUnits < ZoneRedundantUnits
            ? new("a zone", "under 1 min, requests on lost instances fail; workflows may stand until it returns", "of data none: three zones have it; workflows if it is gone for good; mails and audit records of the last second in a lost instance's memory")
            : new("a zone", "under 1 min, requests on lost instances fail", "of data none: every store writes to three zones; mails and audit records of the last second in a lost instance's memory");
        yield return others > 0
            ? new("a region that is not home", $"about {Detection.TotalSeconds:0} s, until probes take its origin out", "none acknowledged but mails and audit records in its instances' memory; its queued messages and workflows wait for it")
            : new("the region", "until Azure restores it, or hours to a new region from backup", "backup: writes of the last minutes; queues, workflows and files of the region wait for it");
        if (others > 0)
        {
            yield return new("the home region", $"about {Detection.TotalSeconds:0} s for requests, up to 2 min for writes that move to {Next(cell).Name}; who wrote just before, up to 10 min",
                "some or all writes not yet replicated (usually under 1 s, no guarantee): invisible until it returns, and may then lose to newer ones");
        }
        yield return new($"{cell.Use.Location}, the cell's location{Also(cell, cell.Use.Location)}", "none for requests; uploads, its log alerts and changes of its Cosmos account or vault wait for it", "logs of the time");
        yield return new($"{topology.Environment.Location}, the environment's location{Also(cell, topology.Environment.Location)}", "none for requests; origins, names and alerts may not be changeable until it returns", "none");
        yield return new("Front Door", "10 to 15 min if the apps have certificates for the domain (docs/failover.md), else until it returns", "none");
        yield return new("Redis", "none: ranks are read from the store, slower; rebuilt within minutes", "none: ranks are derived");
        yield return new("Service Bus", "none for requests; what it carries waits", "none acknowledged: the outbox sends again; inbound senders must retry");
        yield return new("the scheduler", "none for requests; workflows stand until it returns", "nothing is promised if it is destroyed: then workflows of boards and erasures start again by themselves, others do not (docs/failover.md)");
        yield return new("a vault of keys", "none: the region's and the cell's stand in for each other", "none of the keys that were copied, which they are when first used or within the hour");
        yield return new("the storage of media", "none for requests; pictures and uploads fail until it returns", "none in the region: three zones; no copy in another");
        yield return new("a bad deployment", "minutes after the last package is brought to every app again (infra/publish.sh)", "what the bad version wrote is there; journals say what");
    }

    /// <summary>Front Door's probe interval times the samples that must fail.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);
    public const int Samples = 4, SamplesHealthy = 3;

    /// <summary>Capacity units that a scheduler must have to live on without a zone.</summary>
    const int ZoneRedundantUnits = 3;

    static TimeSpan Detection => ProbeInterval * (Samples - SamplesHealthy + 1);

    static string Also(CellTopology cell, string location) => location != cell.Home.Region.Name ? "" : cell.Active.Count() == 1 ? " and only region (then as that one)" : " and home";

    static AzureRegion Next(CellTopology cell) => cell.Failover[1];
}
