using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using AWorld.Expressions;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>
/// Makes events of a vendor's own JSON, by JsonLogic. Expressions see <c>body</c>, all that was sent, and <c>item</c>, the
/// one that becomes an event.
/// </summary>
/// <param name="Items">The list of which each becomes an event; null: the body is the only one.</param>
/// <param name="When">Which of them do; null: all.</param>
/// <param name="Data">By name of the event's data; what is null is left out.</param>
sealed record HookMapping(
    [property: ExpressionField("HookMapping.items")] Expression? Items,
    [property: ExpressionField("HookMapping.when")] Expression? When,
    [property: Required, ExpressionField("HookMapping.id")] Expression? Id,
    [property: Required, ExpressionField("HookMapping.type")] Expression? Type,
    [property: ExpressionField("HookMapping.time")] Expression? Time,
    [property: Required, MinLength(1), MaxLength(50, ErrorMessage = "must hold at most 50 fields")] IReadOnlyDictionary<string, Expression>? Data) : IChecked
{
    static readonly IReadOnlySet<string> Roots = ExpressionFields.Roots["HookMapping.id"];

    public void Check(Problems problems)
    {
        foreach (var (name, expression) in Data ?? new Dictionary<string, Expression>())
        {
            foreach (var problem in ExpressionCheck.Check(expression, Roots))
            {
                problems.When(true, $"data.{name}", problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}");
            }
        }
    }

    /// <summary>The events, or what is wrong with each; an error: there is no list to make them of.</summary>
    /// <param name="source">Of the events.</param>
    public Result<ReadEvent[]> Apply(string source, JsonElement body)
    {
        var items = new[] { body };
        if (Items is not null)
        {
            var list = Items.Evaluate(new Variables().Set("body", body));
            if (list.Kind != Expressions.ValueKind.List)
            {
                return Error.Invalid("mapping.items", list.Problem is { } problem ? $"cannot be computed: {problem}" : "gives no list");
            }
            items = [.. list.ToJson().EnumerateArray()];
            if (items.Length > SendEvents.MostEvents)
            {
                return Error.Invalid("mapping.items", $"gives {items.Length} items; at most {SendEvents.MostEvents} are taken");
            }
        }
        return items.Select(item => new Variables().Set("body", body).Set("item", item)).Where(variables => When?.Evaluate(variables).IsTruthy != false)
            .Select(variables => Make(source, variables)).ToArray();
    }

    ReadEvent Make(string source, Variables variables)
    {
        var problems = new Problems();
        var json = new Dictionary<string, JsonElement> { ["specversion"] = Json.Element("1.0"), ["source"] = Json.Element(source) };
        foreach (var (name, expression) in new[] { ("id", Id), ("type", Type), ("time", Time) })
        {
            if (Evaluate(expression, name) is { } value)
            {
                problems.When(value.ValueKind is JsonValueKind.Object or JsonValueKind.Array, $"mapping.{name}", "gives an object or a list; it must give text or a number");
                json[name] = value.ValueKind == JsonValueKind.String ? value : Json.Element(value.GetRawText());
            }
        }
        json["data"] = Json.Element(Data!.Select(one => (one.Key, Value: Evaluate(one.Value, $"data.{one.Key}"))).Where(static one => one.Value is not null).ToDictionary(static one => one.Key, static one => one.Value!.Value));
        return problems.Found.Count == 0 ? CloudEvents.Structured(Json.Element(json))
            : new(Error.Invalid(problems.Found), json.TryGetValue("id", out var id) ? id.GetString() : null, source);

        JsonElement? Evaluate(Expression? expression, string name)
        {
            var value = expression?.Evaluate(variables) ?? Value.Null;
            problems.When(value.IsError, $"mapping.{name}", $"cannot be computed: {value.Problem}");
            return value.IsError || value.Kind == Expressions.ValueKind.Null ? null : value.ToJson();
        }
    }
}
