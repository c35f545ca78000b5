using System.ComponentModel.DataAnnotations;
using System.Net;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using Microsoft.Extensions.Hosting;

namespace AWorld.Functions.Redis;

/// <summary>Section <c>AWorld:Redis</c>.</summary>
public sealed class RedisOptions
{
    public const string Section = "AWorld:Redis";

    /// <summary>Host and port; empty: instances share nothing but the store. On this machine without TLS and identity, elsewhere with both.</summary>
    [RegularExpression(@"^([0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$", ErrorMessage = "must be host:port, or [address]:port with an address of IPv6")]
    public string Endpoint { get; set; } = "";

    /// <summary>How long a command may take before it counts as failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long session tokens do without Redis after it failed, before they ask it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan LeftAloneFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a session token is kept after its write; by then every replica has it.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan SessionsKept { get; set; } = TimeSpan.FromMinutes(10);

    internal bool IsLocal => IPEndPoint.TryParse(Endpoint, out var address) ? IPAddress.IsLoopback(address.Address) : Endpoint.StartsWith("localhost:", StringComparison.Ordinal);
}

static class RedisServices
{
    public static IServiceCollection AddRedis(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<RedisOptions>(configuration, RedisOptions.Section);
        if (string.IsNullOrEmpty(configuration[$"{RedisOptions.Section}:{nameof(RedisOptions.Endpoint)}"]))
        {
            return services;
        }
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IRedis>(static provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<ISessionTokens, RedisSessionTokens>();
        services.AddSingleton<IConfigurationSignal, RedisConfigurationSignal>();
        return services;
    }
}
