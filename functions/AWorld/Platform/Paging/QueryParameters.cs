using System.Globalization;

namespace AWorld.Platform;

/// <summary>Reads query parameters; a value that makes no sense is a 400 naming the parameter.</summary>
public static class QueryParameters
{
    /// <summary>The value, null when it is absent or empty.</summary>
    public static Result<string?> Text(HttpContext http, string name) => http.Request.Query[name] switch
    {
        { Count: > 1 } => Error.Invalid(name, "must be given once"),
        { Count: 1 } one when one[0] is { Length: > 0 } value => value,
        _ => (string?)null,
    };

    /// <summary>The id of an account or workspace, null when it is absent.</summary>
    public static Result<string?> TenantId(HttpContext http, string name)
    {
        var text = Text(http, name);
        return text is { Succeeded: true, Value: { } id } && !Ids.IsTenantId(id) ? Error.Invalid(name, TenantIdAttribute.Rule) : text;
    }

    /// <summary>One of the allowed values, null when it is absent.</summary>
    public static Result<string?> OneOf(HttpContext http, string name, params IReadOnlyList<string> allowed)
    {
        var text = Text(http, name);
        return text is { Succeeded: true, Value: { } value } && !allowed.Contains(value, StringComparer.Ordinal)
            ? Error.Invalid(name, $"must be {string.Join(" or ", allowed)}")
            : text;
    }

    /// <summary>Any of the allowed values, repeated or separated by commas; null when the parameter is absent.</summary>
    public static Result<HashSet<string>?> AnyOf(HttpContext http, string name, params IReadOnlyList<string> allowed)
    {
        var given = http.Request.Query[name];
        if (given.Count == 0)
        {
            return (HashSet<string>?)null;
        }
        var values = given.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToHashSet(StringComparer.Ordinal);
        return values.FirstOrDefault(value => !allowed.Contains(value, StringComparer.Ordinal)) is { } unknown
            ? Error.Invalid(name, allowed.Count == 0 ? $"'{unknown}' is unknown; there is nothing to choose here" : $"'{unknown}' is unknown; known here: {string.Join(", ", allowed)}")
            : values;
    }

    /// <summary>A whole number from 1; one above the most is taken for the most, since a page may always hold less.</summary>
    public static Result<int> Limit(HttpContext http, int absent, int most)
    {
        var text = Text(http, "limit");
        return text.Error is { } error ? error
            : text.Value is not { } digits ? absent
            : digits.All(char.IsAsciiDigit) && digits.Trim('0').Length > 0 ? int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? Math.Min(value, most) : most
            : Error.Invalid("limit", "must be a whole number from 1");
    }
}
