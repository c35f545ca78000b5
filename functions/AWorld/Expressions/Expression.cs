using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AWorld.Expressions;

/// <param name="Result">An error when the evaluation was stopped.</param>
/// <param name="Steps">Each sub-expression that was evaluated, operands before what uses them.</param>
public sealed record Explanation(Value Result, IReadOnlyList<ExplainedStep> Steps);

/// <summary>
/// A JsonLogic expression, compiled. Immutable; equal to another of the same JSON. One that has problems (see
/// <see cref="ExpressionCheck"/>) can be read and written, but evaluates to an error.
/// </summary>
[JsonConverter(typeof(ExpressionConverter))]
public sealed class Expression : IEquatable<Expression>
{
    static readonly ExpressionCache Cache = new();

    /// <summary>The bare value null.</summary>
    public static readonly Expression Null = Parse("null");

    readonly Compiled compiled;

    Expression(string source, Compiled compiled) => (Source, this.compiled) = (source, compiled);

    /// <summary>Its JSON, without white space.</summary>
    public string Source { get; }

    /// <summary>The root variables it names outside of map, filter and the like.</summary>
    public IReadOnlySet<string> Roots => compiled.References.Select(reference => reference.Root).ToHashSet(StringComparer.Ordinal);

    internal Compiled Compiled => compiled;

    /// <exception cref="JsonException">A text in it is not Unicode.</exception>
    public static Expression Parse(JsonElement json) => Cache.Get(JsonMarshal.GetRawUtf8Value(json), json, static source => new(source, Check(source)));

    public static Expression Parse([System.Diagnostics.CodeAnalysis.StringSyntax("json")] string json) => Parse(JsonElement.Parse(json));

    public Value Evaluate(Variables variables) => Evaluate(compiled, new Run(variables));

    /// <summary>Evaluates it and tells the value of each part; much slower than <see cref="Evaluate(Variables)"/>.</summary>
    public Explanation Explain(Variables variables)
    {
        var steps = new List<ExplainedStep>();
        var traced = compiled.Problems.Count > 0 ? compiled : Compiler.Compile(JsonElement.Parse(Source), tracing: true);
        return new(Evaluate(traced, new Run(variables, steps)), steps);
    }

    public bool Equals(Expression? other) => other is not null && (ReferenceEquals(this, other) || Source == other.Source);
    public override bool Equals(object? obj) => Equals(obj as Expression);
    public override int GetHashCode() => Source.GetHashCode(StringComparison.Ordinal);
    public override string ToString() => Source;

    static Compiled Check(string source)
    {
        if (source.Length > ExpressionLimits.SourceBytes)
        {
            return new(static (ref _) => Value.Null, [new("", $"is longer than {ExpressionLimits.SourceBytes} characters")], []);
        }
        return Compiler.Compile(JsonElement.Parse(source));
    }

    static Value Evaluate(Compiled compiled, Run run)
    {
        if (compiled.Problems is [var first, ..])
        {
            return Value.Failed(first.Path.Length == 0 ? $"it {first.Message}" : $"at {first.Path}: {first.Message}");
        }
        var result = compiled.Node(ref run);
        return run.Failure is { } why ? Value.Failed(why) : result;
    }

    sealed class ExpressionConverter : JsonConverter<Expression>
    {
        /// <summary>null is a value like any other, not a missing expression.</summary>
        public override bool HandleNull => true;

        public override Expression Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var json = JsonDocument.ParseValue(ref reader);
            return Parse(json.RootElement);
        }

        public override void Write(Utf8JsonWriter writer, Expression? value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value is null ? "null" : value.Source, skipInputValidation: true);
    }
}
