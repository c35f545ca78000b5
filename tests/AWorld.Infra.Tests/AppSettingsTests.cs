using System.ComponentModel.DataAnnotations;
using AWorld.Functions;
using AWorld.Infra.Topologies;
using AWorld.Platform;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AWorld.Infra.Tests;

/// <summary>The app itself with nothing but the settings that it is given on Azure.</summary>
public sealed class AppSettingsTests
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
