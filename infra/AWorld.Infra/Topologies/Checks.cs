using System.Text.RegularExpressions;

namespace AWorld.Infra.Topologies;

/// <summary>All that is wrong with an environment, at once, before anything is made.</summary>
static partial class Checks
{
    /// <summary>Of a cell, since so many Redis replicate to each other: https://learn.microsoft.com/azure/redis/how-to-active-geo-replication</summary>
    public const int MostRegionsOfCell = 5;

    public const int MostRegions = 16, MostEmails = 20, MostDomainCharacters = 64;

    /// <summary>Leaves out what would only follow from parts that could not be read.</summary>
    sealed class Findings(IReadOnlySet<string> unread)
    {
        public List<string> All { get; } = [];

        /// <param name="of">Parts that must have been read for it to be known.</param>
        public void When(bool wrong, string message, params ReadOnlySpan<string> of)
        {
            foreach (var part in of)
            {
                wrong &= !unread.Contains(part);
            }
            if (wrong)
            {
                All.Add(message);
            }
        }
    }

    /// <param name="unread">Parts of which not all could be read, as in regions.</param>
    public static IReadOnlyList<string> Problems(Environment environment, string stack, IReadOnlySet<string>? unread = null)
    {
        var found = new Findings(unread ?? new HashSet<string>());
        var problems = found.All;
        found.When(!Word().IsMatch(environment.Project), $"project: '{environment.Project}' must be lower-case letters and digits, a letter first", "project");
        found.When(!Word().IsMatch(stack), $"stack: '{stack}' must be lower-case letters and digits, a letter first");
        found.When(environment.Size is not { } size || !Enum.IsDefined(size), "size: say small, medium or large", "size");
        found.When(!Enum.IsDefined(environment.Hosting), "hosting: say flexConsumption or elasticPremium", "hosting");
        found.When(environment.MonthlyBudget is < 100 or > 10_000_000, $"monthlyBudget: {environment.MonthlyBudget} is not between 100 and 10,000,000", "monthlyBudget");
        found.When(!Email().IsMatch(environment.Owner), "owner: say the e-mail address of who owns the first account and invites others", "owner");
        found.When(environment.Alerts.Emails.Count is 0 or > MostEmails, $"alerts.emails: name 1 to {MostEmails} addresses, so that somebody hears of a failure", "alerts");
        foreach (var email in environment.Alerts.Emails.Where(static email => !Email().IsMatch(email)))
        {
            problems.Add($"alerts.emails: '{email}' is not an e-mail address");
        }
        problems.AddRange(Twice(environment.Alerts.Emails).Select(static email => $"alerts.emails: {email} is there twice"));
        problems.AddRange(Twice(environment.Alerts.Webhooks.Select(static hook => hook.OriginalString)).Select(static hook => $"alerts.webhooks: {hook} is there twice"));
        foreach (var hook in environment.Alerts.Webhooks.Where(static hook => !hook.IsAbsoluteUri || hook.Scheme != Uri.UriSchemeHttps))
        {
            problems.Add($"alerts.webhooks: '{hook}' is not an https address");
        }
        foreach (var zone in environment.Zones.Where(static zone => !Domain().IsMatch(zone)))
        {
            problems.Add($"zones: '{zone}' is not a domain name");
        }
        problems.AddRange(Twice(environment.Zones).Select(static zone => $"zones: {zone} is there twice"));
        found.When(AzureRegions.Find(environment.Location) is null, $"location: '{environment.Location}' is not a region; say where the group of what belongs to no cell lies, for good: {KnownRegions}", "location");
        Regions(environment, found);
        Cells(environment, found);
        if (Word().IsMatch(environment.Project) && Word().IsMatch(stack))
        {
            problems.AddRange(Nameable(environment, stack).Resources.Where(static named => !Names.Rule(named.Kind).Allows(named.Name)).Select(static named =>
                $"project: makes the {named.Kind} '{named.Name}' of {named.Name.Length} characters; Azure takes {Names.Rule(named.Kind).Shortest} to {Names.Rule(named.Kind).Longest}"));
        }
        return problems;
    }

    /// <summary>The topology of what can be named, whatever else is wrong with it.</summary>
    static Topology Nameable(Environment environment, string stack) => Topology.Of(environment with
    {
        Size = Size.Small,
        Cells = [.. environment.Cells.Where(static cell => Word().IsMatch(cell.Name)).DistinctBy(static cell => cell.Name)],
        Regions = [.. environment.Regions.Where(static region => AzureRegions.Find(region.Name) is not null).DistinctBy(static region => region.Name)],
    }, stack);

    static void Regions(Environment environment, Findings found)
    {
        found.When(environment.Regions.Count == 0, "regions: name at least one", "regions");
        found.When(environment.Regions.Count > MostRegions, $"regions: {environment.Regions.Count} are more than {MostRegions}");
        foreach (var region in environment.Regions)
        {
            found.When(AzureRegions.Find(region.Name) is null, $"regions: '{region.Name}' is none with three zones; known are {KnownRegions}");
            found.When(environment.Cells.All(cell => cell.Name != region.Cell), $"regions: {region.Name} is in the cell '{region.Cell}', which does not exist", "cells");
        }
        if (environment is { Regions: [var first, ..], Cells: [var home, ..] })
        {
            found.When(first.Cell != home.Name && environment.Cells.Any(cell => cell.Name == first.Cell), $"regions: the first, {first.Name}, is not of the first cell, {home.Name}, which keeps every account that no cell names", "regions", "cells");
        }
        foreach (var twice in environment.Regions.GroupBy(static region => region.Name).Where(static same => same.Count() > 1))
        {
            found.All.Add($"regions: {twice.Key} is there {twice.Count()} times");
        }
    }

