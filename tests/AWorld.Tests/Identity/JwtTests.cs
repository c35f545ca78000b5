using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AWorld.Identity;
using AWorld.Platform;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Tests.Identity;

public class JwtTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
    static readonly JwtRules Rules = new("https://issuer.test", "us");
    static readonly SigningKey Key = SigningKey.Create(Now, Now);

    // RFC 7515, appendix A.2 and A.3: the same claims, signed with RS256 and with ES256.
    const string Rfc7515Claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const string Rs256Modulus = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const string Rs256Signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const string Es256Signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    [Fact]
    public void The_RS256_example_of_RFC_7515_verifies() =>
        VerifyExample(new VerificationKey.Rs256("a2", Base64Url.DecodeFromChars(Rs256Modulus), [1, 0, 1]), "eyJhbGciOiJSUzI1NiJ9", Rs256Signature);

    [Fact]
    public void The_ES256_example_of_RFC_7515_verifies() =>
        VerifyExample(new VerificationKey.Es256("a3", new()
        {
            X = Base64Url.DecodeFromChars("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            Y = Base64Url.DecodeFromChars("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
        }), "eyJhbGciOiJFUzI1NiJ9", Es256Signature);

    static void VerifyExample(VerificationKey key, string header, string signature)
    {
        var token = Jwt.Parse($"{header}.{Rfc7515Claims}.{signature}").Value;
        // The example has no audience, which we insist on; that being the complaint proves the signature.
        token.Verify(key, new("joe", "us"), DateTimeOffset.FromUnixTimeSeconds(1300819000)).Error!.Message.ShouldContain("audience");
        var other = Jwt.Parse($"{header}.{Rfc7515Claims}.{(signature[0] == 'c' ? 'd' : 'E')}{signature[1..]}").Value;
        other.Verify(key, new("joe", "us"), DateTimeOffset.FromUnixTimeSeconds(1300819000)).Error!.Message.ShouldContain("signature");
    }

    [Theory]
    [InlineData("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.")]
    public void The_HS256_and_unsecured_examples_of_RFC_7519_are_refused(string token) => Jwt.Parse(token).Error.ShouldNotBeNull();

    [Fact]
    public void What_it_signs_it_verifies() => Verify(Token()).Succeeded.ShouldBeTrue();

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("es256")]
    [InlineData("")]
    public void Other_algorithms_are_refused(string algorithm) =>
        Verify(Forge($$"""{"alg":"{{algorithm}}","kid":"{{Key.Kid}}"}""")).Error!.Code.ShouldBe("auth/invalid_token");

    [Fact]
    public void A_public_key_is_no_HMAC_secret()
    {
        var point = Key.Public().Point;
        var input = $"{Encode("""{"alg":"HS256"}""")}.{Encode(Claims())}";
        var signature = HMACSHA256.HashData((byte[])[.. point.X!, .. point.Y!], Encoding.ASCII.GetBytes(input));
        Verify($"{input}.{Base64Url.EncodeToString(signature)}").Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void An_RSA_token_is_refused_by_an_elliptic_key_and_the_other_way_round()
    {
        using var rsa = RSA.Create(2048);
        var input = $"{Encode("""{"alg":"RS256"}""")}.{Encode(Claims())}";
        var token = $"{input}.{Base64Url.EncodeToString(rsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        var its = rsa.ExportParameters(false);
        Jwt.Parse(token).Value.Verify(new VerificationKey.Rs256("k", its.Modulus!, its.Exponent!), Rules, Now).Succeeded.ShouldBeTrue();
        Verify(token).Succeeded.ShouldBeFalse();
        Jwt.Parse(Token()).Value.Verify(new VerificationKey.Rs256(Key.Kid, its.Modulus!, its.Exponent!), Rules, Now).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void Another_key_of_the_same_kind_is_refused() =>
        Jwt.Parse(Token()).Value.Verify(SigningKey.Create(Now, Now).Public(), Rules, Now).Succeeded.ShouldBeFalse();

    [Fact]
    public void A_DER_signature_is_refused()
    {
        using var signer = ECDsa.Create();
        signer.ImportPkcs8PrivateKey(Key.PrivateKey, out _);
        var input = Token()[..Token().LastIndexOf('.')];
        var der = signer.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Verify($"{input}.{Base64Url.EncodeToString(der)}").Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void A_zero_signature_is_refused() =>
        Verify($"{Token()[..Token().LastIndexOf('.')]}.{Base64Url.EncodeToString(new byte[64])}").Succeeded.ShouldBeFalse();

    [Theory]
    [InlineData("""{"iss":"https://issuer.test/"}""", "issuer")]
    [InlineData("""{"iss":["https://issuer.test"]}""", "issuer")]
    [InlineData("""{"aud":"them"}""", "audience")]
    [InlineData("""{"aud":["them","it"]}""", "audience")]
    [InlineData("""{"aud":{"us":"us"}}""", "audience")]
    [InlineData("""{"exp":1}""", "expired")]
    [InlineData("""{"exp":"9999999999"}""", "exp")]
    [InlineData("""{"exp":null}""", "exp")]
    [InlineData("""{"exp":1e300}""", "exp")]
    [InlineData("""{"exp":-1}""", "exp")]
    [InlineData("""{"nbf":9999999999}""", "nbf")]
    [InlineData("""{"nbf":"0"}""", "nbf")]
    [InlineData("""{"iat":9999999999}""", "iat")]
    [InlineData("""{"iat":true}""", "iat")]
    public void Wrong_claims_are_refused_and_named(string changed, string named) =>
        Verify(Token(changed)).Error!.Message.ShouldContain(named);

    [Fact]
    public void A_token_without_exp_is_refused() =>
        Verify(Forge("""{"alg":"ES256"}""", """{"iss":"https://issuer.test","aud":"us"}""")).Error!.Message.ShouldContain("exp");

    [Theory]
    [InlineData(-61, false)]
    [InlineData(-59, true)]
    [InlineData(0, true)]
    public void It_has_expired_a_minute_after_exp(int secondsFromNow, bool valid)
    {
        var verified = Verify(Token($$"""{"exp":{{Now.ToUnixTimeSeconds() + secondsFromNow}}}"""));
        verified.Succeeded.ShouldBe(valid);
        (verified.Error?.Code).ShouldBe(valid ? null : "auth/expired_token");
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public void It_is_valid_from_a_minute_before_nbf(int secondsFromNow, bool valid) =>
        Verify(Token($$"""{"nbf":{{Now.ToUnixTimeSeconds() + secondsFromNow}}}""")).Succeeded.ShouldBe(valid);

    [Fact]
    public void An_audience_may_be_one_of_several() => Verify(Token("""{"aud":["them","us"]}""")).Succeeded.ShouldBeTrue();

    [Theory]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""")]
    [InlineData("""{"alg":"none","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","crit":["exp"]}""")]
    [InlineData("""{"alg":"ES256","crit":["b64"],"b64":false}""")]
    [InlineData("""{"alg":["ES256"]}""")]
    [InlineData("""{}""")]
    [InlineData("""["ES256"]""")]
    [InlineData("""{"alg":"ES256"} """ + "x")]
    [InlineData("""{"alg":"ES256",}""")]
    [InlineData("""{"alg":"ES256","kid":"\ud800"}""")]
    [InlineData("""{"alg":"ES256"/*comment*/}""")]
    public void Odd_headers_are_refused_though_signed(string header) => Verify(Forge(header)).Succeeded.ShouldBeFalse();

    [Theory]
    [InlineData("""{"iss":"https://issuer.test","iss":"https://issuer.test","aud":"us","exp":9999999999}""")]
    [InlineData("""{"iss":"https://issuer.test","aud":"us","exp":1,"exp":9999999999}""")]
    [InlineData("""{"iss":"https://issuer.test","aud":"us","exp":1,"e\u0078p":9999999999}""")]
    [InlineData("""{"iss":"https://issuer.test","aud":"us","exp":9999999999,"sub":"\udfff"}""")]
    [InlineData("""{"iss":"https://issuer.test","aud":"us","exp":9999999999,"\ud800":1}""")]
    [InlineData("""[{"iss":"https://issuer.test","aud":"us","exp":9999999999}]""")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}}}}""")]
    [InlineData("null")]
    [InlineData("")]
    public void Odd_claims_are_refused_though_signed(string claims) => Verify(Forge("""{"alg":"ES256"}""", claims)).Succeeded.ShouldBeFalse();

    [Fact]
    public void Invalid_UTF8_is_refused_though_signed()
    {
        byte[] claims = [.. Encoding.UTF8.GetBytes(Claims()[..^1]), .. ",\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Verify(Forge(Encoding.UTF8.GetBytes("""{"alg":"ES256"}"""), claims)).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void Anything_but_three_canonical_base64url_parts_is_refused()
    {
        var token = Token();
        foreach (var odd in (string[])["", ".", "..", "...", "a", "a.b", token + ".", "." + token, token.Replace(".", "..", StringComparison.Ordinal), token + "=", token + "==", " " + token, token + " ",
                     token + "\n", token.Replace('.', ','), token + "+", token + "/", token + "é", token[..^1] + "\0", token[..token.LastIndexOf('.')], token[..(token.LastIndexOf('.') + 1)], new string('a', 9000)])
        {
            Jwt.Parse(odd).Error.ShouldNotBeNull(odd);
        }
        // 64 bytes take 86 characters, so the last one has four bits too many: they must be zero.
        foreach (var last in "BCDEFGHIJKLMNOP".Where(last => last != token[^1]))
        {
            if (token[^1] == 'A')
            {
                Jwt.Parse(token[..^1] + last).Error.ShouldNotBeNull();
            }
        }
        Verify(token + "AAAA").Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void A_huge_token_is_refused_before_it_is_parsed() =>
        Verify(Forge("""{"alg":"ES256"}""", $$"""{"iss":"https://issuer.test","aud":"us","exp":9999999999,"x":"{{new string('x', 7000)}}"}""")).Error!.Message.ShouldContain("8192");

    [Fact]
    public void No_single_character_can_be_changed()
    {
        var token = Token();
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var other in "AZaz09-_.=")
            {
                if (other != token[i])
                {
                    Verify(token[..i] + other + token[(i + 1)..]).Succeeded.ShouldBeFalse($"{other} at {i}");
                }
            }
        }
    }

    [Fact]
    public void Garbage_never_throws() =>
        Prop.ForAll<string>(text => text is null || !Jwt.Parse(text).Succeeded && !Jwt.Parse($"{Encode(text)}.{Encode(text)}.{Encode(text)}").Succeeded).QuickCheckThrowOnFailure();

    [Fact]
    public void A_type_that_is_asked_for_must_be_there()
    {
        var id = Jwt.Parse(Jwt.Sign(Key, "JWT", WriteClaims)).Value;
        id.Verify(Key.Public(), Rules with { Type = AccessTokens.Type }, Now).Error!.Message.ShouldContain("type");
        Jwt.Parse(Jwt.Sign(Key, AccessTokens.Type, WriteClaims)).Value.Verify(Key.Public(), Rules with { Type = AccessTokens.Type }, Now).Succeeded.ShouldBeTrue();
    }

    static void WriteClaims(Utf8JsonWriter json)
    {
        json.WriteString("iss", Rules.Issuer);
        json.WriteString("aud", Rules.Audience);
        json.WriteNumber("exp", (Now + TimeSpan.FromHours(1)).ToUnixTimeSeconds());
    }

    static Result<JsonElement> Verify(string token)
    {
        var parsed = Jwt.Parse(token);
        return parsed.Succeeded ? parsed.Value.Verify(Key.Public(), Rules, Now) : parsed.Error;
    }

    static string Claims(string? changed = null)
    {
        var claims = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($$"""{"iss":"https://issuer.test","aud":"us","exp":{{Now.ToUnixTimeSeconds() + 3600}},"iat":{{Now.ToUnixTimeSeconds()}}}""")!;
        foreach (var member in JsonElement.Parse(changed ?? "{}").EnumerateObject())
        {
            claims[member.Name] = member.Value;
        }
        return JsonSerializer.Serialize(claims);
    }

    static string Token(string? changed = null) => Forge($$"""{"alg":"ES256","kid":"{{Key.Kid}}"}""", Claims(changed));

    /// <summary>A token whose signature is right whatever it says.</summary>
    static string Forge(string header, string? claims = null) => Forge(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(claims ?? Claims()));

    static string Forge(byte[] header, byte[] claims)
    {
        using var signer = ECDsa.Create();
        signer.ImportPkcs8PrivateKey(Key.PrivateKey, out _);
        var input = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        return $"{input}.{Base64Url.EncodeToString(signer.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
