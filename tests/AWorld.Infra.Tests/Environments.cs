using AWorld.Infra.Topologies;
using Environment = AWorld.Infra.Topologies.Environment;

namespace AWorld.Infra.Tests;

/// <summary>Environments to test with.</summary>
static class Environments
{
    public static readonly Environment One = Of(("main", ["westeurope"]));
    public static readonly Environment Two = Of(("main", ["westeurope", "northeurope"]));
    public static readonly Environment Five = Of(("main", ["westeurope", "eastus2", "southeastasia", "brazilsouth", "australiaeast"]));
    public static readonly Environment TwoCells = Of(("eu", ["westeurope", "northeurope"]), ("us", ["eastus2", "centralus"]));

    public static readonly IReadOnlyList<Environment> All = [One, Two, Five, TwoCells, TwoCells with { Hosting = Hosting.ElasticPremium, Size = Size.Small }];

    public static Environment Of(params (string Cell, string[] Regions)[] cells) => new()
    {
        Project = "aworld",
        Size = Size.Medium,
        Location = "swedencentral",
        Zones = ["aworld.example"],
        Regions = [.. cells.SelectMany(static cell => cell.Regions.Select(region => new RegionUse(region, cell.Cell)))],
        Cells = [.. cells.Select(static (cell, i) => new CellUse(cell.Cell, cell.Regions[0], $"api{i}.aworld.example", [$"account-{cell.Cell}"], Mail: Mail(cell.Cell, "europe"), Origins: ["https://app.example.com"]))],
        Alerts = new() { Emails = ["operations@aworld.example"] },
        Owner = "owner@aworld.example",
        MonthlyBudget = 10_000,
    };

    public static Sender Mail(string name, string location) => new(
        $"/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/mail/providers/Microsoft.Communication/communicationServices/{name}-mail", new($"https://{name}-mail.{location}.communication.azure.com"), "no-reply@aworld.example");

    public static Task<IReadOnlyList<Declared>> Graph(this Environment environment) => AWorld.Infra.Graph.Of(Topology.Of(environment, "test"), Plan.Entities());
}

/// <summary>Where the sources are.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AWorld.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside their repository");
    }
}
