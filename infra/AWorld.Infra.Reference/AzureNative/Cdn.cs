namespace Pulumi.AzureNative.Cdn;

[AzureNativeResourceType("azure-native:cdn:AFDCustomDomain")]
public class AFDCustomDomain : CustomResource
{
    public AFDCustomDomain(string name, AFDCustomDomainArgs args, CustomResourceOptions? options = null) : base("azure-native:cdn:AFDCustomDomain", name, args, options) { }
    [Output("validationProperties")] public Output<Outputs.DomainValidationPropertiesResponse> ValidationProperties { get; private set; } = null!;
}

public sealed class AFDCustomDomainArgs : ResourceArgs
{
    [Input("azureDnsZone")] public Input<Inputs.ResourceReferenceArgs>? AzureDnsZone { get; set; }
    [Input("customDomainName")] public Input<string>? CustomDomainName { get; set; }
    [Input("hostName", required: true)] public Input<string> HostName { get; set; } = null!;
    [Input("profileName", required: true)] public Input<string> ProfileName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tlsSettings")] public Input<Inputs.AFDDomainHttpsParametersArgs>? TlsSettings { get; set; }
}

[AzureNativeResourceType("azure-native:cdn:AFDEndpoint")]
public class AFDEndpoint : CustomResource
{
    public AFDEndpoint(string name, AFDEndpointArgs args, CustomResourceOptions? options = null) : base("azure-native:cdn:AFDEndpoint", name, args, options) { }
    [Output("hostName")] public Output<string> HostName { get; private set; } = null!;
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class AFDEndpointArgs : ResourceArgs
{
    [Input("enabledState")] public InputUnion<string, EnabledState>? EnabledState { get; set; }
    [Input("endpointName")] public Input<string>? EndpointName { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("profileName", required: true)] public Input<string> ProfileName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[EnumType]
public readonly struct AFDEndpointProtocols : IEquatable<AFDEndpointProtocols>
{
    readonly string value;

    AFDEndpointProtocols(string value) => this.value = value;

    public static AFDEndpointProtocols Http { get; } = new("Http");
    public static AFDEndpointProtocols Https { get; } = new("Https");

    public static bool operator ==(AFDEndpointProtocols left, AFDEndpointProtocols right) => left.Equals(right);
    public static bool operator !=(AFDEndpointProtocols left, AFDEndpointProtocols right) => !left.Equals(right);
    public static explicit operator string(AFDEndpointProtocols value) => value.value;
    public override bool Equals(object? obj) => obj is AFDEndpointProtocols other && Equals(other);
    public bool Equals(AFDEndpointProtocols other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:cdn:AFDOrigin")]
public class AFDOrigin : CustomResource
{
    public AFDOrigin(string name, AFDOriginArgs args, CustomResourceOptions? options = null) : base("azure-native:cdn:AFDOrigin", name, args, options) { }
}

public sealed class AFDOriginArgs : ResourceArgs
{
    [Input("enabledState")] public InputUnion<string, EnabledState>? EnabledState { get; set; }
    [Input("enforceCertificateNameCheck")] public Input<bool>? EnforceCertificateNameCheck { get; set; }
    [Input("hostName")] public Input<string>? HostName { get; set; }
    [Input("httpsPort")] public Input<int>? HttpsPort { get; set; }
    [Input("originGroupName", required: true)] public Input<string> OriginGroupName { get; set; } = null!;
    [Input("originHostHeader")] public Input<string>? OriginHostHeader { get; set; }
    [Input("originName")] public Input<string>? OriginName { get; set; }
    [Input("priority")] public Input<int>? Priority { get; set; }
    [Input("profileName", required: true)] public Input<string> ProfileName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("weight")] public Input<int>? Weight { get; set; }
}

[AzureNativeResourceType("azure-native:cdn:AFDOriginGroup")]
public class AFDOriginGroup : CustomResource
{
    public AFDOriginGroup(string name, AFDOriginGroupArgs args, CustomResourceOptions? options = null) : base("azure-native:cdn:AFDOriginGroup", name, args, options) { }
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class AFDOriginGroupArgs : ResourceArgs
{
    [Input("healthProbeSettings")] public Input<Inputs.HealthProbeParametersArgs>? HealthProbeSettings { get; set; }
    [Input("loadBalancingSettings")] public Input<Inputs.LoadBalancingSettingsParametersArgs>? LoadBalancingSettings { get; set; }
    [Input("originGroupName")] public Input<string>? OriginGroupName { get; set; }
    [Input("profileName", required: true)] public Input<string> ProfileName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sessionAffinityState")] public InputUnion<string, EnabledState>? SessionAffinityState { get; set; }
}

[EnumType]
public readonly struct AfdCertificateType : IEquatable<AfdCertificateType>
{
    readonly string value;

    AfdCertificateType(string value) => this.value = value;

    public static AfdCertificateType ManagedCertificate { get; } = new("ManagedCertificate");

    public static bool operator ==(AfdCertificateType left, AfdCertificateType right) => left.Equals(right);
    public static bool operator !=(AfdCertificateType left, AfdCertificateType right) => !left.Equals(right);
    public static explicit operator string(AfdCertificateType value) => value.value;
    public override bool Equals(object? obj) => obj is AfdCertificateType other && Equals(other);
    public bool Equals(AfdCertificateType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct AfdMinimumTlsVersion : IEquatable<AfdMinimumTlsVersion>
{
    readonly string value;

    AfdMinimumTlsVersion(string value) => this.value = value;

    public static AfdMinimumTlsVersion TLS12 { get; } = new("TLS12");

    public static bool operator ==(AfdMinimumTlsVersion left, AfdMinimumTlsVersion right) => left.Equals(right);
    public static bool operator !=(AfdMinimumTlsVersion left, AfdMinimumTlsVersion right) => !left.Equals(right);
    public static explicit operator string(AfdMinimumTlsVersion value) => value.value;
    public override bool Equals(object? obj) => obj is AfdMinimumTlsVersion other && Equals(other);
    public bool Equals(AfdMinimumTlsVersion other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct EnabledState : IEquatable<EnabledState>
{
    readonly string value;

    EnabledState(string value) => this.value = value;

    public static EnabledState Disabled { get; } = new("Disabled");
    public static EnabledState Enabled { get; } = new("Enabled");

    public static bool operator ==(EnabledState left, EnabledState right) => left.Equals(right);
    public static bool operator !=(EnabledState left, EnabledState right) => !left.Equals(right);
    public static explicit operator string(EnabledState value) => value.value;
    public override bool Equals(object? obj) => obj is EnabledState other && Equals(other);
    public bool Equals(EnabledState other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct ForwardingProtocol : IEquatable<ForwardingProtocol>
{
    readonly string value;

    ForwardingProtocol(string value) => this.value = value;

    public static ForwardingProtocol HttpsOnly { get; } = new("HttpsOnly");

    public static bool operator ==(ForwardingProtocol left, ForwardingProtocol right) => left.Equals(right);
    public static bool operator !=(ForwardingProtocol left, ForwardingProtocol right) => !left.Equals(right);
    public static explicit operator string(ForwardingProtocol value) => value.value;
    public override bool Equals(object? obj) => obj is ForwardingProtocol other && Equals(other);
    public bool Equals(ForwardingProtocol other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct HealthProbeRequestType : IEquatable<HealthProbeRequestType>
{
    readonly string value;

    HealthProbeRequestType(string value) => this.value = value;

    public static HealthProbeRequestType GET { get; } = new("GET");

    public static bool operator ==(HealthProbeRequestType left, HealthProbeRequestType right) => left.Equals(right);
    public static bool operator !=(HealthProbeRequestType left, HealthProbeRequestType right) => !left.Equals(right);
    public static explicit operator string(HealthProbeRequestType value) => value.value;
    public override bool Equals(object? obj) => obj is HealthProbeRequestType other && Equals(other);
    public bool Equals(HealthProbeRequestType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct HttpsRedirect : IEquatable<HttpsRedirect>
{
    readonly string value;

    HttpsRedirect(string value) => this.value = value;

    public static HttpsRedirect Enabled { get; } = new("Enabled");

    public static bool operator ==(HttpsRedirect left, HttpsRedirect right) => left.Equals(right);
    public static bool operator !=(HttpsRedirect left, HttpsRedirect right) => !left.Equals(right);
    public static explicit operator string(HttpsRedirect value) => value.value;
    public override bool Equals(object? obj) => obj is HttpsRedirect other && Equals(other);
    public bool Equals(HttpsRedirect other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct LinkToDefaultDomain : IEquatable<LinkToDefaultDomain>
{
    readonly string value;

    LinkToDefaultDomain(string value) => this.value = value;

    public static LinkToDefaultDomain Enabled { get; } = new("Enabled");

    public static bool operator ==(LinkToDefaultDomain left, LinkToDefaultDomain right) => left.Equals(right);
    public static bool operator !=(LinkToDefaultDomain left, LinkToDefaultDomain right) => !left.Equals(right);
    public static explicit operator string(LinkToDefaultDomain value) => value.value;
    public override bool Equals(object? obj) => obj is LinkToDefaultDomain other && Equals(other);
    public bool Equals(LinkToDefaultDomain other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct ProbeProtocol : IEquatable<ProbeProtocol>
{
    readonly string value;

    ProbeProtocol(string value) => this.value = value;

    public static ProbeProtocol Https { get; } = new("Https");

    public static bool operator ==(ProbeProtocol left, ProbeProtocol right) => left.Equals(right);
    public static bool operator !=(ProbeProtocol left, ProbeProtocol right) => !left.Equals(right);
    public static explicit operator string(ProbeProtocol value) => value.value;
    public override bool Equals(object? obj) => obj is ProbeProtocol other && Equals(other);
    public bool Equals(ProbeProtocol other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:cdn:Profile")]
public class Profile : CustomResource
{
    public Profile(string name, ProfileArgs args, CustomResourceOptions? options = null) : base("azure-native:cdn:Profile", name, args, options) { }
    [Output("frontDoorId")] public Output<string> FrontDoorId { get; private set; } = null!;
    [Output("name")] public Output<string> Name { get; private set; } = null!;
}

public sealed class ProfileArgs : ResourceArgs
{
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("originResponseTimeoutSeconds")] public Input<int>? OriginResponseTimeoutSeconds { get; set; }
    [Input("profileName")] public Input<string>? ProfileName { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku", required: true)] public Input<Inputs.SkuArgs> Sku { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[AzureNativeResourceType("azure-native:cdn:Route")]
public class Route : CustomResource
{
    public Route(string name, RouteArgs args, CustomResourceOptions? options = null) : base("azure-native:cdn:Route", name, args, options) { }
}

public sealed class RouteArgs : ResourceArgs
{
    [Input("customDomains")] InputList<Inputs.ActivatedResourceReferenceArgs>? _customDomains;
    public InputList<Inputs.ActivatedResourceReferenceArgs> CustomDomains { get => _customDomains ??= []; set => _customDomains = value; }
    [Input("enabledState")] public InputUnion<string, EnabledState>? EnabledState { get; set; }
    [Input("endpointName", required: true)] public Input<string> EndpointName { get; set; } = null!;
    [Input("forwardingProtocol")] public InputUnion<string, ForwardingProtocol>? ForwardingProtocol { get; set; }
    [Input("httpsRedirect")] public InputUnion<string, HttpsRedirect>? HttpsRedirect { get; set; }
    [Input("linkToDefaultDomain")] public InputUnion<string, LinkToDefaultDomain>? LinkToDefaultDomain { get; set; }
    [Input("originGroup")] public Input<Inputs.ResourceReferenceArgs>? OriginGroup { get; set; }
    [Input("patternsToMatch")] InputList<string>? _patternsToMatch;
    public InputList<string> PatternsToMatch { get => _patternsToMatch ??= []; set => _patternsToMatch = value; }
    [Input("profileName", required: true)] public Input<string> ProfileName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("routeName")] public Input<string>? RouteName { get; set; }
    [Input("supportedProtocols")] InputList<Union<string, AFDEndpointProtocols>>? _supportedProtocols;
    public InputList<Union<string, AFDEndpointProtocols>> SupportedProtocols { get => _supportedProtocols ??= []; set => _supportedProtocols = value; }
}

[AzureNativeResourceType("azure-native:cdn:SecurityPolicy")]
public class SecurityPolicy : CustomResource
{
    public SecurityPolicy(string name, SecurityPolicyArgs args, CustomResourceOptions? options = null) : base("azure-native:cdn:SecurityPolicy", name, args, options) { }
}

public sealed class SecurityPolicyArgs : ResourceArgs
{
    [Input("parameters")] public Input<Inputs.SecurityPolicyWebApplicationFirewallParametersArgs>? Parameters { get; set; }
    [Input("profileName", required: true)] public Input<string> ProfileName { get; set; } = null!;
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("securityPolicyName")] public Input<string>? SecurityPolicyName { get; set; }
}

[EnumType]
public readonly struct SkuName : IEquatable<SkuName>
{
    readonly string value;

    SkuName(string value) => this.value = value;

    public static SkuName Premium_AzureFrontDoor { get; } = new("Premium_AzureFrontDoor");

    public static bool operator ==(SkuName left, SkuName right) => left.Equals(right);
    public static bool operator !=(SkuName left, SkuName right) => !left.Equals(right);
    public static explicit operator string(SkuName value) => value.value;
    public override bool Equals(object? obj) => obj is SkuName other && Equals(other);
    public bool Equals(SkuName other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
