using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace AWorld.Platform;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: it can serve; a module adds what it needs for
/// that with <c>services.AddHealthChecks().AddCheck&lt;T&gt;(name, tags: [Health.Ready])</c>, or when looking costs
/// something with <c>services.AddReadyCheck</c>.
/// </summary>
public static class Health
{
    public const string Ready = "ready";

    /// <param name="Region">Of the instance that answers; a drill proves by it whom it takes out.</param>
    sealed record Report(string Status, string Region, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, Part>? Checks);

    sealed record Part(string Status, string? Description);

    internal static void AddHealth(this IServiceCollection services)
    {
        services.AddReadyCheck<IDocumentStore>("store", TimeSpan.FromSeconds(1), "a write did not become durable", static async (store, now, stop) =>
            await store.Commit(Partition.Platform(Partition.PlatformAccount), [AWorld.Platform.Write.Upsert("health", Json.Bytes(new Probe(now)))], stop));
    }

    sealed record Probe(DateTimeOffset CheckedAt);

    /// <param name="every">How seldom it looks, since anybody may ask.</param>
    /// <param name="failed">What is said once <paramref name="look"/> throws.</param>
    internal static void AddReadyCheck<T>(this IServiceCollection services, string name, TimeSpan every, string failed, Func<T, DateTimeOffset, CancellationToken, Task> look)
        where T : notnull
    {
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            var at = provider.GetRequiredService<T>();
            return new ReadyCheck(provider.GetRequiredService<TimeProvider>(), every, failed, (now, stop) => look(at, now, stop));
        });
        services.AddHealthChecks().Add(new(name, provider => provider.GetRequiredKeyedService<ReadyCheck>(name), failureStatus: null, [Ready]));
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

/// <summary>Looks once in a while, and for all who ask at that time; whoever asks no longer ends no look.</summary>
sealed class ReadyCheck(TimeProvider clock, TimeSpan every, string failed, Func<DateTimeOffset, CancellationToken, Task> look) : IHealthCheck
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    DateTimeOffset lookedAt;
    Task<HealthCheckResult>? last;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (last is null || (last.IsCompleted && now - lookedAt >= every))
            {
                (lookedAt, last) = (now, Task.Run(() => Look(now), CancellationToken.None));
            }
            return last.WaitAsync(cancellationToken);
        }
    }

    async Task<HealthCheckResult> Look(DateTimeOffset now)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            await look(now, patience.Token).WaitAsync(patience.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure)
        {
            return HealthCheckResult.Unhealthy(failed, failure);
        }
    }
}
