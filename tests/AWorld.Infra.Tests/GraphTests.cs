using System.Collections.Immutable;
using System.Text.RegularExpressions;
using AWorld.Infra.Topologies;
using Environment = AWorld.Infra.Topologies.Environment;

namespace AWorld.Infra.Tests;

/// <summary>What the whole program asks Azure for, without an engine.</summary>
public sealed class GraphTests
{
    public static TheoryData<int> Every => [.. Enumerable.Range(0, Environments.All.Count)];

    [Theory, MemberData(nameof(Every))]
    public async Task There_is_one_of_each_per_environment_cell_and_stamp(int which)
    {
        var environment = Environments.All[which];
        var graph = await environment.Graph();
        var (cells, stamps) = (environment.Cells.Count, environment.Regions.Count);
        Dictionary<string, int> expected = new()
        {
            ["resources:ResourceGroup"] = 1 + cells + stamps, ["cdn:Profile"] = 1, ["frontdoor:Policy"] = 1, ["cdn:SecurityPolicy"] = 1, ["consumption:Budget"] = 1, ["monitor:ActionGroup"] = 1, ["dns:Zone"] = 1,
            ["cdn:AFDEndpoint"] = cells, ["cdn:AFDOriginGroup"] = cells, ["cdn:AFDCustomDomain"] = cells, ["cdn:Route"] = cells, ["trafficmanager:Profile"] = cells, ["dns:RecordSet"] = 2 * cells,
            ["cosmosdb:DatabaseAccount"] = cells, ["cosmosdb:SqlResourceSqlContainer"] = (CosmosContainer.All.Count + 1) * cells, ["operationalinsights:Workspace"] = cells, ["applicationinsights:Component"] = cells,
            ["cdn:AFDOrigin"] = stamps, ["cosmosdb:SqlResourceSqlRoleAssignment"] = stamps, ["web:WebApp"] = stamps, ["servicebus:Namespace"] = stamps, ["redisenterprise:Database"] = stamps,
            ["redisenterprise:AccessPolicyAssignment"] = stamps, ["keyvault:Vault"] = cells + stamps, ["network:PrivateEndpoint"] = 10 * stamps, ["privatedns:PrivateZone"] = 9 * stamps,
            ["durabletask:Scheduler"] = stamps, ["durabletask:TaskHub"] = stamps,
            ["authorization:RoleAssignment"] = 10 * stamps,
        };
        foreach (var (type, count) in expected)
        {
            graph.Count(one => one.Type == $"azure-native:{type}").ShouldBe(count, type);
        }
        graph.GroupBy(static one => (one.Type, one.Name)).Where(static same => same.Count() > 1).Select(static same => same.Key).ShouldBeEmpty();
    }

    /// <summary>Flex Consumption's differs from that of all other plans, and without it the app has no network.</summary>
    [Theory]
    [InlineData(nameof(Hosting.FlexConsumption), "Microsoft.App/environments")]
    [InlineData(nameof(Hosting.ElasticPremium), "Microsoft.Web/serverFarms")]
    public async Task The_app_s_subnet_is_given_to_its_plan(string plan, string service)
    {
        var graph = await (Environments.Two with { Hosting = Enum.Parse<Hosting>(plan) }).Graph();
        foreach (var region in Environments.Two.Regions)
        {
            var subnet = graph.Single(one => one.Name == $"{region.Name}-apps");
            subnet["delegations.0.serviceName"].ShouldBe(service);
            graph.Single(one => one.Type == "azure-native:web:WebApp" && Equals(one["location"], region.Name))["virtualNetworkSubnetId"].ShouldBe(subnet.Id);
        }
    }

