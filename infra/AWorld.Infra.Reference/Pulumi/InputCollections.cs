using System.Collections;
using System.Collections.Immutable;

namespace Pulumi;

public sealed class InputList<T> : Input<ImmutableArray<T>>, IEnumerable, IAsyncEnumerable<Input<T>>
{
    readonly List<Task<IReadOnlyList<Input<T>>>> parts = [];

    public InputList() : base(Output.Create(ImmutableArray<T>.Empty)) { }

    internal bool IsEmpty => parts.Count == 0;

    public void Add(params Input<T>[] inputs) => parts.Add(Task.FromResult<IReadOnlyList<Input<T>>>(inputs));

    public void AddRange(InputList<T> inputs) => parts.AddRange(inputs.parts);

    public async IAsyncEnumerator<Input<T>> GetAsyncEnumerator(CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            foreach (var item in await part.ConfigureAwait(false))
            {
                yield return item;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => throw new NotSupportedException("an InputList is not enumerated before the deployment");

    public static implicit operator InputList<T>(T value) => Of([value]);
    public static implicit operator InputList<T>(Output<T> value) => Of([value]);
    public static implicit operator InputList<T>(Input<T> value) => Of([value]);
    public static implicit operator InputList<T>(T[] values) => Of(values.Select(static value => (Input<T>)value));
    public static implicit operator InputList<T>(Output<T>[] values) => Of(values.Select(static value => (Input<T>)value));
    public static implicit operator InputList<T>(Input<T>[] values) => Of(values);
    public static implicit operator InputList<T>(List<T> values) => Of(values.Select(static value => (Input<T>)value));
    public static implicit operator InputList<T>(List<Output<T>> values) => Of(values.Select(static value => (Input<T>)value));
    public static implicit operator InputList<T>(List<Input<T>> values) => Of(values);
    public static implicit operator InputList<T>(ImmutableArray<T> values) => Of(values.Select(static value => (Input<T>)value));
    public static implicit operator InputList<T>(ImmutableArray<Output<T>> values) => Of(values.Select(static value => (Input<T>)value));
    public static implicit operator InputList<T>(ImmutableArray<Input<T>> values) => Of(values);
    public static implicit operator InputList<T>(Output<T[]> values) => Later(values);
    public static implicit operator InputList<T>(Output<List<T>> values) => Later(values);
    public static implicit operator InputList<T>(Output<IEnumerable<T>> values) => Later(values);
    public static implicit operator InputList<T>(Output<ImmutableArray<T>> values) => Later(values);

    static InputList<T> Of(IEnumerable<Input<T>> values)
    {
        var list = new InputList<T>();
        list.Add([.. values]);
        return list;
    }

    static InputList<T> Later<TItems>(Output<TItems> values) where TItems : IEnumerable<T>
    {
        var list = new InputList<T>();
        list.parts.Add(Read());
        return list;

        async Task<IReadOnlyList<Input<T>>> Read() => [.. (await values.Data.ConfigureAwait(false)).Select(static value => (Input<T>)value)];
    }

    private protected override async Task<object?> SerializeValue()
    {
        var items = ImmutableArray.CreateBuilder<object?>();
        await foreach (var item in this)
        {
            items.Add(await ((IInput)item).Serialize().ConfigureAwait(false));
        }
        return items.ToImmutable();
    }
}

public sealed class InputMap<TValue> : Input<ImmutableDictionary<string, TValue>>, IEnumerable, IAsyncEnumerable<Input<KeyValuePair<string, TValue>>>
{
    readonly List<KeyValuePair<string, Input<TValue>>> entries = [];

    public InputMap() : base(Output.Create(ImmutableDictionary<string, TValue>.Empty)) { }

    internal bool IsEmpty => entries.Count == 0;

    public Input<TValue> this[string key]
    {
        set => Add(key, value);
    }

    public void Add(string key, Input<TValue> value) => entries.Add(new(key, value));

    public static InputMap<TValue> Merge(InputMap<TValue> first, InputMap<TValue> second)
    {
        var both = new InputMap<TValue>();
        both.entries.AddRange(first.entries);
        both.entries.AddRange(second.entries);
        return both;
    }

    public async IAsyncEnumerator<Input<KeyValuePair<string, TValue>>> GetAsyncEnumerator(CancellationToken cancellationToken)
    {
        foreach (var (key, value) in entries)
        {
            yield return new KeyValuePair<string, TValue>(key, await ((Output<TValue>)value).Data.ConfigureAwait(false));
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => throw new NotSupportedException("an InputMap is not enumerated before the deployment");

    private protected override async Task<object?> SerializeValue()
    {
        var all = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (var (key, value) in entries)
        {
            all.Add(key, await ((IInput)value).Serialize().ConfigureAwait(false));
        }
        return all.ToImmutable();
    }
}

public static class InputListExtensions
{
    public static void Add<T0, T1>(this InputList<Union<T0, T1>> list, Input<T0> value) => list.Add(((Output<T0>)value).Apply(Union<T0, T1>.FromT0));
    public static void Add<T0, T1>(this InputList<Union<T0, T1>> list, Input<T1> value) => list.Add(((Output<T1>)value).Apply(Union<T0, T1>.FromT1));
}
