using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AWorld.Platform;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: it can serve; a module adds what it needs for
/// that with <c>services.AddHealthChecks().AddCheck&lt;T&gt;(name, tags: [Health.Ready])</c>.
/// </summary>
public static class Health
{
    public const string Ready = "ready";

    /// <param name="Region">Of the instance that answers; a drill proves by it whom it takes out.</param>
    sealed record Report(string Status, string Region, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, Part>? Checks);

    sealed record Part(string Status, string? Description);

    internal static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<StoreCheck>();
        services.AddHealthChecks().AddCheck<StoreCheck>("store", tags: [Ready]);
    }

    internal static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new() { Predicate = static _ => false, ResponseWriter = Write })
            .Operation("health/live").Public();
        routes.MapHealthChecks("/health/ready", new() { Predicate = static check => check.Tags.Contains(Ready), ResponseWriter = Write })
            .Operation("health/ready").Public();
    }

    static Task Write(HttpContext http, HealthReport report)
    {
        var checks = report.Entries.Count == 0 ? null : report.Entries.ToDictionary(entry => entry.Key, entry => new Part(Name(entry.Value.Status), entry.Value.Description));
        return http.Response.WriteAsJsonAsync(new Report(Name(report.Status), http.RequestServices.GetRequiredService<IOptions<PlatformOptions>>().Value.SourceRegion, checks), Json.Options, http.RequestAborted);
    }

    static string Name(HealthStatus status) => status.ToString().ToLowerInvariant();
}

/// <summary>Whether a write becomes durable. Anybody may ask, so it writes at most once a second.</summary>
sealed class StoreCheck(IDocumentStore store, TimeProvider clock) : IHealthCheck, IDisposable
{
    static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly Partition Place = Partition.Platform(Partition.PlatformAccount);

    sealed record Probe(DateTimeOffset CheckedAt);

    readonly SemaphoreSlim turn = new(1);
    DateTimeOffset checkedAt = DateTimeOffset.MinValue;
    HealthCheckResult last;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (now - checkedAt >= Kept)
            {
                last = await Check(now, cancellationToken);
                checkedAt = now;
            }
            return last;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    async Task<HealthCheckResult> Check(DateTimeOffset now, CancellationToken stop)
    {
        try
        {
            await store.Commit(Place, [Write.Upsert("health", Json.Bytes(new Probe(now)))], stop).AsTask().WaitAsync(Patience, stop);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("a write did not become durable", failure);
        }
    }
}
