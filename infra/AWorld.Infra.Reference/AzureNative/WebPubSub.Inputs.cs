namespace Pulumi.AzureNative.WebPubSub.Inputs;

public sealed class ResourceSkuArgs : ResourceArgs
{
    [Input("capacity")] public Input<int>? Capacity { get; set; }
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("tier")] public InputUnion<string, WebPubSubSkuTier>? Tier { get; set; }
}

public sealed class WebPubSubNetworkACLsArgs : ResourceArgs
{
    [Input("defaultAction")] public InputUnion<string, ACLAction>? DefaultAction { get; set; }
    [Input("publicNetwork")] public Input<Inputs.NetworkACLArgs>? PublicNetwork { get; set; }
}

public sealed class NetworkACLArgs : ResourceArgs
{
    [Input("allow")] InputList<Union<string, WebPubSubRequestType>>? _allow;
    public InputList<Union<string, WebPubSubRequestType>> Allow { get => _allow ??= []; set => _allow = value; }
}
