using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AWorld.Expressions;

/// <summary>The coercions and comparisons of ECMAScript that json-logic-js rests on, for JSON values.</summary>
static class JavaScript
{
    public static bool StrictEquals(in Value a, in Value b) => a.Kind == b.Kind && a.Kind switch
    {
        ValueKind.Null => true,
        ValueKind.Boolean or ValueKind.Number => a.Number == b.Number,
        ValueKind.Text => TextEquals(a, b),
        ValueKind.List or ValueKind.Object => a.IsSameAs(b),
        _ => false,
    };

    public static bool LooseEquals(in Value a, in Value b)
    {
        if (a.Kind == b.Kind)
        {
            return StrictEquals(a, b);
        }
        if (a.Kind is ValueKind.Null or ValueKind.Error || b.Kind is ValueKind.Null or ValueKind.Error)
        {
            return false;
        }
        var (aIsCompound, bIsCompound) = (IsCompound(a), IsCompound(b));
        if (aIsCompound && bIsCompound)
        {
            return false;
        }
        // A list or object becomes text; text against text compares as such, anything else by number.
        if ((aIsCompound || a.Kind == ValueKind.Text) && (bIsCompound || b.Kind == ValueKind.Text))
        {
            return a.Text == b.Text;
        }
        return a.AsNumber() == b.AsNumber();
    }

    /// <summary>a &lt; b; false when either is not a number.</summary>
    public static bool Less(in Value a, in Value b) =>
        IsTextual(a) && IsTextual(b) ? string.CompareOrdinal(a.Text, b.Text) < 0 : a.AsNumber() < b.AsNumber();

    public static bool LessOrEqual(in Value a, in Value b) =>
        IsTextual(a) && IsTextual(b) ? string.CompareOrdinal(a.Text, b.Text) <= 0 : a.AsNumber() <= b.AsNumber();

    static bool IsCompound(in Value value) => value.Kind is ValueKind.List or ValueKind.Object;
    static bool IsTextual(in Value value) => value.Kind == ValueKind.Text || IsCompound(value);

    static bool TextEquals(in Value a, in Value b)
    {
        if (!a.IsMade && a.Raw is var rawA && rawA.IndexOf((byte)'\\') < 0)
        {
            if (b.IsMade)
            {
                return a.Json.ValueEquals(b.Text);
            }
            if (b.Raw is var rawB && rawB.IndexOf((byte)'\\') < 0)
            {
                return rawA.SequenceEqual(rawB);
            }
        }
        else if (!b.IsMade && b.Raw.IndexOf((byte)'\\') < 0)
        {
            return b.Json.ValueEquals(a.Text);
        }
        return a.Text == b.Text;
    }

    /// <summary>The text of a JSON string; a lone surrogate, which .NET refuses to decode, becomes U+FFFD.</summary>
    public static string Decode(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            var raw = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(json));
            return System.Text.RegularExpressions.Regex.Unescape(raw[1..^1].Replace("\\/", "/", StringComparison.Ordinal));
        }
    }

    public static string ToText(in Value value) => value.Kind switch
    {
        ValueKind.Boolean => value.IsTruthy ? "true" : "false",
        ValueKind.Number => ToText(value.Number),
        ValueKind.Text => value.Text,
        ValueKind.List => Join(value),
        ValueKind.Object => "[object Object]",
        _ => "null",
    };

    static string Join(in Value list)
    {
        var text = new StringBuilder();
        var first = true;
        foreach (var item in new Items(list))
        {
            if (!first)
            {
                text.Append(',');
            }
            first = false;
            if (item.Kind != ValueKind.Null)
            {
                text.Append(item.Text);
            }
        }
        return text.ToString();
    }

    /// <summary>Number.prototype.toString(): the shortest digits that read back the same, exponents from 1e21 and below 1e-6.</summary>
    public static string ToText(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }
        if (double.IsInfinity(value))
        {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0)
        {
            return "0";
        }
        if (Math.Abs(value) is >= 1e-5 and < 1e15)
        {
            return value.ToString("R", CultureInfo.InvariantCulture);   // never an exponent in this range
        }
        var scientific = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var exponent = int.Parse(scientific.AsSpan(scientific.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        if (mark >= 0)
        {
            exponent = int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
        var digits = (mark < 0 ? shortest : shortest[..mark]).Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        var text = exponent switch
        {
            >= 21 or < -6 => $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}",
            < 0 => $"0.{new string('0', -exponent - 1)}{digits}",
            _ when digits.Length > exponent + 1 => $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}",
            _ => digits.PadRight(exponent + 1, '0'),
        };
        return value < 0 ? "-" + text : text;
    }

    /// <summary>Number(text).</summary>
    public static double ToNumber(string text)
    {
        var trimmed = text.AsSpan().Trim(Whitespace);
        if (trimmed.IsEmpty)
        {
            return 0;
        }
        if (trimmed.Length > 2 && trimmed[0] == '0' && Radix(trimmed[1]) is > 0 and var radix)
        {
            return Digits(trimmed[2..], radix);
        }
        return Decimal(trimmed, out var used) is var number && used == trimmed.Length ? number : double.NaN;
    }

    /// <summary>parseFloat(text): the number that the text begins with.</summary>
    public static double ParseFloat(string text) => Decimal(text.AsSpan().TrimStart(Whitespace), out _);

    /// <summary>parseFloat(value): null and booleans are text that is no number.</summary>
    public static double ParseFloat(in Value value) => value.Kind switch
    {
        ValueKind.Number => value.Number + 0.0,     // -0 becomes 0, as through text
        ValueKind.Text or ValueKind.List => ParseFloat(value.Text),
        _ => double.NaN,
    };

    /// <summary>ToIntegerOrInfinity.</summary>
    public static double ToInteger(double value) => double.IsNaN(value) ? 0 : Math.Truncate(value);

    static double Decimal(ReadOnlySpan<char> text, out int used)
    {
        var at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        if (text[at..].StartsWith("Infinity"))
        {
            used = at + "Infinity".Length;
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }
        var digits = at;
        at += CountDigits(text[at..]);
        var count = at - digits;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = CountDigits(text[(at + 1)..]);
            if (count + fraction > 0)
            {
                at += 1 + fraction;
                count += fraction;
            }
        }
        if (count == 0)
        {
            used = 0;
            return double.NaN;
        }
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var exponent = at + 1 < text.Length && text[at + 1] is '+' or '-' ? at + 2 : at + 1;
            if (exponent < text.Length && CountDigits(text[exponent..]) is > 0 and var length)
            {
                at = exponent + length;
            }
        }
        used = at;
        return double.Parse(text[..at], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    static int CountDigits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    static int Radix(char mark) => mark switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 0 };

    static double Digits(ReadOnlySpan<char> digits, int radix)
    {
        var number = 0.0;
        foreach (var digit in digits)
        {
            var value = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 99;
            if (value >= radix)
            {
                return double.NaN;
            }
            number = number * radix + value;
        }
        return number;
    }

    const string Whitespace = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
}
