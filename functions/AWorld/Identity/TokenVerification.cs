using System.Collections.Frozen;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>From a bearer token to what it allows, the long way: parse, find the key, verify, and see that what it stands on still stands.</summary>
public sealed class TokenVerification(
    SigningKeys keys, AccessTokens issued, ForeignTokens foreign, Clients clients, People people, SignIns signIns, VerifiedTokens verified, TimeProvider clock, IOptions<IdentityOptions> options)
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
        var token = Jwt.Text(parsed.Value.Unverified, "iss") == issued.Rules.Issuer ? await VerifyOwn(parsed.Value, now, stop) : await foreign.Verify(parsed.Value, named, stop);
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
        if (!claims.Succeeded)
        {
            return claims.Error;
        }
        return await Standing(CallerOf(claims.Value), claims.Value, now, stop) is { } caller
            ? new VerifiedToken([caller], null)
            : Error.InvalidToken("the token has been revoked, or whom it is for is gone");
    }

    /// <summary>The caller with the role or scopes they have by now; null when their client, user, membership or sign-in is gone.</summary>
    async ValueTask<Caller?> Standing(Caller caller, JsonElement claims, DateTimeOffset now, CancellationToken stop)
    {
        if (caller.SessionId is { } session && !await signIns.IsOpen(caller.Tenant.AccountId, session, stop))
        {
            return null;
        }
        if (caller.IsMachine)
        {
            return await clients.Find(caller.ClientId!, stop) is { } client && client.Tenant == caller.Tenant && Stands(client, claims, now)
                ? caller with { Scopes = caller.Scopes.Intersect(client.Scopes).ToFrozenSet() }
                : null;
        }
        if (caller.UserId is { } userId)
        {
            return await people.Exists(caller.Tenant, userId, stop) ? caller : null;
        }
        return await people.RoleOf(caller.PrincipalId!, caller.Tenant, stop) is { } role ? caller with { Role = role } : null;
    }

    static bool Stands(MachineClient client, JsonElement claims, DateTimeOffset now) =>
        claims.GetProperty("iat").GetInt64() >= client.TokensValidFrom.ToUnixTimeSeconds()
        && (Jwt.Text(claims, "secretId") is not { } secret || client.Secrets.Any(one => ClientIds.SecretId(one.Hash) == secret && !(one.ExpiresAt <= now)));

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
