using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Audit;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Identity;

/// <summary>RFC 6749's answer, with OpenID Connect's id token where a person signed in.</summary>
public sealed record TokenResponse(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken = null,
    [property: JsonPropertyName("id_token")] string? IdToken = null,
    [property: JsonPropertyName("scope")] string? Scope = null);

/// <summary>The form of a token request; which fields it needs depends on the grant. A client shows who it is with HTTP Basic, or with the last two.</summary>
sealed record TokenRequest(
    [property: JsonPropertyName("grant_type"), AllowedValues("client_credentials", "refresh_token", TokenEndpoint.EmailCodeGrant)] string GrantType,
    [property: JsonPropertyName("scope")] string? Scope,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken,
    [property: JsonPropertyName("session")] string? Session,
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("client_secret")] string? ClientSecret);

/// <param name="Token">A refresh token.</param>
sealed record RevokeRequest(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("client_secret")] string? ClientSecret);

/// <summary>Puts together what a client gets when it, or a person through it, has proved who they are.</summary>
public sealed class TokenResponses(AccessTokens tokens, SignIns signIns)
{
    public async ValueTask<TokenResponse> ForMachine(MachineClient client, string secret, IReadOnlyList<string> scopes, CancellationToken stop)
    {
        var access = await tokens.Issue(new(client.Tenant, client.Context, ClientPlatform.M2m, Role.Viewer, ClientId: client.ClientId,
            Scopes: scopes, SecretId: ClientIds.SecretId(MachineClient.HashOf(secret))), stop);
        return new(access.Token, "Bearer", (int)access.Lifetime.TotalSeconds, Scope: string.Join(' ', scopes));
    }

    public async ValueTask<TokenResponse> ForNewSignIn(MachineClient client, Person person, ClientPlatform platform, CancellationToken stop)
    {
        var (signIn, refreshToken) = await signIns.Start(client, person, platform, stop);
        return await ForSignIn(signIn, person, refreshToken, stop);
    }

    public async ValueTask<TokenResponse> ForSignIn(SignIn signIn, Person person, string refreshToken, CancellationToken stop)
    {
        var access = await tokens.Issue(new(signIn.Tenant, signIn.Context, signIn.Platform, person.Role, person.UserId, person.PrincipalId, signIn.ClientId,
            Lang: person.Lang, Timezone: person.Timezone, SessionId: signIn.SessionId), stop);
        var idToken = await tokens.IssueIdToken(person, signIn.ClientId, signIn.SignedInAt, stop);
        return new(access.Token, "Bearer", (int)access.Lifetime.TotalSeconds, refreshToken, idToken);
    }
}

/// <summary>POST /oauth2/token: client credentials, refresh tokens and one-time codes against tokens.</summary>
static class TokenEndpoint
{
    public const string EmailCodeGrant = "urn:aworld:params:oauth:grant-type:email-otp";

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/oauth2/token", Handle)
        .Operation("oauth2/token")
        .Public()
        .Reads(typeof(TokenRequest), TokenForm.ContentType)
        .Produces<TokenResponse>();

