using System.Globalization;
using System.Text.Json;

namespace AWorld.Expressions;

/// <summary>A compiled sub-expression.</summary>
delegate Value Node(ref Run run);

/// <summary>What <c>var</c> looks into: the variables, or inside the second operand of map, reduce, ... an item.</summary>
enum Scope { Root, Item, Reduction }

/// <summary>One evaluation: its data, and what is left of its budget.</summary>
ref struct Run(Variables variables, List<ExplainedStep>? trace = null)
{
    int steps = ExpressionLimits.Steps;

    public readonly List<ExplainedStep>? Trace = trace;
    public Scope Scope;
    public Value Item;
    public Value Accumulator;

    /// <summary>Why the evaluation stopped. Once set, loops end and whatever is still computed is thrown away.</summary>
    public string? Failure { get; private set; }

    public bool Spend(int cost)
    {
        if (Failure is not null)
        {
            return false;
        }
        steps -= cost;
        return steps >= 0 || Fail($"it takes more than {ExpressionLimits.Steps} steps");
    }

    /// <summary>Pays for looking through a value.</summary>
    public bool Read(in Value value) => value.Kind < ValueKind.Text || Spend(value.Weight);

    public bool Fail(string why)
    {
        Failure ??= why;
        return false;
    }

    public Value List(Value[] items)
    {
        var list = new MadeList(items);
        if (list.Weight > ExpressionLimits.Steps || list.Depth > ExpressionLimits.ListDepth)
        {
            Fail("it makes a list that is too large or too deep");
            return Value.Null;
        }
        return Spend(items.Length) ? Value.Of(list) : Value.Null;
    }

    public Value Text(string text)
    {
        if (text.Length > ExpressionLimits.TextLength)
        {
            Fail($"it makes a text of more than {ExpressionLimits.TextLength} characters");
            return Value.Null;
        }
        return Value.Of(text);
    }

    /// <summary>What <c>var</c> with no name is.</summary>
    public readonly Value All() => Scope switch
    {
        Scope.Root => Value.Of(variables.All()),
        Scope.Item => Item,
        _ => Value.Of(JsonElement.Parse($"{{\"current\":{Item},\"accumulator\":{Accumulator}}}")),
    };

    public bool Find(ReadOnlySpan<string> path, out Value value)
    {
        var next = 1;
        switch (Scope)
        {
            case Scope.Root when !variables.IsWhole:
                if (!variables.TryGet(path[0], out var root))
                {
                    value = default;
                    return false;
                }
                value = Take(root);
                break;
            case Scope.Reduction when path[0] is "current" or "accumulator":
                value = path[0] == "current" ? Item : Accumulator;
                break;
            case Scope.Reduction:
                value = default;
                return false;
            default:
                value = Scope == Scope.Item ? Item : Take(variables.All());
                next = 0;
                break;
        }
        for (; next < path.Length; next++)
        {
            if (!Descend(value, path[next], out value))
            {
                return false;
            }
        }
        return true;
    }

    bool Descend(in Value parent, string key, out Value child)
    {
        switch (parent.Kind)
        {
            case ValueKind.Object when Spend(1 + parent.Json.GetPropertyCount() / 8) && parent.Json.TryGetProperty(key, out var property):
                child = Take(property);
                return true;
            case ValueKind.List when key == "length":
                child = Value.Of(parent.Length);
                return true;
            case ValueKind.List when IsIndex(key, out var index) && index < parent.Length && Spend(1 + index / 8):
                child = parent.List is { } list ? list.Items[index] : Take(parent.Json[index]);
                return true;
            case ValueKind.Text when Read(parent):
                var text = parent.Text;
                if (key == "length")
                {
                    child = Value.Of(text.Length);
                    return true;
                }
                if (IsIndex(key, out var at) && at < text.Length)
                {
                    child = Value.Of(text[at].ToString());
                    return true;
                }
                break;
        }
        child = default;
        return false;
    }

    /// <summary>A number of the data may have a million digits.</summary>
    Value Take(JsonElement json) =>
        json.ValueKind != JsonValueKind.Number || Spend(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(json).Length / 32) ? Value.Of(json) : Value.Null;

    static bool IsIndex(string key, out int index) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out index) && (key.Length == 1 || key[0] != '0');
}
