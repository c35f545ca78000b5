namespace Pulumi.AzureNative.OperationalInsights;

[AzureNativeResourceType("azure-native:operationalinsights:Workspace")]
public class Workspace : CustomResource
{
    public Workspace(string name, WorkspaceArgs args, CustomResourceOptions? options = null) : base("azure-native:operationalinsights:Workspace", name, args, options) { }
}

public sealed class WorkspaceArgs : ResourceArgs
{
    [Input("features")] public Input<Inputs.WorkspaceFeaturesArgs>? Features { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("retentionInDays")] public Input<int>? RetentionInDays { get; set; }
    [Input("sku")] public Input<Inputs.WorkspaceSkuArgs>? Sku { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("workspaceCapping")] public Input<Inputs.WorkspaceCappingArgs>? WorkspaceCapping { get; set; }
    [Input("workspaceName")] public Input<string>? WorkspaceName { get; set; }
}

[EnumType]
public readonly struct WorkspaceSkuNameEnum : IEquatable<WorkspaceSkuNameEnum>
{
    readonly string value;

    WorkspaceSkuNameEnum(string value) => this.value = value;

    public static WorkspaceSkuNameEnum PerGB2018 { get; } = new("PerGB2018");

    public static bool operator ==(WorkspaceSkuNameEnum left, WorkspaceSkuNameEnum right) => left.Equals(right);
    public static bool operator !=(WorkspaceSkuNameEnum left, WorkspaceSkuNameEnum right) => !left.Equals(right);
    public static explicit operator string(WorkspaceSkuNameEnum value) => value.value;
    public override bool Equals(object? obj) => obj is WorkspaceSkuNameEnum other && Equals(other);
    public bool Equals(WorkspaceSkuNameEnum other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
