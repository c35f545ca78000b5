namespace AWorld.Infra.Topologies;

/// <param name="Code">In names, where the region's own would be too long.</param>
/// <param name="Ordinal">Second octet of its network: never reuse or change one, networks of running stamps have it.</param>
/// <param name="Geography">Whose law its data is under.</param>
sealed record AzureRegion(string Name, string DisplayName, string Code, int Ordinal, string Geography);

static class AzureRegions
{
    /// <summary>
    /// Regions with three availability zones that offer all services of a stamp. Names and zones:
    /// https://learn.microsoft.com/azure/reliability/regions-list; codes are ours.
    /// </summary>
    public static readonly IReadOnlyList<AzureRegion> All =
    [
        new("westeurope", "West Europe", "weu", 1, "Europe"),
        new("northeurope", "North Europe", "neu", 2, "Europe"),
        new("swedencentral", "Sweden Central", "swc", 3, "Europe"),
        new("germanywestcentral", "Germany West Central", "gwc", 4, "Europe"),
        new("francecentral", "France Central", "frc", 5, "Europe"),
        new("italynorth", "Italy North", "itn", 6, "Europe"),
        new("spaincentral", "Spain Central", "spc", 7, "Europe"),
        new("polandcentral", "Poland Central", "plc", 8, "Europe"),
        new("switzerlandnorth", "Switzerland North", "szn", 9, "Switzerland"),
        new("norwayeast", "Norway East", "noe", 10, "Norway"),
        new("uksouth", "UK South", "uks", 11, "United Kingdom"),
        new("eastus", "East US", "eus", 20, "United States"),
        new("eastus2", "East US 2", "eu2", 21, "United States"),
        new("centralus", "Central US", "cus", 22, "United States"),
        new("southcentralus", "South Central US", "scu", 23, "United States"),
        new("westus2", "West US 2", "wu2", 24, "United States"),
        new("westus3", "West US 3", "wu3", 25, "United States"),
        new("canadacentral", "Canada Central", "cac", 30, "Canada"),
        new("brazilsouth", "Brazil South", "brs", 40, "Brazil"),
        new("southeastasia", "Southeast Asia", "sea", 50, "Singapore"),
        new("eastasia", "East Asia", "eas", 51, "Hong Kong"),
        new("japaneast", "Japan East", "jpe", 52, "Japan"),
        new("koreacentral", "Korea Central", "krc", 53, "Korea"),
        new("centralindia", "Central India", "inc", 54, "India"),
        new("australiaeast", "Australia East", "aue", 60, "Australia"),
        new("southafricanorth", "South Africa North", "zan", 70, "South Africa"),
        new("uaenorth", "UAE North", "uan", 71, "United Arab Emirates"),
    ];

    public static readonly IReadOnlyList<string> Geographies = [.. All.Select(static region => region.Geography).Distinct()];

    /// <summary>Where Communication Services may keep the data of a geography, as its endpoints name it.</summary>
    /// <remarks>Locations: https://learn.microsoft.com/azure/communication-services/concepts/privacy. It has none in Singapore, Hong Kong and South Africa.</remarks>
    public static IReadOnlyList<string> MailLocations(string geography) => geography switch
    {
        "Europe" => ["europe", "france", "germany"],
        "United Kingdom" => ["uk"],
        "United Arab Emirates" => ["uae"],
        _ => [geography.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()],
    };

    static readonly Dictionary<string, AzureRegion> byName = All.ToDictionary(static region => region.Name, StringComparer.Ordinal);

    public static AzureRegion? Find(string name) => byName.GetValueOrDefault(name);
}
