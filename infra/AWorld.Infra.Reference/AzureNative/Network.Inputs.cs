namespace Pulumi.AzureNative.Network.Inputs;

public sealed class AddressSpaceArgs : ResourceArgs
{
    [Input("addressPrefixes")] InputList<string>? _addressPrefixes;
    public InputList<string> AddressPrefixes { get => _addressPrefixes ??= []; set => _addressPrefixes = value; }
}

public sealed class DelegationArgs : ResourceArgs
{
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("serviceName")] public Input<string>? ServiceName { get; set; }
}

public sealed class NatGatewaySkuArgs : ResourceArgs
{
    [Input("name")] public InputUnion<string, NatGatewaySkuName>? Name { get; set; }
}

public sealed class NetworkSecurityGroupArgs : ResourceArgs
{
    [Input("id")] public Input<string>? Id { get; set; }
}

public sealed class PrivateDnsZoneConfigArgs : ResourceArgs
{
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("privateDnsZoneId")] public Input<string>? PrivateDnsZoneId { get; set; }
}

public sealed class PrivateLinkServiceConnectionArgs : ResourceArgs
{
    [Input("groupIds")] InputList<string>? _groupIds;
    public InputList<string> GroupIds { get => _groupIds ??= []; set => _groupIds = value; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("privateLinkServiceId")] public Input<string>? PrivateLinkServiceId { get; set; }
}

public sealed class PublicIPAddressSkuArgs : ResourceArgs
{
    [Input("name")] public InputUnion<string, PublicIPAddressSkuName>? Name { get; set; }
}

public sealed class SecurityRuleArgs : ResourceArgs
{
    [Input("access", required: true)] public InputUnion<string, SecurityRuleAccess> Access { get; set; } = null!;
    [Input("destinationAddressPrefix")] public Input<string>? DestinationAddressPrefix { get; set; }
    [Input("destinationPortRange")] public Input<string>? DestinationPortRange { get; set; }
    [Input("direction", required: true)] public InputUnion<string, SecurityRuleDirection> Direction { get; set; } = null!;
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("priority")] public Input<int>? Priority { get; set; }
    [Input("protocol", required: true)] public InputUnion<string, SecurityRuleProtocol> Protocol { get; set; } = null!;
    [Input("sourceAddressPrefix")] public Input<string>? SourceAddressPrefix { get; set; }
    [Input("sourcePortRange")] public Input<string>? SourcePortRange { get; set; }
}

public sealed class SubResourceArgs : ResourceArgs
{
    [Input("id")] public Input<string>? Id { get; set; }
}

public sealed class SubnetArgs : ResourceArgs
{
    [Input("id")] public Input<string>? Id { get; set; }
}
