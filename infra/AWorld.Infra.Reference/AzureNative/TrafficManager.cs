namespace Pulumi.AzureNative.TrafficManager;

public sealed class ProfileArgs : ResourceArgs
{
    [Input("dnsConfig")] public Input<Inputs.DnsConfigArgs>? DnsConfig { get; set; }
    [Input("endpoints")] InputList<Inputs.EndpointArgs>? _endpoints;
    public InputList<Inputs.EndpointArgs> Endpoints { get => _endpoints ??= []; set => _endpoints = value; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("monitorConfig")] public Input<Inputs.MonitorConfigArgs>? MonitorConfig { get; set; }
    [Input("profileName")] public Input<string>? ProfileName { get; set; }
    [Input("profileStatus")] public InputUnion<string, ProfileStatus>? ProfileStatus { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("trafficRoutingMethod")] public InputUnion<string, TrafficRoutingMethod>? TrafficRoutingMethod { get; set; }
}

[AzureNativeResourceType("azure-native:trafficmanager:Profile")]
public class Profile : CustomResource
{
    public Profile(string name, ProfileArgs args, CustomResourceOptions? options = null) : base("azure-native:trafficmanager:Profile", name, args, options) { }
}

[EnumType]
public readonly struct EndpointStatus : IEquatable<EndpointStatus>
{
    readonly string value;

    EndpointStatus(string value) => this.value = value;

    public static EndpointStatus Enabled { get; } = new("Enabled");
    public static EndpointStatus Disabled { get; } = new("Disabled");

    public static bool operator ==(EndpointStatus left, EndpointStatus right) => left.Equals(right);
    public static bool operator !=(EndpointStatus left, EndpointStatus right) => !left.Equals(right);
    public static explicit operator string(EndpointStatus value) => value.value;
    public override bool Equals(object? obj) => obj is EndpointStatus other && Equals(other);
    public bool Equals(EndpointStatus other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct MonitorProtocol : IEquatable<MonitorProtocol>
{
    readonly string value;

    MonitorProtocol(string value) => this.value = value;

    public static MonitorProtocol HTTPS { get; } = new("HTTPS");

    public static bool operator ==(MonitorProtocol left, MonitorProtocol right) => left.Equals(right);
    public static bool operator !=(MonitorProtocol left, MonitorProtocol right) => !left.Equals(right);
    public static explicit operator string(MonitorProtocol value) => value.value;
    public override bool Equals(object? obj) => obj is MonitorProtocol other && Equals(other);
    public bool Equals(MonitorProtocol other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct ProfileStatus : IEquatable<ProfileStatus>
{
    readonly string value;

    ProfileStatus(string value) => this.value = value;

    public static ProfileStatus Enabled { get; } = new("Enabled");

    public static bool operator ==(ProfileStatus left, ProfileStatus right) => left.Equals(right);
    public static bool operator !=(ProfileStatus left, ProfileStatus right) => !left.Equals(right);
    public static explicit operator string(ProfileStatus value) => value.value;
    public override bool Equals(object? obj) => obj is ProfileStatus other && Equals(other);
    public bool Equals(ProfileStatus other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct TrafficRoutingMethod : IEquatable<TrafficRoutingMethod>
{
    readonly string value;

    TrafficRoutingMethod(string value) => this.value = value;

    public static TrafficRoutingMethod Performance { get; } = new("Performance");

    public static bool operator ==(TrafficRoutingMethod left, TrafficRoutingMethod right) => left.Equals(right);
    public static bool operator !=(TrafficRoutingMethod left, TrafficRoutingMethod right) => !left.Equals(right);
    public static explicit operator string(TrafficRoutingMethod value) => value.value;
    public override bool Equals(object? obj) => obj is TrafficRoutingMethod other && Equals(other);
    public bool Equals(TrafficRoutingMethod other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
