using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;

namespace Pulumi;

/// <summary>Between typed arguments and what the engine is sent: the same texts, numbers, lists and dictionaries as the real package's.</summary>
static class Wire
{
    public static async Task<object?> Serialize(object? value) => value switch
    {
        null or string or bool => value,
        int or long or double or float => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        IInput input => await input.Serialize().ConfigureAwait(false),
        IUnion union => await Serialize(union.Value).ConfigureAwait(false),
        IOutput output => await Serialize(await output.Value().ConfigureAwait(false)).ConfigureAwait(false),
        InputArgs args => await Properties(args).ConfigureAwait(false),
        System.Collections.IDictionary map => await Map(map).ConfigureAwait(false),
        System.Collections.IList list => await List(list).ConfigureAwait(false),
        Enum number => Convert.ToDouble(number, CultureInfo.InvariantCulture),
        _ when value.GetType().GetCustomAttribute<EnumTypeAttribute>() is not null => value.ToString(),
        _ => throw new NotSupportedException($"{value.GetType()} is not an input"),
    };

    static async Task<ImmutableArray<object?>> List(System.Collections.IList values)
    {
        var items = ImmutableArray.CreateBuilder<object?>(values.Count);
        foreach (var value in values)
        {
            items.Add(await Serialize(value).ConfigureAwait(false));
        }
        return items.ToImmutable();
    }

    static async Task<ImmutableDictionary<string, object?>> Map(System.Collections.IDictionary values)
    {
        var entries = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (System.Collections.DictionaryEntry entry in values)
        {
            entries.Add((string)entry.Key, await Serialize(entry.Value).ConfigureAwait(false));
        }
        return entries.ToImmutable();
    }

    public static async Task<ImmutableDictionary<string, object?>> Properties(InputArgs args)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var values = ImmutableDictionary.CreateBuilder<string, object?>();
        var members = args.GetType().GetProperties(all).Select(member => (Member: (MemberInfo)member, Value: member.GetCustomAttribute<InputAttribute>() is null ? null : member.GetValue(args)))
            .Concat(args.GetType().GetFields(all).Select(member => (Member: (MemberInfo)member, Value: member.GetCustomAttribute<InputAttribute>() is null ? null : member.GetValue(args))));
        foreach (var (member, value) in members)
        {
            if (member.GetCustomAttribute<InputAttribute>() is not { } input)
            {
                continue;
            }
            if (value is null && input.IsRequired)
            {
                throw new InvalidOperationException($"{args.GetType().Name}.{member.Name} is required");
            }
            if (await Serialize(value).ConfigureAwait(false) is { } sent)
            {
                values.Add(input.Name, sent);
            }
        }
        return values.ToImmutable();
    }

    /// <summary>A value of a resource's state as the type that its property has.</summary>
    public static object? Read(object? value, Type type)
    {
        if (value is null)
        {
            return null;
        }
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.GetCustomAttribute<OutputTypeAttribute>() is not null && value is IReadOnlyDictionary<string, object?> parts)
        {
            var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Single(static one => one.GetCustomAttribute<OutputConstructorAttribute>() is not null);
            return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Read(parts.GetValueOrDefault(parameter.Name!), parameter.ParameterType))]);
        }
        return type == value.GetType() ? value : Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
    }
}
