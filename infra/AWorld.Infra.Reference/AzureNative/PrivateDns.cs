namespace Pulumi.AzureNative.PrivateDns;

[AzureNativeResourceType("azure-native:privatedns:PrivateZone")]
public class PrivateZone : CustomResource
{
    public PrivateZone(string name, PrivateZoneArgs args, CustomResourceOptions? options = null) : base("azure-native:privatedns:PrivateZone", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class PrivateZoneArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("privateZoneName")] public Input<string>? PrivateZoneName { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:privatedns:VirtualNetworkLink")]
public class VirtualNetworkLink : CustomResource
{
    public VirtualNetworkLink(string name, VirtualNetworkLinkArgs args, CustomResourceOptions? options = null) : base("azure-native:privatedns:VirtualNetworkLink", name, args, options) { }
}

public sealed class VirtualNetworkLinkArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("privateZoneName", required: true)] public Input<string> PrivateZoneName { get; set; } = null!;
    [Input("registrationEnabled")] public Input<bool>? RegistrationEnabled { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("virtualNetwork")] public Input<Inputs.SubResourceArgs>? VirtualNetwork { get; set; }
    [Input("virtualNetworkLinkName")] public Input<string>? VirtualNetworkLinkName { get; set; }
}
