namespace AWorld.Expressions;

/// <summary>
/// What an expression may cost. The first four are seen when it is saved, the last two stop an evaluation, which
/// then gives an error value; together they keep the worst expression on the worst data under a millisecond.
/// </summary>
public static class ExpressionLimits
{
    public const int SourceBytes = 16 * 1024;
    public const int Depth = 25;
    public const int Nodes = 1_000;
    public const int Problems = 20;

    /// <summary>One step is about one operation on one value; looking through arrays, properties and text costs by their length.</summary>
    public const int Steps = 10_000;

    /// <summary>Characters of one text that an evaluation makes.</summary>
    public const int TextLength = 16 * 1024;

    /// <summary>Lists in lists that an evaluation makes.</summary>
    public const int ListDepth = 32;

    /// <summary>Sub-expressions that an explanation lists.</summary>
    public const int ExplainedSteps = 200;

    /// <summary>The largest value that an explanation shows, in steps; about 4,000 characters.</summary>
    public const int ExplainedWeight = 128;
}