    [Fact]
    public async Task The_nearest_region_answers_and_domains_are_proven_by_records_of_their_zone()
    {
        var graph = await Environments.TwoCells.Graph();
        graph.Where(static one => one.Type == "azure-native:cdn:AFDOriginGroup").ShouldAllBe(static one => Equals(one["loadBalancingSettings.additionalLatencyInMilliseconds"], 0d));
        graph.Where(static one => one.Type == "azure-native:cdn:AFDOrigin").ShouldAllBe(static one => Equals(one["priority"], 1d) && Equals(one["weight"], 1000d));
        var records = graph.Where(static one => one.Type == "azure-native:dns:RecordSet" && Equals(one["recordType"], "TXT") && $"{one["relativeRecordSetName"]}".StartsWith("_dnsauth.", StringComparison.Ordinal)).ToList();
        records.Select(static one => one["relativeRecordSetName"]).ShouldBe(["_dnsauth.api0", "_dnsauth.api1"], ignoreOrder: true);
        records.ShouldAllBe(static one => Equals(one["zoneName"], "aworld.example") && Equals(new Declared("", "", (ImmutableDictionary<string, object>)one.List("txtRecords").Single()).List("value").Single(), "token"));
    }

    /// <summary>A refresh would else end every later update.</summary>
    [Theory]
    [InlineData("token", "token")]
    [InlineData("", "validated")]
    [InlineData(null, "validated")]
    public void A_domain_of_which_Azure_asks_no_proof_any_more_keeps_a_record(string? token, string record) => Components.Edge.Proof(token).ShouldBe(record);

    [Fact]
    public async Task An_operator_is_told_the_name_servers_of_each_zone()
    {
        var topology = Topology.Of(Environments.TwoCells with { Zones = ["aworld.example", "other.example"] }, "test");
        var (_, outputs) = await Pulumi.Deployment.TestAsync(new AWorld.Infra.Graph(), new() { ProjectName = "aworld", StackName = "test" }, () => Platform.Make(topology, Plan.Entities(), TimeProvider.System));
        outputs.Keys.Where(static key => key.EndsWith(".nameServers", StringComparison.Ordinal)).ShouldBe(["aworld.example.nameServers", "other.example.nameServers"], ignoreOrder: true);
    }

    [Fact]
    public async Task Containers_have_the_keys_of_the_architecture_and_their_ceilings()
    {
        var containers = (await Environments.Two.Graph()).Where(static one => one.Type == "azure-native:cosmosdb:SqlResourceSqlContainer").ToDictionary(static one => (string)one["resource.id"]!);
        string[] Keys(string container) => [.. containers[container].List("resource.partitionKey.paths").Cast<string>()];
        Keys("platform").ShouldBe(["/accountId"]);
        Keys("configuration").ShouldBe(["/accountId", "/workspaceId", "/kind"]);
        Keys("players").ShouldBe(["/accountId", "/workspaceId", "/userId"]);
        Keys("leaderboards").ShouldBe(["/accountId", "/workspaceId", "/boardId"]);
        Keys("directory").ShouldBe(["/accountId", "/workspaceId", "/bucket"]);
        Keys("audit").ShouldBe(["/accountId", "/workspaceId", "/day"]);
        containers["players"]["resource.partitionKey.kind"].ShouldBe("MultiHash");
        containers["platform"]["resource.partitionKey.kind"].ShouldBe("Hash");
        containers.Values.ShouldAllBe(static one => Equals(one["resource.defaultTtl"], -1d) && Equals(one["resource.conflictResolutionPolicy.mode"], "LastWriterWins"));
        containers["players"]["options.autoscaleSettings.maxThroughput"].ShouldBe(20_000d);
    }

    [Fact]
    public async Task Cosmos_writes_in_every_region_of_the_cell_and_keeps_its_backups_going()
    {
        var accounts = (await Environments.TwoCells.Graph()).Where(static one => one.Type == "azure-native:cosmosdb:DatabaseAccount").OrderBy(static one => one.Name).ToList();
        accounts.Select(static one => one.List("locations").Cast<ImmutableDictionary<string, object>>().Select(static place => $"{place["locationName"]} {place["failoverPriority"]} {place["isZoneRedundant"]}"))
            .ShouldBe([["westeurope 0 True", "northeurope 1 True"], ["eastus2 0 True", "centralus 1 True"]]);
        accounts.ShouldAllBe(static one => Equals(one["enableMultipleWriteLocations"], true) && Equals(one["backupPolicy.type"], "Continuous") && Equals(one["consistencyPolicy.defaultConsistencyLevel"], "Session"));
    }

