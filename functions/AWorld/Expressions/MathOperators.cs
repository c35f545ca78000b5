namespace AWorld.Expressions;

/// <summary><c>Math.*</c> of JavaScript, but for <c>Math.random</c>: the same action must always give the same result.</summary>
static class MathOperators
{
    public static readonly Operator Min = Operator.Fold(1, double.PositiveInfinity, Math.Min, static value => value.AsNumber());
    public static readonly Operator Max = Operator.Fold(1, double.NegativeInfinity, Math.Max, static value => value.AsNumber());

    public static readonly Dictionary<string, Operator> All = new(StringComparer.Ordinal)
    {
        ["Math.abs"] = Of((double x) => Math.Abs(x)),
        ["Math.ceil"] = Of(Math.Ceiling),
        ["Math.floor"] = Of(Math.Floor),
        ["Math.round"] = Of(Round),
        ["Math.trunc"] = Of(Math.Truncate),
        ["Math.sign"] = Of((double x) => double.IsNaN(x) || x == 0 ? x : Math.Sign(x)),
        ["Math.sqrt"] = Of(Math.Sqrt),
        ["Math.cbrt"] = Of(Math.Cbrt),
        ["Math.exp"] = Of(Math.Exp),
        ["Math.log"] = Of((double x) => Math.Log(x)),
        ["Math.log2"] = Of(Math.Log2),
        ["Math.log10"] = Of(Math.Log10),
        ["Math.sin"] = Of(Math.Sin),
        ["Math.cos"] = Of(Math.Cos),
        ["Math.tan"] = Of(Math.Tan),
        ["Math.asin"] = Of(Math.Asin),
        ["Math.acos"] = Of(Math.Acos),
        ["Math.atan"] = Of(Math.Atan),
        ["Math.pow"] = Of(Pow),
        ["Math.atan2"] = Of(Math.Atan2),
        ["Math.hypot"] = Operator.Fold(1, 0, static (a, b) => double.Hypot(a, b), static value => value.AsNumber()),
        ["Math.min"] = Min,
        ["Math.max"] = Max,
    };

    static Operator Of(Func<double, double> apply) => Operator.One((ref _, in a) => Value.Of(apply(a.AsNumber())));
    static Operator Of(Func<double, double, double> apply) => Operator.Two((ref _, in a, in b) => Value.Of(apply(a.AsNumber(), b.AsNumber())));

    /// <summary>Halves go up, also below zero.</summary>
    static double Round(double x)
    {
        var floor = Math.Floor(x);
        return x - floor >= 0.5 ? floor + 1 : floor;
    }

    /// <summary>Unlike IEEE 754, JavaScript's 1 to the power of infinity or NaN is NaN.</summary>
    static double Pow(double x, double y) => Math.Abs(x) == 1 && !double.IsFinite(y) || double.IsNaN(y) ? double.NaN : Math.Pow(x, y);
}
