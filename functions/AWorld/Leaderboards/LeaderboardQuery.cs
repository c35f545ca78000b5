using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Leaderboards;

/// <summary>What a board ranks: the sum of the credits of one currency that were completed within its period.</summary>
/// <param name="EveryUser">A user without such credits is ranked with 0 (LEFT join) or not at all (INNER join).</param>
public sealed record LeaderboardPlan(string VirtualCurrencyId, bool EveryUser);

/// <summary>
/// Reads the declarative query of a leaderboard configuration (docs/leaderboards.md). What it cannot run it refuses
/// with the place in the query, so that no board ever ranks something else than was asked.
/// </summary>
static class LeaderboardQuery
{
    internal const string Supported = "supported is: users joined with one sum of virtual_transactions.amount per user";

    public static Result<LeaderboardPlan> Parse(JsonElement query, string path = "query")
    {
        var problems = new List<FieldError>();
        var plan = Root(new(query, path, problems));
        return problems.Count == 0 && plan is not null ? plan : Error.Invalid(problems);
    }

    static LeaderboardPlan? Root(QueryNode query)
    {
        if (query.Value.ValueKind != JsonValueKind.Object)
        {
            query.Refuse("must be an object");
            return null;
        }
        query.Forbid("groupBy");
        query.Forbid("limit");
        var users = Users(query);
        var totals = query.One("with");
        if (users is null || totals is not { } with)
        {
            Select(query, users, null, null);
            return null;
        }
        var name = with.NeedName("name");
        var (total, userColumn, currency) = with.Need("query") is { } inner ? Aggregation(inner) : default;
        var every = Join(with, users, name, userColumn);
        Select(query, users, name, total);
        Order(query, name, total);
        return currency is not null && every is not null ? new(currency, every.Value) : null;
    }

    /// <summary>The alias of the users.</summary>
    static string? Users(QueryNode query)
    {
        if (query.Need("from") is not { } from)
        {
            return null;
        }
        if (from["where"] is { Value.ValueKind: not JsonValueKind.True } where)
        {
            where.Refuse("is not supported: all users of the workspace are eligible; leave it out");
        }
        return from.One("sources") is { } source && Table(source, "users") ? source.NeedName("alias") : null;
    }

    static bool Table(QueryNode source, string table)
    {
        source.Forbid("joins");
        return source.Is("table", table);
    }

    /// <summary>The names under which the total and its user are selected, and whose credits are summed.</summary>
    static (string? Total, string? UserColumn, string? Currency) Aggregation(QueryNode query)
    {
        query.Forbid("orderBy");
        if (query.Need("from") is not { } from || from.One("sources") is not { } source || !Table(source, "virtual_transactions") || source.NeedName("alias") is not { } alias)
        {
            return default;
        }
        var currency = from.Need("where") is { } where ? Conditions(where, alias) : null;
        var column = $"{alias}.userId";
        if (query.Need("groupBy")?.One("columns") is { } grouped && grouped.Text != column)
        {
            grouped.Refuse($"must be {column}; {Supported}");
        }
        if (query.Need("select") is not { } select)
        {
            return default;
        }
        string? userColumn = null;
        if (select.One("fields") is { } field && field.Is("source", column))
        {
            userColumn = field["alias"] is { } named ? named.AsName() : "userId";
        }
        string? total = null;
        if (select.One("expressions") is { } expression && expression.Need("expression") is { } sum)
        {
            total = expression.NeedName("name");
            if (sum.Call("sum") is not [var summed] || !summed.IsVariable($"{alias}.amount"))
            {
                sum.Refuse($"must be {{ \"sum\": {{ \"var\": \"{alias}.amount\" }} }}; {Supported}");
            }
        }
        return (total, userColumn, currency);
    }

    /// <summary>The currency, from an "and" of three equalities in any order: one currency, direction CREDIT, state COMPLETED.</summary>
    static string? Conditions(QueryNode where, string alias)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var condition in where.Call("and") ?? [where])
        {
            if (Equality(condition) is not var (name, value)
                || name != $"{alias}.virtualCurrencyId" && (name != $"{alias}.direction" || value != "CREDIT") && (name != $"{alias}.state" || value != "COMPLETED")
                || !found.TryAdd(name, value))
            {
                condition.Refuse($"must compare {alias}.virtualCurrencyId with one currency, {alias}.direction with CREDIT or {alias}.state with COMPLETED, each once; {Supported}");
                return null;
            }
        }
        if (found.Count < 3)
        {
            where.Refuse($"must be an and of three equalities, on {alias}.virtualCurrencyId, {alias}.direction (CREDIT) and {alias}.state (COMPLETED)");
            return null;
        }
        return found[$"{alias}.virtualCurrencyId"];
    }

    /// <summary>The variable and the text that an equality compares, in either order.</summary>
    static (string Variable, string Text)? Equality(QueryNode condition)
    {
        if ((condition.Call("==") ?? condition.Call("===")) is not [var left, var right])
        {
            return null;
        }
        var (variable, constant) = left.Text is null ? (left, right) : (right, left);
        return variable.Call("var") is [{ Text: { } name }, ..] && constant.Text is { } text ? (name, text) : null;
    }

    /// <summary>Whether every user is ranked.</summary>
    static bool? Join(QueryNode with, string users, string? name, string? userColumn)
    {
        if (with.Need("join") is not { } join)
        {
            return null;
        }
        if (join.Need("on") is { } on && name is not null && userColumn is not null
            && !((on.Call("==") ?? on.Call("===")) is [var left, var right]
                && (left.IsVariable($"{users}.userId") && right.IsVariable($"{name}.{userColumn}") || right.IsVariable($"{users}.userId") && left.IsVariable($"{name}.{userColumn}"))))
        {
            on.Refuse($"must be {{ \"==\": [{{ \"var\": \"{users}.userId\" }}, {{ \"var\": \"{name}.{userColumn}\" }}] }}");
        }
        return join.Is("type", "LEFT", "INNER") ? join["type"]?.Text == "LEFT" : null;
    }

    static void Select(QueryNode query, string? users, string? name, string? total)
    {
        if (query.Need("select") is not { } select)
        {
            return;
        }
        if (select.One("fields") is { } field && users is not null)
        {
            field.Is("source", $"{users}.userId");
            field.Is("alias", "entityId");
        }
        if (select.One("expressions") is { } expression)
        {
            expression.Is("name", "score");
            if (expression.Need("expression") is { } score && name is not null && total is not null && !IsTotal(score, name, total))
            {
                score.Refuse($"must be {{ \"var\": \"{name}.{total}\" }}, alone or in an \"or\" with 0");
            }
        }
    }

    static bool IsTotal(QueryNode expression, string name, string total) =>
        expression.IsVariable($"{name}.{total}")
        || expression.Call("or") is [var first, { Value.ValueKind: JsonValueKind.Number } otherwise] && first.IsVariable($"{name}.{total}")
            && otherwise.Value.TryGetDecimal(out var number) && number == 0;

    static void Order(QueryNode query, string? name, string? total)
    {
        if (query["orderBy"] is not { } order)
        {
            return;
        }
        if (order.One("expressions") is { } by)
        {
            by.Is("direction", "DESC");
            if (by["expression"] is { } expression && expression.Text != "score" && !expression.IsVariable("score")
                && (name is null || total is null || !IsTotal(expression, name, total)))
            {
                expression.Refuse("must be the score");
            }
        }
        if (order["window"] is { } window)
        {
            window.Is("function", "RANK");
        }
    }
}