    [Fact]
    public async Task An_identity_gets_each_of_its_roles_once_on_one_resource_of_its_stamp_or_cell()
    {
        var assignments = (await Environments.Two.Graph()).Where(static one => one.Type == "azure-native:authorization:RoleAssignment").ToList();
        assignments.GroupBy(static one => (one["principalId"], one["scope"], one["roleDefinitionId"])).ShouldAllBe(static same => same.Count() == 1);
        foreach (var stamp in assignments.GroupBy(static one => one["principalId"]))
        {
            var twice = Equals(stamp.Key, "principal-of-aworld-test-weu-id") ? Role.KeyVaultSecretsOfficer : Role.KeyVaultSecretsUser;
            stamp.Select(RoleOf).Order().ShouldBe(Role.OfApp.Except([Role.KeyVaultSecretsUser]).Append(twice).Select(static role => role.Id).Order());
        }
        assignments.Select(static one => one["principalId"]).Distinct().Count().ShouldBe(2);
        // Of these there is no smaller role that does what the app needs.
        Role.OfApp.Where(static role => role.Name.Contains("Owner")).ShouldBe([Role.StorageBlobDataOwner, Role.ServiceBusDataOwner, Role.CommunicationAndEmailServiceOwner]);
    }

    [Fact]
    public async Task A_stamp_keeps_keys_in_a_vault_of_its_own_and_the_home_alone_makes_them_in_the_cell_s()
    {
        var graph = await Environments.TwoCells.Graph();
        foreach (var (cell, region, code, role) in ((string, string, string, Role)[])[("eu", "westeurope", "weu", Role.KeyVaultSecretsOfficer), ("eu", "northeurope", "neu", Role.KeyVaultSecretsUser), ("us", "eastus2", "eu2", Role.KeyVaultSecretsOfficer), ("us", "centralus", "cus", Role.KeyVaultSecretsUser)])
        {
            var (own, origin) = (Vault(code), Vault(cell));
            own["location"].ShouldBe(region);
            own["properties.enablePurgeProtection"].ShouldBe(true);
            own["properties.createMode"].ShouldBeNull();
            Ends(own).ShouldBe([$"{region}-vault"]);
            Ends(origin).Order().ShouldBe(Environments.TwoCells.Regions.Where(one => one.Cell == cell).Select(static one => $"{one.Name}-origin").Order());
            Rights(own).ShouldBe([Role.KeyVaultSecretsOfficer.Id]);
            Rights(origin).ShouldBe([role.Id]);
            var settings = Settings(graph, region);
            settings["AWorld__KeyVault__Vault"].ShouldBe($"https://aworld-test-{code}-kv.vault.azure.net/");
            settings["AWorld__KeyVault__Origin"].ShouldBe($"https://aworld-test-{cell}-kv.vault.azure.net/");

            IEnumerable<object?> Rights(Declared vault) => graph.Where(one => one.Type == "azure-native:authorization:RoleAssignment" && Equals(one["scope"], vault.Id) && Equals(one["principalId"], $"principal-of-aworld-test-{code}-id")).Select(RoleOf);
        }

        Declared Vault(string part) => graph.Single(one => one.Type == "azure-native:keyvault:Vault" && Equals(one["vaultName"], $"aworld-test-{part}-kv"));
        IEnumerable<string> Ends(Declared vault) => graph.Where(one => one.Type == "azure-native:network:PrivateEndpoint" && Equals(one["privateLinkServiceConnections.0.privateLinkServiceId"], vault.Id)).Select(static one => one.Name);
    }

    [Fact]
    public async Task A_region_that_comes_back_takes_its_vault_back()
    {
        var two = Environments.Two;
        var graph = await (two with { Regions = [two.Regions[0], two.Regions[1] with { RecoverVault = true }] }).Graph();
        graph.Where(static one => one.Type == "azure-native:keyvault:Vault" && Equals(one["properties.createMode"], "recover")).Select(static one => one["vaultName"]).ShouldBe(["aworld-test-neu-kv"]);
    }

    static string RoleOf(Declared assignment) => ((string)assignment["roleDefinitionId"]!).Split('/')[^1];

