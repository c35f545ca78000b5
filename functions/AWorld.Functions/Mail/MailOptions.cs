using System.ComponentModel.DataAnnotations;
using AWorld.Functions.Cosmos;
using AWorld.Identity;
using AWorld.Platform;
using Azure.Core;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Mail;

/// <summary>Section <c>AWorld:Mail</c>. The sender is <see cref="IdentityOptions.MailFrom"/>, an address of a verified domain.</summary>
public sealed class MailOptions
{
    public const string Section = "AWorld:Mail";

    /// <summary>Of the Communication Services resource.</summary>
    [Required, Https]
    public Uri Endpoint { get; set; } = null!;

    /// <summary>A folder for mail in place of the service: for a host on this machine, whose store is an emulator.</summary>
    public string? Folder { get; set; }

    /// <summary>Tries, as long as the service is busy, failing or not in reach.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 3;

    /// <summary>The wait between them when the service names none.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between them.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan MostRetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<MailOptions>(configuration, MailOptions.Section)
            .Validate<IOptions<CosmosOptions>>(static (mail, cosmos) => string.IsNullOrEmpty(mail.Folder) || cosmos.Value.Endpoint is { IsLoopback: true }, "AWorld:Mail:Folder is for a host whose store is an emulator on this machine");
        return services.AddSingleton<IMailer>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<MailOptions>>().Value;
            if (!string.IsNullOrEmpty(options.Folder))
            {
                return ActivatorUtilities.CreateInstance<MailFolder>(provider, options.Folder);
            }
            var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = options.Timeout };
            return new CommunicationMailer(http, provider.GetRequiredService<TokenCredential>(), options, provider.GetRequiredService<IOptions<IdentityOptions>>().Value.MailFrom, provider.GetRequiredService<TimeProvider>());
        });
    }
}
