using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AWorld.Platform;

namespace AWorld.Integrations;

enum HookScheme { HmacSha256, ApiKey }

enum SignatureEncoding { Hex, Base64 }

/// <summary>How a vendor proves that a request is its own.</summary>
/// <param name="Header">Of the signature or the key; null: <c>x-signature</c> or <c>x-api-key</c>.</param>
/// <param name="Prefix">Before the signature, such as <c>sha256=</c>.</param>
/// <param name="TimestampHeader">When it was sent, in seconds since 1970 or as a date and time. Then the signature is over <c>{timestamp}.{body}</c>, and what is older or younger than <paramref name="ToleranceSeconds"/> is refused. Null: over the body alone.</param>
sealed record HookAuthentication(
    HookScheme Scheme = HookScheme.HmacSha256,
    [property: RegularExpression("^[A-Za-z0-9-]{1,64}$", ErrorMessage = "must be the name of a header")] string? Header = null,
    SignatureEncoding Encoding = SignatureEncoding.Hex,
    [property: Text(32)] string? Prefix = null,
    [property: RegularExpression("^[A-Za-z0-9-]{1,64}$", ErrorMessage = "must be the name of a header")] string? TimestampHeader = null,
    [property: Range(1, 3600)] int ToleranceSeconds = 300)
{
    string HeaderName => Header ?? (Scheme == HookScheme.ApiKey ? "x-api-key" : "x-signature");

    /// <summary>Whether one of the secrets made the request. It does the same work whichever is wrong.</summary>
    public bool Accepts(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> secrets, DateTimeOffset now)
    {
        var given = headers[HeaderName] is [{ } one] ? one : "";
        var (stamp, fresh) = Timestamp(headers, now);
        var accepted = false;
        foreach (var secret in secrets)
        {
            accepted |= Scheme == HookScheme.ApiKey ? Same(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(given)), SHA256.HashData(secret)) : Same(Decode(given), Sign(secret, stamp, body));
        }
        return accepted & fresh & given.Length > 0;
    }

    static bool Same(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    static byte[] Sign(byte[] secret, string? stamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        if (stamp is not null)
        {
            mac.AppendData(System.Text.Encoding.UTF8.GetBytes(stamp + "."));
        }
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }

    byte[] Decode(string given)
    {
        var text = Prefix is null ? given : given.StartsWith(Prefix, StringComparison.Ordinal) ? given[Prefix.Length..] : "";
        try
        {
            return Encoding == SignatureEncoding.Hex ? Convert.FromHexString(text) : Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return [];
        }
    }

    (string? Stamp, bool Fresh) Timestamp(IHeaderDictionary headers, DateTimeOffset now)
    {
        if (TimestampHeader is null || Scheme == HookScheme.ApiKey)
        {
            return (null, true);
        }
        var text = headers[TimestampHeader] is [{ } one] ? one : "";
        var at = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : Instants.TryParse(text, out var instant) ? instant : DateTimeOffset.MinValue;
        return (text, (now - at).Duration() <= TimeSpan.FromSeconds(ToleranceSeconds));
    }
}
