using System.Buffers.Text;
using System.Text.Json.Serialization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>OpenID Connect Discovery: where our endpoints and keys are.</summary>
static class Discovery
{
    sealed record Jwk(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg);
    sealed record Jwks(IReadOnlyList<Jwk> Keys);

    sealed record Metadata(
        [property: JsonPropertyName("issuer")] string Issuer,
        [property: JsonPropertyName("token_endpoint")] string TokenEndpoint,
        [property: JsonPropertyName("revocation_endpoint")] string RevocationEndpoint,
        [property: JsonPropertyName("jwks_uri")] string JwksUri,
        [property: JsonPropertyName("grant_types_supported")] IReadOnlyList<string> GrantTypes,
        [property: JsonPropertyName("token_endpoint_auth_methods_supported")] IReadOnlyList<string> ClientAuthentications,
        [property: JsonPropertyName("response_types_supported")] IReadOnlyList<string> ResponseTypes,
        [property: JsonPropertyName("subject_types_supported")] IReadOnlyList<string> SubjectTypes,
        [property: JsonPropertyName("id_token_signing_alg_values_supported")] IReadOnlyList<string> Algorithms,
        [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> Scopes,
        [property: JsonPropertyName("claims_supported")] IReadOnlyList<string> Claims);

    static readonly string[] GrantTypes = ["client_credentials", "refresh_token", TokenEndpoint.EmailCodeGrant];
    static readonly string[] ClientAuthentications = ["client_secret_basic", "client_secret_post", "none"];
    static readonly string[] Subjects = ["public"];
    static readonly string[] Algorithms = [Jwt.Es256];
    static readonly string[] Claims = ["iss", "sub", "aud", "exp", "iat", "auth_time", "email", "email_verified", "name", "picture", "locale", "zoneinfo"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/openid-configuration", Configuration).Operation("openid/configuration").Public().Produces<Metadata>();
        routes.MapGet("/.well-known/jwks.json", Keys).Operation("openid/keys").Public().Produces<Jwks>();
    }

    static Answer Configuration(HttpContext http, IOptions<IdentityOptions> options)
    {
        Cache(http, options.Value);
        var issuer = options.Value.Issuer;
        return Answer.Ok(new Metadata(
            issuer, $"{issuer}/oauth2/token", $"{issuer}/oauth2/revoke", $"{issuer}/.well-known/jwks.json", GrantTypes, ClientAuthentications, [], Subjects, Algorithms,
            [.. Authorization.Permissions.Table.Values.Select(grant => grant.Scope).OfType<string>().Distinct().Order()], Claims));
    }

    static async Task<IResult> Keys(HttpContext http, SigningKeys keys, IOptions<IdentityOptions> options, CancellationToken stop)
    {
        Cache(http, options.Value);
        var published = await keys.Published(stop);
        return Answer.Ok(new Jwks([.. published.Select(key =>
            new Jwk("EC", "P-256", Base64Url.EncodeToString(key.Point.X), Base64Url.EncodeToString(key.Point.Y), key.Kid, "sig", key.Algorithm))]));
    }

    static void Cache(HttpContext http, IdentityOptions options) =>
        http.Response.Headers.CacheControl = $"public, max-age={(int)options.SigningKeyPublishedAhead.TotalSeconds}";
}
