namespace AWorld.Infra.Topologies;

/// <summary>The ceilings of a size: nothing scales past them without a change of configuration.</summary>
/// <param name="RequestUnits">Most a second, by Cosmos container; a container idles at a tenth of it.</param>
/// <param name="MostInstances">Of the app, per region.</param>
/// <param name="ReadyInstances">Always running for requests, per region.</param>
/// <param name="RequestsPerAddress">Per five minutes and address, outside authentication: 100, 500 and 2,000 a second. Behind one address may be a customer's whole system, or all of its people; the product limits each client and account by itself.</param>
/// <param name="BusUnits">Messaging units of Service Bus Premium, per region.</param>
/// <param name="PlanInstances">Of Elastic Premium, always running, per region; over zones Azure wants two (https://learn.microsoft.com/azure/reliability/reliability-functions).</param>
/// <param name="WorkflowUnits">Capacity units of the Durable Task Scheduler, per region: 2,000 actions a second each, and three for the loss of a zone (https://learn.microsoft.com/azure/durable-task/scheduler/durable-task-scheduler-billing).</param>
sealed record Ceilings(
    Size Size, IReadOnlyDictionary<AWorld.Platform.Container, int> RequestUnits, int MostInstances, int ReadyInstances, int InstanceMegabytes, int RequestsPerInstance,
    int RequestsPerAddress, int BusUnits, int WorkflowUnits, string Redis, int PubSubUnits, int PlanInstances, int RetentionDays, int DailyLogGigabytes)
{
    /// <summary>A second, of one account on one instance: half of what players have, so that no account takes all there is.</summary>
    public int AccountRequestUnits => RequestUnits[AWorld.Platform.Container.Players] / 2;

    /// <summary>What Flex Consumption scales by itself: requests, workflows, and each function that messages, changes or a timer start (https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#per-function-scaling).</summary>
    public const int ScalingGroups = 8;

    /// <summary>Of each group a plan over zones keeps two running, and bills them (https://learn.microsoft.com/azure/reliability/reliability-functions).</summary>
    const int ReadyOverZones = 2;

    /// <summary>Of Flex Consumption, per region.</summary>
    public int LeastInstances => Math.Max(ReadyInstances, ReadyOverZones) + (ScalingGroups - 1) * ReadyOverZones;

    /// <summary>Of Elastic Premium, per region: on Linux 20 is all there is in some (https://learn.microsoft.com/azure/azure-functions/functions-scale#scale).</summary>
    public int MostPlanInstances => Math.Min(PlanInstances * 4, 20);

    public static Ceilings Of(Size size) => size switch
    {
        Size.Small => new(size, Units(4_000), 40, 1, 2048, 32, 30_000, 1, 1, "Balanced_B3", 1, 2, 30, 5),
        Size.Medium => new(size, Units(20_000), 100, 2, 2048, 64, 150_000, 2, 3, "Balanced_B10", 2, 3, 90, 20),
        _ => new(size, Units(100_000), 400, 6, 4096, 128, 600_000, 4, 3, "Balanced_B50", 5, 6, 180, 100),
    };

    /// <summary>Players take nearly all writes; the others follow them at a distance. Cosmos wants thousands.</summary>
    static Dictionary<AWorld.Platform.Container, int> Units(int players) => new()
    {
        [AWorld.Platform.Container.Platform] = Thousands(players / 10),
        [AWorld.Platform.Container.Configuration] = Thousands(players / 10),
        [AWorld.Platform.Container.Players] = players,
        [AWorld.Platform.Container.Leaderboards] = Thousands(players / 4),
        [AWorld.Platform.Container.Directory] = Thousands(players / 10),
        [AWorld.Platform.Container.Audit] = Thousands(players / 4),
        [AWorld.Platform.Container.Integrations] = Thousands(players / 4),
    };

    static int Thousands(int units) => Math.Max(1, units / 1000) * 1000;
}
