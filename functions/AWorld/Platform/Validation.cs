using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace AWorld.Platform;

/// <summary>Rules between fields, checked after the annotations of the single ones.</summary>
public interface IChecked
{
    void Check(Problems problems);
}

/// <summary>Collects what is wrong with a request.</summary>
public sealed class Problems
{
    readonly List<FieldError> found = [];

    public IReadOnlyList<FieldError> Found => found;

    public Problems When(bool wrong, string field, string message)
    {
        if (wrong)
        {
            found.Add(new(field, message));
        }
        return this;
    }
}

/// <summary>Checks the System.ComponentModel.DataAnnotations of a request, nested objects and lists included, by JSON name.</summary>
public static class Validation
{
    const int MostProblems = 50;

    sealed record Member(string Name, Func<object, object?> Get, IReadOnlyList<ValidationAttribute> Rules);

    static readonly ConcurrentDictionary<Type, IReadOnlyList<Member>> Members = new();

    public static IReadOnlyList<FieldError> Check(object value)
    {
        var problems = new Problems();
        Visit(value, "", problems);
        return problems.Found;
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
        if (problems.Found.Count >= MostProblems)
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

    /// <summary>The path of the field a JsonException stopped at, without the leading "$.".</summary>
    public static string FieldOf(JsonException bad) => bad.Path is { Length: > 2 } path ? path.TrimStart('$').TrimStart('.') : "";

    public static string MessageOf(JsonException bad)
    {
        if (bad.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
        {
            return "has the wrong type or is not one of the allowed values";
        }
        if (bad.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            return "is not a known field";
        }
        var end = bad.Message.IndexOf(" Path:", StringComparison.Ordinal);
        return end < 0 ? bad.Message : bad.Message[..end];
    }

    static void Visit(object value, string path, Problems problems)
    {
        if (value is JsonElement or string || value.GetType().IsPrimitive)
        {
            return;
        }
        if (value is IEnumerable list)
        {
            var index = 0;
            foreach (var item in list)
            {
                if (problems.Found.Count < MostProblems)
                {
                    problems.When(item is null, $"{path}[{index}]", "must not be null");
                    Visit(item ?? "", $"{path}[{index}]", problems);
                }
                index++;
            }
            return;
        }
        var before = problems.Found.Count;
        foreach (var member in Members.GetOrAdd(value.GetType(), Describe))
        {
            var field = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            var content = member.Get(value);
            foreach (var rule in member.Rules)
            {
                if (rule.GetValidationResult(content, new ValidationContext(value) { MemberName = member.Name, DisplayName = member.Name }) is { } failed)
                {
                    problems.When(true, field, failed.ErrorMessage ?? "is invalid");
                }
            }
            if (content is not null && problems.Found.Count < MostProblems)
            {
                Visit(content, field, problems);
            }
        }
        if (value is IChecked rules && problems.Found.Count == before)
        {
            var nested = new Problems();
            rules.Check(nested);
            foreach (var problem in nested.Found)
            {
                problems.When(true, path.Length == 0 ? problem.Field : $"{path}.{problem.Field}", problem.Message);
            }
        }
    }

    static IReadOnlyList<Member> Describe(Type type)
    {
        var info = Json.Options.GetTypeInfo(type);
        return info.Kind != JsonTypeInfoKind.Object
            ? []
            : [.. from property in info.Properties
                  where property.Get is not null
                  let rules = property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true).Cast<ValidationAttribute>().ToArray() ?? []
                  select new Member(property.Name, property.Get!, rules)];
    }
}

/// <summary>An id that a client chose: 1 to 128 letters, digits and <c>_ - . : @</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class IdAttribute : ValidationAttribute, IDescribed
{
    internal const string Rule = "must be 1 to 128 letters, digits or _ - . : @";
    public IdAttribute() => ErrorMessage = Rule;
    public override bool IsValid(object? value) => value is null || value is string id && Ids.IsClientId(id);
    void IDescribed.Describe(OpenApiSchema schema) => (schema.Pattern, schema.MinLength, schema.MaxLength, schema.Description) = ("^[A-Za-z0-9_.:@-]+$", 1, 128, "An id: letters, digits or _ - . : @");
}

/// <summary>A CLDR language code, such as <c>en</c> or <c>pt-BR</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed partial class LanguageAttribute : ValidationAttribute, IDescribed
{
    public LanguageAttribute() => ErrorMessage = "must be a language code, such as en or pt-BR";
    public override bool IsValid(object? value) => value is null || value is string code && Shape().IsMatch(code);
    void IDescribed.Describe(OpenApiSchema schema) => schema.Description = "A CLDR language code, such as en or pt-BR";

    [GeneratedRegex("^[a-z]{2,3}([-_][A-Z][a-z]{3})?([-_]([A-Z]{2}|[0-9]{3}))?\\z")]
    private static partial Regex Shape();
}

/// <summary>An IANA time zone, such as <c>Europe/Rome</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TimeZoneNameAttribute : ValidationAttribute, IDescribed
{
    public TimeZoneNameAttribute() => ErrorMessage = "must be an IANA time zone, such as Europe/Rome";
    public override bool IsValid(object? value) => value is null || value is string zone && NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null;
    void IDescribed.Describe(OpenApiSchema schema) => schema.Description = "An IANA time zone, such as Europe/Rome";
}
