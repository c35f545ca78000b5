namespace Pulumi.AzureNative.OperationalInsights.Inputs;

public sealed class WorkspaceCappingArgs : ResourceArgs
{
    [Input("dailyQuotaGb")] public Input<double>? DailyQuotaGb { get; set; }
}

public sealed class WorkspaceFeaturesArgs : ResourceArgs
{
    [Input("disableLocalAuth")] public Input<bool>? DisableLocalAuth { get; set; }
}

public sealed class WorkspaceSkuArgs : ResourceArgs
{
    [Input("name", required: true)] public InputUnion<string, WorkspaceSkuNameEnum> Name { get; set; } = null!;
}
