namespace Pulumi.AzureNative.DurableTask.Inputs;

public sealed class RetentionPolicyDetailsArgs : ResourceArgs
{
    [Input("orchestrationState")] public InputUnion<string, PurgeableOrchestrationState>? OrchestrationState { get; set; }
    [Input("retentionPeriodInDays", required: true)] public Input<int> RetentionPeriodInDays { get; set; } = null!;
}

public sealed class RetentionPolicyPropertiesArgs : ResourceArgs
{
    [Input("retentionPolicies")] InputList<Inputs.RetentionPolicyDetailsArgs>? _retentionPolicies;
    public InputList<Inputs.RetentionPolicyDetailsArgs> RetentionPolicies { get => _retentionPolicies ??= []; set => _retentionPolicies = value; }
}

public sealed class SchedulerPropertiesArgs : ResourceArgs
{
    [Input("ipAllowlist")] InputList<string>? _ipAllowlist;
    public InputList<string> IpAllowlist { get => _ipAllowlist ??= []; set => _ipAllowlist = value; }
    [Input("sku", required: true)] public Input<Inputs.SchedulerSkuArgs> Sku { get; set; } = null!;
}

public sealed class SchedulerSkuArgs : ResourceArgs
{
    [Input("capacity")] public Input<int>? Capacity { get; set; }
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
}
