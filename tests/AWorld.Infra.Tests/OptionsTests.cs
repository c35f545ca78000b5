using System.Collections.Immutable;
using Environment = AWorld.Infra.Topologies.Environment;

namespace AWorld.Infra.Tests;

/// <summary>What Pulumi's engine is told of resources, beside what Azure is asked for.</summary>
public sealed class OptionsTests
{
    const string Endpoint = "azure-native:network:PrivateEndpoint", Documents = "azure-native:cosmosdb:SqlResourceSqlRoleAssignment", Account = "azure-native:cosmosdb:DatabaseAccount";

    /// <summary>Two at a time are refused: of a Cosmos account, which all stamps of a cell change, and of whatever has several endpoints.</summary>
    [Theory, MemberData(nameof(GraphTests.Every), MemberType = typeof(GraphTests))]
    public async Task Changes_of_one_account_are_made_one_after_the_other(int which)
    {
        var graph = await Environments.All[which].Graph();
        var accounts = graph.Where(static one => one.Type == Account).ToDictionary(static one => (string)one["accountName"]!, static one => one.Id);
        var changes = graph.Where(static one => one.Type is Endpoint or Documents)
            .GroupBy(one => one.Type == Endpoint ? (string)one["privateLinkServiceConnections.0.privateLinkServiceId"]! : accounts[(string)one["accountName"]!])
            .Where(static same => same.Count() > 1).ToList();
        changes.Select(static same => same.Key).ShouldBeSubsetOf(graph.Select(static one => one.Id));
        foreach (var account in accounts.Values)
        {
            changes.Single(same => same.Key == account).Count().ShouldBeGreaterThanOrEqualTo(2);
        }
        foreach (var same in changes)
        {
            var ids = same.Select(static one => one.Id).ToHashSet();
            var before = same.Select(one => one.After.Where(ids.Contains).ToList()).ToList();
            before.Count(static one => one.Count == 0).ShouldBe(1, $"first changes of {same.Key}");
            before.SelectMany(static one => one).ShouldBeUnique();
        }
    }

    [Fact]
    public async Task Stamps_change_a_Cosmos_account_when_its_containers_are_made()
    {
        var graph = await Environments.Two.Graph();
        var containers = graph.Where(static one => one.Type == "azure-native:cosmosdb:SqlResourceSqlContainer").Select(static one => one.Id);
        graph.Single(one => one.Type is Endpoint or Documents && one.After.Intersect(containers).Any()).After.ShouldBe(containers, ignoreOrder: true);
    }

    /// <summary>A further database gives the earlier ones a link more; Azure refuses to take it away again.</summary>
    [Fact]
    public async Task Links_between_databases_are_asked_for_once_and_left_alone()
    {
        var databases = (await Environments.Five.Graph()).Where(static one => one.Type == "azure-native:redisenterprise:Database").OrderBy(static one => one.List("geoReplication.linkedDatabases").Count()).ToList();
        databases.Select(static one => one.List("geoReplication.linkedDatabases").Count()).ShouldBe([1, 2, 3, 4, 5]);
        databases.ShouldAllBe(static one => one.Ignored.SequenceEqual(new[] { "geoReplication" }));
        foreach (var (i, database) in databases.Index())
        {
            database.List("geoReplication.linkedDatabases").Cast<ImmutableDictionary<string, object>>().Count(link => $"{link["id"]}".Contains($"/{database["clusterName"]}/", StringComparison.Ordinal)).ShouldBe(1);
            database.After.Intersect(databases.Select(static one => one.Id)).ShouldBe(databases.Take(i).Select(static one => one.Id), ignoreOrder: true);
        }
    }

    /// <summary>It reads its package and opens everything when it starts, which is when it is made.</summary>
    [Theory]
    [InlineData("authorization:RoleAssignment")]
    [InlineData("cosmosdb:SqlResourceSqlRoleAssignment")]
    [InlineData("cosmosdb:SqlResourceSqlContainer")]
    [InlineData("redisenterprise:AccessPolicyAssignment")]
    [InlineData("storage:BlobContainer")]
    [InlineData("servicebus:Queue")]
    [InlineData("servicebus:Subscription")]
    [InlineData("resources:Deployment")]
    [InlineData("network:PrivateDnsZoneGroup")]
    [InlineData("privatedns:VirtualNetworkLink")]
    public async Task An_app_is_made_after_all_that_it_needs(string type)
    {
        var graph = await Environments.One.Graph();
        var byId = graph.ToDictionary(static one => one.Id);
        var before = new HashSet<string>();
        var open = new Queue<string>(graph.Single(static one => one.Type == "azure-native:web:WebApp").After);
        while (open.TryDequeue(out var id))
        {
            if (before.Add(id))
            {
                byId[id].After.ToList().ForEach(open.Enqueue);
            }
        }
        var needed = graph.Where(one => one.Type == $"azure-native:{type}" && one.Name != "main-media").Select(static one => one.Id).ToList();
        needed.ShouldNotBeEmpty();
        needed.Except(before).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_budget_keeps_the_month_it_began_in() =>
        (await Environments.One.Graph()).Single(static one => one.Type == "azure-native:consumption:Budget").Ignored.ShouldBe(["timePeriod"]);

    /// <summary>Redis holds copies, and the container of leases what can be lost.</summary>
    static readonly string[] Stateful =
    [
        "cosmosdb:DatabaseAccount", "cosmosdb:SqlResourceSqlDatabase", "cosmosdb:SqlResourceSqlContainer", "keyvault:Vault", "storage:StorageAccount", "servicebus:Namespace", "durabletask:Scheduler", "durabletask:TaskHub", "dns:Zone",
    ];

    [Fact]
    public async Task What_holds_data_cannot_be_deleted_while_its_region_does_not_drain()
    {
        var two = Environments.Two;
        (await Unprotected(two)).ShouldBe(["main-leases"]);
        var draining = await Unprotected(two with { Regions = [two.Regions[0] with { Draining = true }, two.Regions[1]] });
        draining.Except(["main-leases"]).ShouldNotBeEmpty();
        draining.Except(["main-leases"]).ShouldAllBe(static name => name.StartsWith("westeurope-", StringComparison.Ordinal));
        draining.ShouldContain("westeurope-bus");
    }

    static async Task<List<string>> Unprotected(Environment environment) =>
        [.. (await environment.Graph()).Where(static one => Stateful.Contains(one.Type["azure-native:".Length..]) && !one.Protected).Select(static one => one.Name)];
}
