using System.Collections.Immutable;

namespace AWorld.Infra.Tests;

/// <summary>Regions come, drain and go, and Front Door may be out.</summary>
public sealed class RegionsTests
{
    [Fact]
    public async Task A_draining_region_keeps_its_data_and_gets_no_requests()
    {
        var two = Environments.Two;
        var graph = await (two with { Regions = [two.Regions[0] with { Draining = true }, two.Regions[1]] }).Graph();
        graph.Single(static one => one.Type == "azure-native:cdn:AFDOrigin" && Equals(one["originName"], "westeurope"))["enabledState"].ShouldBe("Disabled");
        graph.Single(static one => one.Type == "azure-native:cosmosdb:DatabaseAccount").List("locations").Cast<ImmutableDictionary<string, object>>().Select(static place => place["locationName"]).ShouldBe(["westeurope", "northeurope"], "Azure does not exchange the first region of an account that is written everywhere");
        GraphTests.Settings(graph, "westeurope")["AWorld__Cosmos__Regions__0"].ShouldBe("North Europe");
    }

    [Fact]
    public async Task Traffic_Manager_knows_every_app_by_its_name_and_place()
    {
        var profile = (await (Environments.Two with { Regions = [Environments.Two.Regions[0] with { Draining = true }, Environments.Two.Regions[1]] }).Graph()).Single(static one => one.Type == "azure-native:trafficmanager:Profile");
        profile.List("endpoints").Cast<ImmutableDictionary<string, object>>().Select(static one => $"{one["target"]} {one["endpointLocation"]} {one["endpointStatus"]}")
            .ShouldBe(["aworld-test-weu-app.azurewebsites.net West Europe Disabled", "aworld-test-neu-app.azurewebsites.net North Europe Enabled"]);
    }

    [Fact]
    public async Task Breaking_glass_opens_the_apps_and_points_names_past_Front_Door()
    {
        var closed = await Environments.Two.Graph();
        var open = await (Environments.Two with { BreakGlass = true }).Graph();
        static object? Name(IReadOnlyList<Declared> graph) => graph.Single(static one => one.Type == "azure-native:dns:RecordSet" && Equals(one["recordType"], "CNAME"))["cnameRecord.cname"];
        static Declared App(IReadOnlyList<Declared> graph) => graph.First(static one => one.Type == "azure-native:web:WebApp");
        Name(closed).ShouldNotBe("aworld-test-main-tm.trafficmanager.net");
        Name(open).ShouldBe("aworld-test-main-tm.trafficmanager.net");
        App(closed)["siteConfig.ipSecurityRestrictionsDefaultAction"].ShouldBe("Deny");
        App(closed)["siteConfig.ipSecurityRestrictions.0.headers.x-azure-fdid.0"].ShouldBe("front-door-id");
        App(closed)["siteConfig.ipSecurityRestrictions.1.ipAddress"].ShouldBe("AzureTrafficManager");
        App(closed)["siteConfig.ipSecurityRestrictions.2.name"].ShouldBeNull();
        App(open)["siteConfig.ipSecurityRestrictionsDefaultAction"].ShouldBe("Allow", "Azure keeps what an update does not mention");
        App(open)["siteConfig.ipSecurityRestrictions.0.ipAddress"].ShouldBe("Any");
        App(open)["siteConfig.ipSecurityRestrictions.1.name"].ShouldBeNull();
        open.Select(static one => (one.Type, one.Name)).ShouldBe(closed.Select(static one => (one.Type, one.Name)));
    }

    [Fact]
    public async Task A_further_region_changes_nothing_of_the_others_but_who_follows_it()
    {
        var before = (await Environments.One.Graph()).ToDictionary(static one => one.Id);
        var after = (await Environments.Two.Graph()).ToDictionary(static one => one.Id);
        before.Keys.Except(after.Keys).ShouldBeEmpty();
        string[] ofStamp = ["azure-native:storage:StorageAccount", "azure-native:servicebus:Namespace", "azure-native:redisenterprise:Database", "azure-native:network:VirtualNetwork", "azure-native:keyvault:Vault", "azure-native:network:Subnet"];
        foreach (var (id, resource) in before.Where(one => ofStamp.Contains(one.Value.Type)))
        {
            GraphTests.Text(after[id].Inputs).ShouldBe(GraphTests.Text(resource.Inputs), id);
        }
    }

    /// <summary>Azure tells an endpoint of a region's address when the endpoint is updated, and then only.</summary>
    [Fact]
    public async Task Endpoints_to_Cosmos_are_updated_when_a_region_comes_or_goes()
    {
        static Declared End(IReadOnlyList<Declared> graph) => graph.Single(static one => one.Name == "westeurope-cosmos");
        End(await Environments.One.Graph())["tags.regions"].ShouldBe("westeurope");
        var two = await Environments.Two.Graph();
        End(two)["tags.regions"].ShouldBe("westeurope northeurope");
        two.Where(static one => one.Type == "azure-native:network:PrivateEndpoint" && one.Name.StartsWith("westeurope-", StringComparison.Ordinal) && one["tags.regions"] is not null).Count().ShouldBe(1);
    }

    /// <summary>Of one subnet, and of what other stamps have an endpoint to as well.</summary>
    [Fact]
    public async Task Endpoints_are_made_one_after_another()
    {
        var graph = (await Environments.Two.Graph()).ToDictionary(static one => one.Id);
        var ends = graph.Values.Where(static one => one.Type == "azure-native:network:PrivateEndpoint").ToList();
        foreach (var ofOne in (Func<Declared, bool>[])[static one => one.Name.StartsWith("westeurope-", StringComparison.Ordinal), static one => one.Name.StartsWith("northeurope-", StringComparison.Ordinal), static one => one.Name.EndsWith("-cosmos", StringComparison.Ordinal), static one => one.Name.EndsWith("-origin", StringComparison.Ordinal)])
        {
            var some = ends.Where(ofOne).ToList();
            some.Count.ShouldBeGreaterThan(1);
            while (some.Count > 0)
            {
                some.Remove(some.Where(one => !some.Exists(other => Waits(one, other))).ShouldHaveSingleItem());
            }
        }

        bool Waits(Declared one, Declared other) => one.After.Any(before => before == other.Id || graph.TryGetValue(before, out var between) && Waits(between, other));
    }
}
