namespace AWorld.Expressions;

/// <summary>Operations on lists.</summary>
static class ListOperators
{
    /// <summary>Takes an item and what the body gave for it; true ends the loop.</summary>
    delegate bool Visit(ref Run run, in Value item, in Value result);

    public static readonly Dictionary<string, Operator> All = new(StringComparer.Ordinal)
    {
        ["map"] = new(2, 2, BuildMap) { Body = Scope.Item },
        ["filter"] = new(2, 2, BuildFilter) { Body = Scope.Item },
        ["reduce"] = new(2, 3, BuildReduce) { Body = Scope.Reduction },
        ["all"] = Quantifier(endsAt: false, whenEmpty: false, whenEnded: false, whenThrough: true),
        ["some"] = Quantifier(endsAt: true, whenEmpty: false, whenEnded: true, whenThrough: false),
        ["none"] = Quantifier(endsAt: true, whenEmpty: true, whenEnded: false, whenThrough: true),
        ["merge"] = Operator.Many(0, Operator.Any, static (ref run, all) => Merge(ref run, all)),
        ["in"] = Operator.Two(static (ref run, in needle, in hay) => Value.Of(Contains(ref run, hay, needle))),
    };

    static Node BuildMap(Operand[] operands) => (ref Run run) =>
    {
        var list = operands[0].Node(ref run);
        if (list.Kind != ValueKind.List)
        {
            return run.List([]);
        }
        var made = new List<Value>();
        ForEach(ref run, list, operands[1], (ref _, in _, in result) =>
        {
            made.Add(result);
            return false;
        });
        return run.List([.. made]);
    };

    static Node BuildFilter(Operand[] operands) => (ref Run run) =>
    {
        var list = operands[0].Node(ref run);
        if (list.Kind != ValueKind.List)
        {
            return run.List([]);
        }
        var kept = new List<Value>();
        ForEach(ref run, list, operands[1], (ref _, in item, in result) =>
        {
            if (result.IsTruthy)
            {
                kept.Add(item);
            }
            return false;
        });
        return run.List([.. kept]);
    };

    static Node BuildReduce(Operand[] operands) => (ref Run run) =>
    {
        var list = operands[0].Node(ref run);
        var accumulator = operands.Length > 2 ? operands[2].Node(ref run) : Value.Null;
        if (list.Kind != ValueKind.List)
        {
            return accumulator;
        }
        var (scope, item, outer) = (run.Scope, run.Item, run.Accumulator);
        run.Scope = Scope.Reduction;
        run.Accumulator = accumulator;
        if (run.Read(list))
        {
            foreach (var current in new Items(list))
            {
                if (!run.Spend(operands[1].Size))
                {
                    break;
                }
                run.Item = current;
                run.Accumulator = operands[1].Node(ref run);
            }
        }
        accumulator = run.Accumulator;
        (run.Scope, run.Item, run.Accumulator) = (scope, item, outer);
        return accumulator;
    };

    static Operator Quantifier(bool endsAt, bool whenEmpty, bool whenEnded, bool whenThrough) => new(2, 2, operands => (ref Run run) =>
    {
        var list = operands[0].Node(ref run);
        if (list.Kind != ValueKind.List || list.Length == 0)
        {
            return Value.Of(whenEmpty);
        }
        var ended = ForEach(ref run, list, operands[1], endsAt ? static (ref _, in _, in result) => result.IsTruthy : static (ref _, in _, in result) => !result.IsTruthy);
        return Value.Of(ended ? whenEnded : whenThrough);
    })
    { Body = Scope.Item };

    /// <summary>Evaluates the body with each item as its data; true when the visit ended the loop.</summary>
    static bool ForEach(ref Run run, in Value list, Operand body, Visit visit)
    {
        var (scope, outer) = (run.Scope, run.Item);
        run.Scope = Scope.Item;
        var ended = false;
        if (run.Read(list))
        {
            foreach (var item in new Items(list))
            {
                if (!run.Spend(body.Size))
                {
                    break;
                }
                run.Item = item;
                if (visit(ref run, item, body.Node(ref run)))
                {
                    ended = true;
                    break;
                }
            }
        }
        (run.Scope, run.Item) = (scope, outer);
        return ended;
    }

    static Value Merge(ref Run run, ReadOnlySpan<Value> operands)
    {
        var merged = new List<Value>();
        foreach (var operand in operands)
        {
            if (operand.Kind != ValueKind.List)
            {
                merged.Add(operand);
                continue;
            }
            foreach (var item in new Items(operand))
            {
                merged.Add(item);
            }
        }
        return run.List([.. merged]);
    }

    static bool Contains(ref Run run, in Value hay, in Value needle)
    {
        if (hay.Kind == ValueKind.Text)
        {
            return !hay.IsEmptyText && hay.Text.Contains(needle.Text, StringComparison.Ordinal);
        }
        if (hay.Kind != ValueKind.List)
        {
            return false;
        }
        foreach (var item in new Items(hay))
        {
            if (!run.Spend(1))
            {
                return false;
            }
            if (JavaScript.StrictEquals(item, needle))
            {
                return true;
            }
        }
        return false;
    }
}
