using System.Text.Json;

namespace AWorld.Platform;

/// <summary>What an operation answers: a status and a JSON body, kept as bytes so that it can be stored and replayed to the letter.</summary>
public sealed record Answer(int Status, ReadOnlyMemory<byte> Json, string? ETag = null) : IResult, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => Status;

    public bool Replayed { get; init; }

    public static Answer Ok<T>(T value, string? etag = null) => new(200, Platform.Json.Bytes(value), etag);
    public static Answer Created<T>(T value, string? etag = null) => new(201, Platform.Json.Bytes(value), etag);

    /// <summary>With an ETag made of the content, for what has no version of its own.</summary>
    public static Answer Hashed<T>(T value)
    {
        var bytes = Platform.Json.Bytes(value);
        return new(200, bytes, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes).AsSpan(0, 12)));
    }

    public static readonly Answer NoContent = new(204, default);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response) = (httpContext.Request, httpContext.Response);
        if (ETag is not null)
        {
            response.Headers.ETag = $"\"{ETag}\"";
            if (HttpMethods.IsGet(request.Method) && Preconditions.Matches(request.Headers.IfNoneMatch, ETag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        if (Replayed)
        {
            response.Headers[Idempotency.HitHeader] = "true";
        }
        response.StatusCode = Status;
        if (Json.IsEmpty)
        {
            return;
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Json.Length;
        await response.Body.WriteAsync(Json, httpContext.RequestAborted);
    }
}

public static class Answers
{
    /// <summary>The error as a problem, or the value as an answer.</summary>
    public static IResult Respond<T>(this Result<T> result, Func<T, Answer> answer) =>
        result.Error is { } error ? new Problem(error) : answer(result.Value);

    public static IResult Respond(this Result<Answer> result) => result.Respond(static answer => answer);
}

static class Preconditions
{
    public static bool Matches(Microsoft.Extensions.Primitives.StringValues header, string etag)
    {
        foreach (var value in header)
        {
            if (value is not null && value.Split(',', StringSplitOptions.TrimEntries).Any(one => one == "*" || one.Replace("W/", "", StringComparison.Ordinal).Trim('"') == etag))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>A 412 when the request carries an If-Match that the current ETag does not satisfy.</summary>
    public static Error? Check(HttpContext http, string etag) =>
        http.Request.Headers.IfMatch is { Count: > 0 } header && !Matches(header, etag)
            ? Error.PreconditionFailed("If-Match names another version; read it again")
            : null;
}
