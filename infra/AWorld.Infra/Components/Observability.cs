using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.ApplicationInsights;
using Pulumi.AzureNative.Monitor;
using Pulumi.AzureNative.Monitor.Inputs;
using Pulumi.AzureNative.OperationalInsights;

namespace AWorld.Infra.Components;

sealed record ObservabilityArgs(CellTopology Cell, Ceilings Ceilings, Place Place);

/// <summary>A cell's logs and traces, kept where its data is.</summary>
sealed class Observability : ComponentResource
{
    public Observability(string name, ObservabilityArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Observability", name, options)
    {
        var workspace = new Workspace($"{name}-log", new()
        {
            WorkspaceName = args.Cell.Name(Named.Workspace),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Sku = new Pulumi.AzureNative.OperationalInsights.Inputs.WorkspaceSkuArgs { Name = WorkspaceSkuNameEnum.PerGB2018 },
            RetentionInDays = args.Ceilings.RetentionDays,
            WorkspaceCapping = new Pulumi.AzureNative.OperationalInsights.Inputs.WorkspaceCappingArgs { DailyQuotaGb = args.Ceilings.DailyLogGigabytes },
            Features = new Pulumi.AzureNative.OperationalInsights.Inputs.WorkspaceFeaturesArgs { DisableLocalAuth = true },
            Tags = args.Place.Tags,
        }, new() { Parent = this });
        var insights = new Component($"{name}-appi", new()
        {
            ResourceName = args.Cell.Name(Named.Insights),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Kind = "web",
            ApplicationType = ApplicationType.Web,
            IngestionMode = IngestionMode.LogAnalytics,
            WorkspaceResourceId = workspace.Id,
            DisableLocalAuth = true,
            Tags = args.Place.Tags,
        }, new() { Parent = this });
        (WorkspaceId, InsightsId, ConnectionString) = (workspace.Id, insights.Id, insights.ConnectionString);
        Diagnose(this, $"{name}-log", workspace.Id, workspace.Id);
        RegisterOutputs();
    }

    public Output<string> WorkspaceId { get; }
    public Output<string> InsightsId { get; }
    public Output<string> ConnectionString { get; }

    /// <summary>Sends a resource's logs and metrics to a workspace. Azure refuses a setting that asks for what the type has not.</summary>
    /// <param name="categories">Of logs; none: all of them.</param>
    public static void Diagnose(Resource parent, string name, Input<string> resourceId, Input<string> workspaceId, Sent sent = Sent.Both, params IReadOnlyList<string> categories)
    {
        var args = new DiagnosticSettingArgs { Name = "to-workspace", ResourceUri = resourceId, WorkspaceId = workspaceId };
        if (sent.HasFlag(Sent.Metrics))
        {
            args.Metrics.Add(new MetricSettingsArgs { Category = "AllMetrics", Enabled = true });
        }
        if (sent.HasFlag(Sent.Logs))
        {
            foreach (var category in categories)
            {
                args.Logs.Add(new LogSettingsArgs { Category = category, Enabled = true });
            }
            if (categories.Count == 0)
            {
                args.Logs.Add(new LogSettingsArgs { CategoryGroup = "allLogs", Enabled = true });
            }
        }
        _ = new DiagnosticSetting($"{name}-diagnostics", args, new() { Parent = parent });
    }

    /// <summary>A storage account has metrics, and logs those of its services that the platform uses.</summary>
    public static void DiagnoseStorage(Resource parent, string name, Output<string> accountId, Input<string> workspaceId, params IReadOnlyList<string> services)
    {
        Diagnose(parent, name, accountId, workspaceId, Sent.Metrics);
        foreach (var service in services)
        {
            Diagnose(parent, $"{name}-{service}", Output.Format($"{accountId}/{service}Services/default"), workspaceId);
        }
    }
}

/// <summary>What a diagnostic setting sends.</summary>
[Flags]
enum Sent
{
    Logs = 1,
    Metrics = 2,
    Both = Logs | Metrics,
}
