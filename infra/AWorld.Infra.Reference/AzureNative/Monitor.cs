namespace Pulumi.AzureNative.Monitor;

[AzureNativeResourceType("azure-native:monitor:ActionGroup")]
public class ActionGroup : CustomResource
{
    public ActionGroup(string name, ActionGroupArgs args, CustomResourceOptions? options = null) : base("azure-native:monitor:ActionGroup", name, args, options) { }
}

public sealed class ActionGroupArgs : ResourceArgs
{
    [Input("actionGroupName")] public Input<string>? ActionGroupName { get; set; }
    [Input("emailReceivers")] InputList<Inputs.EmailReceiverArgs>? _emailReceivers;
    public InputList<Inputs.EmailReceiverArgs> EmailReceivers { get => _emailReceivers ??= []; set => _emailReceivers = value; }
    [Input("enabled", required: true)] public Input<bool> Enabled { get; set; } = null!;
    [Input("groupShortName", required: true)] public Input<string> GroupShortName { get; set; } = null!;
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("webhookReceivers")] InputList<Inputs.WebhookReceiverArgs>? _webhookReceivers;
    public InputList<Inputs.WebhookReceiverArgs> WebhookReceivers { get => _webhookReceivers ??= []; set => _webhookReceivers = value; }
}

[EnumType]
public readonly struct AggregationTypeEnum : IEquatable<AggregationTypeEnum>
{
    readonly string value;

    AggregationTypeEnum(string value) => this.value = value;

    public static AggregationTypeEnum Average { get; } = new("Average");
    public static AggregationTypeEnum Count { get; } = new("Count");
    public static AggregationTypeEnum Maximum { get; } = new("Maximum");
    public static AggregationTypeEnum Minimum { get; } = new("Minimum");

    public static bool operator ==(AggregationTypeEnum left, AggregationTypeEnum right) => left.Equals(right);
    public static bool operator !=(AggregationTypeEnum left, AggregationTypeEnum right) => !left.Equals(right);
    public static explicit operator string(AggregationTypeEnum value) => value.value;
    public override bool Equals(object? obj) => obj is AggregationTypeEnum other && Equals(other);
    public bool Equals(AggregationTypeEnum other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct ConditionOperator : IEquatable<ConditionOperator>
{
    readonly string value;

    ConditionOperator(string value) => this.value = value;

    public static ConditionOperator GreaterThan { get; } = new("GreaterThan");

    public static bool operator ==(ConditionOperator left, ConditionOperator right) => left.Equals(right);
    public static bool operator !=(ConditionOperator left, ConditionOperator right) => !left.Equals(right);
    public static explicit operator string(ConditionOperator value) => value.value;
    public override bool Equals(object? obj) => obj is ConditionOperator other && Equals(other);
    public bool Equals(ConditionOperator other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct DimensionOperator : IEquatable<DimensionOperator>
{
    readonly string value;

    DimensionOperator(string value) => this.value = value;

    public static DimensionOperator Include { get; } = new("Include");

    public static bool operator ==(DimensionOperator left, DimensionOperator right) => left.Equals(right);
    public static bool operator !=(DimensionOperator left, DimensionOperator right) => !left.Equals(right);
    public static explicit operator string(DimensionOperator value) => value.value;
    public override bool Equals(object? obj) => obj is DimensionOperator other && Equals(other);
    public bool Equals(DimensionOperator other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:monitor:DiagnosticSetting")]
public class DiagnosticSetting : CustomResource
{
    public DiagnosticSetting(string name, DiagnosticSettingArgs args, CustomResourceOptions? options = null) : base("azure-native:monitor:DiagnosticSetting", name, args, options) { }
}

public sealed class DiagnosticSettingArgs : ResourceArgs
{
    [Input("logs")] InputList<Inputs.LogSettingsArgs>? _logs;
    public InputList<Inputs.LogSettingsArgs> Logs { get => _logs ??= []; set => _logs = value; }
    [Input("metrics")] InputList<Inputs.MetricSettingsArgs>? _metrics;
    public InputList<Inputs.MetricSettingsArgs> Metrics { get => _metrics ??= []; set => _metrics = value; }
    [Input("name")] public Input<string>? Name { get; set; }
    [Input("resourceUri", required: true)] public Input<string> ResourceUri { get; set; } = null!;
    [Input("workspaceId")] public Input<string>? WorkspaceId { get; set; }
}

[AzureNativeResourceType("azure-native:monitor:MetricAlert")]
public class MetricAlert : CustomResource
{
    public MetricAlert(string name, MetricAlertArgs args, CustomResourceOptions? options = null) : base("azure-native:monitor:MetricAlert", name, args, options) { }
}

public sealed class MetricAlertArgs : ResourceArgs
{
    [Input("actions")] InputList<Inputs.MetricAlertActionArgs>? _actions;
    public InputList<Inputs.MetricAlertActionArgs> Actions { get => _actions ??= []; set => _actions = value; }
    [Input("criteria", required: true)] public Input<object> Criteria { get; set; } = null!;
    [Input("description")] public Input<string>? Description { get; set; }
    [Input("enabled", required: true)] public Input<bool> Enabled { get; set; } = null!;
    [Input("evaluationFrequency", required: true)] public Input<string> EvaluationFrequency { get; set; } = null!;
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("ruleName")] public Input<string>? RuleName { get; set; }
    [Input("scopes")] InputList<string>? _scopes;
    public InputList<string> Scopes { get => _scopes ??= []; set => _scopes = value; }
    [Input("severity", required: true)] public Input<int> Severity { get; set; } = null!;
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("windowSize", required: true)] public Input<string> WindowSize { get; set; } = null!;
}

[EnumType]
public readonly struct Operator : IEquatable<Operator>
{
    readonly string value;

    Operator(string value) => this.value = value;

    public static Operator GreaterThan { get; } = new("GreaterThan");
    public static Operator LessThan { get; } = new("LessThan");

    public static bool operator ==(Operator left, Operator right) => left.Equals(right);
    public static bool operator !=(Operator left, Operator right) => !left.Equals(right);
    public static explicit operator string(Operator value) => value.value;
    public override bool Equals(object? obj) => obj is Operator other && Equals(other);
    public bool Equals(Operator other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[AzureNativeResourceType("azure-native:monitor:ScheduledQueryRule")]
public class ScheduledQueryRule : CustomResource
{
    public ScheduledQueryRule(string name, ScheduledQueryRuleArgs args, CustomResourceOptions? options = null) : base("azure-native:monitor:ScheduledQueryRule", name, args, options) { }
}

public sealed class ScheduledQueryRuleArgs : ResourceArgs
{
    [Input("actions")] public Input<Inputs.ActionsArgs>? Actions { get; set; }
    [Input("criteria", required: true)] public Input<Inputs.ScheduledQueryRuleCriteriaArgs> Criteria { get; set; } = null!;
    [Input("description")] public Input<string>? Description { get; set; }
    [Input("enabled", required: true)] public Input<bool> Enabled { get; set; } = null!;
    [Input("evaluationFrequency")] public Input<string>? EvaluationFrequency { get; set; }
    [Input("location")] public Input<string>? Location { get; set; }
    [Input("resourceGroupName", required: true)] public Input<string> ResourceGroupName { get; set; } = null!;
    [Input("ruleName")] public Input<string>? RuleName { get; set; }
    [Input("scopes")] InputList<string>? _scopes;
    public InputList<string> Scopes { get => _scopes ??= []; set => _scopes = value; }
    [Input("severity")] public Input<double>? Severity { get; set; }
    [Input("skipQueryValidation")] public Input<bool>? SkipQueryValidation { get; set; }
    [Input("tags")] InputMap<string>? _tags;
    public InputMap<string> Tags { get => _tags ??= []; set => _tags = value; }
    [Input("windowSize")] public Input<string>? WindowSize { get; set; }
}

[EnumType]
public readonly struct TimeAggregation : IEquatable<TimeAggregation>
{
    readonly string value;

    TimeAggregation(string value) => this.value = value;

    public static TimeAggregation Maximum { get; } = new("Maximum");

    public static bool operator ==(TimeAggregation left, TimeAggregation right) => left.Equals(right);
    public static bool operator !=(TimeAggregation left, TimeAggregation right) => !left.Equals(right);
    public static explicit operator string(TimeAggregation value) => value.value;
    public override bool Equals(object? obj) => obj is TimeAggregation other && Equals(other);
    public bool Equals(TimeAggregation other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
