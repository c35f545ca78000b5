namespace Pulumi.AzureNative.ApplicationInsights;

[EnumType]
public readonly struct ApplicationType : IEquatable<ApplicationType>
{
    readonly string value;

    ApplicationType(string value) => this.value = value;

    public static ApplicationType Web { get; } = new("web");

    public static bool operator ==(ApplicationType left, ApplicationType right) => left.Equals(right);
    public static bool operator !=(ApplicationType left, ApplicationType right) => !left.Equals(right);
    public static explicit operator string(ApplicationType value) => value.value;
    public override bool Equals(object? obj) => obj is ApplicationType other && Equals(other);
    public bool Equals(ApplicationType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:applicationinsights:Component")]
public class Component : CustomResource
{
    public Component(string name, ComponentArgs args, CustomResourceOptions? options = null) : base("azure-native:applicationinsights:Component", name, args, options) { }
    [Output("connectionString")] public Output<string> ConnectionString { get; private set; } = null!;
}

public sealed class ComponentArgs : ResourceArgs
{
    [Input("applicationType", required: true)] public InputUnion<string, ApplicationType> ApplicationType { get; set; } = null!;
    [Input("disableLocalAuth")] public Input<bool>? DisableLocalAuth { get; set; }
    [Input("ingestionMode")] public InputUnion<string, IngestionMode>? IngestionMode { get; set; }
    [Input("kind", required: true)] public Input<string> Kind { get; set; } = null!;
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("resourceName")] public Input<string>? ResourceName { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("workspaceResourceId")] public Input<string>? WorkspaceResourceId { get; set; }
}

[EnumType]
public readonly struct IngestionMode : IEquatable<IngestionMode>
{
    readonly string value;

    IngestionMode(string value) => this.value = value;

    public static IngestionMode LogAnalytics { get; } = new("LogAnalytics");

    public static bool operator ==(IngestionMode left, IngestionMode right) => left.Equals(right);
    public static bool operator !=(IngestionMode left, IngestionMode right) => !left.Equals(right);
    public static explicit operator string(IngestionMode value) => value.value;
    public override bool Equals(object? obj) => obj is IngestionMode other && Equals(other);
    public bool Equals(IngestionMode other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
