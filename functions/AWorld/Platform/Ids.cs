using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace AWorld.Platform;

/// <summary>The only maker of ids. Random ones are nanoids; derived ones give the same id for the same parts, for ever.</summary>
public class Ids
{
    const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    static readonly SearchValues<char> OfClientIds = SearchValues.Create(Alphabet + ".:@");
    public const int Length = 21;
    public const int TenantLength = 10;

    /// <summary>21 URL-safe characters, 126 random bits.</summary>
    public virtual string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>10 URL-safe characters, for accounts and workspaces.</summary>
    public virtual string NewTenant() => RandomNumberGenerator.GetString(Alphabet, TenantLength);

    /// <summary>The first 126 bits of SHA-256 over the parts, as 21 URL-safe characters.</summary>
    public static string Derive(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> buffer = stackalloc byte[512];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetByteCount(part) <= buffer.Length - 1 ? buffer[..Encoding.UTF8.GetBytes(part, buffer)] : Encoding.UTF8.GetBytes(part);
            hash.AppendData(bytes);
            hash.AppendData([0]);
        }
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return string.Create(Length, digest, static (chars, digest) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = Alphabet[digest[i] & 63];
            }
        });
    }

    /// <summary>Whether a client may choose it as an id: 1 to 128 of letters, digits and <c>_ - . : @</c>.</summary>
    public static bool IsClientId(string id) => id.Length is > 0 and <= 128 && !id.AsSpan().ContainsAnyExcept(OfClientIds);

    public static bool IsTenantId(string id) =>
        id.Length == TenantLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
