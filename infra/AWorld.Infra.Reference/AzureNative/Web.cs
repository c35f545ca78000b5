namespace Pulumi.AzureNative.Web;

[AzureNativeResourceType("azure-native:web:AppServicePlan")]
public class AppServicePlan : CustomResource
{
    public AppServicePlan(string name, AppServicePlanArgs args, CustomResourceOptions? options = null) : base("azure-native:web:AppServicePlan", name, args, options) { }
}

public sealed class AppServicePlanArgs : ResourceArgs
{
    [Input("kind")] public Input<string>? Kind { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("maximumElasticWorkerCount")] public Input<int>? MaximumElasticWorkerCount { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("reserved")] public Input<bool>? Reserved { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku")] public Input<Inputs.SkuDescriptionArgs>? Sku { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("zoneRedundant")] public Input<bool>? ZoneRedundant { get; set; }
}

[EnumType]
public readonly struct AuthenticationType : IEquatable<AuthenticationType>
{
    readonly string value;

    AuthenticationType(string value) => this.value = value;

    public static AuthenticationType UserAssignedIdentity { get; } = new("UserAssignedIdentity");

    public static bool operator ==(AuthenticationType left, AuthenticationType right) => left.Equals(right);
    public static bool operator !=(AuthenticationType left, AuthenticationType right) => !left.Equals(right);
    public static explicit operator string(AuthenticationType value) => value.value;
    public override bool Equals(object? obj) => obj is AuthenticationType other && Equals(other);
    public bool Equals(AuthenticationType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct DefaultAction : IEquatable<DefaultAction>
{
    readonly string value;

    DefaultAction(string value) => this.value = value;

    public static DefaultAction Allow { get; } = new("Allow");
    public static DefaultAction Deny { get; } = new("Deny");

    public static bool operator ==(DefaultAction left, DefaultAction right) => left.Equals(right);
    public static bool operator !=(DefaultAction left, DefaultAction right) => !left.Equals(right);
    public static explicit operator string(DefaultAction value) => value.value;
    public override bool Equals(object? obj) => obj is DefaultAction other && Equals(other);
    public bool Equals(DefaultAction other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct FtpsState : IEquatable<FtpsState>
{
    readonly string value;

    FtpsState(string value) => this.value = value;

    public static FtpsState Disabled { get; } = new("Disabled");

    public static bool operator ==(FtpsState left, FtpsState right) => left.Equals(right);
    public static bool operator !=(FtpsState left, FtpsState right) => !left.Equals(right);
    public static explicit operator string(FtpsState value) => value.value;
    public override bool Equals(object? obj) => obj is FtpsState other && Equals(other);
    public bool Equals(FtpsState other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct FunctionsDeploymentStorageType : IEquatable<FunctionsDeploymentStorageType>
{
    readonly string value;

    FunctionsDeploymentStorageType(string value) => this.value = value;

    public static FunctionsDeploymentStorageType BlobContainer { get; } = new("blobContainer");

    public static bool operator ==(FunctionsDeploymentStorageType left, FunctionsDeploymentStorageType right) => left.Equals(right);
    public static bool operator !=(FunctionsDeploymentStorageType left, FunctionsDeploymentStorageType right) => !left.Equals(right);
    public static explicit operator string(FunctionsDeploymentStorageType value) => value.value;
    public override bool Equals(object? obj) => obj is FunctionsDeploymentStorageType other && Equals(other);
    public bool Equals(FunctionsDeploymentStorageType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct IpFilterTag : IEquatable<IpFilterTag>
{
    readonly string value;

    IpFilterTag(string value) => this.value = value;

    public static IpFilterTag ServiceTag { get; } = new("ServiceTag");

    public static bool operator ==(IpFilterTag left, IpFilterTag right) => left.Equals(right);
    public static bool operator !=(IpFilterTag left, IpFilterTag right) => !left.Equals(right);
    public static explicit operator string(IpFilterTag value) => value.value;
    public override bool Equals(object? obj) => obj is IpFilterTag other && Equals(other);
    public bool Equals(IpFilterTag other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct ManagedServiceIdentityType : IEquatable<ManagedServiceIdentityType>
{
    readonly string value;

    ManagedServiceIdentityType(string value) => this.value = value;

    public static ManagedServiceIdentityType UserAssigned { get; } = new("UserAssigned");

    public static bool operator ==(ManagedServiceIdentityType left, ManagedServiceIdentityType right) => left.Equals(right);
    public static bool operator !=(ManagedServiceIdentityType left, ManagedServiceIdentityType right) => !left.Equals(right);
    public static explicit operator string(ManagedServiceIdentityType value) => value.value;
    public override bool Equals(object? obj) => obj is ManagedServiceIdentityType other && Equals(other);
    public bool Equals(ManagedServiceIdentityType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct RuntimeName : IEquatable<RuntimeName>
{
    readonly string value;

    RuntimeName(string value) => this.value = value;

    public static RuntimeName Dotnet_isolated { get; } = new("dotnet-isolated");

    public static bool operator ==(RuntimeName left, RuntimeName right) => left.Equals(right);
    public static bool operator !=(RuntimeName left, RuntimeName right) => !left.Equals(right);
    public static explicit operator string(RuntimeName value) => value.value;
    public override bool Equals(object? obj) => obj is RuntimeName other && Equals(other);
    public bool Equals(RuntimeName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct SupportedTlsVersions : IEquatable<SupportedTlsVersions>
{
    readonly string value;

    SupportedTlsVersions(string value) => this.value = value;

    public static SupportedTlsVersions SupportedTlsVersions_1_2 { get; } = new("1.2");

    public static bool operator ==(SupportedTlsVersions left, SupportedTlsVersions right) => left.Equals(right);
    public static bool operator !=(SupportedTlsVersions left, SupportedTlsVersions right) => !left.Equals(right);
    public static explicit operator string(SupportedTlsVersions value) => value.value;
    public override bool Equals(object? obj) => obj is SupportedTlsVersions other && Equals(other);
    public bool Equals(SupportedTlsVersions other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:web:WebApp")]
public class WebApp : CustomResource
{
    public WebApp(string name, WebAppArgs args, CustomResourceOptions? options = null) : base("azure-native:web:WebApp", name, args, options) { }
    [Output("defaultHostName")] public Output<string> DefaultHostName { get; private set; } = null!;
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class WebAppArgs : ResourceArgs
{
    [Input("clientAffinityEnabled")] public Input<bool>? ClientAffinityEnabled { get; set; }
    [Input("functionAppConfig")] public Input<Inputs.FunctionAppConfigArgs>? FunctionAppConfig { get; set; }
    [Input("httpsOnly")] public Input<bool>? HttpsOnly { get; set; }
    [Input("identity")] public Input<Inputs.ManagedServiceIdentityArgs>? Identity { get; set; }
    [Input("keyVaultReferenceIdentity")] public Input<string>? KeyVaultReferenceIdentity { get; set; }
    [Input("kind")] public Input<string>? Kind { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("reserved")] public Input<bool>? Reserved { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("serverFarmId")] public Input<string>? ServerFarmId { get; set; }
    [Input("siteConfig")] public Input<Inputs.SiteConfigArgs>? SiteConfig { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("virtualNetworkSubnetId")] public Input<string>? VirtualNetworkSubnetId { get; set; }
    [Input("vnetRouteAllEnabled")] public Input<bool>? VnetRouteAllEnabled { get; set; }
}

[AzureNativeResourceType("azure-native:web:WebAppFtpAllowed")]
public class WebAppFtpAllowed : CustomResource
{
    public WebAppFtpAllowed(string name, WebAppFtpAllowedArgs args, CustomResourceOptions? options = null) : base("azure-native:web:WebAppFtpAllowed", name, args, options) { }
}

public sealed class WebAppFtpAllowedArgs : ResourceArgs
{
    [Input("allow", required: true)] public Input<bool> Allow { get; set; } = null!;
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}

[AzureNativeResourceType("azure-native:web:WebAppScmAllowed")]
public class WebAppScmAllowed : CustomResource
{
    public WebAppScmAllowed(string name, WebAppScmAllowedArgs args, CustomResourceOptions? options = null) : base("azure-native:web:WebAppScmAllowed", name, args, options) { }
}

public sealed class WebAppScmAllowedArgs : ResourceArgs
{
    [Input("allow", required: true)] public Input<bool> Allow { get; set; } = null!;
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
}
