using AWorld.Platform;

namespace AWorld.Identity;

/// <summary>An error of the token endpoints: RFC 6749's members and, in the same object, those of every other error of the platform.</summary>
public sealed record OAuthError(string Code, Error Error) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => Error.Status;

    public static OAuthError InvalidRequest(string why) => new("invalid_request", Error.Invalid(why));
    public static OAuthError InvalidField(string field, string why) => new("invalid_request", Error.Invalid(field, why));
    public static OAuthError InvalidClient() => new("invalid_client", Error.InvalidCredentials("the client's id or secret is wrong"));
    public static OAuthError InvalidGrant(string why) => new("invalid_grant", new(400, "auth/invalid_credentials", why));
    public static OAuthError InvalidScope(string why) => new("invalid_scope", new(400, "validation/invalid_input", why, [new("scope", why)]));
    public static OAuthError UnauthorizedClient(string why) => new("unauthorized_client", new(400, "auth/insufficient_permissions", why));
    public static OAuthError UnsupportedGrantType(string known) => new("unsupported_grant_type", Error.Invalid("grant_type", $"must be one of {known}"));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.CacheControl = "no-store";
        return new Problem(Error) { OAuth = Code }.ExecuteAsync(httpContext);
    }
}
