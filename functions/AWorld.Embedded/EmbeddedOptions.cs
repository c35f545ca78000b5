using System.ComponentModel.DataAnnotations;
using System.Net;
using AWorld.Embedded.Cli;

namespace AWorld.Embedded;

/// <summary>What the host of one machine can be told; bound from <c>AWorld:Embedded</c>, the command line wins.</summary>
public sealed record EmbeddedOptions
{
    public const string Section = "AWorld:Embedded";

    /// <summary>The folder of everything that must survive: database, mail, demo.json.</summary>
    [Required]
    public string Data { get; init; } = "./data";

    /// <summary>The address to listen on. The default cannot be reached from other machines.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    public IPAddress Address => Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out var address) ? address
        : throw new CommandException($"'{Host}' is not an address to listen on; give an IP address such as 127.0.0.1, or 0.0.0.0 for all");

    /// <summary>0 picks a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 7071;

    public string BaseUrl => $"http://{(Host is "0.0.0.0" or "::" ? "127.0.0.1" : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>As configured, before the command line.</summary>
    public static EmbeddedOptions Configured() =>
        new ConfigurationBuilder().AddLocalSettings().AddEnvironmentVariables().Build().GetSection(Section).Get<EmbeddedOptions>() ?? new();
}
