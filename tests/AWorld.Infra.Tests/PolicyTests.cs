using System.Collections.Immutable;
using AWorld.Infra.Policies;
using AWorld.Infra.Topologies;

namespace AWorld.Infra.Tests;

public sealed class PolicyTests
{
    static readonly Lazy<Task<IReadOnlyList<Declared>>> twoCells = new(static () => Environments.TwoCells.Graph());

    [Theory, MemberData(nameof(GraphTests.Every), MemberType = typeof(GraphTests))]
    public async Task Every_policy_holds(int which)
    {
        var environment = Environments.All[which];
        Policy.Violations(Topology.Of(environment, "test"), await environment.Graph()).ShouldBeEmpty();
    }

    public static TheoryData<int> EveryRow => [.. Enumerable.Range(0, Policy.Rows.Count())];

    /// <summary>As if the program had forgotten to set it.</summary>
    [Theory, MemberData(nameof(EveryRow))]
    public async Task What_a_policy_expects_of_a_type_is_missed_when_it_is_not_set(int which)
    {
        var (policy, row) = Policy.Rows.ElementAt(which);
        var changed = 0;
        var violated = await After(one => !row.IsOf(one) || changed++ > 0 ? one : one with { Inputs = Without(one.Inputs, row.Path.Split('.')) });
        changed.ShouldBeGreaterThan(0, $"nothing of {row.Type} is made");
        violated.ShouldBe([policy]);
    }

    static ImmutableDictionary<string, object> Without(ImmutableDictionary<string, object> inputs, string[] path) =>
        path is [var last] ? inputs.Remove(last) : inputs.SetItem(path[0], Without((ImmutableDictionary<string, object>)inputs[path[0]], path[1..]));

    /// <summary>Each a small mistake somebody may make in the program.</summary>
    [Theory]
    [InlineData("no public data endpoint", "storage:StorageAccount", "allowBlobPublicAccess", true)]
    [InlineData("no shared key", "redisenterprise:Database", "accessKeysAuthentication", "Enabled")]
    [InlineData("TLS 1.2 at least", "storage:StorageAccount", "minimumTlsVersion", "TLS1_0")]
    [InlineData("residency", "storage:StorageAccount", "location", "eastus2")]
    [InlineData("residency", "cosmosdb:DatabaseAccount", "location", "eastus2")]
    [InlineData("residency", "operationalinsights:Workspace", "location", "eastus2")]
    [InlineData("residency", "durabletask:Scheduler", "location", "eastus2")]
    [InlineData("each role on one resource", "authorization:RoleAssignment", "scope", "/subscriptions/00000000-0000-0000-0000-000000000001")]
    public async Task A_mistake_violates_its_policy_and_no_other(string policy, string type, string property, object value) =>
        (await After(one => one.Type != $"azure-native:{type}" ? one : one with { Inputs = one.Inputs.SetItem(property, value) }))
            .ShouldBe([policy]);

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData(null)]
    public async Task A_scheduler_that_lets_in_more_than_its_own_network_is_found(string? allowed) =>
        (await After(one => one.Type != "azure-native:durabletask:Scheduler" ? one : one with
        {
            Inputs = one.Inputs.SetItem("properties", ((ImmutableDictionary<string, object>)one.Inputs["properties"]).SetItem("ipAllowlist", allowed is null ? ImmutableArray<object>.Empty : ImmutableArray.Create<object>(allowed))),
        })).ShouldBe(["no public data endpoint"]);

    [Theory]
    [InlineData("redis")]
    [InlineData("scheduler")]
    [InlineData("live")]
    [InlineData("vault")]
    public async Task A_data_service_that_is_not_reached_privately_is_found(string endpoint) =>
        (await After(one => one.Type == "azure-native:network:PrivateEndpoint" && one.Name == $"westeurope-{endpoint}" ? null : one)).ShouldBe(["no public data endpoint", "every region has everything"]);

    /// <summary>Azure answers 400 to a setting that asks a security group for metrics.</summary>
    [Theory]
    [InlineData("westeurope-nsg-diagnostics", "metrics", "AllMetrics")]
    [InlineData("westeurope-ranks-diagnostics", "metrics", "AllMetrics")]
    [InlineData("westeurope-redis-diagnostics", "logs", "allLogs")]
    [InlineData("westeurope-st-diagnostics", "logs", "allLogs")]
    public async Task A_setting_that_asks_for_what_its_resource_has_not_is_found(string setting, string kind, string category) =>
        (await After(one => one.Name != setting ? one : one with { Inputs = one.Inputs.SetItem(kind, ImmutableArray.Create<object>(ImmutableDictionary<string, object>.Empty.Add("category", category))) })).ShouldBe(["diagnostics everywhere"]);

    [Theory]
    [InlineData("eu-kv-diagnostics")]
    [InlineData("westeurope-st-queue-diagnostics")]
    [InlineData("westeurope-st-table-diagnostics")]
    [InlineData("eu-media-blob-diagnostics")]
    public async Task A_setting_that_is_not_made_is_found(string setting) =>
        (await After(one => one.Name == setting ? null : one)).ShouldBe(["diagnostics everywhere"]);

    [Fact]
    public async Task A_rule_that_reads_a_cell_s_logs_from_elsewhere_is_found() =>
        (await After(static one => one.Name == "alerts-us-errors" ? one with { Inputs = one.Inputs.SetItem("resourceGroupName", "aworld-test-eu-rg").SetItem("location", "westeurope") } : one)).ShouldBe(["residency"]);

    [Fact]
    public async Task A_type_that_nobody_has_thought_of_is_found() =>
        (await After(static one => one.Type == "azure-native:dns:Zone" ? one with { Type = "azure-native:dns:DnssecConfig" } : one)).ShouldBe(["diagnostics everywhere"]);

    [Fact]
    public async Task A_region_that_lacks_a_part_is_found() =>
        (await After(static one => one.Type == "azure-native:managedidentity:UserAssignedIdentity" && one.Name.StartsWith("northeurope", StringComparison.Ordinal) ? null : one)).ShouldBe(["every region has everything"]);

    [Fact]
    public async Task Logs_and_replicas_that_leave_their_cell_are_found()
    {
        (await After(static one => one.Name == "eu-kv-diagnostics" ? one with { Inputs = one.Inputs.SetItem("workspaceId", "/azure-native:operationalinsights:Workspace/us-log") } : one)).ShouldBe(["residency"]);
        (await After(static one => one.Type == "azure-native:redisenterprise:Database" && one.Name.StartsWith("westeurope", StringComparison.Ordinal)
            ? one with { Inputs = one.Inputs.SetItem("geoReplication", ImmutableDictionary<string, object>.Empty.Add("linkedDatabases", ImmutableArray.Create<object>(ImmutableDictionary<string, object>.Empty.Add("id", "/resourceGroups/aworld-test-eu2-rg/x")))) }
            : one)).ShouldBe(["residency"]);
    }

    /// <summary>The policies that are violated after a change of the graph.</summary>
    static async Task<IEnumerable<string>> After(Func<Declared, Declared?> change)
    {
        var graph = (await twoCells.Value).Select(change).OfType<Declared>().ToList();
        return Policy.Violations(Topology.Of(Environments.TwoCells, "test"), graph).Select(static violation => violation.Split(':')[0]).Distinct();
    }
}
