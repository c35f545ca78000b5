namespace Pulumi.AzureNative.ManagedIdentity;

[AzureNativeResourceType("azure-native:managedidentity:UserAssignedIdentity")]
public class UserAssignedIdentity : CustomResource
{
    public UserAssignedIdentity(string name, UserAssignedIdentityArgs args, CustomResourceOptions? options = null) : base("azure-native:managedidentity:UserAssignedIdentity", name, args, options) { }
    [Output("clientId")] public Output<string> ClientId { get; private set; } = null!;
    [Output("principalId")] public Output<string> PrincipalId { get; private set; } = null!;
}

public sealed class UserAssignedIdentityArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("resourceName")] public Input<string>? ResourceName { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}
