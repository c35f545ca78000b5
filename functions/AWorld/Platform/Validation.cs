using System.Buffers;
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
    internal const int MostProblems = 50;

    /// <summary>Far enough from the ends of the calendar that periods and time zones can be added to any instant.</summary>
    const int EarliestYear = 1900, LatestYear = 9000;

    const string NoControls = "must not contain control characters";

    /// <param name="Lines">It may have several.</param>
    sealed record Member(string Name, Func<object, object?> Get, ValidationAttribute[] Rules, bool Lines);

    static readonly ConcurrentDictionary<Type, Member[]> Members = new();

    public static IReadOnlyList<FieldError> Check(object value)
    {
        var problems = new Problems();
        Visit(value, "", problems);
        return problems.Found;
    }

    /// <summary>The framework's rules as we word ours; null: the rule has words of its own.</summary>
    static string? InWords(ValidationAttribute rule) => rule.ErrorMessage is not null ? null : rule switch
    {
        RequiredAttribute => "is required",
        StringLengthAttribute { MinimumLength: 0 } text => $"must be at most {text.MaximumLength} characters",
        StringLengthAttribute text => $"must be {text.MinimumLength} to {text.MaximumLength} characters",
        MinLengthAttribute { Length: 1 } => "must not be empty",
        MinLengthAttribute list => $"must hold at least {list.Length}",
        MaxLengthAttribute list => $"must hold at most {list.Length}",
        RangeAttribute range => $"must be from {range.Minimum} to {range.Maximum}",
        AllowedValuesAttribute allowed => $"must be one of {string.Join(", ", allowed.Values.OfType<string>())}",
        _ => null,
    };

    /// <summary>What a terminal, a log or a page would not show as text.</summary>
    internal static bool HasControlCharacters(string text, bool lines) => text.AsSpan().ContainsAny(lines ? OtherThanLines : Controls);

    static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, char.MaxValue).Select(code => (char)code).Where(char.IsControl)]);
    static readonly SearchValues<char> OtherThanLines = SearchValues.Create([.. Enumerable.Range(0, char.MaxValue).Select(code => (char)code).Where(one => char.IsControl(one) && one is not ('\n' or '\r' or '\t'))]);

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
                    problems.When(item is null, $"{path}[{index}]", "must not be null").When(item is string text && HasControlCharacters(text, lines: false), $"{path}[{index}]", NoControls);
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
            var (content, known) = (member.Get(value), problems.Found.Count);
            foreach (var rule in member.Rules)
            {
                // A context costs more than most rules, and most values are valid.
                if (!rule.RequiresValidationContext && rule.IsValid(content))
                {
                    continue;
                }
                if (rule.GetValidationResult(content, new ValidationContext(value) { MemberName = member.Name, DisplayName = member.Name }) is { } failed)
                {
                    // A rule of ours holds for each text of a list.
                    var place = rule is IDescribed && content is IEnumerable<string> texts ? $"{field}[{texts.Index().First(text => !rule.IsValid(text.Item)).Index}]" : field;
                    problems.When(true, place, InWords(rule) ?? failed.ErrorMessage ?? "is invalid");
                    break;
                }
            }
            if (problems.Found.Count == known)
            {
                problems.When(content is string text && HasControlCharacters(text, member.Lines), field, NoControls)
                    .When(content is DateTimeOffset { Year: < EarliestYear or > LatestYear }, field, $"must be from {EarliestYear} to {LatestYear}");
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

    static Member[] Describe(Type type)
    {
        var info = Json.Options.GetTypeInfo(type);
        return info.Kind != JsonTypeInfoKind.Object
            ? []
            : [.. from property in info.Properties
                  where property.Get is not null
                  let rules = property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true).Cast<ValidationAttribute>().ToArray() ?? []
                  select new Member(property.Name, property.Get!, rules, rules.Any(rule => rule is TextAttribute { Lines: true }))];
    }
}

/// <summary>An id that a client chose, or a list of them: 1 to 128 letters, digits and <c>_ - . : @</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class IdAttribute : ValidationAttribute, IDescribed
{
    internal const string Rule = "must be 1 to 128 letters, digits or _ - . : @";
    public IdAttribute() => ErrorMessage = Rule;
    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string id => Ids.IsClientId(id),
        _ => value is IEnumerable<string> ids && ids.All(static id => id is null || Ids.IsClientId(id)),
    };
    void IDescribed.Describe(OpenApiSchema schema) => Describe(schema.Items as OpenApiSchema ?? schema);
    internal static void Describe(OpenApiSchema schema) => (schema.Pattern, schema.MinLength, schema.MaxLength, schema.Description) = ("^[A-Za-z0-9_.:@-]+$", 1, 128, "An id: letters, digits or _ - . : @");
}

/// <summary>What people read, or a list of that. It has at least one character; whether it must be there is another question.</summary>
/// <param name="most">Unicode characters.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TextAttribute(int most) : ValidationAttribute, IDescribed
{
    public const int Name = 200;
    public const int Prose = 4_000;

    /// <summary>It may have several lines.</summary>
    public bool Lines { get; init; }

    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string text => Fits(text),
        _ => value is IEnumerable<string> texts && texts.All(text => text is null || Fits(text)),
    };

    bool Fits(string text) => text.Length > 0 && (text.Length <= most || text.EnumerateRunes().Count() <= most);
    public override string FormatErrorMessage(string name) => $"must be 1 to {most} characters";
    void IDescribed.Describe(OpenApiSchema schema)
    {
        var text = schema.Items as OpenApiSchema ?? schema;
        (text.MinLength, text.MaxLength) = (1, most);
    }
}

/// <summary>A CLDR language code, such as <c>en</c> or <c>pt-BR</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed partial class LanguageAttribute : ValidationAttribute, IDescribed
{
    public LanguageAttribute() => ErrorMessage = "must be a language code, such as en or pt-BR";
    public override bool IsValid(object? value) => value is null || value is string code && Shape().IsMatch(code);
    void IDescribed.Describe(OpenApiSchema schema) => (schema.Description, schema.MaxLength) = ("A CLDR language code, such as en or pt-BR", 12);

    [GeneratedRegex("^[a-z]{2,3}([-_][A-Z][a-z]{3})?([-_]([A-Z]{2}|[0-9]{3}))?\\z")]
    private static partial Regex Shape();
}

/// <summary>An IANA time zone, such as <c>Europe/Rome</c>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TimeZoneNameAttribute : ValidationAttribute, IDescribed
{
    public TimeZoneNameAttribute() => ErrorMessage = "must be an IANA time zone, such as Europe/Rome";
    public override bool IsValid(object? value) => value is null || value is string zone && NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null;
    void IDescribed.Describe(OpenApiSchema schema) => (schema.Description, schema.MaxLength) = ("An IANA time zone, such as Europe/Rome", 64);
}
