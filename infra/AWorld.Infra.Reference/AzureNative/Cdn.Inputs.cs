namespace Pulumi.AzureNative.Cdn.Inputs;

public sealed class AFDDomainHttpsParametersArgs : ResourceArgs
{
    [Input("certificateType", required: true)] public InputUnion<string, AfdCertificateType> CertificateType { get; set; } = null!;
    [Input("minimumTlsVersion")] public Input<AfdMinimumTlsVersion>? MinimumTlsVersion { get; set; }
}

public sealed class ActivatedResourceReferenceArgs : ResourceArgs
{
    [Input("id")] public Input<string>? Id { get; set; }
}

public sealed class HealthProbeParametersArgs : ResourceArgs
{
    [Input("probeIntervalInSeconds")] public Input<int>? ProbeIntervalInSeconds { get; set; }
    [Input("probePath")] public Input<string>? ProbePath { get; set; }
    [Input("probeProtocol")] public Input<ProbeProtocol>? ProbeProtocol { get; set; }
    [Input("probeRequestType")] public Input<HealthProbeRequestType>? ProbeRequestType { get; set; }
}

public sealed class LoadBalancingSettingsParametersArgs : ResourceArgs
{
    [Input("additionalLatencyInMilliseconds")] public Input<int>? AdditionalLatencyInMilliseconds { get; set; }
    [Input("sampleSize")] public Input<int>? SampleSize { get; set; }
    [Input("successfulSamplesRequired")] public Input<int>? SuccessfulSamplesRequired { get; set; }
}

public sealed class ResourceReferenceArgs : ResourceArgs
{
    [Input("id")] public Input<string>? Id { get; set; }
}

public sealed class SecurityPolicyWebApplicationFirewallAssociationArgs : ResourceArgs
{
    [Input("domains")] InputList<Inputs.ActivatedResourceReferenceArgs>? _domains;
    public InputList<Inputs.ActivatedResourceReferenceArgs> Domains { get => _domains ??= []; set => _domains = value; }
    [Input("patternsToMatch")] InputList<string>? _patternsToMatch;
    public InputList<string> PatternsToMatch { get => _patternsToMatch ??= []; set => _patternsToMatch = value; }
}

public sealed class SecurityPolicyWebApplicationFirewallParametersArgs : ResourceArgs
{
    [Input("associations")] InputList<Inputs.SecurityPolicyWebApplicationFirewallAssociationArgs>? _associations;
    public InputList<Inputs.SecurityPolicyWebApplicationFirewallAssociationArgs> Associations { get => _associations ??= []; set => _associations = value; }
    [Input("type", required: true)] public Input<string> Type { get; set; } = null!;
    [Input("wafPolicy")] public Input<Inputs.ResourceReferenceArgs>? WafPolicy { get; set; }
}

public sealed class SkuArgs : ResourceArgs
{
    [Input("name")] public InputUnion<string, SkuName>? Name { get; set; }
}
