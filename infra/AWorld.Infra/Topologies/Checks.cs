using System.Text.RegularExpressions;

namespace AWorld.Infra.Topologies;

/// <summary>All that is wrong with an environment, at once, before anything is made.</summary>
static partial class Checks
{
    /// <summary>Of a cell, since so many Redis replicate to each other: https://learn.microsoft.com/azure/redis/how-to-active-geo-replication</summary>
    public const int MostRegionsOfCell = 5;

    public const int MostRegions = 16, MostEmails = 20, MostDomainCharacters = 64;

    public static IReadOnlyList<string> Problems(Environment environment, string stack)
    {
        var problems = new List<string>();
        void When(bool wrong, string message)
        {
            if (wrong)
            {
                problems.Add(message);
            }
        }

        When(!Word().IsMatch(environment.Project), $"project: '{environment.Project}' must be lower-case letters and digits, a letter first");
        When(!Word().IsMatch(stack), $"stack: '{stack}' must be lower-case letters and digits, a letter first");
        When(environment.Size is not { } size || !Enum.IsDefined(size), "size: say small, medium or large");
        When(!Enum.IsDefined(environment.Hosting), "hosting: say flexConsumption or elasticPremium");
        When(environment.MonthlyBudget is < 100 or > 10_000_000, $"monthlyBudget: {environment.MonthlyBudget} is not between 100 and 10,000,000");
        When(!Email().IsMatch(environment.Owner), "owner: say the e-mail address of who owns the first account and invites others");
        When(environment.Alerts.Emails.Count is 0 or > MostEmails, $"alerts.emails: name 1 to {MostEmails} addresses, so that somebody hears of a failure");
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
        When(AzureRegions.Find(environment.Location) is null, $"location: '{environment.Location}' is not a region; say where the group of what belongs to no cell lies, for good: {KnownRegions}");
        Regions(environment, When);
        Cells(environment, problems, When);
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

    static void Regions(Environment environment, Action<bool, string> when)
    {
        when(environment.Regions.Count == 0, "regions: name at least one");
        when(environment.Regions.Count > MostRegions, $"regions: {environment.Regions.Count} are more than {MostRegions}");
        foreach (var region in environment.Regions)
        {
            when(AzureRegions.Find(region.Name) is null, $"regions: '{region.Name}' is none with three zones; known are {KnownRegions}");
            when(environment.Cells.All(cell => cell.Name != region.Cell), $"regions: {region.Name} is in the cell '{region.Cell}', which does not exist");
        }
        if (environment is { Regions: [var first, ..], Cells: [var home, ..] })
        {
            when(first.Cell != home.Name && environment.Cells.Any(cell => cell.Name == first.Cell), $"regions: the first, {first.Name}, is not of the first cell, {home.Name}, which keeps every account that no cell names");
        }
        foreach (var twice in environment.Regions.GroupBy(static region => region.Name).Where(static same => same.Count() > 1))
        {
            when(true, $"regions: {twice.Key} is there {twice.Count()} times");
        }
    }

    static void Cells(Environment environment, List<string> problems, Action<bool, string> when)
    {
        when(environment.Cells.Count == 0, "cells: name at least one");
        foreach (var cell in environment.Cells)
        {
            when(!Word().IsMatch(cell.Name) || cell.Name.Length > 8, $"cells: '{cell.Name}' must be at most 8 lower-case letters and digits, a letter first");
            when(cell.Name == "global" || AzureRegions.All.Any(region => region.Name == cell.Name || region.Code == cell.Name), $"cells: '{cell.Name}' must be no region's name or code and not 'global', which name other parts");
            when(cell.Residency is { } place && !AzureRegions.Geographies.Contains(place), $"cells: {cell.Name}'s residency '{cell.Residency}' is none of {string.Join(", ", AzureRegions.Geographies)}");
            when(AzureRegions.Find(cell.Location) is null, $"cells: {cell.Name}'s location '{cell.Location}' is not a region; say where its vault, media, logs and group lie, for good");
            when(cell.Residency is { } law && AzureRegions.Geographies.Contains(law) && AzureRegions.Find(cell.Location) is { } located && located.Geography != law, $"cells: {cell.Name} resides in {cell.Residency}, but its location {cell.Location} lies in {AzureRegions.Find(cell.Location)?.Geography}");
            when(environment.Regions.All(region => region.Cell != cell.Name), $"cells: {cell.Name} has no regions");
            when(environment.Regions.Count(region => region.Cell == cell.Name) > MostRegionsOfCell, $"cells: {cell.Name} has {environment.Regions.Count(region => region.Cell == cell.Name)} regions, and Redis replicates to {MostRegionsOfCell}");
            when(environment.Regions.Any(region => region.Cell == cell.Name) && environment.Regions.Where(region => region.Cell == cell.Name).All(static region => region.Draining), $"cells: all regions of {cell.Name} are draining");
            foreach (var abroad in environment.Regions.Where(region => region.Cell == cell.Name && cell.Residency is { } geography && AzureRegions.Geographies.Contains(geography) && AzureRegions.Find(region.Name) is { } known && known.Geography != geography))
            {
                when(true, $"cells: {cell.Name} resides in {cell.Residency}, but {abroad.Name} lies in {AzureRegions.Find(abroad.Name)!.Geography}");
            }
            var named = Domain().IsMatch(cell.Domain) && cell.Domain.Length <= MostDomainCharacters;
            when(!named, $"cells: {cell.Name}'s domain '{cell.Domain}' is not a domain name of at most {MostDomainCharacters} characters");
            when(named && Topology.ZoneOf(environment, cell.Domain) is null, $"cells: {cell.Name}'s domain {cell.Domain} lies in none of the zones; a zone's own name cannot lead to Front Door");
            Mail(cell, when);
            foreach (var origin in cell.Origins.Where(static origin => !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.GetLeftPart(UriPartial.Authority) == origin)))
            {
                when(true, $"cells: {cell.Name}'s origin '{origin}' is not as https://app.example.com");
            }
        }
        problems.AddRange(Twice(environment.Cells.Select(static cell => cell.Name)).Select(static name => $"cells: {name} is there twice"));
        problems.AddRange(Twice(environment.Cells.Select(static cell => cell.Domain)).Select(static domain => $"cells: two have the domain {domain}"));
        // Ids that differ by case alone are two accounts to the platform, and one to whoever wrote them.
        foreach (var account in environment.Cells.SelectMany(static cell => cell.Accounts.Select(account => (cell.Name, Account: account))).GroupBy(static bound => bound.Account, StringComparer.OrdinalIgnoreCase))
        {
            when(account.Count() > 1, $"cells: the account {account.Key} is bound to {string.Join(" and ", account.Select(bound => bound.Account == account.Key ? bound.Name : $"{bound.Name} (as {bound.Account})"))}");
            when(!Account().IsMatch(account.Key), $"cells: '{account.Key}' is not an account id");
        }
    }

