using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Expressions;

public enum ValueKind { Null, Boolean, Number, Text, List, Object, Error }

/// <summary>
/// What an expression gives. Text, lists and objects of the data stay where they are in the JSON; only computed ones
/// are made. Truth and coercions are json-logic-js's, which are JavaScript's but for the empty list being false.
/// </summary>
public readonly struct Value
{
    readonly double number;
    readonly object? made;      // string, MadeList or, of an error, its message
    readonly JsonElement json;

    Value(ValueKind kind, double number = 0, object? made = null, JsonElement json = default) =>
        (Kind, this.number, this.made, this.json) = (kind, number, made, json);

    public static readonly Value Null;
    public static Value Of(bool value) => new(ValueKind.Boolean, value ? 1 : 0);
    public static Value Of(double value) => new(ValueKind.Number, value);
    public static Value Of(string value) => new(ValueKind.Text, made: value);
    internal static Value Of(MadeList list) => new(ValueKind.List, made: list);
    public static Value Failed(string why) => new(ValueKind.Error, made: why);

    public static Value Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.Number => Of(json.GetDouble()),
        JsonValueKind.String => new(ValueKind.Text, json: json),
        JsonValueKind.Array => new(ValueKind.List, json: json),
        JsonValueKind.Object => new(ValueKind.Object, json: json),
        _ => Null,
    };

    public ValueKind Kind { get; }

    public bool IsError => Kind == ValueKind.Error;

    /// <summary>Why there is no result; null when there is one.</summary>
    public string? Problem => IsError ? (string)made! : null;

    /// <summary>False for null, false, 0, not a number, "" and the empty list, and for an error.</summary>
    public bool IsTruthy => Kind switch
    {
        ValueKind.Boolean => number != 0,
        ValueKind.Number => number != 0 && !double.IsNaN(number),
        ValueKind.Text => !IsEmptyText,
        ValueKind.List => Length > 0,
        ValueKind.Object => true,
        _ => false,
    };

    /// <summary>JavaScript's Number(): NaN for what is not one.</summary>
    public double AsNumber() => Kind switch
    {
        ValueKind.Null => 0,
        ValueKind.Boolean or ValueKind.Number => number,
        ValueKind.Text or ValueKind.List => JavaScript.ToNumber(Text),
        _ => double.NaN,
    };

    /// <summary>The amount it stands for; null when it is null, "", no number, infinite or beyond what a ledger holds (±10^15).</summary>
    public decimal? AsAmount()
    {
        if (Kind is ValueKind.Null or ValueKind.Error || Kind == ValueKind.Text && IsEmptyText)
        {
            return null;
        }
        var value = AsNumber();
        return Math.Abs(value) <= 1e15 ? (decimal)value : null;     // NaN compares false
    }

    /// <summary>What an increment or target expression counts: 1 when it gives no amount.</summary>
    public decimal AsIncrement() => AsAmount() ?? 1;

    public JsonElement ToJson() => JsonElement.Parse(ToString());

    /// <summary>As JSON; like JSON.stringify, what is not a finite number is null. An error is null.</summary>
    public override string ToString() => JsonText.Of(this);

    internal double Number => number;
    internal bool IsMade => made is not null;
    internal JsonElement Json => json;
    internal MadeList? List => made as MadeList;

    internal bool IsEmptyText => made is string text ? text.Length == 0 : json.ValueEquals(""u8);

    /// <summary>How much there is to read, in steps.</summary>
    internal int Weight => Kind switch
    {
        ValueKind.Text => 1 + (made is string text ? text.Length : Raw.Length) / 32,
        ValueKind.List or ValueKind.Object => List?.Weight ?? 1 + Raw.Length / 32,
        _ => 1,
    };

    /// <summary>Items of a list.</summary>
    internal int Length => List is { } list ? list.Items.Length : json.GetArrayLength();

    internal ReadOnlySpan<byte> Raw => JsonMarshal.GetRawUtf8Value(json);

    /// <summary>JavaScript's String().</summary>
    internal string Text => Kind switch
    {
        ValueKind.Text => made as string ?? JavaScript.Decode(json),
        _ => JavaScript.ToText(this),
    };

    /// <summary>The same list or object, not one that looks the same.</summary>
    internal bool IsSameAs(in Value other)
    {
        if (IsMade || other.IsMade)
        {
            return ReferenceEquals(made, other.made);
        }
        return Unsafe.AreSame(ref MemoryMarshal.GetReference(Raw), ref MemoryMarshal.GetReference(other.Raw));
    }
}

/// <summary>A computed list. Lists can hold one another many times over, so how large and deep it is as JSON is kept and bounded.</summary>
sealed class MadeList
{
    public MadeList(Value[] items)
    {
        Items = items;
        long weight = 1;
        foreach (var item in items)
        {
            weight += item.Weight;
            Depth = Math.Max(Depth, item.List?.Depth ?? 0);
        }
        Depth++;
        Weight = (int)Math.Min(weight, int.MaxValue);
    }

    public Value[] Items { get; }
    public int Weight { get; }
    public int Depth { get; }
}
