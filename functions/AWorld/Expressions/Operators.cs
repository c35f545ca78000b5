using System.Collections.Frozen;

namespace AWorld.Expressions;

/// <summary>All operations, by the name an expression uses.</summary>
static class Operators
{
    static readonly Operator Equal = Operator.Two(static (ref _, in a, in b) => Value.Of(JavaScript.LooseEquals(a, b)));
    static readonly Operator If = new(0, Operator.Any, BuildIf);

    static readonly Dictionary<string, Operator> Standard = new(StringComparer.Ordinal)
    {
        ["=="] = Equal,
        ["!="] = Operator.Two(static (ref _, in a, in b) => Value.Of(!JavaScript.LooseEquals(a, b))),
        ["==="] = Operator.Two(static (ref _, in a, in b) => Value.Of(JavaScript.StrictEquals(a, b))),
        ["!=="] = Operator.Two(static (ref _, in a, in b) => Value.Of(!JavaScript.StrictEquals(a, b))),
        [">"] = Operator.Two(static (ref _, in a, in b) => Value.Of(JavaScript.Less(b, a))),
        [">="] = Operator.Two(static (ref _, in a, in b) => Value.Of(JavaScript.LessOrEqual(b, a))),
        ["<"] = Between(JavaScript.Less),
        ["<="] = Between(JavaScript.LessOrEqual),
        ["!"] = Operator.One(static (ref _, in a) => Value.Of(!a.IsTruthy)),
        ["!!"] = Operator.One(static (ref _, in a) => Value.Of(a.IsTruthy)),
        ["if"] = If,
        ["?:"] = If,
        ["and"] = new(1, Operator.Any, operands => UntilTruthIs(false, operands)),
        ["or"] = new(1, Operator.Any, operands => UntilTruthIs(true, operands)),
        ["+"] = Operator.Fold(0, 0, static (a, b) => a + b, static value => JavaScript.ParseFloat(value)),
        ["*"] = new(1, Operator.Any, BuildProduct),
        ["-"] = Operator.Many(1, 2, static (ref _, all) => Value.Of(all.Length == 1 ? -all[0].AsNumber() : all[0].AsNumber() - all[1].AsNumber())),
        ["/"] = Operator.Two(static (ref _, in a, in b) => Value.Of(a.AsNumber() / b.AsNumber())),
        ["%"] = Operator.Two(static (ref _, in a, in b) => Value.Of(a.AsNumber() % b.AsNumber())),
        ["min"] = MathOperators.Min,
        ["max"] = MathOperators.Max,
    };

    public static readonly FrozenDictionary<string, Operator> All =
        Standard.Concat(DataOperators.All).Concat(ListOperators.All).Concat(TextOperators.All).Concat(MathOperators.All).Concat(DateOperators.All)
            .ToFrozenDictionary(StringComparer.Ordinal);

    delegate bool Comparison(in Value a, in Value b);

    static Operator Between(Comparison holds) => new(2, 3, operands =>
    {
        var (a, b, c) = (operands[0].Node, operands[1].Node, operands.Length > 2 ? operands[2].Node : null);
        return (ref Run run) =>
        {
            var one = a(ref run);
            var two = b(ref run);
            if (!run.Read(one) || !run.Read(two))
            {
                return Value.Null;
            }
            if (c is null)
            {
                return Value.Of(holds(one, two));
            }
            var three = c(ref run);
            return Value.Of(run.Read(three) && holds(one, two) && holds(two, three));
        };
    });

    static Node BuildIf(Operand[] operands)
    {
        var nodes = Array.ConvertAll(operands, operand => operand.Node);
        return (ref Run run) =>
        {
            var i = 0;
            for (; i < nodes.Length - 1; i += 2)
            {
                if (nodes[i](ref run).IsTruthy)
                {
                    return nodes[i + 1](ref run);
                }
            }
            return i < nodes.Length ? nodes[i](ref run) : Value.Null;
        };
    }

    static Node UntilTruthIs(bool truth, Operand[] operands)
    {
        var nodes = Array.ConvertAll(operands, operand => operand.Node);
        return (ref Run run) =>
        {
            Value current = default;
            foreach (var node in nodes)
            {
                current = node(ref run);
                if (current.IsTruthy == truth)
                {
                    break;
                }
            }
            return current;
        };
    }

    /// <summary>A single factor is given back as it is, even when it is no number.</summary>
    static Node BuildProduct(Operand[] operands) => operands.Length == 1
        ? operands[0].Node
        : Operator.Fold(1, 1, static (a, b) => a * b, static value => JavaScript.ParseFloat(value)).Build(operands);
}
