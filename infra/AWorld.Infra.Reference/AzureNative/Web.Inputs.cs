using System.Collections.Immutable;

namespace Pulumi.AzureNative.Web.Inputs;

public sealed class CorsSettingsArgs : ResourceArgs
{
    [Input("allowedOrigins")] InputList<string>? _allowedOrigins;
    public InputList<string> AllowedOrigins { get => _allowedOrigins ??= []; set => _allowedOrigins = value; }
    [Input("supportCredentials")] public Input<bool>? SupportCredentials { get; set; }
}

public sealed class FunctionAppConfigArgs : ResourceArgs
{
    [Input("deployment")] public Input<Inputs.FunctionsDeploymentArgs>? Deployment { get; set; }
    [Input("runtime")] public Input<Inputs.FunctionsRuntimeArgs>? Runtime { get; set; }
    [Input("scaleAndConcurrency")] public Input<Inputs.FunctionsScaleAndConcurrencyArgs>? ScaleAndConcurrency { get; set; }
}

public sealed class FunctionsAlwaysReadyConfigArgs : ResourceArgs
{
    [Input("instanceCount")] public Input<int>? InstanceCount { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
}

public sealed class FunctionsDeploymentArgs : ResourceArgs
{
    [Input("storage")] public Input<Inputs.FunctionsDeploymentStorageArgs>? Storage { get; set; }
}

public sealed class FunctionsDeploymentAuthenticationArgs : ResourceArgs
{
    [Input("type")] public InputUnion<string, AuthenticationType>? Type { get; set; }
    [Input("userAssignedIdentityResourceId")] public Input<string>? UserAssignedIdentityResourceId { get; set; }
}

public sealed class FunctionsDeploymentStorageArgs : ResourceArgs
{
    [Input("authentication")] public Input<Inputs.FunctionsDeploymentAuthenticationArgs>? Authentication { get; set; }
    [Input("type")] public InputUnion<string, FunctionsDeploymentStorageType>? Type { get; set; }
    [Input("value")] public Input<string>? Value { get; set; }
}

public sealed class FunctionsRuntimeArgs : ResourceArgs
{
    [Input("name")] public InputUnion<string, RuntimeName>? Name { get; set; }
    [Input("version")] public Input<string>? Version { get; set; }
}

public sealed class FunctionsScaleAndConcurrencyArgs : ResourceArgs
{
    [Input("alwaysReady")] InputList<Inputs.FunctionsAlwaysReadyConfigArgs>? _alwaysReady;
    public InputList<Inputs.FunctionsAlwaysReadyConfigArgs> AlwaysReady { get => _alwaysReady ??= []; set => _alwaysReady = value; }
    [Input("instanceMemoryMB")] public Input<int>? InstanceMemoryMB { get; set; }
    [Input("maximumInstanceCount")] public Input<int>? MaximumInstanceCount { get; set; }
    [Input("triggers")] public Input<Inputs.FunctionsScaleAndConcurrencyTriggersArgs>? Triggers { get; set; }
}

public sealed class FunctionsScaleAndConcurrencyHttpArgs : ResourceArgs
{
    [Input("perInstanceConcurrency")] public Input<int>? PerInstanceConcurrency { get; set; }
}

public sealed class FunctionsScaleAndConcurrencyTriggersArgs : ResourceArgs
{
    [Input("http")] public Input<Inputs.FunctionsScaleAndConcurrencyHttpArgs>? Http { get; set; }
}

public sealed class IpSecurityRestrictionArgs : ResourceArgs
{
    [Input("action")] public Input<string>? Action { get; set; }
    [Input("headers")] InputMap<ImmutableArray<string>>? _headers;
    public InputMap<ImmutableArray<string>> Headers { get => _headers ??= []; set => _headers = value; }
    [Input("ipAddress")] public Input<string>? IpAddress { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("priority")] public Input<int>? Priority { get; set; }
    [Input("tag")] public InputUnion<string, IpFilterTag>? Tag { get; set; }
}

public sealed class ManagedServiceIdentityArgs : ResourceArgs
{
    [Input("type")] public Input<ManagedServiceIdentityType>? Type { get; set; }
    [Input("userAssignedIdentities")] InputList<string>? _userAssignedIdentities;
    public InputList<string> UserAssignedIdentities { get => _userAssignedIdentities ??= []; set => _userAssignedIdentities = value; }
}

public sealed class NameValuePairArgs : ResourceArgs
{
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("value")] public Input<string>? Value { get; set; }
}

public sealed class SiteConfigArgs : ResourceArgs
{
    [Input("appSettings")] InputList<Inputs.NameValuePairArgs>? _appSettings;
    public InputList<Inputs.NameValuePairArgs> AppSettings { get => _appSettings ??= []; set => _appSettings = value; }
    [Input("cors")] public Input<Inputs.CorsSettingsArgs>? Cors { get; set; }
    [Input("ftpsState")] public InputUnion<string, FtpsState>? FtpsState { get; set; }
    [Input("functionAppScaleLimit")] public Input<int>? FunctionAppScaleLimit { get; set; }
    [Input("functionsRuntimeScaleMonitoringEnabled")] public Input<bool>? FunctionsRuntimeScaleMonitoringEnabled { get; set; }
    [Input("healthCheckPath")] public Input<string>? HealthCheckPath { get; set; }
    [Input("http20Enabled")] public Input<bool>? Http20Enabled { get; set; }
    [Input("ipSecurityRestrictions")] InputList<Inputs.IpSecurityRestrictionArgs>? _ipSecurityRestrictions;
    public InputList<Inputs.IpSecurityRestrictionArgs> IpSecurityRestrictions { get => _ipSecurityRestrictions ??= []; set => _ipSecurityRestrictions = value; }
    [Input("ipSecurityRestrictionsDefaultAction")] public InputUnion<string, DefaultAction>? IpSecurityRestrictionsDefaultAction { get; set; }
    [Input("linuxFxVersion")] public Input<string>? LinuxFxVersion { get; set; }
    [Input("minTlsVersion")] public InputUnion<string, SupportedTlsVersions>? MinTlsVersion { get; set; }
    [Input("minimumElasticInstanceCount")] public Input<int>? MinimumElasticInstanceCount { get; set; }
    [Input("scmMinTlsVersion")] public InputUnion<string, SupportedTlsVersions>? ScmMinTlsVersion { get; set; }
}

public sealed class SkuDescriptionArgs : ResourceArgs
{
    [Input("capacity")] public Input<int>? Capacity { get; set; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("tier")] public Input<string>? Tier { get; set; }
}
