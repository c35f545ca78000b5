namespace Pulumi.AzureNative.FrontDoor;

[EnumType]
public readonly struct ActionType : IEquatable<ActionType>
{
    readonly string value;

    ActionType(string value) => this.value = value;

    public static ActionType Block { get; } = new("Block");

    public static bool operator ==(ActionType left, ActionType right) => left.Equals(right);
    public static bool operator !=(ActionType left, ActionType right) => !left.Equals(right);
    public static explicit operator string(ActionType value) => value.value;
    public override bool Equals(object? obj) => obj is ActionType other && Equals(other);
    public bool Equals(ActionType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct CustomRuleEnabledState : IEquatable<CustomRuleEnabledState>
{
    readonly string value;

    CustomRuleEnabledState(string value) => this.value = value;

    public static CustomRuleEnabledState Enabled { get; } = new("Enabled");

    public static bool operator ==(CustomRuleEnabledState left, CustomRuleEnabledState right) => left.Equals(right);
    public static bool operator !=(CustomRuleEnabledState left, CustomRuleEnabledState right) => !left.Equals(right);
    public static explicit operator string(CustomRuleEnabledState value) => value.value;
    public override bool Equals(object? obj) => obj is CustomRuleEnabledState other && Equals(other);
    public bool Equals(CustomRuleEnabledState other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct ManagedRuleSetActionType : IEquatable<ManagedRuleSetActionType>
{
    readonly string value;

    ManagedRuleSetActionType(string value) => this.value = value;

    public static ManagedRuleSetActionType Block { get; } = new("Block");

    public static bool operator ==(ManagedRuleSetActionType left, ManagedRuleSetActionType right) => left.Equals(right);
    public static bool operator !=(ManagedRuleSetActionType left, ManagedRuleSetActionType right) => !left.Equals(right);
    public static explicit operator string(ManagedRuleSetActionType value) => value.value;
    public override bool Equals(object? obj) => obj is ManagedRuleSetActionType other && Equals(other);
    public bool Equals(ManagedRuleSetActionType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct MatchVariable : IEquatable<MatchVariable>
{
    readonly string value;

    MatchVariable(string value) => this.value = value;

    public static MatchVariable RequestUri { get; } = new("RequestUri");

    public static bool operator ==(MatchVariable left, MatchVariable right) => left.Equals(right);
    public static bool operator !=(MatchVariable left, MatchVariable right) => !left.Equals(right);
    public static explicit operator string(MatchVariable value) => value.value;
    public override bool Equals(object? obj) => obj is MatchVariable other && Equals(other);
    public bool Equals(MatchVariable other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct Operator : IEquatable<Operator>
{
    readonly string value;

    Operator(string value) => this.value = value;

    public static Operator Contains { get; } = new("Contains");
    public static Operator RegEx { get; } = new("RegEx");

    public static bool operator ==(Operator left, Operator right) => left.Equals(right);
    public static bool operator !=(Operator left, Operator right) => !left.Equals(right);
    public static explicit operator string(Operator value) => value.value;
    public override bool Equals(object? obj) => obj is Operator other && Equals(other);
    public bool Equals(Operator other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:frontdoor:Policy")]
public class Policy : CustomResource
{
    public Policy(string name, PolicyArgs args, CustomResourceOptions? options = null) : base("azure-native:frontdoor:Policy", name, args, options) { }
}

public sealed class PolicyArgs : ResourceArgs
{
    [Input("customRules")] public Input<Inputs.CustomRuleListArgs>? CustomRules { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("managedRules")] public Input<Inputs.ManagedRuleSetListArgs>? ManagedRules { get; set; }
    [Input("policyName")] public Input<string>? PolicyName { get; set; }
    [Input("policySettings")] public Input<Inputs.PolicySettingsArgs>? PolicySettings { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("sku")] public Input<Inputs.SkuArgs>? Sku { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
}

[EnumType]
public readonly struct PolicyEnabledState : IEquatable<PolicyEnabledState>
{
    readonly string value;

    PolicyEnabledState(string value) => this.value = value;

    public static PolicyEnabledState Enabled { get; } = new("Enabled");

    public static bool operator ==(PolicyEnabledState left, PolicyEnabledState right) => left.Equals(right);
    public static bool operator !=(PolicyEnabledState left, PolicyEnabledState right) => !left.Equals(right);
    public static explicit operator string(PolicyEnabledState value) => value.value;
    public override bool Equals(object? obj) => obj is PolicyEnabledState other && Equals(other);
    public bool Equals(PolicyEnabledState other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct PolicyMode : IEquatable<PolicyMode>
{
    readonly string value;

    PolicyMode(string value) => this.value = value;

    public static PolicyMode Prevention { get; } = new("Prevention");

    public static bool operator ==(PolicyMode left, PolicyMode right) => left.Equals(right);
    public static bool operator !=(PolicyMode left, PolicyMode right) => !left.Equals(right);
    public static explicit operator string(PolicyMode value) => value.value;
    public override bool Equals(object? obj) => obj is PolicyMode other && Equals(other);
    public bool Equals(PolicyMode other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct PolicyRequestBodyCheck : IEquatable<PolicyRequestBodyCheck>
{
    readonly string value;

    PolicyRequestBodyCheck(string value) => this.value = value;

    public static PolicyRequestBodyCheck Enabled { get; } = new("Enabled");

    public static bool operator ==(PolicyRequestBodyCheck left, PolicyRequestBodyCheck right) => left.Equals(right);
    public static bool operator !=(PolicyRequestBodyCheck left, PolicyRequestBodyCheck right) => !left.Equals(right);
    public static explicit operator string(PolicyRequestBodyCheck value) => value.value;
    public override bool Equals(object? obj) => obj is PolicyRequestBodyCheck other && Equals(other);
    public bool Equals(PolicyRequestBodyCheck other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct RuleType : IEquatable<RuleType>
{
    readonly string value;

    RuleType(string value) => this.value = value;

    public static RuleType RateLimitRule { get; } = new("RateLimitRule");

    public static bool operator ==(RuleType left, RuleType right) => left.Equals(right);
    public static bool operator !=(RuleType left, RuleType right) => !left.Equals(right);
    public static explicit operator string(RuleType value) => value.value;
    public override bool Equals(object? obj) => obj is RuleType other && Equals(other);
    public bool Equals(RuleType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
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

[EnumType]
public readonly struct TransformType : IEquatable<TransformType>
{
    readonly string value;

    TransformType(string value) => this.value = value;

    public static TransformType Lowercase { get; } = new("Lowercase");
    public static TransformType UrlDecode { get; } = new("UrlDecode");

    public static bool operator ==(TransformType left, TransformType right) => left.Equals(right);
    public static bool operator !=(TransformType left, TransformType right) => !left.Equals(right);
    public static explicit operator string(TransformType value) => value.value;
    public override bool Equals(object? obj) => obj is TransformType other && Equals(other);
    public bool Equals(TransformType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
