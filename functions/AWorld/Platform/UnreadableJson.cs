using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AWorld.Platform;

/// <summary>What is wrong with JSON that could not be read, in our words.</summary>
public static class UnreadableJson
{
    /// <param name="root">What was to be read.</param>
    /// <param name="within">The field or header that holds the JSON; null: it is the body.</param>
    public static Error Of(JsonException bad, Type root, string? within = null)
    {
        if (IsSyntax(bad))
        {
            return within is null ? Error.Invalid(Syntax(bad)) : Error.Invalid(within, Syntax(bad));
        }
        var path = bad.Path is { Length: > 2 } found ? found.TrimStart('$').TrimStart('.') : "";
        var message = MessageOf(bad, root, path);
        return path.Length > 0 ? Error.Invalid(within is null ? path : $"{within}.{path}", message)
            : within is null ? Error.Invalid($"the JSON {message}") : Error.Invalid(within, message);
    }

    /// <summary>The reader's own exceptions, which the serializer wraps, are of a type that it keeps to itself.</summary>
    static bool IsSyntax(JsonException bad) => bad.GetType() != typeof(JsonException) || bad.InnerException is JsonException;

    /// <summary>In the reader's messages: it came to the end too early.</summary>
    static readonly string[] Endings = ["reached end of data", "end of the JSON payload", "not contain any JSON tokens"];

    static string Syntax(JsonException bad)
    {
        var place = $"line {bad.LineNumber + 1}, byte {bad.BytePositionInLine + 1}";
        return bad.Message.Contains("maximum configured depth", StringComparison.Ordinal) ? $"the JSON is nested too deep at {place}"
            : Array.Exists(Endings, ending => bad.Message.Contains(ending, StringComparison.Ordinal)) ? $"the JSON breaks off at {place}"
            : $"the JSON is wrong from {place} on";
    }

    static string MessageOf(JsonException bad, Type root, string path)
    {
        if (bad.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
        {
            return Expected(TypeAt(root, path), outOfRange: bad.InnerException is FormatException);
        }
        if (bad.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            return "is not a known field";
        }
        var end = bad.Message.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? bad.Message : bad.Message[..end];
    }

    static string Expected(Type? type, bool outOfRange) => type switch
    {
        null => "has the wrong type",
        _ when type == typeof(int) => outOfRange ? $"must be a whole number from {int.MinValue} to {int.MaxValue}" : "must be a whole number",
        _ when type == typeof(long) => outOfRange ? $"must be a whole number from {long.MinValue} to {long.MaxValue}" : "must be a whole number",
        _ when type == typeof(decimal) => outOfRange ? "is out of range: must be between -7.9e28 and 7.9e28" : "must be a number",
        _ when type == typeof(bool) => "must be true or false",
        _ when type == typeof(string) => "must be text",
        _ when Json.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Dictionary => "must be an object",
        _ when type.IsAssignableTo(typeof(IEnumerable)) => "must be a list",
        _ => "must be an object",
    };

    /// <summary>The type of the field at a path such as <c>rewards[0].amount</c>; null when there is none.</summary>
    static Type? TypeAt(Type root, string path)
    {
        var type = root;
        foreach (var step in path.Split('.', '['))
        {
            var info = Json.Options.GetTypeInfo(type);
            var next = step.Length == 0 ? type : step.EndsWith(']') ? info.ElementType : info.Properties.FirstOrDefault(property => property.Name == step)?.PropertyType;
            if (next is null)
            {
                return null;
            }
            type = Nullable.GetUnderlyingType(next) ?? next;
        }
        return type;
    }

    /// <summary>The required fields that JSON for this type lacks, at any depth.</summary>
    internal static IReadOnlyList<FieldError> Missing(JsonElement json, Type type)
    {
        var problems = new Problems();
        FindMissing(json, Json.Options.GetTypeInfo(type), "", problems);
        return problems.Found;
    }

    static void FindMissing(JsonElement json, JsonTypeInfo info, string path, Problems problems)
    {
        if (problems.Found.Count >= Validation.MostProblems)
        {
            return;
        }
        if (info.Kind == JsonTypeInfoKind.Enumerable && json.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in json.EnumerateArray())
            {
                FindMissing(item, Json.Options.GetTypeInfo(info.ElementType!), $"{path}[{index++}]", problems);
            }
        }
        if (info.Kind != JsonTypeInfoKind.Object || json.ValueKind != JsonValueKind.Object)
        {
            return;
        }
        foreach (var property in info.Properties)
        {
            var field = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (json.TryGetProperty(property.Name, out var value))
            {
                FindMissing(value, Json.Options.GetTypeInfo(property.PropertyType), field, problems);
            }
            else
            {
                problems.When(property.IsRequired, field, "is required");
            }
        }
    }
}
