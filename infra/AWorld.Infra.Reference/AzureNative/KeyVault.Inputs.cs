namespace Pulumi.AzureNative.KeyVault.Inputs;

public sealed class NetworkRuleSetArgs : ResourceArgs
{
    [Input("bypass")] public InputUnion<string, NetworkRuleBypassOptions>? Bypass { get; set; }
    [Input("defaultAction")] public InputUnion<string, NetworkRuleAction>? DefaultAction { get; set; }
}

public sealed class SkuArgs : ResourceArgs
{
    [Input("family", required: true)] public InputUnion<string, SkuFamily> Family { get; set; } = null!;
    [Input("name", required: true)] public Input<SkuName> Name { get; set; } = null!;
}

public sealed class VaultPropertiesArgs : ResourceArgs
{
    [Input("createMode")] public Input<CreateMode>? CreateMode { get; set; }
    [Input("enablePurgeProtection")] public Input<bool>? EnablePurgeProtection { get; set; }
    [Input("enableRbacAuthorization")] public Input<bool>? EnableRbacAuthorization { get; set; }
    [Input("enableSoftDelete")] public Input<bool>? EnableSoftDelete { get; set; }
    [Input("networkAcls")] public Input<Inputs.NetworkRuleSetArgs>? NetworkAcls { get; set; }
    [Input("publicNetworkAccess")] public Input<string>? PublicNetworkAccess { get; set; }
    [Input("sku", required: true)] public Input<Inputs.SkuArgs> Sku { get; set; } = null!;
    [Input("softDeleteRetentionInDays")] public Input<int>? SoftDeleteRetentionInDays { get; set; }
    [Input("tenantId", required: true)] public Input<string> TenantId { get; set; } = null!;
}