    static void Cells(Environment environment, Findings found)
    {
        found.When(environment.Cells.Count == 0, "cells: name at least one", "cells");
        foreach (var cell in environment.Cells)
        {
            found.When(!Word().IsMatch(cell.Name) || cell.Name.Length > 8, $"cells: '{cell.Name}' must be at most 8 lower-case letters and digits, a letter first");
            found.When(cell.Name == "global" || AzureRegions.All.Any(region => region.Name == cell.Name || region.Code == cell.Name), $"cells: '{cell.Name}' must be no region's name or code and not 'global', which name other parts");
            found.When(cell.Residency is { } place && !AzureRegions.Geographies.Contains(place), $"cells: {cell.Name}'s residency '{cell.Residency}' is none of {string.Join(", ", AzureRegions.Geographies)}");
            found.When(AzureRegions.Find(cell.Location) is null, $"cells: {cell.Name}'s location '{cell.Location}' is not a region; say where its vault, media, logs and group lie, for good");
            found.When(cell.Residency is { } law && AzureRegions.Geographies.Contains(law) && AzureRegions.Find(cell.Location) is { } located && located.Geography != law, $"cells: {cell.Name} resides in {cell.Residency}, but its location {cell.Location} lies in {AzureRegions.Find(cell.Location)?.Geography}");
            found.When(environment.Regions.All(region => region.Cell != cell.Name), $"cells: {cell.Name} has no regions", "regions");
            found.When(environment.Regions.Count(region => region.Cell == cell.Name) > MostRegionsOfCell, $"cells: {cell.Name} has {environment.Regions.Count(region => region.Cell == cell.Name)} regions, and Redis replicates to {MostRegionsOfCell}");
            found.When(environment.Regions.Any(region => region.Cell == cell.Name) && environment.Regions.Where(region => region.Cell == cell.Name).All(static region => region.Draining), $"cells: all regions of {cell.Name} are draining", "regions");
            foreach (var abroad in environment.Regions.Where(region => region.Cell == cell.Name && cell.Residency is { } geography && AzureRegions.Geographies.Contains(geography) && AzureRegions.Find(region.Name) is { } known && known.Geography != geography))
            {
                found.All.Add($"cells: {cell.Name} resides in {cell.Residency}, but {abroad.Name} lies in {AzureRegions.Find(abroad.Name)!.Geography}");
            }
            var named = Domain().IsMatch(cell.Domain) && cell.Domain.Length <= MostDomainCharacters;
            found.When(!named, $"cells: {cell.Name}'s domain '{cell.Domain}' is not a domain name of at most {MostDomainCharacters} characters");
            found.When(named && Topology.ZoneOf(environment, cell.Domain) is null, $"cells: {cell.Name}'s domain {cell.Domain} lies in none of the zones; a zone's own name cannot lead to Front Door", "zones");
            Mail(cell, found);
            foreach (var origin in cell.Origins.Where(static origin => !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.GetLeftPart(UriPartial.Authority) == origin)))
            {
                found.All.Add($"cells: {cell.Name}'s origin '{origin}' is not as https://app.example.com");
            }
        }
        found.All.AddRange(Twice(environment.Cells.Select(static cell => cell.Name)).Select(static name => $"cells: {name} is there twice"));
        found.All.AddRange(Twice(environment.Cells.Select(static cell => cell.Domain)).Select(static domain => $"cells: two have the domain {domain}"));
        // Ids that differ by case alone are two accounts to the platform, and one to whoever wrote them.
        foreach (var account in environment.Cells.SelectMany(static cell => cell.Accounts.Select(account => (cell.Name, Account: account))).GroupBy(static bound => bound.Account, StringComparer.OrdinalIgnoreCase))
        {
            found.When(account.Count() > 1, $"cells: the account {account.Key} is bound to {string.Join(" and ", account.Select(bound => bound.Account == account.Key ? bound.Name : $"{bound.Name} (as {bound.Account})"))}");
            found.When(!Account().IsMatch(account.Key), $"cells: '{account.Key}' is not an account id");
        }
    }

    static void Mail(CellUse cell, Findings found)
    {
        if (cell.Mail is not { } mail)
        {
            found.All.Add($"cells: {cell.Name}'s mail: say the resource id of Communication Services, its endpoint, and the address that mail comes from");
            return;
        }
        found.When(!Resource().IsMatch(mail.Resource), $"cells: {cell.Name}'s mail.resource '{mail.Resource}' is not the id of a Communication Services resource");
        found.When(mail.Location is null, $"cells: {cell.Name}'s mail.endpoint '{mail.Endpoint}' is not as https://NAME.LOCATION.communication.azure.com");
        found.When(!Email().IsMatch(mail.From), $"cells: {cell.Name}'s mail.from '{mail.From}' is not an e-mail address");
        found.When(mail.Location is { } location && cell.Residency is { } geography && AzureRegions.Geographies.Contains(geography) && !AzureRegions.MailLocations(geography).Contains(location),
            $"cells: {cell.Name} resides in {cell.Residency}, but its mail is kept in {mail.Location}");
    }

    static string KnownRegions => string.Join(", ", AzureRegions.All.Select(static known => known.Name));

    static IEnumerable<string> Twice(IEnumerable<string> all) => all.GroupBy(static one => one).Where(static same => same.Count() > 1).Select(static same => same.Key);

    [GeneratedRegex(@"^[a-z][a-z0-9]*\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Account();

    [GeneratedRegex(@"^/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/Microsoft\.Communication/communicationServices/[^/\s]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex Resource();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\.[^@\s]+\z")]
    private static partial Regex Email();

    [GeneratedRegex(@"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}\z")]
    private static partial Regex Domain();
}
