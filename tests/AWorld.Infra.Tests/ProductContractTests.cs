using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AWorld.Functions;
using AWorld.Infra.Topologies;
using AWorld.Platform;

namespace AWorld.Infra.Tests;

/// <summary>What the product needs and the program makes are the same.</summary>
public sealed class ProductContractTests
{
    [Fact]
    public void Every_container_of_the_product_is_made_but_those_that_Azure_keeps_otherwise() =>
        CosmosContainer.All.Select(static one => one.Container).ShouldBe(Enum.GetValues<Container>().Except([Container.Workflows, Container.Messages]));

    /// <summary>Each costs two instances that always run, so one more must not come unseen.</summary>
    [Fact]
    public void Scaling_groups_are_those_that_the_app_s_triggers_make() =>
        (from type in typeof(AzureHost).Assembly.GetTypes()
         from method in type.GetMethods()
         let function = method.CustomAttributes.FirstOrDefault(static one => one.AttributeType.Name == "FunctionAttribute")
         where function is not null
         let trigger = method.GetParameters().SelectMany(static one => one.CustomAttributes).Select(static one => one.AttributeType.Name).Single(static name => name.Contains("Trigger", StringComparison.Ordinal))
         where trigger != "WarmupTrigger"
         select trigger switch
         {
             "HttpTriggerAttribute" => "requests",
             "OrchestrationTriggerAttribute" or "ActivityTriggerAttribute" or "EntityTriggerAttribute" => "workflows",
             _ => (string)function.ConstructorArguments[0].Value!,
         }).Distinct().Count().ShouldBe(Ceilings.ScalingGroups);

    [Fact]
    public void Keys_name_the_parts_of_the_product_s_partitions()
    {
        var tenant = new Tenant("account", "workspace");
        Partition[] partitions =
        [
            Partition.Platform("account"), Partition.Configuration(tenant, "kind"), Partition.Player(tenant, "user"), Partition.Board(tenant, "board"), Partition.Directory(tenant, 1), Partition.Audit(tenant, new(2026, 3, 10)), Partition.Integrations(tenant, "part"),
        ];
        partitions.Select(static one => (one.Container, one.Key.Split('/').Length)).ShouldBe(CosmosContainer.All.Select(static one => (one.Container, one.Keys.Count)));
    }

    /// <summary>The store makes them itself where it may, and what it indexes is what its queries need.</summary>
    [Fact]
    public async Task Containers_are_made_as_the_store_makes_them()
    {
        var graph = await Environments.One.Graph();
        foreach (var container in AWorld.Functions.Cosmos.CosmosContainers.All)
        {
            var (made, wanted) = (graph.Single(one => one.Type == "azure-native:cosmosdb:SqlResourceSqlContainer" && Equals(one["resource.id"], container.Name)), container.Properties());
            IEnumerable<object?> Paths(string of) => made.List($"resource.indexingPolicy.{of}").Select(static path => ((ImmutableDictionary<string, object>)path)["path"]);
            Paths("includedPaths").ShouldBe(wanted.IndexingPolicy.IncludedPaths.Select(static path => path.Path), container.Name);
            Paths("excludedPaths").ShouldBe(wanted.IndexingPolicy.ExcludedPaths.Select(static path => path.Path), container.Name);
            $"{made["resource.indexingPolicy.indexingMode"]}".ShouldBe($"{wanted.IndexingPolicy.IndexingMode}".ToLowerInvariant());
            made["resource.indexingPolicy.automatic"].ShouldBe(wanted.IndexingPolicy.Automatic);
            made["resource.defaultTtl"].ShouldBe((double)wanted.DefaultTimeToLive!);
            made.List("resource.partitionKey.paths").ShouldBe(container.Keys.Select(static key => $"/{key}"));
        }
    }

    /// <summary>A misspelt setting would leave the app with a default, and nobody would notice.</summary>
    [Fact]
    public async Task Every_setting_of_the_app_is_one_that_the_hosts_read()
    {
        using var sample = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "local.settings.sample.json")));
        var known = sample.RootElement.GetProperty("Values").EnumerateObject().Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
        // The Functions host's own and Azure SDKs' settings, which the sample for this machine does not have.
        string[] ofAzure = ["AZURE_CLIENT_ID", "AzureWebJobsStorage", "APPLICATIONINSIGHTS_", "ServiceBus__", "Cosmos__", "AWorldTaskHub", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"];
        var settings = GraphTests.Settings(await Environments.Two.Graph(), "westeurope").Keys.Where(setting => !ofAzure.Any(own => setting.StartsWith(own, StringComparison.Ordinal))).ToList();
        settings.ShouldNotBeEmpty();
        settings.Where(setting => !known.Contains(setting) && !known.Contains($"{setting.TrimEnd('1', '2', '3', '4', '5')}0")).ShouldBeEmpty();
    }

    /// <summary>What scales the app reads this file and no setting over it.</summary>
    [Fact]
    public async Task The_file_published_for_Azure_keeps_workflows_in_the_scheduler_and_is_otherwise_the_one_of_this_machine()
    {
        var (project, folder) = (Path.Combine(Repository.Root, "functions", "AWorld.Functions"), Directory.CreateTempSubdirectory("aworld-host-").FullName);
        try
        {
            using var build = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", project, "-t:NameScheduler", "-p:DurableTaskScheduler=true", $"-p:PublishDir={folder}", "-nologo", "-v:q"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var said = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
            build.ExitCode.ShouldBe(0, said);
            var (here, there) = (JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(project, "host.json")))!, JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json")))!);
            var durable = there["extensions"]!["durableTask"]!.AsObject();
            var provider = durable["storageProvider"]!;
            durable.Remove("storageProvider").ShouldBeTrue();
            JsonNode.DeepEquals(here, there).ShouldBeTrue();
            $"{provider["type"]}".ShouldBe("azureManaged");
            GraphTests.Settings(await Environments.One.Graph(), "westeurope").Keys.ShouldContain($"{provider["connectionStringName"]}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
