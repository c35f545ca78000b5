namespace Pulumi.AzureNative.Consumption.Inputs;

public sealed class BudgetComparisonExpressionArgs : ResourceArgs
{
    [Input("name", required: true)] public Input<string> Name { get; set; } = null!;
    [Input("operator", required: true)] public InputUnion<string, BudgetOperatorType> Operator { get; set; } = null!;
    [Input("values", required: true)] InputList<string>? _values;
    public InputList<string> Values { get => _values ??= []; set => _values = value; }
}

public sealed class BudgetFilterArgs : ResourceArgs
{
    [Input("dimensions")] public Input<Inputs.BudgetComparisonExpressionArgs>? Dimensions { get; set; }
}

public sealed class NotificationArgs : ResourceArgs
{
    [Input("contactEmails")] InputList<string>? _contactEmails;
    public InputList<string> ContactEmails { get => _contactEmails ??= []; set => _contactEmails = value; }
    [Input("contactGroups")] InputList<string>? _contactGroups;
    public InputList<string> ContactGroups { get => _contactGroups ??= []; set => _contactGroups = value; }
    [Input("enabled", required: true)] public Input<bool> Enabled { get; set; } = null!;
    [Input("operator", required: true)] public InputUnion<string, OperatorType> Operator { get; set; } = null!;
    [Input("threshold", required: true)] public Input<double> Threshold { get; set; } = null!;
}

public sealed class BudgetTimePeriodArgs : ResourceArgs
{
    [Input("startDate", required: true)] public Input<string> StartDate { get; set; } = null!;
}
