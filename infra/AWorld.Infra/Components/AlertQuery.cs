using AWorld.Infra.Topologies;
using AWorld.Platform;

namespace AWorld.Infra.Components;

/// <summary>
/// What a cell's logs are asked every five minutes, of each region's app by itself, so that one that is ill does not hide
/// behind others. A row stands for ItemCount requests where they are sampled. Over the tables of a workspace-based Application Insights:
/// https://learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests.
/// </summary>
/// <param name="Text">Answers a row for each app: its name as <see cref="App"/>, and Value.</param>
/// <param name="Threshold">Of Value; above it somebody is called.</param>
sealed record AlertQuery(string Name, string Description, string Text, double Threshold, double Severity)
{
    /// <summary>The column with the app's name: workers and the Functions host report WEBSITE_SITE_NAME as service.name.</summary>
    public const string App = "AppRoleName";

    /// <summary>Timers, messages and workflows are requests too, but have no address.</summary>
    const string Http = "AppRequests | where isnotempty(Url)";

    /// <summary>Probes come often and succeed, which would water down what users see.</summary>
    const string OfUsers = $"{Http} and Url !contains '/health/'";

    public static IEnumerable<AlertQuery> Of(CellTopology cell)
    {
        var apps = string.Join(", ", cell.Active.Select(static stamp => $"'{stamp.Name(Named.App)}'"));
        yield return new("errors", "More than one in a hundred requests fail, and at least five in five minutes", $"{OfUsers} | summarize Failed = sumif(ItemCount, toint(ResultCode) >= 500), All = sum(ItemCount) by {App} | project {App}, Value = iff(Failed < 5, 0.0, 100.0 * Failed / All)", 1, 1);
        yield return new("slow", "One in a hundred requests takes over a second", $"{OfUsers} | summarize Value = percentile(DurationMs, 99) by {App}", 1_000, 2);
        yield return new("silent", "An app answers nothing: no request in five minutes, though probes alone make more", $"datatable({App}: string) [{apps}] | join kind=leftouter ({Http} | summarize Seen = count() by {App}) on {App} | project {App}, Value = iff(isnull(Seen), 1.0, 0.0)", 0.5, 1);
        // As in https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap: the platform's own records are taken in when no others are.
        yield return new("capped", "The cell's logs have had their day's share and take nothing in: until it is over these alerts see nothing, and an app may seem silent", $"_LogOperation | where Category =~ 'Ingestion' and Detail contains 'OverQuota' | extend {App} = 'all' | summarize Value = count() by {App}", 0.5, 2);
        yield return new("workflows", "Workflows failed or are quarantined", $"AppMetrics | where Name == '{Telemetry.WorkflowsEnded.Name}' and tostring(Properties.state) in ('Failed', 'Quarantined') | summarize Value = sum(Sum) by {App}", 0.5, 2);
        yield return new("late", "Workflows go on more than five minutes after their time", $"AppMetrics | where Name == '{Telemetry.WorkflowLag.Name}' | summarize Value = max(Max) by {App}", 300, 2);
        yield return new("keys", "A vault of keys failed: a region lives on its copies, or on the cell's vault alone", $"AppMetrics | where Name == '{Telemetry.KeysOutOfReach.Name}' | summarize Value = sum(Sum) by {App}", 0.5, 3);
    }
}
