using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace AWorld.Platform;

/// <summary>Which web pages may call the API from a browser.</summary>
public sealed record BrowserOptions
{
    public const string Section = "AWorld:Browsers";

    /// <summary>Such as <c>https://app.example.com</c>; none: no page of another origin.</summary>
    public string[] Origins { get; init; } = [];
}

static class Browsers
{
    static readonly TimeSpan PreflightKept = TimeSpan.FromHours(1);

    public static void AddBrowsers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BrowserOptions>().Bind(configuration.GetSection(BrowserOptions.Section))
            .Validate(static options => options.Origins.All(IsOrigin), $"{BrowserOptions.Section}:Origins: each must be an origin, such as https://app.example.com")
            .ValidateOnStart();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<BrowserOptions>>(static (cors, options) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(options.Value.Origins).AllowAnyMethod().AllowAnyHeader().SetPreflightMaxAge(PreflightKept)
            .WithExposedHeaders("ETag", "Location", "Retry-After", RequestContext.RequestIdHeader, Idempotency.Header, Idempotency.HitHeader)));
    }

    static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == text;
}
