namespace AWorld.Expressions;

/// <summary>Variables: <c>var</c>, <c>missing</c>, <c>missing_some</c>.</summary>
static class DataOperators
{
    public static readonly Dictionary<string, Operator> All = new(StringComparer.Ordinal)
    {
        ["var"] = new(0, 2, BuildVar) { ReadsVariables = true },
        ["missing"] = Operator.Many(0, Operator.Any, static (ref run, all) => Missing(ref run, all is [{ Kind: ValueKind.List } list, ..] ? Items(list) : all.ToArray())) with { ReadsVariables = true },
        ["missing_some"] = Operator.Two(static (ref run, in needed, in names) =>
        {
            var missing = Missing(ref run, names.Kind == ValueKind.List ? Items(names) : [names]);
            if (missing.Kind != ValueKind.List || names.Kind is not (ValueKind.List or ValueKind.Text))
            {
                return missing;
            }
            var length = names.Kind == ValueKind.List ? names.Length : names.Text.Length;
            return length - missing.Length >= needed.AsNumber() ? run.List([]) : missing;
        }) with { ReadsVariables = true },
    };

    /// <summary>The path that a name stands for; empty for the whole of the data.</summary>
    public static string[] PathOf(in Value name) =>
        name.Kind == ValueKind.Null || name.Kind == ValueKind.Text && name.IsEmptyText ? [] : name.Text.Split('.');

    static Node BuildVar(Operand[] operands)
    {
        var otherwise = operands.Length > 1 ? operands[1].Node : null;
        if (operands.Length == 0)
        {
            return static (ref run) => run.All();
        }
        if (operands[0].Constant is { } name)
        {
            var path = PathOf(name);
            return path.Length == 0
                ? static (ref run) => run.All()
                : (ref Run run) => run.Find(path, out var value) ? value : otherwise is null ? Value.Null : otherwise(ref run);
        }
        var computed = operands[0].Node;
        return (ref Run run) =>
        {
            var wanted = computed(ref run);
            return !run.Read(wanted) ? Value.Null : Look(ref run, PathOf(wanted), out var value) ? value : otherwise is null ? Value.Null : otherwise(ref run);
        };
    }

    static bool Look(ref Run run, string[] path, out Value value)
    {
        if (path.Length == 0)
        {
            value = run.All();
            return true;
        }
        return run.Spend(path.Length) & run.Find(path, out value);
    }

    /// <summary>The names whose variable is null or "".</summary>
    static Value Missing(ref Run run, Value[] names)
    {
        var missing = new List<Value>();
        foreach (var name in names)
        {
            AddIfMissing(ref run, name, missing);
        }
        return run.List([.. missing]);
    }

    static Value[] Items(in Value list)
    {
        var items = new List<Value>(list.Length);
        foreach (var item in new Items(list))
        {
            items.Add(item);
        }
        return [.. items];
    }

    static void AddIfMissing(ref Run run, in Value name, List<Value> missing)
    {
        if (run.Spend(1) && (!Look(ref run, PathOf(name), out var value) || value.Kind == ValueKind.Null || value.Kind == ValueKind.Text && value.IsEmptyText))
        {
            missing.Add(name);
        }
    }
}
