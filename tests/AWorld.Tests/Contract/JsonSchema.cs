using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AWorld.Platform;

namespace AWorld.Tests.Contract;

/// <summary>The part of JSON Schema 2020-12 that the contract uses; a keyword it does not know fails, so that nothing goes unchecked.</summary>
sealed class JsonSchema(JsonElement schemas)
{
    public IReadOnlyList<string> Errors(JsonElement value, JsonElement schema)
    {
        var errors = new List<string>();
        Check(value, schema, "$", errors);
        return errors;
    }

    /// <summary>What a reference leads to.</summary>
    public JsonElement Resolve(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference) ? Resolve(schemas.GetProperty(reference.GetString()!.Split('/')[^1])) : schema;

    void Check(JsonElement value, JsonElement schema, string at, List<string> errors)
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return;
        }
        foreach (var keyword in schema.EnumerateObject())
        {
            if (Wrong(value, schema, keyword.Name, keyword.Value, at, errors) is { } wrong)
            {
                errors.Add($"{at} {wrong}");
            }
        }
    }

    string? Wrong(JsonElement value, JsonElement schema, string keyword, JsonElement rule, string at, List<string> errors)
    {
        switch (keyword)
        {
            case "title" or "description" or "default" or "example" or "examples" or "$comment" or "x-status":
                return null;
            case "$ref":
                Check(value, schemas.GetProperty(rule.GetString()!.Split('/')[^1]), at, errors);
                return null;
            case "type":
                var types = rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Select(type => type.GetString()!) : [rule.GetString()!];
                return types.Any(type => Is(value, type)) ? null : $"is {value.ValueKind}, not {rule}";
            case "enum":
                return rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? null : $"is {value}, not one of {rule}";
            case "const":
                return JsonElement.DeepEquals(rule, value) ? null : $"is {value}, not {rule}";
            case "allOf":
                foreach (var each in rule.EnumerateArray())
                {
                    Check(value, each, at, errors);
                }
                return null;
            case "anyOf" or "oneOf":
                var matching = rule.EnumerateArray().Count(one => Errors(value, one).Count == 0);
                return matching == 1 || keyword == "anyOf" && matching > 1 ? null
                    : $"matches {matching} of {keyword}: {string.Join(" | ", rule.EnumerateArray().Select(one => string.Join(", ", Errors(value, one))))}";
        }
        return value.ValueKind switch
        {
            JsonValueKind.Object => WrongObject(value, schema, keyword, rule, at, errors),
            JsonValueKind.Array => WrongArray(value, keyword, rule, at, errors),
            JsonValueKind.String => WrongText(value.GetString()!, keyword, rule),
            JsonValueKind.Number => WrongNumber(value.GetDecimal(), keyword, rule),
            _ => null,
        };
    }

    string? WrongObject(JsonElement value, JsonElement schema, string keyword, JsonElement rule, string at, List<string> errors)
    {
        switch (keyword)
        {
            case "required":
                return rule.EnumerateArray().Select(name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).ToArray() is { Length: > 0 } missing
                    ? $"lacks {string.Join(", ", missing)}" : null;
            case "properties":
                foreach (var property in rule.EnumerateObject())
                {
                    if (value.TryGetProperty(property.Name, out var member))
                    {
                        Check(member, property.Value, $"{at}.{property.Name}", errors);
                    }
                }
                return null;
            case "additionalProperties":
                foreach (var member in value.EnumerateObject())
                {
                    if (schema.TryGetProperty("properties", out var known) && known.TryGetProperty(member.Name, out _))
                    {
                        continue;
                    }
                    if (rule.ValueKind == JsonValueKind.False)
                    {
                        return $"has {member.Name}, which is not allowed";
                    }
                    Check(member.Value, rule, $"{at}.{member.Name}", errors);
                }
                return null;
            default:
                return Unknown(keyword);
        }
    }

    string? WrongArray(JsonElement value, string keyword, JsonElement rule, string at, List<string> errors)
    {
        switch (keyword)
        {
            case "items":
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Check(item, rule, $"{at}[{index++}]", errors);
                }
                return null;
            case "minItems":
                return value.GetArrayLength() >= rule.GetInt32() ? null : $"has fewer than {rule} items";
            case "maxItems":
                return value.GetArrayLength() <= rule.GetInt32() ? null : $"has more than {rule} items";
            default:
                return Unknown(keyword);
        }
    }

    static string? WrongText(string text, string keyword, JsonElement rule) => keyword switch
    {
        "minLength" => Length(text) >= rule.GetInt32() ? null : $"'{text}' is shorter than {rule}",
        "maxLength" => Length(text) <= rule.GetInt32() ? null : $"'{text}' is longer than {rule}",
        "pattern" => Pattern(rule.GetString()!).IsMatch(text) ? null : $"'{text}' does not match {rule}",
        "format" => rule.GetString() switch
        {
            "date-time" => Instants.TryParse(text, out _),
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "email" => text.Contains('@', StringComparison.Ordinal),
            "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
            var other => throw new NotSupportedException($"format {other}"),
        } ? null : $"'{text}' is no {rule}",
        _ => Unknown(keyword),
    };

    static string? WrongNumber(decimal number, string keyword, JsonElement rule) => keyword switch
    {
        "minimum" => number >= rule.GetDecimal() ? null : $"{number} is less than {rule}",
        "maximum" => number <= rule.GetDecimal() ? null : $"{number} is more than {rule}",
        "exclusiveMinimum" => number > rule.GetDecimal() ? null : $"{number} is not more than {rule}",
        "exclusiveMaximum" => number < rule.GetDecimal() ? null : $"{number} is not less than {rule}",
        _ => Unknown(keyword),
    };

    static readonly HashSet<string> OfOtherTypes = ["required", "properties", "additionalProperties", "items", "minItems", "maxItems",
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

    static string? Unknown(string keyword) => OfOtherTypes.Contains(keyword) ? null : throw new NotSupportedException($"the keyword {keyword}");

    static bool Is(JsonElement value, string type) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && decimal.IsInteger(number),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => string.Equals(value.ValueKind.ToString(), type, StringComparison.OrdinalIgnoreCase),
    };

    static int Length(string text) => new StringInfo(text).LengthInTextElements;

    /// <summary>The contract writes some patterns as JavaScript literals, <c>^...$/u</c>.</summary>
    static Regex Pattern(string pattern)
    {
        var end = pattern.LastIndexOf("$/", StringComparison.Ordinal);
        return new(end < 0 ? pattern : pattern[..(end + 1)], end >= 0 && pattern[(end + 2)..].Contains('i', StringComparison.Ordinal) ? RegexOptions.IgnoreCase : RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}
