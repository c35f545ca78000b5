namespace Pulumi.AzureNative.WebPubSub;

public sealed class WebPubSubArgs : ResourceArgs
{
    [Input("disableLocalAuth")] public Input<bool>? DisableLocalAuth { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("networkACLs")] public Input<Inputs.WebPubSubNetworkACLsArgs>? NetworkACLs { get; set; }
    [Input("publicNetworkAccess")] public Input<string>? PublicNetworkAccess { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("resourceName")] public Input<string>? ResourceName { get; set; }
    [Input("sku")] public Input<Inputs.ResourceSkuArgs>? Sku { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:webpubsub:WebPubSub")]
public class WebPubSub : CustomResource
{
    public WebPubSub(string name, WebPubSubArgs args, CustomResourceOptions? options = null) : base("azure-native:webpubsub:WebPubSub", name, args, options) { }
}

[EnumType]
public readonly struct ACLAction : IEquatable<ACLAction>
{
    readonly string value;

    ACLAction(string value) => this.value = value;

    public static ACLAction Deny { get; } = new("Deny");

    public static bool operator ==(ACLAction left, ACLAction right) => left.Equals(right);
    public static bool operator !=(ACLAction left, ACLAction right) => !left.Equals(right);
    public static explicit operator string(ACLAction value) => value.value;
    public override bool Equals(object? obj) => obj is ACLAction other && Equals(other);
    public bool Equals(ACLAction other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct WebPubSubRequestType : IEquatable<WebPubSubRequestType>
{
    readonly string value;

    WebPubSubRequestType(string value) => this.value = value;

    public static WebPubSubRequestType ClientConnection { get; } = new("ClientConnection");

    public static bool operator ==(WebPubSubRequestType left, WebPubSubRequestType right) => left.Equals(right);
    public static bool operator !=(WebPubSubRequestType left, WebPubSubRequestType right) => !left.Equals(right);
    public static explicit operator string(WebPubSubRequestType value) => value.value;
    public override bool Equals(object? obj) => obj is WebPubSubRequestType other && Equals(other);
    public bool Equals(WebPubSubRequestType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct WebPubSubSkuTier : IEquatable<WebPubSubSkuTier>
{
    readonly string value;

    WebPubSubSkuTier(string value) => this.value = value;

    public static WebPubSubSkuTier Premium { get; } = new("Premium");

    public static bool operator ==(WebPubSubSkuTier left, WebPubSubSkuTier right) => left.Equals(right);
    public static bool operator !=(WebPubSubSkuTier left, WebPubSubSkuTier right) => !left.Equals(right);
    public static explicit operator string(WebPubSubSkuTier value) => value.value;
    public override bool Equals(object? obj) => obj is WebPubSubSkuTier other && Equals(other);
    public bool Equals(WebPubSubSkuTier other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
