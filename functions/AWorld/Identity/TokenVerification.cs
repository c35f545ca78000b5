using System.Collections.Frozen;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>From a bearer token to what it allows, the long way: parse, find the key, verify, and see that what it stands on still stands.</summary>
public sealed class TokenVerification(SigningKeys keys, AccessTokens issued, VerifiedTokens verified, TimeProvider clock, IOptions<IdentityOptions> options)
{
    const string Scheme = "Bearer ";

    internal async ValueTask<Result<VerifiedToken>> Verify(string authorization, NamedTenant named, CancellationToken stop)
    {
        var generation = verified.Tokens.Generation;
        var now = clock.GetUtcNow();
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Error.InvalidToken("send the access token as 'Authorization: Bearer ...'");
        }
        var parsed = Jwt.Parse(authorization[Scheme.Length..]);
        if (!parsed.Succeeded)
        {
            return parsed.Error;
        }
        var token = await VerifyOwn(parsed.Value, now, stop);
        if (token.Succeeded)
        {
            var expires = Jwt.Instant(parsed.Value.Unverified.GetProperty("exp"))!.Value + Jwt.Skew;
            var recheck = now + options.Value.StandingRecheck;
            verified.Tokens.Add(authorization, token.Value, expires < recheck ? expires : recheck, now, generation);
        }
        return token;
    }

    async ValueTask<Result<VerifiedToken>> VerifyOwn(Jwt token, DateTimeOffset now, CancellationToken stop)
    {
        if (token.Kid is not { } kid || await keys.Find(kid, stop) is not { } key)
        {
            return Error.InvalidToken("the token is signed with an unknown key");
        }
        var claims = token.Verify(key, issued.Rules, now);
        return claims.Succeeded ? new VerifiedToken([CallerOf(claims.Value)], null) : claims.Error;
    }

    static Caller CallerOf(JsonElement claims) => new(
        new(Jwt.Text(claims, "accountId")!, Jwt.Text(claims, "workspaceId")!),
        Enum.Parse<ApiContext>(Jwt.Text(claims, "context")!, ignoreCase: true),
        Enum.Parse<Role>(Jwt.Text(claims, "role")!, ignoreCase: true),
        Jwt.Text(claims, "userId"),
        Jwt.Text(claims, "principalId"),
        Jwt.Text(claims, "client_id"),
        Jwt.Text(claims, "platform") == AccessTokens.Wire(ClientPlatform.M2m),
        (Jwt.Text(claims, "scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(),
        Jwt.Text(claims, "jti")!,
        Jwt.Text(claims, "sid"));
}
