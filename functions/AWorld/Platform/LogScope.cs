using System.Collections;
using AWorld.Authorization;

namespace AWorld.Platform;

/// <summary>What every log line of a request carries. It is asked when a line is written, so it knows the caller by then.</summary>
sealed class LogScope(HttpContext http) : IEnumerable<KeyValuePair<string, object?>>
{
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return new("requestId", RequestContext.RequestId(http));
        if (http.Features.Get<Caller>() is { } caller)
        {
            yield return new("accountId", caller.Tenant.AccountId);
            yield return new("workspaceId", caller.Tenant.WorkspaceId);
            yield return new("clientId", caller.ClientId);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', this.Select(part => $"{part.Key}={part.Value}"));
}
