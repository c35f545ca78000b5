namespace AWorld.Infra.Topologies;

/// <summary>Requests a second over a month, and how many of them write.</summary>
sealed record Load(string Name, int RequestsPerSecond, double Writes, int StoredGigabytes)
{
    public static readonly IReadOnlyList<Load> All = [new("quiet", 5, 0.3, 50), new("usual", 100, 0.3, 500), new("busy", 1_000, 0.3, 3_000)];
}

/// <summary>
/// Estimates, to find what is dear; neither prices nor what a request takes are measured. Prices are those of 2026, rounded
/// from the lists for European and US regions at https://azure.microsoft.com/pricing/details/ (cosmos-db/autoscale-provisioned,
/// functions, service-bus, managed-redis, web-pubsub, private-link, azure-nat-gateway, frontdoor, monitor, storage/blobs, bandwidth).
/// Look yours up at https://azure.microsoft.com/pricing/calculator.
/// </summary>
static class Costs
{
    const double Hours = 730, Month = Hours * 3600;

    /// <summary>Of one request on average: request units of a read (points and a page) and of an action's batch, gigabyte-seconds, kilobytes logged and answered.</summary>
    const double ReadUnits = 6, WriteUnits = 45, GigabyteSeconds = 0.1, LoggedKilobytes = 1, AnsweredKilobytes = 3;

    /// <summary>Of a capacity unit a month. Its price differs by region and is in no list that was at hand; this is a guess on the safe side.</summary>
    const double SchedulerUnit = 600;

    public static IEnumerable<(string Of, double Dollars)> Monthly(Topology topology, Load load)
    {
        var (ceilings, regions, requests) = (topology.Ceilings, topology.Stamps.Count(), load.RequestsPerSecond * Month);
        var cellRegions = topology.Cells.Average(static cell => (double)cell.Stamps.Count);
        // A write is paid in every region of its cell; autoscale is billed for no less than a tenth of the ceiling.
        var used = load.RequestsPerSecond * (load.Writes * WriteUnits * cellRegions + (1 - load.Writes) * ReadUnits) * 1.5;
        var least = topology.Cells.Sum(cell => cell.Stamps.Count) * ceilings.RequestUnits.Values.Sum() / 10.0;
        yield return ("Cosmos DB, request units", Math.Max(used, least) / 100 * 0.016 * Hours);
        yield return ("Cosmos DB, storage and backup", load.StoredGigabytes * cellRegions * 0.25 + load.StoredGigabytes * cellRegions * 0.20);
        yield return topology.Environment.Hosting == Hosting.FlexConsumption
            ? ("Functions, Flex Consumption", regions * ceilings.LeastInstances * ceilings.InstanceMegabytes / 1024.0 * Month * 0.000004 + requests * GigabyteSeconds * 0.000016 + requests / 1e6 * 0.40)
            : ("Functions, Elastic Premium EP2", regions * ceilings.PlanInstances * 296.0);
        yield return ("Service Bus Premium", regions * ceilings.BusUnits * 677.0);
        yield return ("Durable Task Scheduler (price assumed)", regions * ceilings.WorkflowUnits * SchedulerUnit);
        yield return ("Managed Redis", regions * Redis(ceilings.Redis));
        yield return ("Web PubSub Premium", regions * ceilings.PubSubUnits * 60.0);
        yield return ("Private endpoints, NAT, vaults, storage", regions * (10 * 7.3 + 33 + 5 + 25) + regions * load.StoredGigabytes * 0.01);
        // As many gigabytes as of documents, in three zones, each read twice in a month.
        yield return ("Media (volume assumed)", load.StoredGigabytes * (0.024 + 2 * 0.087));
        yield return ("Front Door Premium", 330 + requests / 10_000 * 0.015 + requests * AnsweredKilobytes / 1e6 * 0.12);
        yield return ("Log Analytics", Math.Min(requests * LoggedKilobytes / 1e6, topology.Cells.Count * ceilings.DailyLogGigabytes * 30.4) * 2.76);
    }

    static double Redis(string sku) => sku switch { "Balanced_B3" => 110, "Balanced_B10" => 330, _ => 1_600 };

    /// <summary>Requests a second that the ceilings allow, all cells together: by request units, which are the scarcest.</summary>
    public static int Most(Topology topology) =>
        (int)(topology.Cells.Count * topology.Ceilings.RequestUnits.Values.Sum() / (Load.All[1].Writes * WriteUnits + (1 - Load.All[1].Writes) * ReadUnits));
}
