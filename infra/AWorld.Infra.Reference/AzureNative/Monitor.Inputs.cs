namespace Pulumi.AzureNative.Monitor.Inputs;

public sealed class ActionsArgs : ResourceArgs
{
    [Input("actionGroups")] InputList<string>? _actionGroups;
    public InputList<string> ActionGroups { get => _actionGroups ??= []; set => _actionGroups = value; }
}

public sealed class ConditionArgs : ResourceArgs
{
    [Input("dimensions")] InputList<Inputs.DimensionArgs>? _dimensions;
    public InputList<Inputs.DimensionArgs> Dimensions { get => _dimensions ??= []; set => _dimensions = value; }
    [Input("failingPeriods")] public Input<Inputs.ConditionFailingPeriodsArgs>? FailingPeriods { get; set; }
    [Input("metricMeasureColumn")] public Input<string>? MetricMeasureColumn { get; set; }
    [Input("operator")] public InputUnion<string, ConditionOperator>? Operator { get; set; }
    [Input("query")] public Input<string>? Query { get; set; }
    [Input("threshold")] public Input<double>? Threshold { get; set; }
    [Input("timeAggregation")] public InputUnion<string, TimeAggregation>? TimeAggregation { get; set; }
}

public sealed class ConditionFailingPeriodsArgs : ResourceArgs
{
    [Input("minFailingPeriodsToAlert")] public Input<double>? MinFailingPeriodsToAlert { get; set; }
    [Input("numberOfEvaluationPeriods")] public Input<double>? NumberOfEvaluationPeriods { get; set; }
}

public sealed class DimensionArgs : ResourceArgs
{
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("operator", required: true)] public InputUnion<string, DimensionOperator> Operator { get; set; } = null!;
    [Input("values", required: true)] InputList<string>? _values;
    public InputList<string> Values { get => _values ??= []; set => _values = value; }
}

public sealed class EmailReceiverArgs : ResourceArgs
{
    [Input("emailAddress", required: true)] public Input<string> EmailAddress { get; set; } = null!;
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("useCommonAlertSchema")] public Input<bool>? UseCommonAlertSchema { get; set; }
}

public sealed class LogSettingsArgs : ResourceArgs
{
    [Input("category")] public Input<string>? Category { get; set; }
    [Input("categoryGroup")] public Input<string>? CategoryGroup { get; set; }
    [Input("enabled", required: true)] public Input<bool> Enabled { get; set; } = null!;
}

public sealed class MetricAlertActionArgs : ResourceArgs
{
    [Input("actionGroupId")] public Input<string>? ActionGroupId { get; set; }
}

public sealed class MetricAlertSingleResourceMultipleMetricCriteriaArgs : ResourceArgs
{
    [Input("allOf")] InputList<Inputs.MetricCriteriaArgs>? _allOf;
    public InputList<Inputs.MetricCriteriaArgs> AllOf { get => _allOf ??= []; set => _allOf = value; }
    [Input("odataType", required: true)] public Input<string> OdataType { get; set; } = null!;
}

public sealed class MetricCriteriaArgs : ResourceArgs
{
    [Input("criterionType", required: true)] public Input<string> CriterionType { get; set; } = null!;
    [Input("dimensions")] InputList<Inputs.MetricDimensionArgs>? _dimensions;
    public InputList<Inputs.MetricDimensionArgs> Dimensions { get => _dimensions ??= []; set => _dimensions = value; }
    [Input("metricName", required: true)] public Input<string> MetricName { get; set; } = null!;
    [Input("metricNamespace")] public Input<string>? MetricNamespace { get; set; }
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("operator", required: true)] public InputUnion<string, Operator> Operator { get; set; } = null!;
    [Input("threshold", required: true)] public Input<double> Threshold { get; set; } = null!;
    [Input("timeAggregation", required: true)] public InputUnion<string, AggregationTypeEnum> TimeAggregation { get; set; } = null!;
}

public sealed class MetricDimensionArgs : ResourceArgs
{
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("operator", required: true)] public Input<string> Operator { get; set; } = null!;
    [Input("values")] InputList<string>? _values;
    public InputList<string> Values { get => _values ??= []; set => _values = value; }
}

public sealed class MetricSettingsArgs : ResourceArgs
{
    [Input("category")] public Input<string>? Category { get; set; }
    [Input("enabled", required: true)] public Input<bool> Enabled { get; set; } = null!;
}

public sealed class ScheduledQueryRuleCriteriaArgs : ResourceArgs
{
    [Input("allOf")] InputList<Inputs.ConditionArgs>? _allOf;
    public InputList<Inputs.ConditionArgs> AllOf { get => _allOf ??= []; set => _allOf = value; }
}

public sealed class WebhookReceiverArgs : ResourceArgs
{
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("serviceUri", required: true)] public Input<string> ServiceUri { get; set; } = null!;
    [Input("useCommonAlertSchema")] public Input<bool>? UseCommonAlertSchema { get; set; }
}
