namespace Pulumi.AzureNative.FrontDoor.Inputs;

public sealed class CustomRuleArgs : ResourceArgs
{
    [Input("action", required: true)] public InputUnion<string, ActionType> Action { get; set; } = null!;
    [Input("enabledState")] public InputUnion<string, CustomRuleEnabledState>? EnabledState { get; set; }
    [Input("matchConditions")] InputList<Inputs.MatchConditionArgs>? _matchConditions;
    public InputList<Inputs.MatchConditionArgs> MatchConditions { get => _matchConditions ??= []; set => _matchConditions = value; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("priority", required: true)] public Input<int> Priority { get; set; } = null!;
    [Input("rateLimitDurationInMinutes")] public Input<int>? RateLimitDurationInMinutes { get; set; }
    [Input("rateLimitThreshold")] public Input<int>? RateLimitThreshold { get; set; }
    [Input("ruleType", required: true)] public InputUnion<string, RuleType> RuleType { get; set; } = null!;
}

public sealed class CustomRuleListArgs : ResourceArgs
{
    [Input("rules")] InputList<Inputs.CustomRuleArgs>? _rules;
    public InputList<Inputs.CustomRuleArgs> Rules { get => _rules ??= []; set => _rules = value; }
}

public sealed class ManagedRuleSetArgs : ResourceArgs
{
    [Input("ruleSetAction")] public InputUnion<string, ManagedRuleSetActionType>? RuleSetAction { get; set; }
    [Input("ruleSetType", required: true)] public Input<string> RuleSetType { get; set; } = null!;
    [Input("ruleSetVersion", required: true)] public Input<string> RuleSetVersion { get; set; } = null!;
}

public sealed class ManagedRuleSetListArgs : ResourceArgs
{
    [Input("managedRuleSets")] InputList<Inputs.ManagedRuleSetArgs>? _managedRuleSets;
    public InputList<Inputs.ManagedRuleSetArgs> ManagedRuleSets { get => _managedRuleSets ??= []; set => _managedRuleSets = value; }
}

public sealed class MatchConditionArgs : ResourceArgs
{
    [Input("matchValue")] InputList<string>? _matchValue;
    public InputList<string> MatchValue { get => _matchValue ??= []; set => _matchValue = value; }
    [Input("matchVariable", required: true)] public InputUnion<string, MatchVariable> MatchVariable { get; set; } = null!;
    [Input("operator", required: true)] public InputUnion<string, Operator> Operator { get; set; } = null!;
    [Input("transforms")] InputList<Union<string, TransformType>>? _transforms;
    public InputList<Union<string, TransformType>> Transforms { get => _transforms ??= []; set => _transforms = value; }
}

public sealed class PolicySettingsArgs : ResourceArgs
{
    [Input("customBlockResponseStatusCode")] public Input<int>? CustomBlockResponseStatusCode { get; set; }
    [Input("enabledState")] public InputUnion<string, PolicyEnabledState>? EnabledState { get; set; }
    [Input("mode")] public InputUnion<string, PolicyMode>? Mode { get; set; }
    [Input("requestBodyCheck")] public InputUnion<string, PolicyRequestBodyCheck>? RequestBodyCheck { get; set; }
}

public sealed class SkuArgs : ResourceArgs
{
    [Input("name")] public InputUnion<string, SkuName>? Name { get; set; }
}