    [Fact]
    public async Task Mail_is_sent_by_the_resource_of_its_cell()
    {
        var environment = Environments.TwoCells;
        var graph = await environment.Graph();
        foreach (var region in environment.Regions)
        {
            var mail = environment.Cells.Single(cell => cell.Name == region.Cell).Mail!;
            Settings(graph, region.Name)["AWorld__Mail__Endpoint"].ShouldBe(mail.Endpoint!.AbsoluteUri);
            graph.Count(one => one.Type == "azure-native:authorization:RoleAssignment" && Equals(one["scope"], mail.Resource) && one.Name.StartsWith($"{region.Name}-", StringComparison.Ordinal)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Domains_that_differ_by_a_hyphen_are_two()
    {
        var two = Environments.TwoCells;
        var graph = await (two with { Cells = [two.Cells[0] with { Domain = "a-b.aworld.example" }, two.Cells[1] with { Domain = "a.b.aworld.example" }] }).Graph();
        graph.Where(static one => one.Type == "azure-native:cdn:AFDCustomDomain").Select(static one => one["customDomainName"]).ShouldBe(["a--b-aworld-example", "a-b-aworld-example"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(nameof(Hosting.FlexConsumption), false)]
    [InlineData(nameof(Hosting.ElasticPremium), true)]
    public async Task An_app_is_told_its_runtime_once(string plan, bool bySettings)
    {
        var hosting = Enum.Parse<Hosting>(plan);
        var apps = (await (Environments.Two with { Hosting = hosting }).Graph()).Where(static one => one.Type == "azure-native:web:WebApp").ToList();
        foreach (var app in apps)
        {
            var settings = app.List("siteConfig.appSettings").Cast<ImmutableDictionary<string, object>>().Select(static setting => (string)setting["name"]).ToList();
            settings.Contains("FUNCTIONS_WORKER_RUNTIME").ShouldBe(bySettings);
            settings.Contains("FUNCTIONS_EXTENSION_VERSION").ShouldBe(bySettings);
            Equals(app["functionAppConfig.runtime.name"], "dotnet-isolated").ShouldBe(!bySettings);
        }
        apps.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_stamp_s_workflows_are_in_a_task_hub_of_its_own_that_only_its_app_may_use()
    {
        var graph = await Environments.Two.Graph();
        foreach (var region in (string[])["westeurope", "northeurope"])
        {
            var scheduler = graph.Single(one => one.Type == "azure-native:durabletask:Scheduler" && Equals(one["location"], region));
            var hub = graph.Single(one => one.Type == "azure-native:durabletask:TaskHub" && Equals(one["schedulerName"], scheduler["schedulerName"]));
            scheduler["properties.sku.capacity"].ShouldBe(3d);
            graph.Single(one => one.Type == "azure-native:authorization:RoleAssignment" && Equals(one["scope"], hub.Id))["principalId"].ShouldBe($"principal-of-{Topologies.Names.Of(Named.Identity, "aworld", "test", AzureRegions.Find(region)!.Code)}");
            graph.ShouldNotContain(one => one.Type == "azure-native:authorization:RoleAssignment" && Equals(one["scope"], scheduler.Id));
            graph.Single(one => one.Name == $"{region}-scheduler")["privateLinkServiceConnections.0.privateLinkServiceId"].ShouldBe(scheduler.Id);
            var settings = Settings(graph, region);
            settings["AWorldTaskHub"].ShouldBe(hub["taskHubName"]);
            settings["AWorldStamp"].ShouldBe(region, "another stamp's positions in the change feed are not its own");
            settings["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"].ShouldBe($"Endpoint=https://{scheduler["schedulerName"]}.durabletask.example;Authentication=ManagedIdentity;ClientID={settings["AZURE_CLIENT_ID"]}");
        }
    }

    [Fact]
    public async Task The_edge_sends_a_cell_s_requests_to_its_own_stamps_alone()
    {
        var graph = await Environments.TwoCells.Graph();
        graph.Where(static one => one.Type == "azure-native:cdn:AFDOrigin").Select(static one => $"{one["originGroupName"]} {one["originName"]} {one["enabledState"]}").Order().ShouldBe(
            ["aworld-test-eu-apps northeurope Enabled", "aworld-test-eu-apps westeurope Enabled", "aworld-test-us-apps centralus Enabled", "aworld-test-us-apps eastus2 Enabled"]);
        var guarded = graph.Single(static one => one.Type == "azure-native:cdn:SecurityPolicy").List("parameters.associations").Cast<ImmutableDictionary<string, object>>().Single();
        ((ImmutableArray<object>)guarded["domains"]).Length.ShouldBe(4);
        graph.Where(static one => one.Type == "azure-native:cdn:AFDOriginGroup").ShouldAllBe(static one => Equals(one["healthProbeSettings.probePath"], "/health/ready"));
    }

    [Fact]
    public async Task The_firewall_prevents_and_counts_authentication_apart()
    {
        var policy = (await Environments.One.Graph()).Single(static one => one.Type == "azure-native:frontdoor:Policy");
        policy["policySettings.mode"].ShouldBe("Prevention");
        policy["policySettings.customBlockResponseStatusCode"].ShouldBe(403d);
        policy.List("managedRules.managedRuleSets").Cast<ImmutableDictionary<string, object>>().Select(static set => set["ruleSetType"]).ShouldBe(["Microsoft_DefaultRuleSet", "Microsoft_BotManagerRuleSet"]);
        var rules = policy.List("customRules.rules").Cast<ImmutableDictionary<string, object>>().ToList();
        rules.Select(static rule => (rule["rateLimitThreshold"], rule["rateLimitDurationInMinutes"])).ShouldBe([(100d, 5d), (150_000d, 5d)]);
    }

    /// <summary>Front Door's documents show the variable with and without the host.</summary>
    [Theory]
    [InlineData("https://api.aworld.example/oauth2/token", true)]
    [InlineData("https://api.aworld.example:443/auth/codes?email=x", true)]
    [InlineData("/auth/codes", true)]
    [InlineData("/oauth2", true)]
    [InlineData("https://api.aworld.example/app/v1/missions", false)]
    [InlineData("https://api.aworld.example/portal/v1/auth/", false)]
    [InlineData("https://api.aworld.example/authors/1", false)]
    public void The_firewall_counts_as_authentication_what_the_product_does(string uri, bool counted)
    {
        Regex.IsMatch(uri, Components.Firewall.AuthenticationPaths, RegexOptions.NonBacktracking).ShouldBe(counted);
        Components.Firewall.AuthenticationPaths.Replace("(?:", "", StringComparison.Ordinal).ShouldNotContain('(');
    }

    [Fact]
    public async Task Stamps_write_in_one_region_also_when_the_home_is_lost()
    {
        var graph = await Environments.Five.Graph();
        Environments.Five.Regions.Select(region => string.Join(", ", Settings(graph, region.Name).Where(static setting => setting.Key.StartsWith("AWorld__Cosmos__Regions__", StringComparison.Ordinal)).OrderBy(static setting => setting.Key, StringComparer.Ordinal).Select(static setting => setting.Value)))
            .Distinct().ShouldBe(["West Europe, East US 2, Southeast Asia, Brazil South, Australia East"]);
    }

    /// <summary>Only the policies' names of a thing may be typed; nothing that looks like a secret is.</summary>
    [Theory, MemberData(nameof(Every))]
    public async Task No_setting_holds_a_secret(int which)
    {
        var environment = Environments.All[which];
        var graph = await environment.Graph();
        foreach (var region in environment.Regions)
        {
            Settings(graph, region.Name).Where(static one => $"{one.Value}".Contains("Key=", StringComparison.OrdinalIgnoreCase) && one.Key != "APPLICATIONINSIGHTS_CONNECTION_STRING"
                || $"{one.Value}".Contains("Password", StringComparison.OrdinalIgnoreCase) || one.Key.Contains("Secret", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
        }
    }

    internal static Dictionary<string, object> Settings(IReadOnlyList<Declared> graph, string region) => graph
        .Single(one => one.Type == "azure-native:web:WebApp" && Equals(one["location"], region)).List("siteConfig.appSettings").Cast<ImmutableDictionary<string, object>>().ToDictionary(static one => (string)one["name"], static one => one["value"]);

    internal static string Text(object? value) => value switch
    {
        ImmutableDictionary<string, object> map => $"{{{string.Join(", ", map.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}: {Text(one.Value)}"))}}}",
        ImmutableArray<object> list => $"[{string.Join(", ", list.Select(Text))}]",
        _ => $"{value}",
    };
}
