using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using AWorld.Platform;
using Microsoft.OpenApi;

namespace AWorld.Users;

/// <summary>
/// The contract's patterns of names. They count and match code points, which .NET's regular expressions do not, so
/// they are spelt out over runes.
/// </summary>
static class NameShapes
{
    public static bool IsNickname(string text)
    {
        var (count, afterSeparator) = (0, false);
        foreach (var rune in text.EnumerateRunes())
        {
            var separator = rune.Value is '_' or '.' or '-' or ' ';
            if (separator ? afterSeparator : !IsLetterOrMark(rune) && !IsNumberOrSymbol(rune))
            {
                return false;
            }
            (count, afterSeparator) = (count + 1, separator);
        }
        return count is >= 2 and <= 40;
    }

    public static bool IsPersonName(string text)
    {
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsLetterOrMark(rune) && rune.Value is not ('\'' or ' ' or '-'))
            {
                return false;
            }
            count++;
        }
        return count is >= 2 and <= 50;
    }

    /// <summary>A name of a person as far as the contract's pattern can hold it, which has no full stops and nobody with a name of one character; null: it cannot.</summary>
    public static string? Fit(string? name)
    {
        var fit = new StringBuilder();
        foreach (var rune in (name ?? "").EnumerateRunes())
        {
            fit.Append(IsLetterOrMark(rune) ? rune.ToString()
                : rune.Value is '\'' or '\u2018' or '\u2019' or '\u00B4' or '`' ? "'"
                : Rune.GetUnicodeCategory(rune) == UnicodeCategory.DashPunctuation ? "-"
                : " ");
        }
        var words = string.Join(' ', fit.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return IsPersonName(words) ? words : null;
    }

    static bool IsLetterOrMark(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    static bool IsNumberOrSymbol(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol;
}

[AttributeUsage(AttributeTargets.Property)]
sealed class NicknameAttribute : ValidationAttribute, IDescribed
{
    public NicknameAttribute() => ErrorMessage = "must be 2 to 40 letters, digits, symbols, spaces or _ . -, without two of the latter in a row";
    public override bool IsValid(object? value) => value is null || value is string text && NameShapes.IsNickname(text);
    void IDescribed.Describe(OpenApiSchema schema) => (schema.MinLength, schema.MaxLength, schema.Pattern) = (2, 40, @"^(?!.*[_.\- ]{2,})[\p{L}\p{M}\p{N}\p{S}_ .\-]{2,40}$");
}

[AttributeUsage(AttributeTargets.Property)]
sealed class PersonNameAttribute : ValidationAttribute, IDescribed
{
    public PersonNameAttribute() => ErrorMessage = "must be 2 to 50 letters, spaces, apostrophes or hyphens";
    public override bool IsValid(object? value) => value is null || value is string text && NameShapes.IsPersonName(text);
    void IDescribed.Describe(OpenApiSchema schema) => (schema.MinLength, schema.MaxLength, schema.Pattern) = (2, 50, @"^[\p{L}\p{M}' \-]+$");
}
