using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AWorld.Platform;

namespace AWorld.Identity;

/// <summary>A public key bound to the one algorithm it verifies, so that a token cannot choose another for it.</summary>
public abstract record VerificationKey(string Kid, string Algorithm)
{
    internal abstract bool Verifies(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature);

    public sealed record Es256(string Kid, ECPoint Point) : VerificationKey(Kid, Jwt.Es256)
    {
        internal override bool Verifies(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
        {
            // An instance per use: they are not documented as thread-safe, and verified tokens are cached.
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point });
            return signature.Length == 64 && key.VerifyData(input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public sealed record Rs256(string Kid, byte[] Modulus, byte[] Exponent) : VerificationKey(Kid, Jwt.Rs256)
    {
        internal override bool Verifies(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
        {
            using var key = RSA.Create(new RSAParameters { Modulus = Modulus, Exponent = Exponent });
            return key.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
    }
}

/// <summary>What a token must say, beside being signed.</summary>
public sealed record JwtRules(string Issuer, string Audience, string? Type = null);

/// <summary>
/// JSON Web Tokens (RFC 7515, 7519): signs ES256, verifies ES256 and RS256 and nothing else. Tokens are parsed
/// strictly: canonical base64url, valid UTF-8, no duplicate members, no critical extensions.
/// </summary>
public sealed class Jwt
{
    public const string Es256 = "ES256";
    public const string Rs256 = "RS256";
    public const int MostChars = 8192;
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    readonly byte[] input;
    readonly byte[] signature;
    readonly JsonElement header;

    Jwt(byte[] input, byte[] signature, JsonElement header, JsonElement unverified) =>
        (this.input, this.signature, this.header, Unverified) = (input, signature, header, unverified);

    public string Algorithm => Text(header, "alg")!;
    public string? Kid => Text(header, "kid");

    /// <summary>The claims as sent: only good for choosing whom to ask for the key.</summary>
    public JsonElement Unverified { get; }

    public static string Sign(SigningKey key, string type, Action<Utf8JsonWriter> claims)
    {
        var head = Object(json =>
        {
            json.WriteString("alg", Es256);
            json.WriteString("typ", type);
            json.WriteString("kid", key.Kid);
        });
        var signed = $"{head}.{Object(claims)}";
        using var signer = ECDsa.Create();
        signer.ImportPkcs8PrivateKey(key.PrivateKey, out _);
        return $"{signed}.{Base64Url.EncodeToString(signer.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    public static Result<Jwt> Parse(string token)
    {
        if (token.Length > MostChars)
        {
            return Error.InvalidToken($"the token exceeds {MostChars} characters");
        }
        var parts = token.Split('.', 4);
        if (parts.Length != 3 || Decode(parts[0]) is not { } headBytes || Decode(parts[1]) is not { } payloadBytes || Decode(parts[2]) is not { Length: > 0 } sealing)
        {
            return Error.InvalidToken("the token is not three base64url parts");
        }
        if (ParseObject(headBytes) is not { } head || ParseObject(payloadBytes) is not { } payload)
        {
            return Error.InvalidToken("the token's header and claims must be JSON objects without duplicate names");
        }
        if (Text(head, "alg") is not (Es256 or Rs256))
        {
            return Error.InvalidToken($"the token's algorithm must be {Es256} or {Rs256}");
        }
        if (head.TryGetProperty("crit", out _))
        {
            return Error.InvalidToken("the token has critical extensions, none of which are supported");
        }
        return new Jwt(Encoding.ASCII.GetBytes(token, 0, token.Length - parts[2].Length - 1), sealing, head, payload);
    }

    /// <summary>The claims, if the key signed them and they are for us, now.</summary>
    public Result<JsonElement> Verify(VerificationKey key, JwtRules rules, DateTimeOffset now)
    {
        if (key.Algorithm != Algorithm || !key.Verifies(input, signature))
        {
            return Error.InvalidToken("the token's signature is not valid");
        }
        if (rules.Type is { } type && !string.Equals(Text(header, "typ"), type, StringComparison.OrdinalIgnoreCase))
        {
            return Error.InvalidToken($"the token is not of type {type}");
        }
        if (Text(Unverified, "iss") != rules.Issuer)
        {
            return Error.InvalidToken("the token is from another issuer");
        }
        if (!IsFor(rules.Audience))
        {
            return Error.InvalidToken("the token is for another audience");
        }
        if (!Unverified.TryGetProperty("exp", out var exp) || Instant(exp) is not { } expires)
        {
            return Error.InvalidToken("the token's exp is missing or not a time");
        }
        foreach (var name in (ReadOnlySpan<string>)["nbf", "iat"])
        {
            if (Unverified.TryGetProperty(name, out var claim) && (Instant(claim) is not { } from || from > now + Skew))
            {
                return Error.InvalidToken($"the token's {name} is not a time or lies in the future");
            }
        }
        return expires + Skew <= now ? Error.ExpiredToken() : Unverified;
    }

    /// <summary>A claim's text, or null when it is absent or not a string.</summary>
    public static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.String ? claim.GetString() : null;

    /// <summary>A NumericDate as an instant, or null when it is not a number of seconds in range.</summary>
    public static DateTimeOffset? Instant(JsonElement claim) =>
        claim.ValueKind == JsonValueKind.Number && claim.TryGetDouble(out var seconds) && seconds is >= 0 and < 253402300799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>The bytes of canonical, unpadded base64url; null for anything else.</summary>
    public static byte[]? Decode(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return null;
            }
        }
        var bytes = new byte[text.Length * 3 / 4];
        return Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done && written == bytes.Length
            && Base64Url.EncodeToString(bytes) == text ? bytes : null;
    }

    /// <summary>Whether the audience is, or is among, the token's; unverified, as all of it before <see cref="Verify"/>.</summary>
    public bool IsFor(string audience) => Unverified.TryGetProperty("aud", out var aud) && aud.ValueKind switch
    {
        JsonValueKind.String => aud.ValueEquals(audience),
        JsonValueKind.Array => aud.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(audience)),
        _ => false,
    };

    static JsonElement? ParseObject(byte[] utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return null;
        }
        try
        {
            return JsonElement.Parse(utf8, Strict) is { ValueKind: JsonValueKind.Object } found && IsText(found) ? found : null;
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads every string once: half a surrogate pair, which JSON can escape, throws here and not later.</summary>
    static bool IsText(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().All(member => member.Name is not null && IsText(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().All(IsText),
        JsonValueKind.String => json.GetString() is not null,
        _ => true,
    };

    static string Object(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return Base64Url.EncodeToString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
