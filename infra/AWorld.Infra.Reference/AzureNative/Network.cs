namespace Pulumi.AzureNative.Network;

[EnumType]
public readonly struct IPAllocationMethod : IEquatable<IPAllocationMethod>
{
    readonly string value;

    IPAllocationMethod(string value) => this.value = value;

    public static IPAllocationMethod Static { get; } = new("Static");

    public static bool operator ==(IPAllocationMethod left, IPAllocationMethod right) => left.Equals(right);
    public static bool operator !=(IPAllocationMethod left, IPAllocationMethod right) => !left.Equals(right);
    public static explicit operator string(IPAllocationMethod value) => value.value;
    public override bool Equals(object? obj) => obj is IPAllocationMethod other && Equals(other);
    public bool Equals(IPAllocationMethod other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:network:NatGateway")]
public class NatGateway : CustomResource
{
    public NatGateway(string name, NatGatewayArgs args, CustomResourceOptions? options = null) : base("azure-native:network:NatGateway", name, args, options) { }
}

public sealed class NatGatewayArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("natGatewayName")] public Input<string>? NatGatewayName { get; set; }
    [Input("publicIpAddresses")] InputList<Inputs.SubResourceArgs>? _publicIpAddresses;
    public InputList<Inputs.SubResourceArgs> PublicIpAddresses { get => _publicIpAddresses ??= []; set => _publicIpAddresses = value; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku")] public Input<Inputs.NatGatewaySkuArgs>? Sku { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[EnumType]
public readonly struct NatGatewaySkuName : IEquatable<NatGatewaySkuName>
{
    readonly string value;

    NatGatewaySkuName(string value) => this.value = value;

    public static NatGatewaySkuName Standard { get; } = new("Standard");

    public static bool operator ==(NatGatewaySkuName left, NatGatewaySkuName right) => left.Equals(right);
    public static bool operator !=(NatGatewaySkuName left, NatGatewaySkuName right) => !left.Equals(right);
    public static explicit operator string(NatGatewaySkuName value) => value.value;
    public override bool Equals(object? obj) => obj is NatGatewaySkuName other && Equals(other);
    public bool Equals(NatGatewaySkuName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:network:NetworkSecurityGroup")]
public class NetworkSecurityGroup : CustomResource
{
    public NetworkSecurityGroup(string name, NetworkSecurityGroupArgs args, CustomResourceOptions? options = null) : base("azure-native:network:NetworkSecurityGroup", name, args, options) { }
}

public sealed class NetworkSecurityGroupArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("networkSecurityGroupName")] public Input<string>? NetworkSecurityGroupName { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("securityRules")] InputList<Inputs.SecurityRuleArgs>? _securityRules;
    public InputList<Inputs.SecurityRuleArgs> SecurityRules { get => _securityRules ??= []; set => _securityRules = value; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:network:PrivateDnsZoneGroup")]
public class PrivateDnsZoneGroup : CustomResource
{
    public PrivateDnsZoneGroup(string name, PrivateDnsZoneGroupArgs args, CustomResourceOptions? options = null) : base("azure-native:network:PrivateDnsZoneGroup", name, args, options) { }
}

public sealed class PrivateDnsZoneGroupArgs : ResourceArgs
{
    [Input("privateDnsZoneConfigs")] InputList<Inputs.PrivateDnsZoneConfigArgs>? _privateDnsZoneConfigs;
    public InputList<Inputs.PrivateDnsZoneConfigArgs> PrivateDnsZoneConfigs { get => _privateDnsZoneConfigs ??= []; set => _privateDnsZoneConfigs = value; }
    [Input("privateDnsZoneGroupName")] public Input<string>? PrivateDnsZoneGroupName { get; set; }
    [Input("privateEndpointName", required: true)] public Input<string> PrivateEndpointName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}

[AzureNativeResourceType("azure-native:network:PrivateEndpoint")]
public class PrivateEndpoint : CustomResource
{
    public PrivateEndpoint(string name, PrivateEndpointArgs args, CustomResourceOptions? options = null) : base("azure-native:network:PrivateEndpoint", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class PrivateEndpointArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("privateEndpointName")] public Input<string>? PrivateEndpointName { get; set; }
    [Input("privateLinkServiceConnections")] InputList<Inputs.PrivateLinkServiceConnectionArgs>? _privateLinkServiceConnections;
    public InputList<Inputs.PrivateLinkServiceConnectionArgs> PrivateLinkServiceConnections { get => _privateLinkServiceConnections ??= []; set => _privateLinkServiceConnections = value; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("subnet")] public Input<Inputs.SubnetArgs>? Subnet { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:network:PublicIPAddress")]
public class PublicIPAddress : CustomResource
{
    public PublicIPAddress(string name, PublicIPAddressArgs args, CustomResourceOptions? options = null) : base("azure-native:network:PublicIPAddress", name, args, options) { }
}

public sealed class PublicIPAddressArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("publicIPAllocationMethod")] public InputUnion<string, IPAllocationMethod>? PublicIPAllocationMethod { get; set; }
    [Input("publicIpAddressName")] public Input<string>? PublicIpAddressName { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku")] public Input<Inputs.PublicIPAddressSkuArgs>? Sku { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("zones")] InputList<string>? _zones;
    public InputList<string> Zones { get => _zones ??= []; set => _zones = value; }
}

[EnumType]
public readonly struct PublicIPAddressSkuName : IEquatable<PublicIPAddressSkuName>
{
    readonly string value;

    PublicIPAddressSkuName(string value) => this.value = value;

    public static PublicIPAddressSkuName Standard { get; } = new("Standard");

    public static bool operator ==(PublicIPAddressSkuName left, PublicIPAddressSkuName right) => left.Equals(right);
    public static bool operator !=(PublicIPAddressSkuName left, PublicIPAddressSkuName right) => !left.Equals(right);
    public static explicit operator string(PublicIPAddressSkuName value) => value.value;
    public override bool Equals(object? obj) => obj is PublicIPAddressSkuName other && Equals(other);
    public bool Equals(PublicIPAddressSkuName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SecurityRuleAccess : IEquatable<SecurityRuleAccess>
{
    readonly string value;

    SecurityRuleAccess(string value) => this.value = value;

    public static SecurityRuleAccess Deny { get; } = new("Deny");

    public static bool operator ==(SecurityRuleAccess left, SecurityRuleAccess right) => left.Equals(right);
    public static bool operator !=(SecurityRuleAccess left, SecurityRuleAccess right) => !left.Equals(right);
    public static explicit operator string(SecurityRuleAccess value) => value.value;
    public override bool Equals(object? obj) => obj is SecurityRuleAccess other && Equals(other);
    public bool Equals(SecurityRuleAccess other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SecurityRuleDirection : IEquatable<SecurityRuleDirection>
{
    readonly string value;

    SecurityRuleDirection(string value) => this.value = value;

    public static SecurityRuleDirection Inbound { get; } = new("Inbound");

    public static bool operator ==(SecurityRuleDirection left, SecurityRuleDirection right) => left.Equals(right);
    public static bool operator !=(SecurityRuleDirection left, SecurityRuleDirection right) => !left.Equals(right);
    public static explicit operator string(SecurityRuleDirection value) => value.value;
    public override bool Equals(object? obj) => obj is SecurityRuleDirection other && Equals(other);
    public bool Equals(SecurityRuleDirection other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SecurityRuleProtocol : IEquatable<SecurityRuleProtocol>
{
    readonly string value;

    SecurityRuleProtocol(string value) => this.value = value;

    public static SecurityRuleProtocol Asterisk { get; } = new("*");

    public static bool operator ==(SecurityRuleProtocol left, SecurityRuleProtocol right) => left.Equals(right);
    public static bool operator !=(SecurityRuleProtocol left, SecurityRuleProtocol right) => !left.Equals(right);
    public static explicit operator string(SecurityRuleProtocol value) => value.value;
    public override bool Equals(object? obj) => obj is SecurityRuleProtocol other && Equals(other);
    public bool Equals(SecurityRuleProtocol other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:network:Subnet")]
public class Subnet : CustomResource
{
    public Subnet(string name, SubnetArgs args, CustomResourceOptions? options = null) : base("azure-native:network:Subnet", name, args, options) { }
}

public sealed class SubnetArgs : ResourceArgs
{
    [Input("addressPrefix")] public Input<string>? AddressPrefix { get; set; }
    [Input("defaultOutboundAccess")] public Input<bool>? DefaultOutboundAccess { get; set; }
    [Input("delegations")] InputList<Inputs.DelegationArgs>? _delegations;
    public InputList<Inputs.DelegationArgs> Delegations { get => _delegations ??= []; set => _delegations = value; }
    [Input("natGateway")] public Input<Inputs.SubResourceArgs>? NatGateway { get; set; }
    [Input("networkSecurityGroup")] public Input<Inputs.NetworkSecurityGroupArgs>? NetworkSecurityGroup { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("subnetName")] public Input<string>? SubnetName { get; set; }
    [Input("virtualNetworkName", required: true)] public Input<string> VirtualNetworkName { get; set; } = null!;
}

[AzureNativeResourceType("azure-native:network:VirtualNetwork")]
public class VirtualNetwork : CustomResource
{
    public VirtualNetwork(string name, VirtualNetworkArgs args, CustomResourceOptions? options = null) : base("azure-native:network:VirtualNetwork", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class VirtualNetworkArgs : ResourceArgs
{
    [Input("addressSpace")] public Input<Inputs.AddressSpaceArgs>? AddressSpace { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("virtualNetworkName")] public Input<string>? VirtualNetworkName { get; set; }
}
