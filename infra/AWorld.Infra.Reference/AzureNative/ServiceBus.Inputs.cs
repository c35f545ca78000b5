namespace Pulumi.AzureNative.ServiceBus.Inputs;

public sealed class SBSkuArgs : ResourceArgs
{
    [Input("capacity")] public Input<int>? Capacity { get; set; }
    [Input("name", required: true)] public Input<SkuName> Name { get; set; } = null!;
    [Input("tier")] public Input<SkuTier>? Tier { get; set; }
}
