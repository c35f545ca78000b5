namespace Pulumi;

interface IInput
{
    /// <summary>What the engine would be sent: texts, numbers, lists and dictionaries.</summary>
    Task<object?> Serialize();
}

public class Input<T> : IInput
{
    readonly Output<T> value;

    private protected Input(Output<T> value) => this.value = value;

    public static implicit operator Input<T>(T value) => new(Output.Create(value));
    public static implicit operator Input<T>(Output<T> value) => new(value);
    public static implicit operator Output<T>(Input<T> input) => input.value;

    Task<object?> IInput.Serialize() => SerializeValue();

    private protected virtual async Task<object?> SerializeValue() => await Wire.Serialize(await value.Data.ConfigureAwait(false)).ConfigureAwait(false);
}

public sealed class InputUnion<T0, T1> : Input<Union<T0, T1>>
{
    public InputUnion() : this(Output.Create(default(Union<T0, T1>))) { }

    InputUnion(Output<Union<T0, T1>> value) : base(value) { }

    public static implicit operator InputUnion<T0, T1>(Union<T0, T1> value) => new(Output.Create(value));
    public static implicit operator InputUnion<T0, T1>(T0 value) => new(Output.Create(Union<T0, T1>.FromT0(value)));
    public static implicit operator InputUnion<T0, T1>(T1 value) => new(Output.Create(Union<T0, T1>.FromT1(value)));
    public static implicit operator InputUnion<T0, T1>(Input<T0> value) => new(((Output<T0>)value).Apply(Union<T0, T1>.FromT0));
    public static implicit operator InputUnion<T0, T1>(Input<T1> value) => new(((Output<T1>)value).Apply(Union<T0, T1>.FromT1));
    public static implicit operator InputUnion<T0, T1>(Output<Union<T0, T1>> value) => new(value);
    public static implicit operator InputUnion<T0, T1>(Output<T0> value) => new(value.Apply(Union<T0, T1>.FromT0));
    public static implicit operator InputUnion<T0, T1>(Output<T1> value) => new(value.Apply(Union<T0, T1>.FromT1));
}

interface IUnion
{
    object Value { get; }
}

public readonly struct Union<T0, T1> : IEquatable<Union<T0, T1>>, IUnion
{
    readonly object? value;

    Union(object? value) => this.value = value;

    public object Value => value!;

    public static Union<T0, T1> FromT0(T0 input) => new(input);
    public static Union<T0, T1> FromT1(T1 input) => new(input);
    public static implicit operator Union<T0, T1>(T0 t) => FromT0(t);
    public static implicit operator Union<T0, T1>(T1 t) => FromT1(t);

    public bool Equals(Union<T0, T1> other) => Equals(value, other.value);
    public override bool Equals(object? obj) => obj is Union<T0, T1> other && Equals(other);
    public override int GetHashCode() => value?.GetHashCode() ?? 0;
}
