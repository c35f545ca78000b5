using System.Net;
using System.Text;

namespace AWorld.Platform;

/// <summary>A page that renders the OpenAPI documents, with nothing from elsewhere, and explains the error codes.</summary>
static class Docs
{
    /// <summary>Every code an <see cref="Error"/> can have, and what a client does about it.</summary>
    public static readonly IReadOnlyDictionary<string, string> ErrorCodes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["auth/invalid_token"] = "There is no access token, or it is not one of ours: malformed, wrongly signed, revoked, or for another audience. Get a new one.",
        ["auth/expired_token"] = "The access token has expired. Get a new one with the refresh token or the client's credentials.",
        ["auth/invalid_credentials"] = "The client id, the secret, the code or the refresh token is wrong or used up.",
        ["auth/insufficient_permissions"] = "The token is valid, but its role or scope does not allow this operation.",
        ["auth/workspace_mismatch"] = "The token is for another API, account or workspace than the request.",
        ["validation/invalid_input"] = "The request is wrong; details name each field and what is wrong with it. It also answers a body that is too large (413) or not JSON (415), and a method that is not allowed (405).",
        ["resource/not_found"] = "There is nothing with this id in the token's workspace, or no such path.",
        ["resource/already_exists"] = "Something with this id or unique value exists already.",
        ["resource/conflict"] = "It changed meanwhile, or the idempotency key came with another request. Read it again and decide anew.",
        ["business/invalid_operation"] = "The request is well formed, but the state of things does not allow it.",
        ["business/precondition_failed"] = "If-Match names another version than the current one. Read it again.",
        ["rate_limit/exceeded"] = "Too many requests. Wait for as many seconds as Retry-After says.",
        ["server/internal_error"] = "Something failed on our side. Quote the requestId when you report it; trying again with the same idempotency key is safe.",
        ["server/database_error"] = "The platform is busy, and nothing was changed. Wait for as many seconds as Retry-After says and try again.",
        ["server/external_service_error"] = "A system outside of the platform, such as the account's identity provider, did not answer. Try again later.",
    };

    static readonly byte[] Page = Render();

    public static void MapDocs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/docs", Show).Operation("docs/get").Public().ExcludeFromDescription();
        routes.MapGet("/docs/errors", Show).Operation("docs/getErrors").Public().ExcludeFromDescription();
    }

    static IResult Show(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'";
        return Results.Bytes(Page, "text/html; charset=utf-8");
    }

    static byte[] Render()
    {
        using var template = typeof(Docs).Assembly.GetManifestResourceStream("AWorld.docs.html") ?? throw new InvalidOperationException("docs.html is not embedded");
        using var reader = new StreamReader(template, Encoding.UTF8);
        var errors = string.Concat(ErrorCodes.Select(error => $"<dt id=\"{error.Key.Replace('/', '-')}\"><code>{error.Key}</code></dt><dd>{WebUtility.HtmlEncode(error.Value)}</dd>\n"));
        return Encoding.UTF8.GetBytes(reader.ReadToEnd().Replace("<!--errors-->", errors, StringComparison.Ordinal));
    }
}
