using System.Globalization;
using System.Text.Json.Serialization;

namespace AWorld.Platform;

/// <summary>The one mapping of <see cref="Error"/> to HTTP: AWorld's error object, which is also an RFC 9457 problem.</summary>
public sealed class Problem(Error error) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => Error.Status;

    internal sealed record Shape(
        [property: JsonPropertyOrder(-1)] string Type, string Title, int Status, string Code, string Message,
        string RequestId, DateTimeOffset Timestamp, string Path, string Docs, IReadOnlyList<FieldError>? Details,
        [property: JsonPropertyName("error")] string? OAuth, [property: JsonPropertyName("error_description")] string? OAuthDescription);

    public Error Error { get; } = error;

    /// <summary>RFC 6749's code, on the endpoints that owe one.</summary>
    public string? OAuth { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Error.Status;
        if (Error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        if (Error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = Error.Code == "auth/invalid_credentials" ? "Basic realm=\"aworld\"" : $"Bearer error=\"{Error.Code}\"";
        }
        var clock = httpContext.RequestServices.GetRequiredService<TimeProvider>();
        var docs = $"/docs/errors#{Error.Code.Replace('/', '-')}";
        var shape = new Shape(docs, TitleOf(Error.Code), Error.Status, Error.Code, Error.Message,
            RequestContext.RequestId(httpContext), clock.GetUtcNow(), httpContext.Request.Path.Value ?? "/", docs, Error.Details, OAuth, OAuth is null ? null : Error.Message);
        return response.WriteAsJsonAsync(shape, Json.Options, OAuth is null ? "application/problem+json" : "application/json", httpContext.RequestAborted);
    }

    static string TitleOf(string code)
    {
        var words = code[(code.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace('_', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }
}
