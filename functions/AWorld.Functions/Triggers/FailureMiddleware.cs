using AWorld.Platform;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace AWorld.Functions.Triggers;

/// <summary>
/// What fails outside of the product's pipeline: a request is answered, anything else fails on, so that its message is
/// abandoned, its checkpoint not written and its activity retried.
/// </summary>
public sealed class FailureMiddleware(ILogger<FailureMiddleware> log) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (context.GetHttpContext() is { Response.HasStarted: false } http)
        {
            log.LogError(failure, "{Function} failed before the request reached the product", context.FunctionDefinition.Name);
            await new Problem(failure is StoreBusyException busy ? Error.Busy(busy.RetryAfter)
                : new(500, "server/internal_error", "something failed on our side; quote the requestId when you report it")).ExecuteAsync(http);
        }
    }
}
