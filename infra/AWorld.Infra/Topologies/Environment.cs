namespace AWorld.Infra.Topologies;

/// <summary>What an operator writes: environments/{stack}.json. Nothing in it is secret.</summary>
sealed record Environment
{
    /// <summary>First part of every name. Storage accounts, vaults and others are unique in all of Azure by it.</summary>
    public string Project { get; init; } = "";
    public Size? Size { get; init; }
    public Hosting Hosting { get; init; }

    /// <summary>The region of the resource group of what belongs to no cell: Front Door, DNS zones, alerts. Azure can never change it.</summary>
    public string Location { get; init; } = "";

    /// <summary>DNS zones that the environment owns.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>The first is home to every account that no cell names, and so in the first cell.</summary>
    public IReadOnlyList<RegionUse> Regions { get; init; } = [];
    public IReadOnlyList<CellUse> Cells { get; init; } = [];

    /// <summary>Owns each cell's first account and invites others: an e-mail address.</summary>
    public string Owner { get; init; } = "";
    public Receivers Alerts { get; init; } = new();

    /// <summary>Alerts come at 80 and 100 % of it; in the subscription's currency.</summary>
    public int MonthlyBudget { get; init; }

    /// <summary>While Front Door is out: names lead to Traffic Manager and apps answer anybody.</summary>
    public bool BreakGlass { get; init; }
}

enum Size { Small, Medium, Large }

enum Hosting { FlexConsumption, ElasticPremium }

/// <param name="Name">As Azure writes it: westeurope.</param>
/// <param name="Cell">The cell whose data it holds.</param>
/// <param name="Draining">Gets no requests, and may be removed.</param>
/// <param name="RecoverVault">The region was removed within the last 90 days, in which its vault can only be taken back.</param>
sealed record RegionUse(string Name = "", string Cell = "", bool Draining = false, bool RecoverVault = false);

/// <param name="Location">The region of what is the cell's and no stamp's: vault, media, logs, and the resource group of its Cosmos account. Azure can never change it.</param>
/// <param name="Accounts">Bound to the cell: their data never leaves its regions.</param>
/// <param name="Residency">The geography that all its regions must lie in, as in Europe; null: any.</param>
/// <param name="Mail">Sends to the users of its accounts.</param>
/// <param name="Origins">Of web pages that may call its API and put media from a browser, as in https://app.example.com.</param>
sealed record CellUse(string Name = "", string Location = "", string Domain = "", IReadOnlyList<string>? Accounts = null, string? Residency = null, Sender? Mail = null, IReadOnlyList<string>? Origins = null)
{
    public IReadOnlyList<string> Origins { get; init; } = Origins ?? [];
    public IReadOnlyList<string> Accounts { get; init; } = Accounts ?? [];
}

/// <summary>A Communication Services resource with a verified domain; it is made by hand, since verifying is.</summary>
/// <param name="Resource">Its id, for the right to send.</param>
/// <param name="Endpoint">https://NAME.LOCATION.communication.azure.com; the location is where it keeps its data.</param>
sealed record Sender(string Resource = "", Uri? Endpoint = null, string From = "")
{
    /// <summary>As in europe; null: the endpoint names none.</summary>
    public string? Location => Endpoint is { IsAbsoluteUri: true, Scheme: "https" } && Endpoint.Host.Split('.') is [_, var location, "communication", "azure", "com"] ? location : null;
}

sealed record Receivers
{
    public IReadOnlyList<string> Emails { get; init; } = [];
    public IReadOnlyList<Uri> Webhooks { get; init; } = [];
}
