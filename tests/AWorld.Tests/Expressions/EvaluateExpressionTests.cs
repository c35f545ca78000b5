using System.Text.Json;

namespace AWorld.Tests.Expressions;

public sealed class EvaluateExpressionTests
{
    const string Path = "/dashboard/v1/expressions/evaluate";

    [Fact]
    public async Task An_expression_is_tried_on_sample_data_and_explained()
    {
        await using var platform = await TestPlatform.Start();
        var answer = await platform.Dashboard().Post(Path, """
            { "expression": {"if": [{">=": [{"var": "event.value"}, 40]}, {"*": [{"var": "event.value"}, 2]}, 0]},
              "field": "RewardRule.rewards.expression", "data": { "event": { "value": 45 } } }
            """);
        answer.Number("result").ShouldBe(90);
        answer.Text("type").ShouldBe("NUMBER");
        answer.Flag("truthy").ShouldBeTrue();
        answer.Number("amount").ShouldBe(90);
        answer.At("problem").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.Items("steps").Select(step => $"{step.Text("path")} = {step.At("value")}").ShouldBe(
            ["if[0].>=[0].var = 45", "if[0].>= = True", "if[1].*[0].var = 45", "if[1].* = 90", "if = 90"]);
        answer.Items("steps")[1].At("expression").GetRawText().ShouldBe("""{">=":[{"var":"event.value"},40]}""");
    }

    [Fact]
    public async Task What_gives_no_number_pays_nothing_and_counts_as_one()
    {
        await using var platform = await TestPlatform.Start();
        var answer = await platform.Dashboard().Post(Path, """{ "expression": {"var": "event.value"} }""");
        answer.At("result").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.At("amount").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.Number("increment").ShouldBe(1);
    }

    [Theory]
    [InlineData("""{ "expression": {"and": [1, {"?": 2}]} }""", "expression.and[1].?")]
    [InlineData("""{ "expression": {"var": "previousEvent.x"}, "field": "MissionRule.eventMatchCondition" }""", "expression.var")]
    [InlineData("""{ "expression": 1, "field": "MissionRule.name" }""", "field")]
    [InlineData("""{ "expression": {"cat": ["\ud800"]} }""", "expression.cat[0]")]
    public async Task A_bad_expression_is_refused_by_its_place(string body, string field)
    {
        await using var platform = await TestPlatform.Start();
        var refusal = await platform.Dashboard().Refused(400, HttpMethod.Post, Path, body);
        refusal.Code.ShouldBe("validation/invalid_input");
        refusal.Fields.ShouldBe([field], refusal.Message);
    }

    [Fact]
    public async Task An_evaluation_that_costs_too_much_says_so()
    {
        await using var platform = await TestPlatform.Start();
        var answer = await platform.Dashboard().Post(Path, $$"""
            { "expression": {"reduce": [{"var": "n"}, {"cat": [{"var": "accumulator"}, {"var": "accumulator"}]}, "xx"]}, "data": { "n": [{{string.Join(",", Enumerable.Range(0, 100))}}] } }
            """);
        answer.Text("type").ShouldBe("ERROR");
        answer.Text("problem").ShouldContain("text of more than");
    }
}
