namespace Pulumi.AzureNative.Storage;

[EnumType]
public readonly struct AllowedMethods : IEquatable<AllowedMethods>
{
    readonly string value;

    AllowedMethods(string value) => this.value = value;

    public static AllowedMethods GET { get; } = new("GET");
    public static AllowedMethods HEAD { get; } = new("HEAD");
    public static AllowedMethods PUT { get; } = new("PUT");

    public static bool operator ==(AllowedMethods left, AllowedMethods right) => left.Equals(right);
    public static bool operator !=(AllowedMethods left, AllowedMethods right) => !left.Equals(right);
    public static explicit operator string(AllowedMethods value) => value.value;
    public override bool Equals(object? obj) => obj is AllowedMethods other && Equals(other);
    public bool Equals(AllowedMethods other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:storage:BlobContainer")]
public class BlobContainer : CustomResource
{
    public BlobContainer(string name, BlobContainerArgs args, CustomResourceOptions? options = null) : base("azure-native:storage:BlobContainer", name, args, options) { }
}

public sealed class BlobContainerArgs : ResourceArgs
{
    [Input("accountName", required: true)] public Input<string> AccountName { get; set; } = null!;
    [Input("containerName")] public Input<string>? ContainerName { get; set; }
    [Input("publicAccess")] public Input<PublicAccess>? PublicAccess { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}

[AzureNativeResourceType("azure-native:storage:BlobServiceProperties")]
public class BlobServiceProperties : CustomResource
{
    public BlobServiceProperties(string name, BlobServicePropertiesArgs args, CustomResourceOptions? options = null) : base("azure-native:storage:BlobServiceProperties", name, args, options) { }
}

public sealed class BlobServicePropertiesArgs : ResourceArgs
{
    [Input("accountName", required: true)] public Input<string> AccountName { get; set; } = null!;
    [Input("blobServicesName")] public Input<string>? BlobServicesName { get; set; }
    [Input("cors")] public Input<Inputs.CorsRulesArgs>? Cors { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}

[EnumType]
public readonly struct Kind : IEquatable<Kind>
{
    readonly string value;

    Kind(string value) => this.value = value;

    public static Kind StorageV2 { get; } = new("StorageV2");

    public static bool operator ==(Kind left, Kind right) => left.Equals(right);
    public static bool operator !=(Kind left, Kind right) => !left.Equals(right);
    public static explicit operator string(Kind value) => value.value;
    public override bool Equals(object? obj) => obj is Kind other && Equals(other);
    public bool Equals(Kind other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct MinimumTlsVersion : IEquatable<MinimumTlsVersion>
{
    readonly string value;

    MinimumTlsVersion(string value) => this.value = value;

    public static MinimumTlsVersion TLS1_2 { get; } = new("TLS1_2");

    public static bool operator ==(MinimumTlsVersion left, MinimumTlsVersion right) => left.Equals(right);
    public static bool operator !=(MinimumTlsVersion left, MinimumTlsVersion right) => !left.Equals(right);
    public static explicit operator string(MinimumTlsVersion value) => value.value;
    public override bool Equals(object? obj) => obj is MinimumTlsVersion other && Equals(other);
    public bool Equals(MinimumTlsVersion other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct PublicAccess : IEquatable<PublicAccess>
{
    readonly string value;

    PublicAccess(string value) => this.value = value;

    public static PublicAccess None { get; } = new("None");

    public static bool operator ==(PublicAccess left, PublicAccess right) => left.Equals(right);
    public static bool operator !=(PublicAccess left, PublicAccess right) => !left.Equals(right);
    public static explicit operator string(PublicAccess value) => value.value;
    public override bool Equals(object? obj) => obj is PublicAccess other && Equals(other);
    public bool Equals(PublicAccess other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct PublicNetworkAccess : IEquatable<PublicNetworkAccess>
{
    readonly string value;

    PublicNetworkAccess(string value) => this.value = value;

    public static PublicNetworkAccess Disabled { get; } = new("Disabled");
    public static PublicNetworkAccess Enabled { get; } = new("Enabled");

    public static bool operator ==(PublicNetworkAccess left, PublicNetworkAccess right) => left.Equals(right);
    public static bool operator !=(PublicNetworkAccess left, PublicNetworkAccess right) => !left.Equals(right);
    public static explicit operator string(PublicNetworkAccess value) => value.value;
    public override bool Equals(object? obj) => obj is PublicNetworkAccess other && Equals(other);
    public bool Equals(PublicNetworkAccess other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SkuName : IEquatable<SkuName>
{
    readonly string value;

    SkuName(string value) => this.value = value;

    public static SkuName Standard_ZRS { get; } = new("Standard_ZRS");

    public static bool operator ==(SkuName left, SkuName right) => left.Equals(right);
    public static bool operator !=(SkuName left, SkuName right) => !left.Equals(right);
    public static explicit operator string(SkuName value) => value.value;
    public override bool Equals(object? obj) => obj is SkuName other && Equals(other);
    public bool Equals(SkuName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:storage:StorageAccount")]
public class StorageAccount : CustomResource
{
    public StorageAccount(string name, StorageAccountArgs args, CustomResourceOptions? options = null) : base("azure-native:storage:StorageAccount", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class StorageAccountArgs : ResourceArgs
{
    [Input("accountName")] public Input<string>? AccountName { get; set; }
    [Input("allowBlobPublicAccess")] public Input<bool>? AllowBlobPublicAccess { get; set; }
    [Input("allowCrossTenantReplication")] public Input<bool>? AllowCrossTenantReplication { get; set; }
    [Input("allowSharedKeyAccess")] public Input<bool>? AllowSharedKeyAccess { get; set; }
    [Input("enableHttpsTrafficOnly")] public Input<bool>? EnableHttpsTrafficOnly { get; set; }
    [Input("kind", required: true)] public InputUnion<string, Kind> Kind { get; set; } = null!;
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("minimumTlsVersion")] public InputUnion<string, MinimumTlsVersion>? MinimumTlsVersion { get; set; }
    [Input("publicNetworkAccess")] public InputUnion<string, PublicNetworkAccess>? PublicNetworkAccess { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku", required: true)] public Input<Inputs.SkuArgs> Sku { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}
