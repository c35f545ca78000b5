using System.Diagnostics;
using System.Text.Json;
using AWorld.Expressions;

namespace AWorld.Tests.Expressions;

public sealed class ExpressionLimitsTests(ITestOutputHelper output)
{
    static string Nest(int depth) => depth == 0 ? "1" : $$"""{"!": [{{Nest(depth - 1)}}]}""";

    static string? ProblemOf(string expression) => ExpressionCheck.Check(Expression.Parse(expression)) is [var first, ..] ? first.Message : null;

    [Fact]
    public void Depth_is_refused_when_saved()
    {
        ProblemOf(Nest(ExpressionLimits.Depth - 1)).ShouldBeNull();
        ProblemOf(Nest(ExpressionLimits.Depth)).ShouldBe($"nests more than {ExpressionLimits.Depth} deep");
    }

    [Fact]
    public void The_number_of_parts_is_refused_when_saved()
    {
        ProblemOf($"[{string.Join(",", Enumerable.Repeat("1", ExpressionLimits.Nodes - 1))}]").ShouldBeNull();
        ProblemOf($"[{string.Join(",", Enumerable.Repeat("1", ExpressionLimits.Nodes))}]").ShouldBe($"has more than {ExpressionLimits.Nodes} parts");
    }

    [Fact]
    public void The_size_is_refused_when_saved()
    {
        ProblemOf($"\"{new string('x', ExpressionLimits.SourceBytes - 2)}\"").ShouldBeNull();
        ProblemOf($"\"{new string('x', ExpressionLimits.SourceBytes)}\"").ShouldBe($"is longer than {ExpressionLimits.SourceBytes} characters");
    }

    [Theory]
    [InlineData("""{"Math.pow": [10, 400]}""", "Math.pow")]
    [InlineData("""{"if": [{"var": "event"}, {"Math.exp": 1000}, 1]}""", "Math.exp")]
    [InlineData("""{"Math.log": 0}""", "Math.log")]
    public void A_number_that_is_always_too_large_is_refused_when_saved(string expression, string operation)
    {
        ProblemOf(expression).ShouldBe($"'{operation}' is always infinite here: the number is too large");
        ProblemOf("""{"Math.pow": [{"var": "event.value"}, 400]}""").ShouldBeNull();
    }

    const string Ten = "[1,2,3,4,5,6,7,8,9,10]";

    [Fact]
    public void A_loop_over_constants_that_costs_too_much_is_refused_when_saved()
    {
        var hostile = Ten;
        for (var i = 0; i < 5; i++)
        {
            hostile = $$"""{"map": [{{Ten}}, {{hostile}}]}""";
        }
        ProblemOf(hostile).ShouldNotBeNull().ShouldContain("it ");
    }

    public static TheoryData<string> Hostile() =>
    [
        // nested loops
        """{"map": [{"var": "n"}, {"map": [[1,2,3,4,5,6,7,8,9,10], {"map": [[1,2,3,4,5,6,7,8,9,10], {"map": [[1,2,3,4,5,6,7,8,9,10], {"var": ""}]}]}]}]}""",
        """{"reduce": [{"var": "n"}, {"reduce": [{"var": "accumulator"}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 0]}, {"var": "n"}]}""",
        """{"all": [{"var": "n"}, {"all": [{"merge": [[1,2,3,4,5,6,7,8,9,10], [1,2,3,4,5,6,7,8,9,10]]}, {"all": [{"merge": [[1,2,3,4,5,6,7,8,9,10], [1,2,3,4,5,6,7,8,9,10]]}, true]}]}]}""",
        // growth
        """{"reduce": [{"var": "n"}, {"cat": [{"var": "accumulator"}, {"var": "accumulator"}]}, "xxxxxxxxxx"]}""",
        """{"reduce": [{"var": "n"}, {"merge": [{"var": "accumulator"}, {"var": "accumulator"}]}, [1, 2]]}""",
        """{"reduce": [{"var": "n"}, [{"var": "accumulator"}, {"var": "accumulator"}], 1]}""",
        """{"reduce": [{"var": "n"}, [{"var": "accumulator"}], 1]}""",
        """{"map": [{"var": "n"}, {"var": "big"}]}""",
        // long data
        """{"in": [{"var": "text"}, {"var": "text"}]}""",
        """{"<": [{"var": "text"}, {"cat": [{"var": "text"}, "x"]}]}""",
        """{"==": [{"var": "big"}, "x"]}""",
        """{"+": [{"var": "digits"}, 1]}""",
        """{"some": [{"var": "big"}, {"in": ["zzz", {"var": "text"}]}]}""",
        """{"map": [{"var": "n"}, {"missing": [{"var": "x"}, {"var": "y"}]}]}""",
        """{"var": "text.length"}""",
        """{"var": {"var": "text"}}""",
        """{"missing": {"var": "big"}}""",
        """{"substr": [{"var": "text"}, 1]}""",
        """{"Date.year": {"var": "text"}}""",
        """{"map": [{"var": "n"}, {"Date.week": ["2026-03-29", "Europe/Rome"]}]}""",
        """{"map": [{"var": "n"}, {"Math.pow": [2, {"var": ""}]}]}""",
    ];

