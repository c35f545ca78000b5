using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using AWorld.Functions;
using AWorld.Infra.Topologies;
using AWorld.Platform;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AWorld.Infra.Tests;

/// <summary>A stamp's app: what it is told, and what it may.</summary>
public sealed class AppTests
{
    [Theory, MemberData(nameof(GraphTests.Every), MemberType = typeof(GraphTests))]
    public async Task An_app_starts_with_the_settings_of_its_stamp(int which)
    {
        var environment = Environments.All[which];
        var graph = await environment.Graph();
        foreach (var region in environment.Regions)
        {
            await using var app = App(GraphTests.Settings(graph, region.Name));
            Should.NotThrow(app.GetRequiredService<IStartupValidator>().Validate, region.Name);
        }
    }

    [Fact]
    public void Every_region_has_a_name_that_the_app_takes_and_the_contract_knows() =>
        AzureRegions.All.Select(static region => new PlatformOptions { SourceRegion = region.PublishedName }).Where(static options => !Validator.TryValidateObject(options, new(options), null, validateAllProperties: true)).Select(static options => options.SourceRegion).ShouldBeEmpty();

    [Fact]
    public async Task Pages_of_a_cell_s_origins_may_call_its_apps_and_put_its_media()
    {
        var graph = await (Environments.TwoCells with { Cells = [Environments.TwoCells.Cells[0] with { Origins = ["https://app.example.com", "https://admin.example.com"] }, Environments.TwoCells.Cells[1] with { Origins = [] }] }).Graph();
        GraphTests.Settings(graph, "westeurope")["AWorld__Browsers__Origins__1"].ShouldBe("https://admin.example.com");
        GraphTests.Settings(graph, "eastus2").Keys.ShouldNotContain("AWorld__Browsers__Origins__0");
        App("westeurope").List("siteConfig.cors.allowedOrigins").ShouldBe(["https://app.example.com", "https://admin.example.com"]);
        App("eastus2")["siteConfig.cors.allowedOrigins"].ShouldBe(ImmutableArray<object>.Empty, "Azure keeps what an update does not mention");
        var pages = graph.Single(static one => one.Type == "azure-native:storage:BlobServiceProperties");
        pages["accountName"].ShouldBe("aworldtesteumd");
        new Declared("", "", (ImmutableDictionary<string, object>)pages.List("cors.corsRules").Single()).List("allowedOrigins").ShouldBe(["https://app.example.com", "https://admin.example.com"]);

        Declared App(string region) => graph.Single(one => one.Name == $"{region}-app");
    }

    /// <summary>Its usual share of files would need a key, and these accounts have none.</summary>
    [Fact]
    public async Task An_app_on_Elastic_Premium_runs_from_a_blob_that_its_identity_reads_and_scales_by_its_triggers()
    {
        var graph = await (Environments.Two with { Hosting = Hosting.ElasticPremium, Size = Size.Large }).Graph();
        var settings = GraphTests.Settings(graph, "westeurope");
        settings["WEBSITE_RUN_FROM_PACKAGE"].ShouldBe("https://aworldtestweust.blob.core.windows.net/packages/app.zip");
        settings["WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID"].ShouldBe(graph.Single(static one => one.Name == "westeurope-id").Id);
        settings.Keys.Where(static key => key.StartsWith("WEBSITE_CONTENT", StringComparison.Ordinal)).ShouldBeEmpty();
        graph.ShouldContain(static one => one.Type == "azure-native:authorization:RoleAssignment" && Equals(one["scope"], "/azure-native:storage:StorageAccount/westeurope-st") && $"{one["roleDefinitionId"]}".EndsWith(Role.StorageBlobDataOwner.Id, StringComparison.Ordinal));
        var (plan, app) = (graph.Single(static one => one.Name == "westeurope-plan"), graph.Single(static one => one.Name == "westeurope-app"));
        plan["sku.capacity"].ShouldBe(6d);
        plan["maximumElasticWorkerCount"].ShouldBe(20d);
        app["siteConfig.minimumElasticInstanceCount"].ShouldBe(6d);
        app["siteConfig.functionAppScaleLimit"].ShouldBe(20d);
        app["siteConfig.functionsRuntimeScaleMonitoringEnabled"].ShouldBe(true);
        app["functionAppConfig"].ShouldBeNull();
        app["vnetRouteAllEnabled"].ShouldBe(true);
        app["siteConfig.ftpsState"].ShouldBe("Disabled");
    }

    /// <summary>
    /// Its types allow all of it; the plan does not: "The following list of site configuration properties (Site.SiteConfig.FtpsState, …)
    /// for Flex Consumption sites is invalid", https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#considerations.
    /// </summary>
    [Fact]
    public async Task An_app_on_Flex_Consumption_sets_nothing_that_its_plan_refuses()
    {
        string[] refused =
        [
            "ftpsState", "linuxFxVersion", "windowsFxVersion", "alwaysOn", "functionAppScaleLimit", "functionsRuntimeScaleMonitoringEnabled", "minimumElasticInstanceCount", "elasticWebAppScaleLimit", "preWarmedInstanceCount", "use32BitWorkerProcess",
            "netFrameworkVersion", "javaVersion", "nodeVersion", "phpVersion", "powerShellVersion", "pythonVersion", "containerSize", "vnetRouteAllEnabled", "healthCheckPath",
        ];
        var graph = await Environments.Two.Graph();
        foreach (var app in graph.Where(static one => one.Type == "azure-native:web:WebApp"))
        {
            refused.Where(name => app[name] is not null || app[$"siteConfig.{name}"] is not null).ShouldBeEmpty();
        }
        GraphTests.Settings(graph, "westeurope").Keys.Where(static key => key.StartsWith("WEBSITE_", StringComparison.Ordinal) || key.StartsWith("FUNCTIONS_", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Packages_are_read_by_the_app_s_identity_and_stores_live_in_three_zones()
    {
        var graph = await Environments.Two.Graph();
        var app = graph.Single(static one => one.Type == "azure-native:web:WebApp" && Equals(one["location"], "westeurope"));
        app["functionAppConfig.deployment.storage.value"].ShouldBe("https://aworldtestweust.blob.core.windows.net/packages");
        app["functionAppConfig.deployment.storage.authentication.type"].ShouldBe("UserAssignedIdentity");
        app["functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId"].ShouldBe(graph.Single(static one => one.Name == "westeurope-id").Id);
        graph.Where(static one => one.Type == "azure-native:storage:StorageAccount").ShouldAllBe(static one => Equals(one["sku.name"], "Standard_ZRS"));
        graph.Where(static one => one.Type is "azure-native:servicebus:Namespace" or "azure-native:web:AppServicePlan").ShouldAllBe(static one => Equals(one["zoneRedundant"], true));
    }

    /// <summary>
    /// As the Functions host hands them over: environment variables, whose two underscores are a colon. Without the setting that
    /// turns the export of telemetry on: that has no options of ours, and is not there without the Azure packages.
    /// </summary>
    static ServiceProvider App(Dictionary<string, object> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Where(static one => one.Key != "APPLICATIONINSIGHTS_CONNECTION_STRING").Select(static one => KeyValuePair.Create(one.Key.Replace("__", ":", StringComparison.Ordinal), (string?)$"{one.Value}"))).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddAzureHost(configuration).BuildServiceProvider();
    }
}
