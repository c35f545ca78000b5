namespace Pulumi.AzureNative.Resources;

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
