using System.Text.RegularExpressions;

namespace AWorld.Infra.Topologies;

enum Named
{
    ResourceGroup, Profile, FrontDoorEndpoint, OriginGroup, FirewallPolicy, TrafficManager, Workspace, Insights, ActionGroup,
    Cosmos, Network, SecurityGroup, Storage, Media, Bus, Scheduler, Redis, PubSub, Vault, Identity, Plan, App,
}

/// <summary>Azure's rules for names: length, characters, and whether one must be unique in all of Azure.</summary>
/// <remarks>Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules</remarks>
sealed record NameRule(Named Kind, string Suffix, int Shortest, int Longest, string Characters, bool Global = false)
{
    public bool Allows(string name) => name.Length >= Shortest && name.Length <= Longest && Regex.IsMatch(name, $"^(?:{Characters})$", RegexOptions.NonBacktracking);
}

static class Names
{
    const string Hyphened = "[a-z](?:[a-z0-9]|-[a-z0-9])*", Plain = "[a-z][a-z0-9]*";

    public static readonly IReadOnlyList<NameRule> Rules =
    [
        new(Named.ResourceGroup, "rg", 1, 90, Hyphened),
        new(Named.Profile, "afd", 1, 260, Hyphened),
        new(Named.FrontDoorEndpoint, "", 1, 46, Hyphened),
        new(Named.OriginGroup, "apps", 1, 90, Hyphened),
        new(Named.FirewallPolicy, "waf", 1, 128, Plain),
        new(Named.TrafficManager, "tm", 1, 63, Hyphened, Global: true),
        new(Named.Workspace, "log", 4, 63, Hyphened),
        new(Named.Insights, "appi", 1, 260, Hyphened),
        new(Named.ActionGroup, "ag", 1, 260, Hyphened),
        new(Named.Cosmos, "cosmos", 3, 44, Hyphened, Global: true),
        new(Named.Network, "vnet", 2, 64, Hyphened),
        new(Named.SecurityGroup, "nsg", 1, 80, Hyphened),
        new(Named.Storage, "st", 3, 24, Plain, Global: true),
        new(Named.Media, "md", 3, 24, Plain, Global: true),
        new(Named.Bus, "bus", 6, 50, Hyphened, Global: true),
        // https://learn.microsoft.com/azure/templates/microsoft.durabletask/schedulers
        new(Named.Scheduler, "dts", 3, 64, Hyphened),
        new(Named.Redis, "redis", 1, 60, Hyphened, Global: true),
        new(Named.PubSub, "wps", 3, 63, Hyphened, Global: true),
        new(Named.Vault, "kv", 3, 24, Hyphened, Global: true),
        new(Named.Identity, "id", 3, 128, Hyphened),
        new(Named.Plan, "plan", 1, 60, Hyphened),
        new(Named.App, "app", 2, 43, Hyphened, Global: true),
    ];

    static readonly Dictionary<Named, NameRule> byKind = Rules.ToDictionary(static rule => rule.Kind);

    public static NameRule Rule(Named kind) => byKind[kind];

    /// <param name="parts">Project, stack and, unless it is global, the cell or the region's code.</param>
    public static string Of(Named kind, params IEnumerable<string> parts)
    {
        var rule = byKind[kind];
        return string.Join(rule.Characters == Plain ? "" : "-", parts.Append(rule.Suffix).Where(static part => part.Length > 0));
    }
}
