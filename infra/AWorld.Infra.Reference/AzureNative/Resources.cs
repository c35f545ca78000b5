namespace Pulumi.AzureNative.Resources;

[AzureNativeResourceType("azure-native:resources:Deployment")]
public class Deployment : CustomResource
{
    public Deployment(string name, DeploymentArgs args, CustomResourceOptions? options = null) : base("azure-native:resources:Deployment", name, args, options) { }
}

public sealed class DeploymentArgs : ResourceArgs
{
    [Input("deploymentName")] public Input<string>? DeploymentName { get; set; }
    [Input("properties", required: true)] public Input<Inputs.DeploymentPropertiesArgs> Properties { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}

[EnumType]
public readonly struct DeploymentMode : IEquatable<DeploymentMode>
{
    readonly string value;

    DeploymentMode(string value) => this.value = value;

    public static DeploymentMode Incremental { get; } = new("Incremental");

    public static bool operator ==(DeploymentMode left, DeploymentMode right) => left.Equals(right);
    public static bool operator !=(DeploymentMode left, DeploymentMode right) => !left.Equals(right);
    public static explicit operator string(DeploymentMode value) => value.value;
    public override bool Equals(object? obj) => obj is DeploymentMode other && Equals(other);
    public bool Equals(DeploymentMode other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:resources:ResourceGroup")]
public class ResourceGroup : CustomResource
{
    public ResourceGroup(string name, ResourceGroupArgs? args = null, CustomResourceOptions? options = null) : base("azure-native:resources:ResourceGroup", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class ResourceGroupArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName")] public Input<string>? ResourceGroupName { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}
