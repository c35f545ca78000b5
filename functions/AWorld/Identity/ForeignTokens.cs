using System.Collections.Frozen;
using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Identity;

/// <summary>
/// Tokens of issuers that an account trusts. The request says which account, in <c>x-account-id</c> or the token's own
/// accountId claim; that only chooses whose authorizer is asked, and nothing is believed before that authorizer's
/// issuer, key and audience have confirmed the token.
/// </summary>
public sealed class ForeignTokens(IDocumentStore store, IssuerKeys keys, UserDirectory users, TimeProvider clock)
{
    static readonly Error Untrusted = Error.InvalidToken("the token's issuer and audience are not trusted by the account that the request names in x-account-id");

    internal async ValueTask<Result<VerifiedToken>> Verify(Jwt token, NamedTenant named, CancellationToken stop)
    {
        if ((named.AccountId ?? Jwt.Text(token.Unverified, "accountId")) is not { } accountId || !Ids.IsTenantId(accountId) || accountId == Partition.PlatformAccount
            || await Authorizer.Of(store, accountId, stop) is not { Value: { } authorizer }
            || Trusted(authorizer, token, named) is not { } issuer)
        {
            return Untrusted;
        }
        var key = await keys.Find(accountId, issuer, token, stop);
        if (!key.Succeeded)
        {
            return key.Error;
        }
        var claims = token.Verify(key.Value, new(issuer.Issuer, issuer.Audience), clock.GetUtcNow());
        if (!claims.Succeeded)
        {
            return claims.Error;
        }
        if ((issuer.WorkspaceId ?? Claim(claims.Value, issuer.Claims.WorkspaceId) ?? named.WorkspaceId) is not { } workspaceId || !Ids.IsTenantId(workspaceId))
        {
            return Error.InvalidToken($"neither the token nor the header {NamedTenant.WorkspaceHeader} names a workspace");
        }
        var tenant = new Tenant(accountId, workspaceId);
        return await UserOf(tenant, issuer.Claims, claims.Value, stop) is { } user
            ? new VerifiedToken([.. issuer.Contexts.Distinct().Select(context => CallerOf(tenant, context, issuer, claims.Value, user))], named)
            : Error.InvalidToken("whom the token is for is not a user of this workspace");
    }

    static TrustedIssuer? Trusted(Authorizer authorizer, Jwt token, NamedTenant named) => authorizer.Issuers.FirstOrDefault(one =>
        Jwt.Text(token.Unverified, "iss") == one.Issuer && token.IsFor(one.Audience) && (named.WorkspaceId is null || one.WorkspaceId is null || one.WorkspaceId == named.WorkspaceId));

    async ValueTask<UserProfile?> UserOf(Tenant tenant, ClaimMapping mapping, JsonElement claims, CancellationToken stop)
    {
        if (Claim(claims, mapping.UserId) is { } userId)
        {
            return Ids.IsClientId(userId) ? await users.Find(tenant, userId, stop) : null;
        }
        if (Claim(claims, mapping.ExternalId) is { } externalId)
        {
            return Ids.IsClientId(externalId) ? await users.ByExternalId(tenant, externalId, stop) : null;
        }
        return Claim(claims, mapping.Email) is { Length: <= Tenancy.EmailAddress.MaxLength } email && claims.TryGetProperty("email_verified", out var verified) && verified.ValueKind == JsonValueKind.True
            ? await users.ByEmail(tenant, email, stop)
            : null;
    }

    static Caller CallerOf(Tenant tenant, ApiContext context, TrustedIssuer issuer, JsonElement claims, UserProfile user)
    {
        var asked = Enum.TryParse<Role>(Claim(claims, issuer.Claims.Role), ignoreCase: true, out var role) && Enum.IsDefined(role) ? role : Role.Member;
        var greatest = issuer.GreatestRole ?? Role.Member;
        return new(tenant, context, context == ApiContext.App ? Role.Member : asked < greatest ? asked : greatest, user.UserId, user.PrincipalId, null, false,
            FrozenSet<string>.Empty, Ids.Derive(issuer.Issuer, Jwt.Text(claims, "jti") ?? claims.GetRawText()));
    }

    static string? Claim(JsonElement claims, string? name) => name is null ? null : Jwt.Text(claims, name);
}
