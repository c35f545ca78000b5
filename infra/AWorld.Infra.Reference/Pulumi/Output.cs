using System.Collections.Immutable;
using System.Globalization;

namespace Pulumi;

interface IOutput
{
    Task<object?> Value();
}

public sealed class Output<T> : IOutput
{
    internal Output(Task<T> data) => Data = data;

    internal Task<T> Data { get; }

    async Task<object?> IOutput.Value() => await Data.ConfigureAwait(false);

    public Output<TResult> Apply<TResult>(Func<T, TResult> func)
    {
        return new(Run());
        async Task<TResult> Run() => func(await Data.ConfigureAwait(false));
    }

    public Output<TResult> Apply<TResult>(Func<T, Output<TResult>?> func)
    {
        return new(Run());
        async Task<TResult> Run() => await func(await Data.ConfigureAwait(false))!.Data.ConfigureAwait(false);
    }
}

public static class Output
{
    public static Output<T> Create<T>(T value) => new(Task.FromResult(value));

    public static Output<T> Create<T>(Task<T> value) => new(value);

    public static Output<ImmutableArray<T>> All<T>(IEnumerable<Output<T>> outputs)
    {
        return new(Run([.. outputs]));
        static async Task<ImmutableArray<T>> Run(Output<T>[] all) => [.. await Task.WhenAll(all.Select(static one => one.Data)).ConfigureAwait(false)];
    }

    public static Output<string> Format(FormattableString formattableString)
    {
        return new(Run());

        async Task<string> Run()
        {
            var arguments = formattableString.GetArguments();
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = arguments[i] switch
                {
                    IOutput output => await output.Value().ConfigureAwait(false),
                    IInput input => await input.Serialize().ConfigureAwait(false),
                    var plain => plain,
                };
            }
            return string.Format(CultureInfo.InvariantCulture, formattableString.Format, arguments);
        }
    }
}
