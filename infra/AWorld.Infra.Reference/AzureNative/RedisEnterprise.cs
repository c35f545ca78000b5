namespace Pulumi.AzureNative.RedisEnterprise;

[EnumType]
public readonly struct AccessKeysAuthentication : IEquatable<AccessKeysAuthentication>
{
    readonly string value;

    AccessKeysAuthentication(string value) => this.value = value;

    public static AccessKeysAuthentication Disabled { get; } = new("Disabled");

    public static bool operator ==(AccessKeysAuthentication left, AccessKeysAuthentication right) => left.Equals(right);
    public static bool operator !=(AccessKeysAuthentication left, AccessKeysAuthentication right) => !left.Equals(right);
    public static explicit operator string(AccessKeysAuthentication value) => value.value;
    public override bool Equals(object? obj) => obj is AccessKeysAuthentication other && Equals(other);
    public bool Equals(AccessKeysAuthentication other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:redisenterprise:AccessPolicyAssignment")]
public class AccessPolicyAssignment : CustomResource
{
    public AccessPolicyAssignment(string name, AccessPolicyAssignmentArgs args, CustomResourceOptions? options = null) : base("azure-native:redisenterprise:AccessPolicyAssignment", name, args, options) { }
}

public sealed class AccessPolicyAssignmentArgs : ResourceArgs
{
    [Input("accessPolicyAssignmentName")] public Input<string>? AccessPolicyAssignmentName { get; set; }
    [Input("accessPolicyName", required: true)] public Input<string> AccessPolicyName { get; set; } = null!;
    [Input("clusterName", required: true)] public Input<string> ClusterName { get; set; } = null!;
    [Input("databaseName", required: true)] public Input<string> DatabaseName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("user", required: true)] public Input<Inputs.AccessPolicyAssignmentPropertiesUserArgs> User { get; set; } = null!;
}

[EnumType]
public readonly struct ClusteringPolicy : IEquatable<ClusteringPolicy>
{
    readonly string value;

    ClusteringPolicy(string value) => this.value = value;

    public static ClusteringPolicy EnterpriseCluster { get; } = new("EnterpriseCluster");

    public static bool operator ==(ClusteringPolicy left, ClusteringPolicy right) => left.Equals(right);
    public static bool operator !=(ClusteringPolicy left, ClusteringPolicy right) => !left.Equals(right);
    public static explicit operator string(ClusteringPolicy value) => value.value;
    public override bool Equals(object? obj) => obj is ClusteringPolicy other && Equals(other);
    public bool Equals(ClusteringPolicy other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:redisenterprise:Database")]
public class Database : CustomResource
{
    public Database(string name, DatabaseArgs args, CustomResourceOptions? options = null) : base("azure-native:redisenterprise:Database", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class DatabaseArgs : ResourceArgs
{
    [Input("accessKeysAuthentication")] public InputUnion<string, AccessKeysAuthentication>? AccessKeysAuthentication { get; set; }
    [Input("clientProtocol")] public InputUnion<string, Protocol>? ClientProtocol { get; set; }
    [Input("clusterName", required: true)] public Input<string> ClusterName { get; set; } = null!;
    [Input("clusteringPolicy")] public InputUnion<string, ClusteringPolicy>? ClusteringPolicy { get; set; }
    [Input("databaseName")] public Input<string>? DatabaseName { get; set; }
    [Input("evictionPolicy")] public InputUnion<string, EvictionPolicy>? EvictionPolicy { get; set; }
    [Input("geoReplication")] public Input<Inputs.DatabasePropertiesGeoReplicationArgs>? GeoReplication { get; set; }
    [Input("port")] public Input<int>? Port { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}

[EnumType]
public readonly struct EvictionPolicy : IEquatable<EvictionPolicy>
{
    readonly string value;

    EvictionPolicy(string value) => this.value = value;

    public static EvictionPolicy NoEviction { get; } = new("NoEviction");

    public static bool operator ==(EvictionPolicy left, EvictionPolicy right) => left.Equals(right);
    public static bool operator !=(EvictionPolicy left, EvictionPolicy right) => !left.Equals(right);
    public static explicit operator string(EvictionPolicy value) => value.value;
    public override bool Equals(object? obj) => obj is EvictionPolicy other && Equals(other);
    public bool Equals(EvictionPolicy other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct HighAvailability : IEquatable<HighAvailability>
{
    readonly string value;

    HighAvailability(string value) => this.value = value;

    public static HighAvailability Enabled { get; } = new("Enabled");

    public static bool operator ==(HighAvailability left, HighAvailability right) => left.Equals(right);
    public static bool operator !=(HighAvailability left, HighAvailability right) => !left.Equals(right);
    public static explicit operator string(HighAvailability value) => value.value;
    public override bool Equals(object? obj) => obj is HighAvailability other && Equals(other);
    public bool Equals(HighAvailability other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct Protocol : IEquatable<Protocol>
{
    readonly string value;

    Protocol(string value) => this.value = value;

    public static Protocol Encrypted { get; } = new("Encrypted");

    public static bool operator ==(Protocol left, Protocol right) => left.Equals(right);
    public static bool operator !=(Protocol left, Protocol right) => !left.Equals(right);
    public static explicit operator string(Protocol value) => value.value;
    public override bool Equals(object? obj) => obj is Protocol other && Equals(other);
    public bool Equals(Protocol other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:redisenterprise:RedisEnterprise")]
public class RedisEnterprise : CustomResource
{
    public RedisEnterprise(string name, RedisEnterpriseArgs args, CustomResourceOptions? options = null) : base("azure-native:redisenterprise:RedisEnterprise", name, args, options) { }
    [Output("hostName")] public Output<string> HostName { get; private set; } = null!;
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class RedisEnterpriseArgs : ResourceArgs
{
    [Input("clusterName")] public Input<string>? ClusterName { get; set; }
    [Input("highAvailability")] public InputUnion<string, HighAvailability>? HighAvailability { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("minimumTlsVersion")] public InputUnion<string, TlsVersion>? MinimumTlsVersion { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku", required: true)] public Input<Inputs.SkuArgs> Sku { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[EnumType]
public readonly struct SkuName : IEquatable<SkuName>
{
    readonly string value;

    SkuName(string value) => this.value = value;



    public static bool operator ==(SkuName left, SkuName right) => left.Equals(right);
    public static bool operator !=(SkuName left, SkuName right) => !left.Equals(right);
    public static explicit operator string(SkuName value) => value.value;
    public override bool Equals(object? obj) => obj is SkuName other && Equals(other);
    public bool Equals(SkuName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct TlsVersion : IEquatable<TlsVersion>
{
    readonly string value;

    TlsVersion(string value) => this.value = value;

    public static TlsVersion TlsVersion_1_2 { get; } = new("1.2");

    public static bool operator ==(TlsVersion left, TlsVersion right) => left.Equals(right);
    public static bool operator !=(TlsVersion left, TlsVersion right) => !left.Equals(right);
    public static explicit operator string(TlsVersion value) => value.value;
    public override bool Equals(object? obj) => obj is TlsVersion other && Equals(other);
    public bool Equals(TlsVersion other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
