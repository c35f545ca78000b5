using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Threading.RateLimiting;
using AWorld.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace AWorld.Platform;

/// <summary>How many requests an account, a client of it and an address may make.</summary>
public sealed record RateLimitOptions
{
    public const string Section = "AWorld:RateLimits";

    /// <summary>Requests a second of one account; twice as many may come at once.</summary>
    [Range(1, 10_000_000)]
    public int AccountPerSecond { get; init; } = 100_000;

    /// <summary>Requests a second of one machine client or signed-in person; twice as many may come at once.</summary>
    [Range(1, 10_000_000)]
    public int ClientPerSecond { get; init; } = 50_000;

    /// <summary>Requests a second of one address that bring no token of ours but a signature or a secret address: hooks, messages and media; twice as many may come at once.</summary>
    [Range(1, 10_000_000)]
    public int SignedPerSecond { get; init; } = 20_000;

    /// <summary>Sign-ins and token requests of one address in five minutes.</summary>
    [Range(1, 10_000_000)]
    public int AuthenticationPerFiveMinutes { get; init; } = 100;
}

static class RateLimits
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    static readonly TimeSpan AuthenticationWindow = TimeSpan.FromMinutes(5);

    public static void AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<RateLimitOptions>(configuration, RateLimitOptions.Section);
        services.AddRateLimiter(static _ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<RateLimitOptions>>(static (limiter, options) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                PerCaller(static caller => caller.Tenant.AccountId, options.Value.AccountPerSecond),
                PerCaller(static caller => caller.ClientId ?? caller.UserId ?? caller.PrincipalId ?? "", options.Value.ClientPerSecond),
                Signed(options.Value.SignedPerSecond),
                Authentication(options.Value.AuthenticationPerFiveMinutes));
            limiter.OnRejected = static (context, _) => new(new Problem(Error.RateLimited(
                context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Period)).ExecuteAsync(context.HttpContext));
        });
    }

    static PartitionedRateLimiter<HttpContext> PerCaller(Func<Caller, string> key, int perSecond) =>
        PartitionedRateLimiter.Create<HttpContext, string>(http => http.Features.Get<Caller>() is { } caller
            ? RateLimitPartition.GetTokenBucketLimiter(key(caller), _ => new()
            {
                TokensPerPeriod = perSecond,
                TokenLimit = perSecond * 2,
                ReplenishmentPeriod = Period,
            })
            : RateLimitPartition.GetNoLimiter(""));

    static PartitionedRateLimiter<HttpContext> Signed(int perSecond) =>
        PartitionedRateLimiter.Create<HttpContext, IPAddress>(http => IsSigned(http.Request.Path) && http.Connection.RemoteIpAddress is { } address
            ? RateLimitPartition.GetTokenBucketLimiter(address, _ => new() { TokensPerPeriod = perSecond, TokenLimit = perSecond * 2, ReplenishmentPeriod = Period })
            : RateLimitPartition.GetNoLimiter(IPAddress.None));

    static bool IsSigned(PathString path) =>
        path.StartsWithSegments("/servicebus", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/integrations/v1/hooks", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/app/v1/media", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/media", StringComparison.OrdinalIgnoreCase);

    static PartitionedRateLimiter<HttpContext> Authentication(int permits) =>
        PartitionedRateLimiter.Create<HttpContext, IPAddress>(http => IsAuthentication(http.Request.Path) && http.Connection.RemoteIpAddress is { } address
            ? RateLimitPartition.GetFixedWindowLimiter(address, _ => new() { PermitLimit = permits, Window = AuthenticationWindow })
            : RateLimitPartition.GetNoLimiter(IPAddress.None));

    static bool IsAuthentication(PathString path) =>
        path.StartsWithSegments("/oauth2", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/auth", StringComparison.OrdinalIgnoreCase);
}
