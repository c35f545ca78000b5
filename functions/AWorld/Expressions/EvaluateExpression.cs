using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Expressions;

/// <summary>Tries an expression on sample data and tells how it came to its result.</summary>
static class EvaluateExpression
{
    /// <param name="Field">The field it is meant for, such as <c>RewardRule.matchCondition</c>: checks the variables it names.</param>
    /// <param name="Data">The variables, such as <c>{"event": {...}, "user": {...}}</c>.</param>
    public sealed record EvaluateExpressionRequest(Expression? Expression, [property: Text(100)] string? Field, JsonElement? Data);

    /// <param name="Amount">What a reward of this value pays; null: nothing.</param>
    /// <param name="Increment">What a mission of this increment counts.</param>
    /// <param name="Steps">The value of each part that was evaluated, operands first.</param>
    /// <param name="Problem">Why there is no result; then type is ERROR.</param>
    public sealed record EvaluateExpressionResponse(
        JsonElement Result, ValueKind Type, bool Truthy,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? Amount,
        decimal Increment, IReadOnlyList<ExplainedStep> Steps,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Problem);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/dashboard/v1/expressions/evaluate", Handle)
        .Operation("expressions/evaluate")
        .Requires(Permission.EvaluateExpressions)
        .Produces<EvaluateExpressionResponse>();

    static IResult Handle(Body<EvaluateExpressionRequest> body) => Evaluate(body.Value).Respond(response => Answer.Ok(response));

    internal static Result<EvaluateExpressionResponse> Evaluate(EvaluateExpressionRequest request)
    {
        if (request.Field is { } field && !ExpressionFields.Roots.ContainsKey(field))
        {
            return Error.Invalid("field", $"must be one of {string.Join(", ", ExpressionFields.Roots.Keys.Order(StringComparer.Ordinal))}");
        }
        var expression = request.Expression ?? Expression.Null;
        var problems = ExpressionCheck.Check(expression, request.Field is null ? null : ExpressionFields.Roots[request.Field]);
        if (problems.Count > 0)
        {
            return Error.Invalid([.. problems.Select(problem => new FieldError(problem.Path.Length == 0 ? "expression" : $"expression.{problem.Path}", problem.Message))]);
        }
        var (result, steps) = expression.Explain(request.Data is { } data ? Variables.Of(data) : Variables.None);
        return new EvaluateExpressionResponse(result.ToJson(), result.Kind, result.IsTruthy, result.AsAmount(), result.AsIncrement(), steps, result.Problem);
    }
}
