using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AWorld.Platform;

namespace AWorld.Tenancy;

/// <summary>An e-mail address, compared in lower case.</summary>
public static partial class EmailAddress
{
    public const int MaxLength = 254;

    public static bool IsValid(string email) => email.Length <= MaxLength && email.IndexOf('@', StringComparison.Ordinal) is > 0 and <= 64 && Shape().IsMatch(email);

    public static string Normalize(string email) => email.Trim().ToLowerInvariant();

    /// <summary>SHA-256 in hex over the normalised address, salted so that hashes of different tenants cannot be joined.</summary>
    public static string Hash(string email, string salt = "") =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{salt}\n{Normalize(email)}")));

    // A dot-atom before the @, host names with at least one dot after it: what mail servers take, without quoting and
    // comments, through which one address could be spelt in several ways.
    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}

[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class EmailAttribute : ValidationAttribute, IDescribed
{
    public EmailAttribute() => ErrorMessage = "must be an e-mail address";
    public override bool IsValid(object? value) => value is null || value is string email && EmailAddress.IsValid(email);
    void IDescribed.Describe(Microsoft.OpenApi.OpenApiSchema schema) => (schema.Format, schema.MaxLength) = ("email", EmailAddress.MaxLength);
}
