using System.Text.Json;

namespace AWorld.Expressions;

/// <summary>What is wrong with an expression, and where: <c>and[1].>[0].var</c> is the first operand of the second operand of <c>and</c>.</summary>
public sealed record ExpressionProblem(string Path, string Message);

/// <summary>One evaluated sub-expression of an explanation.</summary>
/// <param name="Value">Missing when it is too long to show.</param>
public sealed record ExplainedStep(string Path, JsonElement Expression, JsonElement? Value);

/// <param name="References">Where the variables are named, by the first part of their name.</param>
sealed record Compiled(Node Node, IReadOnlyList<ExpressionProblem> Problems, IReadOnlyList<(string Path, string Root)> References);

/// <summary>Makes delegates of an expression, folding what is constant, and finds what is wrong with it on the way.</summary>
/// <param name="tracing">Records each sub-expression's value in the run, and folds nothing.</param>
ref struct Compiler(bool tracing)
{
    readonly List<ExpressionProblem> problems = [];
    readonly List<(string, string)> references = [];
    Run folding = new(Variables.None);
    int nodes;

    public static Compiled Compile(JsonElement json, bool tracing = false)
    {
        var compiler = new Compiler(tracing);
        var operand = compiler.Visit(json, "", Scope.Root, 1);
        return new(operand.Node, compiler.problems, compiler.references);
    }

    Operand Visit(JsonElement json, string path, Scope scope, int depth)
    {
        if (depth > ExpressionLimits.Depth)
        {
            return Refuse(path, $"nests more than {ExpressionLimits.Depth} deep");
        }
        if (++nodes > ExpressionLimits.Nodes)
        {
            return Refuse(path, $"has more than {ExpressionLimits.Nodes} parts");
        }
        return json.ValueKind switch
        {
            JsonValueKind.Object when json.GetPropertyCount() == 1 => Operation(json, path, scope, depth),
            JsonValueKind.Object when IsForgottenAnd(json) => Refuse(path, "has several operations in one object; join them with and"),
            JsonValueKind.Array => Traced(List(json, path, scope, depth), json, path),
            _ => Literal(Value.Of(json)),
        };
    }

    Operand Operation(JsonElement json, string parent, Scope scope, int depth)
    {
        var property = json.EnumerateObject().First();
        var path = parent.Length == 0 ? property.Name : $"{parent}.{property.Name}";
        if (!Operators.All.TryGetValue(property.Name, out var operation))
        {
            return Refuse(path, $"'{property.Name}' is not an operation");
        }
        var written = property.Value.ValueKind == JsonValueKind.Array;
        var count = written ? property.Value.GetArrayLength() : 1;
        if (count < operation.Least || count > operation.Most)
        {
            return Refuse(path, $"'{property.Name}' takes {Takes(operation)}, not {count}");
        }
        var operands = new Operand[count];
        for (var i = 0; i < count; i++)
        {
            var inner = i == 1 && operation.Body != Scope.Root ? operation.Body : scope;
            operands[i] = Visit(written ? property.Value[i] : property.Value, written ? $"{path}[{i}]" : path, inner, depth + 1);
            if (nodes > ExpressionLimits.Nodes)
            {
                return operands[i];
            }
        }
        if (operation.ReadsVariables)
        {
            Reference(property.Name, operands, path, written, scope);
        }
        if (operation.Check?.Invoke(operands) is { } wrong)
        {
            return Refuse(path, wrong);
        }
        var size = 1 + operands.Sum(operand => operand.Size);
        var isFree = !operation.ReadsVariables && operands.Where((_, i) => i != 1 || operation.Body == Scope.Root).All(operand => operand.Constant is not null);
        return Traced(Fold(new(operation.Build(operands), size, null), isFree, property.Name, path), json, path);
    }

    Operand List(JsonElement json, string path, Scope scope, int depth)
    {
        var items = new Operand[json.GetArrayLength()];
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            items[index] = Visit(item, $"{path}[{index}]", scope, depth + 1);
            if (nodes > ExpressionLimits.Nodes)
            {
                return items[index];
            }
            index++;
        }
        if (items.All(item => item.Constant is not null) && !tracing)
        {
            return Literal(Value.Of(new MadeList(Array.ConvertAll(items, item => item.Constant!.Value))));
        }
        var nodesOfItems = Array.ConvertAll(items, item => item.Node);
        Node make = (ref Run run) =>
        {
            var made = new Value[nodesOfItems.Length];
            for (var i = 0; i < made.Length; i++)
            {
                made[i] = nodesOfItems[i](ref run);
            }
            return run.List(made);
        };
        return new(make, 1 + items.Sum(item => item.Size), null);
    }

    /// <summary>All folding of an expression shares one budget, so that refusing a hostile one is cheap too.</summary>
    Operand Fold(Operand operand, bool isFree, string operation, string path)
    {
        if (!isFree || tracing || folding.Failure is not null)
        {
            return operand;
        }
        var value = operand.Node(ref folding);
        return folding.Failure is { } why ? Refuse(path, why)
            // JsonLogic's own operators may give infinity on the way to something else; nobody writes Math.pow(10, 400) meaning it.
            : value.Kind == ValueKind.Number && double.IsInfinity(value.AsNumber()) && operation.StartsWith("Math.", StringComparison.Ordinal) ? Refuse(path, $"'{operation}' is always infinite here: the number is too large")
            : Literal(value);
    }

    readonly Operand Traced(Operand operand, JsonElement json, string path)
    {
        if (!tracing)
        {
            return operand;
        }
        var node = operand.Node;
        return operand with
        {
            Node = (ref Run run) =>
            {
                var value = node(ref run);
                if (run.Trace is { Count: < ExpressionLimits.ExplainedSteps } trace)
                {
                    trace.Add(new(path, json, value.Weight <= ExpressionLimits.ExplainedWeight ? value.ToJson() : null));
                }
                return value;
            },
        };
    }

    readonly void Reference(string operation, Operand[] operands, string path, bool written, Scope scope)
    {
        var names = operation switch
        {
            "var" => operands.Take(1),
            "missing_some" => operands.Skip(1),
            _ => operands,
        };
        var index = operation == "missing_some" ? 1 : 0;
        foreach (var operand in names)
        {
            var place = written ? $"{path}[{index++}]" : path;
            if (operand.Constant is not { } constant)
            {
                continue;
            }
            if (operation != "var" && constant.Kind == ValueKind.List)
            {
                foreach (var name in new Items(constant))
                {
                    Reference(name, place, scope);
                }
                continue;
            }
            Reference(constant, place, scope);
        }
    }

    readonly void Reference(in Value name, string path, Scope scope)
    {
        if (DataOperators.PathOf(name) is not [var root, ..])
        {
            return;
        }
        if (scope == Scope.Root)
        {
            references.Add((path, root));
        }
        else if (scope == Scope.Reduction && root is not ("current" or "accumulator"))
        {
            Refuse(path, $"'{root}' is not known here; the second operand of reduce sees current and accumulator");
        }
    }

    static Operand Literal(Value value) => new((ref _) => value, 1, value);

    readonly Operand Refuse(string path, string message)
    {
        if (problems.Count < ExpressionLimits.Problems)
        {
            problems.Add(new(path, message));
        }
        return new(static (ref _) => Value.Null, 1, null);
    }

    static bool IsForgottenAnd(JsonElement json)
    {
        var count = 0;
        foreach (var property in json.EnumerateObject())
        {
            if (!Operators.All.ContainsKey(property.Name))
            {
                return false;
            }
            count++;
        }
        return count > 0;
    }

    static string Takes(Operator operation) => (operation.Least, operation.Most) switch
    {
        (var least, Operator.Any) => $"{least} or more operands",
        (1, 1) => "1 operand",
        var (least, most) when least == most => $"{least} operands",
        var (least, most) => $"{least} to {most} operands",
    };
}
