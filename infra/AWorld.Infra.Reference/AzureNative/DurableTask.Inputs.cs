namespace Pulumi.AzureNative.DurableTask.Inputs;

public sealed class SchedulerPropertiesArgs : ResourceArgs
{
    [Input("ipAllowlist", required: true)] InputList<string>? _ipAllowlist;
    public InputList<string> IpAllowlist { get => _ipAllowlist ??= []; set => _ipAllowlist = value; }
    [Input("sku", required: true)] public Input<Inputs.SchedulerSkuArgs> Sku { get; set; } = null!;
}

public sealed class SchedulerSkuArgs : ResourceArgs
{
    [Input("capacity")] public Input<int>? Capacity { get; set; }
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
}