    static async Task<IResult> Handle(HttpContext http, Clients clients, SignIns signIns, People people, SignInWithCode codes, TokenResponses responses, TimeProvider clock, CancellationToken stop)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (form, error) = await TokenForm.Read(http);
        if (form is null)
        {
            return error!;
        }
        switch (form["grant_type"])
        {
            case null:
                return OAuthError.InvalidField("grant_type", "is required");
            case "client_credentials":
                return await ClientCredentials(http, form, clients, responses, clock, stop);
            case "refresh_token":
                return await Refresh(http, form, clients, signIns, people, responses, clock, stop);
            case EmailCodeGrant:
                return form["session"] is { } session && form["code"] is { } code
                    ? await codes.TokensFor(http, session, code, stop) is { } tokens ? Ok(tokens) : OAuthError.InvalidGrant("the code is wrong, used or expired")
                    : OAuthError.InvalidRequest("session and code are required");
            default:
                return OAuthError.UnsupportedGrantType($"client_credentials, refresh_token, {EmailCodeGrant}");
        }
    }

    static async ValueTask<IResult> ClientCredentials(HttpContext http, TokenForm form, Clients clients, TokenResponses responses, TimeProvider clock, CancellationToken stop)
    {
        var client = form.Client is { } named ? await clients.Find(named.Id, stop) : null;
        http.Features.Set(client is null ? null : new AuditSubject(client.Tenant, client.ClientId));
        if (client is null || form.Client is not { Secret: { } secret } || !client.Accepts(secret, clock.GetUtcNow()))
        {
            return OAuthError.InvalidClient();
        }
        IReadOnlyList<string> scopes = form["scope"] is { } asked ? [.. asked.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()] : client.Scopes;
        return scopes.Count == 0 || scopes.Except(client.Scopes).Any()
            ? OAuthError.InvalidScope($"this client may ask for {string.Join(' ', client.Scopes)}")
            : Ok(await responses.ForMachine(client, secret, scopes, stop));
    }

    static async ValueTask<IResult> Refresh(HttpContext http, TokenForm form, Clients clients, SignIns signIns, People people, TokenResponses responses, TimeProvider clock, CancellationToken stop)
    {
        if (form["refresh_token"] is not { } refreshToken)
        {
            return OAuthError.InvalidField("refresh_token", "is required");
        }
        var refused = OAuthError.InvalidGrant("the refresh token is wrong, used, expired or revoked");
        if (await signIns.Find(refreshToken, stop) is not { } signIn)
        {
            return refused;
        }
        http.Features.Set(new AuditSubject(signIn.Tenant, signIn.ClientId, signIn.UserId, signIn.PrincipalId));
        if (await Authenticate(form, signIn.ClientId, clients, clock, stop) is { } wrongClient)
        {
            return wrongClient;
        }
        if (await people.Again(signIn, stop) is not { } person)
        {
            await signIns.End(refreshToken, stop);
            return refused;
        }
        return await signIns.Rotate(refreshToken, stop) is { } next ? Ok(await responses.ForSignIn(signIn, person, next, stop)) : refused;
    }

    /// <summary>A refresh token is bound to its client, which must show its secret if it has one; an application may leave itself unnamed.</summary>
    internal static async ValueTask<OAuthError?> Authenticate(TokenForm form, string clientId, Clients clients, TimeProvider clock, CancellationToken stop)
    {
        if (await clients.FindAny(clientId, stop) is not { } client || form.Client is { } named && named.Id != clientId)
        {
            return OAuthError.InvalidGrant("the refresh token belongs to another client");
        }
        return client.Secrets.Count > 0 && (form.Client?.Secret is not { } secret || !client.Accepts(secret, clock.GetUtcNow())) ? OAuthError.InvalidClient() : null;
    }

    static Answer Ok(TokenResponse response) => Answer.Ok(response);
}

/// <summary>POST /oauth2/revoke (RFC 7009): signing out. Access tokens end with the refresh token of their sign-in.</summary>
static class RevokeToken
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/oauth2/revoke", Handle)
        .Operation("oauth2/revoke")
        .Public()
        .Reads(typeof(RevokeRequest), TokenForm.ContentType)
        .Produces(200);

    static async Task<IResult> Handle(HttpContext http, Clients clients, SignIns signIns, TimeProvider clock, CancellationToken stop)
    {
        var (form, error) = await TokenForm.Read(http);
        if (form is null)
        {
            return error!;
        }
        if (form["token"] is not { } token)
        {
            return OAuthError.InvalidField("token", "is required");
        }
        if (await signIns.Find(token, stop) is { } signIn)
        {
            http.Features.Set(new AuditSubject(signIn.Tenant, signIn.ClientId, signIn.UserId, signIn.PrincipalId));
            if (await TokenEndpoint.Authenticate(form, signIn.ClientId, clients, clock, stop) is { } wrongClient)
            {
                return wrongClient;
            }
            await signIns.End(token, stop);
        }
        return new Answer(200, default);
    }
}
