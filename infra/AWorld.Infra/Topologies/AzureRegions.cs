namespace AWorld.Infra.Topologies;

/// <param name="Code">In names, where the region's own would be too long.</param>
/// <param name="Ordinal">Second octet of its network: never reuse or change one, networks of running stamps have it.</param>
/// <param name="PublishedName">What the API calls it: the contract's names are another cloud's. Never change one, keys in Redis begin with it.</param>
/// <param name="Geography">Whose law its data is under.</param>
sealed record AzureRegion(string Name, string DisplayName, string Code, int Ordinal, string PublishedName, string Geography);

static class AzureRegions
{
    /// <summary>
    /// Regions with three availability zones. Whether one offers all that a stamp needs changes: ask as docs/infra.md says. Names and zones:
    /// https://learn.microsoft.com/azure/reliability/regions-list; codes are ours.
    /// </summary>
    public static readonly IReadOnlyList<AzureRegion> All =
    [
        new("westeurope", "West Europe", "weu", 1, "eu-west-1", "Europe"),
        new("northeurope", "North Europe", "neu", 2, "eu-north-1", "Europe"),
        new("swedencentral", "Sweden Central", "swc", 3, "eu-north-2", "Europe"),
        new("germanywestcentral", "Germany West Central", "gwc", 4, "eu-central-1", "Europe"),
        new("francecentral", "France Central", "frc", 5, "eu-west-2", "Europe"),
        new("italynorth", "Italy North", "itn", 6, "eu-south-1", "Europe"),
        new("spaincentral", "Spain Central", "spc", 7, "eu-south-2", "Europe"),
        new("polandcentral", "Poland Central", "plc", 8, "eu-central-2", "Europe"),
        new("switzerlandnorth", "Switzerland North", "szn", 9, "eu-central-3", "Switzerland"),
        new("norwayeast", "Norway East", "noe", 10, "eu-north-3", "Norway"),
        new("uksouth", "UK South", "uks", 11, "eu-west-3", "United Kingdom"),
        new("eastus", "East US", "eus", 20, "us-east-1", "United States"),
        new("eastus2", "East US 2", "eu2", 21, "us-east-2", "United States"),
        new("centralus", "Central US", "cus", 22, "us-central-1", "United States"),
        new("southcentralus", "South Central US", "scu", 23, "us-south-1", "United States"),
        new("westus2", "West US 2", "wu2", 24, "us-west-2", "United States"),
        new("westus3", "West US 3", "wu3", 25, "us-west-3", "United States"),
        new("canadacentral", "Canada Central", "cac", 30, "ca-central-1", "Canada"),
        new("brazilsouth", "Brazil South", "brs", 40, "sa-east-1", "Brazil"),
        new("southeastasia", "Southeast Asia", "sea", 50, "ap-southeast-1", "Singapore"),
        new("eastasia", "East Asia", "eas", 51, "ap-east-1", "Hong Kong"),
        new("japaneast", "Japan East", "jpe", 52, "ap-northeast-1", "Japan"),
        new("koreacentral", "Korea Central", "krc", 53, "ap-northeast-2", "Korea"),
        new("centralindia", "Central India", "inc", 54, "ap-south-1", "India"),
        new("australiaeast", "Australia East", "aue", 60, "ap-southeast-2", "Australia"),
        new("southafricanorth", "South Africa North", "zan", 70, "af-south-1", "South Africa"),
        new("uaenorth", "UAE North", "uan", 71, "me-central-1", "United Arab Emirates"),
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
