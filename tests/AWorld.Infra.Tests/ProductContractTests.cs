using System.Text.Json;
using AWorld.Infra.Topologies;
using AWorld.Platform;

namespace AWorld.Infra.Tests;

/// <summary>What the product needs and the program makes are the same.</summary>
public sealed class ProductContractTests
{
    [Fact]
    public void Every_container_of_the_product_is_made_but_those_that_Azure_keeps_otherwise() =>
        CosmosContainer.All.Select(static one => one.Container).ShouldBe(Enum.GetValues<Container>().Except([Container.Workflows, Container.Messages]));

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

    /// <summary>A misspelt setting would leave the app with a default, and nobody would notice.</summary>
    [Fact]
    public async Task Every_setting_of_the_app_is_one_that_the_hosts_read()
    {
        using var sample = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "local.settings.sample.json")));
        var known = sample.RootElement.GetProperty("Values").EnumerateObject().Select(static one => one.Name).ToHashSet(StringComparer.Ordinal);
        // The Functions host's own and Azure SDKs' settings, which the sample for this machine does not have.
        string[] ofAzure = ["AZURE_CLIENT_ID", "AzureWebJobsStorage", "APPLICATIONINSIGHTS_", "ServiceBus__", "Cosmos__", "AWorldTaskHub"];
        var settings = GraphTests.Settings(await Environments.Two.Graph(), "westeurope").Keys.Where(setting => !ofAzure.Any(own => setting.StartsWith(own, StringComparison.Ordinal))).ToList();
        settings.ShouldNotBeEmpty();
        settings.Where(setting => !known.Contains(setting) && !known.Contains($"{setting.TrimEnd('1', '2', '3', '4', '5')}0")).ShouldBeEmpty();
    }
}