    static readonly JsonElement Worst = JsonElement.Parse(
        $$"""
        {"n": [{{string.Join(",", Enumerable.Range(1, 2_000))}}], "text": "{{new string('a', 2_000_000)}}",
         "big": [{{string.Join(",", Enumerable.Repeat("""{"a": [1, 2, {"b": "ccc"}]}""", 20_000))}}], "digits": {{new string('7', 500_000)}}}
        """);

    [Theory]
    [MemberData(nameof(Hostile))]
    public void The_worst_expression_on_the_worst_data_ends_within_its_bounds(string expression)
    {
        var hostile = Expression.Parse(expression);
        ExpressionCheck.Check(hostile).ShouldBeEmpty();
        var variables = Variables.Of(Worst);
        // For the record, and in optimised builds: the least of many is the expression's own cost.
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < 40; i++)
        {
            var start = Stopwatch.GetTimestamp();
            hostile.Evaluate(variables);
            var took = Stopwatch.GetElapsedTime(start);
            least = took < least ? took : least;
        }
        output.WriteLine($"{least.TotalMicroseconds:0} µs, {hostile.Evaluate(variables).Problem ?? "a value"}");
        hostile.Evaluate(variables).ToString().Length.ShouldBeLessThan(1_000_000);
        if (hostile.Evaluate(variables).Problem is { } problem)
        {
            problem.ShouldMatch("^it (takes more than|makes a)");
        }
    }

    [Fact]
    public void A_hostile_expression_is_refused_after_a_bounded_number_of_problems()
    {
        var loops = string.Join(",", Enumerable.Range(0, 60).Select(i => $$"""{"map": [{{Ten}}, {"map": [{{Ten}}, {"map": [[{{i}},2,3,4], {"cat": [{"var": ""}, "x"]}]}]}]}"""));
        ExpressionCheck.Check(Expression.Parse(JsonElement.Parse($"[{loops}]"))).Count.ShouldBeInRange(1, 60);
    }

    [Fact]
    public void An_evaluation_over_its_bounds_says_so()
    {
        var value = Expression.Parse("""{"none": [{"var": "n"}, {"some": [{"merge": [{"var": ""}, [1, 2, 3]]}, {"<": [{"var": ""}, 0]}]}]}""").Evaluate(Variables.Of(Worst));
        value.Problem.ShouldBe($"it takes more than {ExpressionLimits.Steps} steps");
        value.IsTruthy.ShouldBeFalse();
        value.AsAmount().ShouldBeNull();
        double.IsNaN(value.AsNumber()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("""{"+": [1, 2]}""")]
    [InlineData("""{"===": [{"var": "event.outcome"}, "SUCCESS"]}""")]
    [InlineData("""{"==": [{"var": "event.outcome"}, {"var": "event.same"}]}""")]
    [InlineData("""{"and": [{">=": [{"var": "event.value"}, 40]}, {"<": [0, {"var": "event.value"}, 100]}]}""")]
    [InlineData("""{"if": [{">": [{"var": "event.value"}, 80]}, {"*": [{"var": "event.value"}, 2]}, 1]}""")]
    [InlineData("""{"max": [{"var": "event.value"}, 10]}""")]
    [InlineData("""{"in": [{"var": "event.outcome"}, ["SUCCESS", "FAILURE"]]}""")]
    public void Constants_and_simple_conditions_do_not_allocate(string expression)
    {
        var compiled = Expression.Parse(expression);
        var variables = new Variables().Set("event", JsonElement.Parse("""{"outcome": "SUCCESS", "same": "SUCCESS", "value": 55}"""));
        compiled.Evaluate(variables).IsTruthy.ShouldBeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            compiled.Evaluate(variables);
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void A_lazy_variable_is_made_once_and_only_when_asked_for()
    {
        var made = 0;
        var variables = new Variables().Set("user", () => { made++; return JsonElement.Parse("""{"level": 3}"""); });
        Expression.Parse("1").Evaluate(variables);
        made.ShouldBe(0);
        Expression.Parse("""{"+": [{"var": "user.level"}, {"var": "user.level"}]}""").Evaluate(variables).AsAmount().ShouldBe(6);
        Expression.Parse("""{"var": "user.level"}""").Evaluate(variables);
        made.ShouldBe(1);
        variables.Set("user", JsonElement.Parse("""{"level": 9}"""));
        Expression.Parse("""{"var": "user.level"}""").Evaluate(variables).AsAmount().ShouldBe(9);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("\"2.5\"", "2.5")]
    [InlineData("\" \"", "0")]
    [InlineData("true", "1")]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    [InlineData("\"x\"", null)]
    [InlineData("1e300", null)]
    [InlineData("""{"/": [1, 0]}""", null)]
    [InlineData("""{"+": [0.1, 0.2]}""", "0.3")]
    public void An_amount_is_a_number_that_a_ledger_can_hold(string expression, string? amount)
    {
        var value = Expression.Parse(expression).Evaluate(Variables.None);
        value.AsAmount().ShouldBe(amount is null ? null : decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
        value.AsIncrement().ShouldBe(value.AsAmount() ?? 1);
    }
}
