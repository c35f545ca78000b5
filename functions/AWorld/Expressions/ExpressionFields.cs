using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace AWorld.Expressions;

/// <summary>The fields that hold expressions, and the root variables that each sees.</summary>
public static class ExpressionFields
{
    public static readonly FrozenDictionary<string, IReadOnlySet<string>> Roots = new Dictionary<string, string[]>
    {
        ["MissionConfiguration.matchCondition"] = ["mission", "event", "user"],
        ["MissionConfiguration.incrementExpression"] = ["user", "event"],
        ["MissionConfiguration.targetAmountExpression"] = ["user", "mission"],
        ["MissionRule.usersMatchCondition"] = ["user", "activeMissions"],
        ["MissionRule.missionsMatchCondition"] = ["user", "activeMissions", "mission"],
        ["MissionRule.eventMatchCondition"] = ["event", "user"],
        ["StreakConfiguration.matchCondition"] = ["event", "user"],
        ["StreakRule.usersMatchCondition"] = ["user"],
        ["StreakRule.freezeCostExpression"] = ["user", "streak"],
        ["LearningPathRule.usersMatchCondition"] = ["user", "activeAssignments"],
        ["LearningPathRule.learningPathsMatchCondition"] = ["user", "learningPath"],
        ["LearningPathRule.initialVisibilityCondition"] = ["learningPath", "index", "user"],
        ["LearningPathRule.eventMatchCondition"] = ["event", "user"],
        ["LearningPath.completionRule"] = ["items"],
        ["LearningPath.outcomeRule"] = ["items"],
        ["LearningPath.startRule"] = ["items"],
        ["LearningGroup.completionRule"] = ["items"],
        ["LearningGroup.outcomeRule"] = ["items"],
        ["LearningGroup.startRule"] = ["items"],
        ["RewardRule.matchCondition"] = ["event", "previousEvent", "user"],
        ["RewardRule.rewards.expression"] = ["event", "user"],
        ["HookMapping.items"] = ["body"],
        ["HookMapping.when"] = ["body", "item"],
        ["HookMapping.id"] = ["body", "item"],
        ["HookMapping.type"] = ["body", "item"],
        ["HookMapping.time"] = ["body", "item"],
        ["LearningMapping.when"] = ["event"],
        ["LearningMapping.value"] = ["event"],
        ["LearningMapping.answer"] = ["event"],
        ["LearningMapping.outcome"] = ["event"],
    }.ToFrozenDictionary(field => field.Key, IReadOnlySet<string> (field) => field.Value.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);
}

/// <summary>Checks an <see cref="Expression"/> property when it is saved; the name is a key of <see cref="ExpressionFields.Roots"/>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class ExpressionFieldAttribute(string field) : ValidationAttribute
{
    public string Field { get; } = field;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not Expression expression)
        {
            return ValidationResult.Success;
        }
        var problems = ExpressionCheck.Check(expression, ExpressionFields.Roots[Field]);
        return problems.Count == 0
            ? ValidationResult.Success
            : new(string.Join("; ", problems.Take(5).Select(problem => problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}")));
    }
}