    static void Mail(CellUse cell, Action<bool, string> when)
    {
        if (cell.Mail is not { } mail)
        {
            when(true, $"cells: {cell.Name}'s mail: say the resource id of Communication Services, its endpoint, and the address that mail comes from");
            return;
        }
        when(!Resource().IsMatch(mail.Resource), $"cells: {cell.Name}'s mail.resource '{mail.Resource}' is not the id of a Communication Services resource");
        when(mail.Location is null, $"cells: {cell.Name}'s mail.endpoint '{mail.Endpoint}' is not as https://NAME.LOCATION.communication.azure.com");
        when(!Email().IsMatch(mail.From), $"cells: {cell.Name}'s mail.from '{mail.From}' is not an e-mail address");
        when(mail.Location is { } location && cell.Residency is { } geography && AzureRegions.Geographies.Contains(geography) && !AzureRegions.MailLocations(geography).Contains(location),
            $"cells: {cell.Name} resides in {cell.Residency}, but its mail is kept in {mail.Location}");
    }

    static string KnownRegions => string.Join(", ", AzureRegions.All.Select(static known => known.Name));

    static IEnumerable<string> Twice(IEnumerable<string> all) => all.GroupBy(static one => one).Where(static same => same.Count() > 1).Select(static same => same.Key);

    [GeneratedRegex("^[a-z][a-z0-9]*$")]
    private static partial Regex Word();

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex Account();

    [GeneratedRegex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Communication/communicationServices/[^/]+$", RegexOptions.IgnoreCase)]
    private static partial Regex Resource();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    private static partial Regex Email();

    [GeneratedRegex(@"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$")]
    private static partial Regex Domain();
}
