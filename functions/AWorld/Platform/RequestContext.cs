using System.Diagnostics;
using AWorld.Authorization;
using AWorld.Platform.Messages;

namespace AWorld.Platform;

/// <summary>The outermost middleware: request id, and every failure that is not an answer yet as one.</summary>
sealed class RequestContext(RequestDelegate next, ILogger<RequestContext> log)
{
    public const string RequestIdHeader = "x-request-id";

    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers[RequestIdHeader] = RequestId(http);
        if (HttpMethods.IsHead(http.Request.Method))
        {
            // Whatever answers a GET answers a HEAD, without the content (RFC 9110, 9.3.2).
            http.Request.Method = HttpMethods.Get;
            http.Response.Body = Stream.Null;
        }
        using var scope = log.BeginScope(new LogScope(http));
        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: 404 or 405 or 415, ContentLength: null, ContentType: null })
            {
                await new Problem(Unrouted(http)).ExecuteAsync(http);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = 499;
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            var error = Map(failure);
            if (error.Status >= 500 && failure is StorageFullException or MessagesUnavailableException or not StoreBusyException)
            {
                log.LogError(failure, "{Method} {Path} failed, request {RequestId}", http.Request.Method, http.Request.Path, RequestId(http));
            }
            http.Response.Clear();
            http.Response.Headers[RequestIdHeader] = RequestId(http);
            await new Problem(error).ExecuteAsync(http);
        }
        if (http.Features.Get<Caller>() is { } caller && Telemetry.Requests.Enabled)
        {
            Telemetry.Requests.Add(1, new("account", caller.Tenant.AccountId), new("status", http.Response.StatusCode));
        }
    }

    /// <summary>The trace id when a trace is recorded, so that an error can be found by it; else the server's own.</summary>
    public static string RequestId(HttpContext http) => Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;

    static Error Unrouted(HttpContext http) => http.Response.StatusCode switch
    {
        405 => new(405, "validation/invalid_input", $"{http.Request.Method} is not allowed here; see the Allow header"),
        415 => new(415, "validation/invalid_input", "send the body as application/json"),
        _ => new(404, "resource/not_found", $"there is no {http.Request.Method} {http.Request.Path}; see /openapi"),
    };

    static Error Map(Exception failure) => failure switch
    {
        BadHttpRequestException { StatusCode: 413 } => Error.TooLarge(Body.LimitBytes),
        BadHttpRequestException bad => new(bad.StatusCode, "validation/invalid_input", bad.Message),
        StorageFullException full => Error.NoRoom(full.RetryAfter),
        MessagesUnavailableException lost => new(503, "server/external_service_error", "messages cannot be sent now; send the request again after Retry-After seconds") { RetryAfter = lost.RetryAfter },
        StoreBusyException busy => Error.Busy(busy.RetryAfter),
        MediaUnavailableException => new(503, "server/external_service_error", "the place where files are kept does not answer; try again after Retry-After seconds") { RetryAfter = MediaUnavailableException.RetryAfter },
        KeysUnavailableException => new(503, "server/external_service_error", "the place where keys are kept does not answer and nothing was changed; try again after Retry-After seconds") { RetryAfter = KeysUnavailableException.RetryAfter },
        Audit.AuditFailedException => new(503, "server/database_error", "it was done, but could not be recorded yet; send the request again after Retry-After seconds, with its x-idempotency-key if it has one") { RetryAfter = TimeSpan.FromSeconds(1) },
        _ => new(500, "server/internal_error", "something failed on our side; quote the requestId when you report it"),
    };
}
