namespace AWorld.Expressions;

static class DateOperators
{
    public static readonly Dictionary<string, Operator> All = new(StringComparer.Ordinal);
}
