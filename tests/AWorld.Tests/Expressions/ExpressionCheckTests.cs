using System.Text.Json;
using AWorld.Expressions;
using AWorld.Platform;

namespace AWorld.Tests.Expressions;

public sealed class ExpressionCheckTests
{
    static readonly IReadOnlySet<string> EventAndUser = ExpressionFields.Roots["MissionRule.eventMatchCondition"];

    [Theory]
    [InlineData("""{"and": [true, {">": [{"var": "evnt.value"}, 1]}]}""", "and[1].>[0].var", "unknown variable 'evnt'; known here: event, user")]
    [InlineData("""{"and": [true, {"~": [1, 2]}]}""", "and[1].~", "'~' is not an operation")]
    [InlineData("""{"log": "x"}""", "log", "'log' is not an operation")]
    [InlineData("""{"method": [{"var": "event"}, "toString"]}""", "method", "'method' is not an operation")]
    [InlineData("""{"Math.random": []}""", "Math.random", "'Math.random' is not an operation")]
    [InlineData("""{"Date.now": []}""", "Date.now", "'Date.now' is not an operation")]
    [InlineData("""{"==": [1]}""", "==", "'==' takes 2 operands, not 1")]
    [InlineData("""{">": [1, 2, 3]}""", ">", "'>' takes 2 operands, not 3")]
    [InlineData("""{"<": [1, 2, 3, 4]}""", "<", "'<' takes 2 to 3 operands, not 4")]
    [InlineData("""{"and": []}""", "and", "'and' takes 1 or more operands, not 0")]
    [InlineData("""{"!": [true, false]}""", "!", "'!' takes 1 operand, not 2")]
    [InlineData("""{"var": ["user.level", {"var": "level"}]}""", "var[1].var", "unknown variable 'level'; known here: event, user")]
    [InlineData("""{"missing": ["event.value", "value"]}""", "missing[1]", "unknown variable 'value'; known here: event, user")]
    [InlineData("""{"missing_some": [1, ["event.a", "b"]]}""", "missing_some[1]", "unknown variable 'b'; known here: event, user")]
    [InlineData("""{"reduce": [{"var": "event.tags"}, {"+": [{"var": "accumulator"}, {"var": "event.value"}]}, 0]}""", "reduce[1].+[1].var", "'event' is not known here; the second operand of reduce sees current and accumulator")]
    [InlineData("""{">": [{"var": "event.value"}, 1], "<": [{"var": "event.value"}, 5]}""", "", "has several operations in one object; join them with and")]
    [InlineData("""{"Date.hour": [{"var": "event.completedAt"}, "Europe/Roma"]}""", "Date.hour", "\"Europe/Roma\" is no IANA time zone")]
    [InlineData("""{"Date.diff": [{"var": "event.a"}, {"var": "event.b"}, "fortnights"]}""", "Date.diff", "\"fortnights\" is no unit; take one of seconds, minutes, hours, days, weeks, months, years")]
    public void A_problem_names_its_place(string expression, string path, string message)
    {
        var problem = ExpressionCheck.Check(Expression.Parse(expression), EventAndUser).ShouldHaveSingleItem();
        problem.ShouldBe(new ExpressionProblem(path, message));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("""{"var": "event.value"}""")]
    [InlineData("""{"var": ""}""")]
    [InlineData("""{"var": {"cat": ["event.", "value"]}}""")]
    [InlineData("""{"some": [{"var": "event.tags"}, {"==": [{"var": "name"}, "x"]}]}""")]
    [InlineData("""{"map": [{"var": "event.tags"}, {"missing": ["id", "name"]}]}""")]
    [InlineData("""{"reduce": [{"var": "event.tags"}, {"+": [{"var": "accumulator"}, {"var": "current.weight"}]}, {"var": "user.level"}]}""")]
    [InlineData("""{"var": ["event.value", 1]}""")]
    [InlineData("""{"min": 1, "of": 2}""")]
    public void A_good_expression_has_no_problems(string expression) =>
        ExpressionCheck.Check(Expression.Parse(expression), EventAndUser).ShouldBeEmpty();

    [Fact]
    public void All_problems_are_told_up_to_a_limit()
    {
        ExpressionCheck.Check(Expression.Parse("""{"or": [{"x": 1}, {"var": "y"}, {"==": 1}]}"""), EventAndUser).Select(problem => problem.Path)
            .ShouldBe(["or[0].x", "or[2].==", "or[1].var"], ignoreOrder: true);
        var many = $"[{string.Join(",", Enumerable.Repeat("""{"x": 1}""", 100))}]";
        ExpressionCheck.Check(Expression.Parse(many), EventAndUser).Count.ShouldBe(ExpressionLimits.Problems);
    }

    [Fact]
    public void The_roots_are_those_named_outside_of_bodies() =>
        Expression.Parse("""{"and": [{"var": "event.value"}, {"missing": ["user.name"]}, {"map": [{"var": "mission.list"}, {"var": "inner"}]}]}""")
            .Roots.ShouldBe(["event", "user", "mission"], ignoreOrder: true);

    [Fact]
    public void Every_field_of_the_domain_has_its_roots()
    {
        ExpressionFields.Roots["RewardRule.matchCondition"].ShouldBe(["event", "previousEvent", "user"], ignoreOrder: true);
        ExpressionFields.Roots.Count.ShouldBe(30);
    }

    [Fact]
    public void Equal_json_is_the_same_expression_whatever_its_white_space()
    {
        var one = Expression.Parse("""{ "+" : [ 1 , {"var":"a"} ] }""");
        var two = JsonSerializer.Deserialize<Expression>("""{"+":[1,{"var":"a"}]}""", Json.Options);
        one.ShouldBeSameAs(two);
        one.ShouldNotBe(Expression.Parse("""{"+":[1,{"var":"b"}]}"""));
        JsonSerializer.Serialize(one, Json.Options).ShouldBe("""{"+":[1,{"var":"a"}]}""");
    }

    [Fact]
    public void A_bad_expression_can_be_read_and_written_and_evaluates_to_an_error()
    {
        var bad = Expression.Parse("""{"and":[{"nope":1}]}""");
        bad.Source.ShouldBe("""{"and":[{"nope":1}]}""");
        var value = bad.Evaluate(Variables.None);
        (value.IsError, value.IsTruthy, value.AsAmount(), value.AsIncrement()).ShouldBe((true, false, null, 1m));
        value.Problem.ShouldBe("at and[0].nope: 'nope' is not an operation");
    }

    [Fact]
    public void Text_that_is_not_unicode_is_refused_as_json() =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Expression>("""{"cat":["\ud800"]}""", Json.Options));
}
