using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

public enum ClientPlatform { Web, Mobile, M2m }

/// <summary>Whom an access token is for. Exactly one of user, principal and machine client is its subject, in that order.</summary>
/// <param name="SessionId">The sign-in it belongs to; ending that ends the token.</param>
/// <param name="SecretId">Which secret a machine showed for it; the token ends with that secret.</param>
public sealed record TokenSubject(
    Tenant Tenant, ApiContext Context, ClientPlatform Platform, Role Role,
    string? UserId = null, string? PrincipalId = null, string? ClientId = null, IReadOnlyList<string>? Scopes = null,
    string? Lang = null, string? Timezone = null, string? SessionId = null, string? SecretId = null)
{
    public string Subject => UserId ?? PrincipalId ?? ClientId ?? throw new InvalidOperationException("a token needs a user, a principal or a client");
}

public sealed record AccessToken(string Token, TimeSpan Lifetime);

/// <summary>Issues the platform's own tokens.</summary>
public sealed class AccessTokens(SigningKeys keys, Ids ids, TimeProvider clock, IOptions<IdentityOptions> options)
{
    /// <summary>RFC 9068's type, so that an id token can never pass for an access token.</summary>
    public const string Type = "at+jwt";

    public JwtRules Rules { get; } = new(options.Value.Issuer, options.Value.Audience, Type);

    public async ValueTask<AccessToken> Issue(TokenSubject subject, CancellationToken stop)
    {
        var lifetime = options.Value.AccessTokenLifetime;
        var token = Jwt.Sign(await keys.Current(stop), Type, json =>
        {
            WriteRegistered(json, subject.Subject, options.Value.Audience, lifetime);
            json.WriteString("jti", ids.New());
            json.WriteString("accountId", subject.Tenant.AccountId);
            json.WriteString("workspaceId", subject.Tenant.WorkspaceId);
            json.WriteString("context", Wire(subject.Context));
            json.WriteString("platform", Wire(subject.Platform));
            json.WriteString("role", Wire(subject.Role));
            WriteOptional(json, "userId", subject.UserId);
            WriteOptional(json, "principalId", subject.PrincipalId);
            WriteOptional(json, "client_id", subject.ClientId);
            WriteOptional(json, "scope", subject.Scopes is { } scopes ? string.Join(' ', scopes) : null);
            WriteOptional(json, "lang", subject.Lang);
            WriteOptional(json, "timezone", subject.Timezone);
            WriteOptional(json, "sid", subject.SessionId);
            WriteOptional(json, "secretId", subject.SecretId);
        });
        return new(token, lifetime);
    }

    /// <summary>OpenID Connect's id token: who signed in, for the application's own use.</summary>
    public async ValueTask<string> IssueIdToken(Person person, string clientId, DateTimeOffset signedInAt, CancellationToken stop) =>
        Jwt.Sign(await keys.Current(stop), "JWT", json =>
        {
            WriteRegistered(json, person.UserId ?? person.PrincipalId!, clientId, options.Value.AccessTokenLifetime);
            json.WriteNumber("auth_time", signedInAt.ToUnixTimeSeconds());
            WriteOptional(json, "email", person.Email);
            if (person.Email is not null)
            {
                json.WriteBoolean("email_verified", true);
            }
            WriteOptional(json, "name", person.Name);
            WriteOptional(json, "picture", person.Picture);
            WriteOptional(json, "locale", person.Lang);
            WriteOptional(json, "zoneinfo", person.Timezone);
        });

    /// <summary>An enumeration value as claims carry it: lower case, as in <c>m2m</c>.</summary>
    public static string Wire<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    void WriteRegistered(Utf8JsonWriter json, string subject, string audience, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        json.WriteString("iss", options.Value.Issuer);
        json.WriteString("sub", subject);
        json.WriteString("aud", audience);
        json.WriteNumber("iat", now.ToUnixTimeSeconds());
        json.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
    }

    static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
