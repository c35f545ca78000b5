namespace AWorld.Expressions;

/// <summary>What can be seen of an expression when it is saved.</summary>
public static class ExpressionCheck
{
    /// <summary>Unknown operations, wrong numbers of operands, limits, and root variables that its field does not see (null: any).</summary>
    public static IReadOnlyList<ExpressionProblem> Check(Expression expression, IReadOnlySet<string>? allowedRoots = null)
    {
        var compiled = expression.Compiled;
        if (allowedRoots is null)
        {
            return compiled.Problems;
        }
        var unknown = compiled.References
            .Where(reference => !allowedRoots.Contains(reference.Root))
            .Select(reference => new ExpressionProblem(reference.Path, $"unknown variable '{reference.Root}'; known here: {string.Join(", ", allowedRoots.Order(StringComparer.Ordinal))}"));
        return [.. compiled.Problems.Concat(unknown).Take(ExpressionLimits.Problems)];
    }
}
