namespace AWorld.Expressions;

/// <param name="Size">How many nodes it has: what one evaluation of it costs at most, loops aside.</param>
/// <param name="Constant">Its value when that depends on nothing.</param>
sealed record Operand(Node Node, int Size, Value? Constant);

delegate Value OneOperand(ref Run run, in Value a);
delegate Value TwoOperands(ref Run run, in Value a, in Value b);
delegate Value ManyOperands(ref Run run, ReadOnlySpan<Value> all);

/// <summary>One operation of the language.</summary>
/// <param name="Least">Fewest operands.</param>
/// <param name="Most">Most operands.</param>
sealed record Operator(int Least, int Most, Func<Operand[], Node> Build)
{
    public const int Any = int.MaxValue;

    /// <summary>What the second operand, evaluated once per item, sees.</summary>
    public Scope Body { get; init; }

    /// <summary>It looks variables up by name, so it is no constant even when its operands are.</summary>
    public bool ReadsVariables { get; init; }

    /// <summary>What is wrong with constant operands, found when the expression is saved.</summary>
    public Func<Operand[], string?>? Check { get; init; }

    public static Operator One(OneOperand apply) => new(1, 1, operands =>
    {
        var a = operands[0].Node;
        return (ref Run run) =>
        {
            var one = a(ref run);
            return run.Read(one) ? apply(ref run, one) : Value.Null;
        };
    });

    public static Operator Two(TwoOperands apply) => new(2, 2, operands =>
    {
        var (a, b) = (operands[0].Node, operands[1].Node);
        return (ref Run run) =>
        {
            var one = a(ref run);
            var two = b(ref run);
            return run.Read(one) && run.Read(two) ? apply(ref run, one, two) : Value.Null;
        };
    });

    public static Operator Many(int least, int most, ManyOperands apply) => new(least, most, operands =>
    {
        var nodes = Array.ConvertAll(operands, operand => operand.Node);
        return (ref Run run) =>
        {
            var all = new Value[nodes.Length];
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = nodes[i](ref run);
                if (!run.Read(all[i]))
                {
                    return Value.Null;
                }
            }
            return apply(ref run, all);
        };
    });

    /// <summary>Folds the operands, as they are evaluated, into a number.</summary>
    public static Operator Fold(int least, double start, Func<double, double, double> apply, Func<Value, double> number) => new(least, Any, operands =>
    {
        var nodes = Array.ConvertAll(operands, operand => operand.Node);
        return (ref Run run) =>
        {
            var total = start;
            foreach (var node in nodes)
            {
                var value = node(ref run);
                if (!run.Read(value))
                {
                    return Value.Null;
                }
                total = apply(total, number(value));
            }
            return Value.Of(total);
        };
    });
}
