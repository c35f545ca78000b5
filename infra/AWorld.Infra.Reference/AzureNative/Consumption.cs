namespace Pulumi.AzureNative.Consumption;

public sealed class BudgetArgs : ResourceArgs
{
    [Input("amount", required: true)] public Input<double> Amount { get; set; } = null!;
    [Input("budgetName")] public Input<string>? BudgetName { get; set; }
    [Input("category", required: true)] public InputUnion<string, CategoryType> Category { get; set; } = null!;
    [Input("filter")] public Input<Inputs.BudgetFilterArgs>? Filter { get; set; }
    [Input("notifications")] InputMap<Inputs.NotificationArgs>? _notifications;
    public InputMap<Inputs.NotificationArgs> Notifications { get => _notifications ??= []; set => _notifications = value; }
    [Input("scope", required: true)] public Input<string> Scope { get; set; } = null!;
    [Input("timeGrain", required: true)] public InputUnion<string, TimeGrainType> TimeGrain { get; set; } = null!;
    [Input("timePeriod", required: true)] public Input<Inputs.BudgetTimePeriodArgs> TimePeriod { get; set; } = null!;
}

[AzureNativeResourceType("azure-native:consumption:Budget")]
public class Budget : CustomResource
{
    public Budget(string name, BudgetArgs args, CustomResourceOptions? options = null) : base("azure-native:consumption:Budget", name, args, options) { }
}

[EnumType]
public readonly struct BudgetOperatorType : IEquatable<BudgetOperatorType>
{
    readonly string value;

    BudgetOperatorType(string value) => this.value = value;

    public static BudgetOperatorType In { get; } = new("In");

    public static bool operator ==(BudgetOperatorType left, BudgetOperatorType right) => left.Equals(right);
    public static bool operator !=(BudgetOperatorType left, BudgetOperatorType right) => !left.Equals(right);
    public static explicit operator string(BudgetOperatorType value) => value.value;
    public override bool Equals(object? obj) => obj is BudgetOperatorType other && Equals(other);
    public bool Equals(BudgetOperatorType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct CategoryType : IEquatable<CategoryType>
{
    readonly string value;

    CategoryType(string value) => this.value = value;

    public static CategoryType Cost { get; } = new("Cost");

    public static bool operator ==(CategoryType left, CategoryType right) => left.Equals(right);
    public static bool operator !=(CategoryType left, CategoryType right) => !left.Equals(right);
    public static explicit operator string(CategoryType value) => value.value;
    public override bool Equals(object? obj) => obj is CategoryType other && Equals(other);
    public bool Equals(CategoryType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct OperatorType : IEquatable<OperatorType>
{
    readonly string value;

    OperatorType(string value) => this.value = value;

    public static OperatorType GreaterThanOrEqualTo { get; } = new("GreaterThanOrEqualTo");

    public static bool operator ==(OperatorType left, OperatorType right) => left.Equals(right);
    public static bool operator !=(OperatorType left, OperatorType right) => !left.Equals(right);
    public static explicit operator string(OperatorType value) => value.value;
    public override bool Equals(object? obj) => obj is OperatorType other && Equals(other);
    public bool Equals(OperatorType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}

[EnumType]
public readonly struct TimeGrainType : IEquatable<TimeGrainType>
{
    readonly string value;

    TimeGrainType(string value) => this.value = value;

    public static TimeGrainType Monthly { get; } = new("Monthly");

    public static bool operator ==(TimeGrainType left, TimeGrainType right) => left.Equals(right);
    public static bool operator !=(TimeGrainType left, TimeGrainType right) => !left.Equals(right);
    public static explicit operator string(TimeGrainType value) => value.value;
    public override bool Equals(object? obj) => obj is TimeGrainType other && Equals(other);
    public bool Equals(TimeGrainType other) => value == other.value;
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);
    public override string ToString() => value;
}
