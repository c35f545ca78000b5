using System.Text.Json;
using System.Text.Json.Nodes;
using AWorld.Leaderboards;

namespace AWorld.Tests.Leaderboards;

public sealed class LeaderboardQueryTests
{
    internal const string Example = """
        {
          "from": { "sources": [{ "table": "users", "alias": "u" }] },
          "with": [{
            "name": "earned",
            "query": {
              "from": {
                "sources": [{ "table": "virtual_transactions", "alias": "t" }],
                "where": { "and": [
                  { "==": [{ "var": "t.virtualCurrencyId" }, "points"] },
                  { "==": [{ "var": "t.direction" }, "CREDIT"] },
                  { "==": [{ "var": "t.state" }, "COMPLETED"] }
                ] }
              },
              "select": {
                "fields": [{ "source": "t.userId", "alias": "userId" }],
                "expressions": [{ "name": "total", "expression": { "sum": { "var": "t.amount" } } }]
              },
              "groupBy": { "columns": ["t.userId"] }
            },
            "join": { "type": "INNER", "on": { "==": [{ "var": "u.userId" }, { "var": "earned.userId" }] } }
          }],
          "select": {
            "fields": [{ "source": "u.userId", "alias": "entityId" }],
            "expressions": [{ "name": "score", "expression": { "var": "earned.total" } }]
          },
          "orderBy": {
            "expressions": [{ "expression": { "var": "score" }, "direction": "DESC" }],
            "window": { "function": "RANK", "alias": "rank" }
          }
        }
        """;

    static JsonElement Query(string path, string? json)
    {
        var query = JsonNode.Parse(Example)!;
        var steps = path.Split('.');
        var at = query;
        foreach (var step in steps[..^1])
        {
            at = int.TryParse(step, out var index) ? at![index] : at![step];
        }
        var value = json is null ? null : JsonNode.Parse(json);
        if (int.TryParse(steps[^1], out var last))
        {
            at![last] = value;
        }
        else
        {
            at![steps[^1]] = value;
        }
        return JsonSerializer.SerializeToElement(query);
    }

    [Fact]
    public void The_documented_query_is_understood() =>
        LeaderboardQuery.Parse(JsonElement.Parse(Example)).Value.ShouldBe(new LeaderboardPlan("points", EveryUser: false));

    [Theory]
    [InlineData("with.0.join.type", "\"LEFT\"")]
    [InlineData("select.expressions.0.expression", """{ "or": [{ "var": "earned.total" }, 0] }""")]
    [InlineData("orderBy", null)]
    [InlineData("orderBy.window", null)]
    [InlineData("from.where", "true")]
    [InlineData("orderBy.expressions.0.expression", "\"score\"")]
    [InlineData("with.0.query.select.expressions.0.expression", """{ "sum": [{ "var": "t.amount" }] }""")]
    [InlineData("with.0.query.from.where.and.0", """{ "===": ["points", { "var": "t.virtualCurrencyId" }] }""")]
    public void What_means_the_same_is_understood(string path, string? json)
    {
        var plan = LeaderboardQuery.Parse(Query(path, json));
        plan.Error.ShouldBeNull();
        plan.Value.VirtualCurrencyId.ShouldBe("points");
    }

    [Fact]
    public void A_left_join_ranks_every_user() =>
        LeaderboardQuery.Parse(Query("with.0.join.type", "\"LEFT\"")).Value.EveryUser.ShouldBeTrue();

    [Theory]
    [InlineData("from.where", """{ "==": [{ "var": "u.lang" }, "en"] }""", "query.from.where")]
    [InlineData("from.sources.0.table", "\"quizzes\"", "query.from.sources[0].table")]
    [InlineData("from.sources.0.joins", "[]", "query.from.sources[0].joins")]
    [InlineData("groupBy", """{ "columns": ["u.userId"] }""", "query.groupBy")]
    [InlineData("with", null, "query.with")]
    [InlineData("with.0.join.type", "\"RIGHT\"", "query.with[0].join.type")]
    [InlineData("with.0.join.on", "true", "query.with[0].join.on")]
    [InlineData("with.0.query.from.sources.0.table", "\"activity_logs\"", "query.with[0].query.from.sources[0].table")]
    [InlineData("with.0.query.from.where.and.1", """{ "==": [{ "var": "t.direction" }, "DEBIT"] }""", "query.with[0].query.from.where.and[1]")]
    [InlineData("with.0.query.from.where.and.2", """{ "==": [{ "var": "t.direction" }, "CREDIT"] }""", "query.with[0].query.from.where.and[2]")]
    [InlineData("with.0.query.from.where", """{ "==": [{ "var": "t.virtualCurrencyId" }, "points"] }""", "query.with[0].query.from.where")]
    [InlineData("with.0.query.select.expressions.0.expression", """{ "max": { "var": "t.amount" } }""", "query.with[0].query.select.expressions[0].expression")]
    [InlineData("with.0.query.groupBy", """{ "columns": ["t.state"] }""", "query.with[0].query.groupBy.columns[0]")]
    [InlineData("with.0.query.groupBy", null, "query.with[0].query.groupBy")]
    [InlineData("select.expressions.0.expression", """{ "*": [{ "var": "earned.total" }, 2] }""", "query.select.expressions[0].expression")]
    [InlineData("select.fields.0.source", "\"u.nickname\"", "query.select.fields[0].source")]
    [InlineData("orderBy.expressions.0.direction", "\"ASC\"", "query.orderBy.expressions[0].direction")]
    [InlineData("orderBy.window.function", "\"DENSE_RANK\"", "query.orderBy.window.function")]
    public void What_is_not_supported_is_refused_at_its_place(string path, string? json, string field)
    {
        var error = LeaderboardQuery.Parse(Query(path, json)).Error!;
        error.Status.ShouldBe(400);
        error.Details!.Select(detail => detail.Field).ShouldContain(field);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{ "from": 3, "with": [4], "select": { "fields": [5], "expressions": "x" } }""")]
    [InlineData("""{ "from": { "sources": [{ "table": "users", "alias": "u" }] }, "with": [{ "name": "x", "query": [], "join": [] }], "select": {} }""")]
    public void Any_other_json_is_refused(string json) => LeaderboardQuery.Parse(JsonElement.Parse(json)).Error!.Status.ShouldBe(400);
}
