using System.Text;

namespace AWorld.Expressions;

/// <summary>Operations on text; positions count UTF-16 units, as in JavaScript.</summary>
static class TextOperators
{
    public static readonly Dictionary<string, Operator> All = new(StringComparer.Ordinal)
    {
        ["cat"] = Operator.Many(0, Operator.Any, static (ref run, all) => Cat(ref run, all)),
        ["substr"] = Operator.Many(2, 3, static (ref run, all) => Value.Of(Substr(all))),
    };

    static Value Cat(ref Run run, ReadOnlySpan<Value> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Kind != ValueKind.Null)
            {
                text.Append(part.Text);
            }
            if (text.Length > ExpressionLimits.TextLength)
            {
                break;
            }
        }
        return run.Text(text.ToString());
    }

    static string Substr(ReadOnlySpan<Value> operands)
    {
        var source = operands[0].Text;
        var from = JavaScript.ToInteger(operands[1].AsNumber());
        if (operands.Length < 3)
        {
            return Substr(source, from, double.PositiveInfinity);
        }
        var end = operands[2];
        var length = end.AsNumber();
        if (length < 0)
        {
            // counts from the end; json-logic-js adds it to a length, which of a text makes no number
            var rest = Substr(source, from, double.PositiveInfinity);
            return end.Kind == ValueKind.Number ? Substr(rest, 0, JavaScript.ToInteger(rest.Length + length)) : "";
        }
        return Substr(source, from, JavaScript.ToInteger(length));
    }

    static string Substr(string source, double from, double length)
    {
        var start = (int)Math.Clamp(from < 0 ? source.Length + from : from, 0, source.Length);
        return source.Substring(start, (int)Math.Clamp(length, 0, source.Length - start));
    }
}
