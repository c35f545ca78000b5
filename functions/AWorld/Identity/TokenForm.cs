using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace AWorld.Identity;

/// <summary>What a client says of itself with HTTP Basic or in the form.</summary>
readonly record struct ClientCredentials(string Id, string? Secret);

/// <summary>An OAuth 2.0 request: form parameters, each at most once, and the client's credentials.</summary>
sealed class TokenForm(IFormCollection form, ClientCredentials? client)
{
    static readonly FormOptions Limits = new() { ValueCountLimit = 16, KeyLengthLimit = 64, ValueLengthLimit = 4096, BufferBodyLengthLimit = 64 * 1024 };

    public const string ContentType = "application/x-www-form-urlencoded";

    public ClientCredentials? Client => client;

    /// <summary>A parameter's value; null when it is absent or empty, which OAuth does not tell apart.</summary>
    public string? this[string name] => form[name] is [{ Length: > 0 } value] ? value : null;

    public static async ValueTask<(TokenForm? Form, OAuthError? Error)> Read(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            return (null, OAuthError.InvalidRequest($"send the parameters as {ContentType}"));
        }
        IFormCollection form;
        try
        {
            form = await new FormFeature(http.Request, Limits).ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException bad)
        {
            return (null, OAuthError.InvalidRequest(bad.Message));
        }
        if (form.FirstOrDefault(parameter => parameter.Value.Count > 1) is { Key: { } repeated })
        {
            return (null, OAuthError.InvalidField(repeated, "must be given once"));
        }
        var header = http.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return (new(form, form["client_id"] is [{ Length: > 0 } id] ? new(id, form["client_secret"] is [{ } secret] ? secret : null) : null), null);
        }
        if (Basic(header.ToString()) is not { } basic)
        {
            return (null, OAuthError.InvalidClient());
        }
        return form.ContainsKey("client_secret") || form["client_id"] is [{ } other] && other != basic.Id
            ? (null, OAuthError.InvalidRequest("give the client's credentials once, in the Authorization header or in the form"))
            : (new(form, basic), null);
    }

    /// <summary>RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined.</summary>
    static ClientCredentials? Basic(string header)
    {
        const string Scheme = "Basic ";
        var buffer = new byte[1024];
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || !Convert.TryFromBase64String(header[Scheme.Length..].Trim(), buffer, out var length))
        {
            return null;
        }
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 ? null : new(WebUtility.UrlDecode(text[..colon]), WebUtility.UrlDecode(text[(colon + 1)..]));
    }
}
