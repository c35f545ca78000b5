namespace Pulumi.AzureNative.Storage.Inputs;

public sealed class CorsRuleArgs : ResourceArgs
{
    [Input("allowedHeaders", required: true)] InputList<string>? _allowedHeaders;
    public InputList<string> AllowedHeaders { get => _allowedHeaders ??= []; set => _allowedHeaders = value; }
    [Input("allowedMethods", required: true)] InputList<Union<string, AllowedMethods>>? _allowedMethods;
    public InputList<Union<string, AllowedMethods>> AllowedMethods { get => _allowedMethods ??= []; set => _allowedMethods = value; }
    [Input("allowedOrigins", required: true)] InputList<string>? _allowedOrigins;
    public InputList<string> AllowedOrigins { get => _allowedOrigins ??= []; set => _allowedOrigins = value; }
    [Input("exposedHeaders", required: true)] InputList<string>? _exposedHeaders;
    public InputList<string> ExposedHeaders { get => _exposedHeaders ??= []; set => _exposedHeaders = value; }
    [Input("maxAgeInSeconds", required: true)] public Input<int> MaxAgeInSeconds { get; set; } = null!;
}

public sealed class CorsRulesArgs : ResourceArgs
{
    [Input("corsRules")] InputList<Inputs.CorsRuleArgs>? _corsRules;
    public InputList<Inputs.CorsRuleArgs> CorsRules { get => _corsRules ??= []; set => _corsRules = value; }
}

public sealed class SkuArgs : ResourceArgs
{
    [Input("name", required: true)] public InputUnion<string, SkuName> Name { get; set; } = null!;
}
