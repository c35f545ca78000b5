using System.ComponentModel.DataAnnotations;

namespace AWorld.Identity;

/// <summary>AWorld:Identity.</summary>
public sealed class IdentityOptions
{
    public const string Section = "AWorld:Identity";

    /// <summary>Where this platform is reached; it is in every token and in the discovery document.</summary>
    [Required, Url] public string Issuer { get; set; } = "http://127.0.0.1:7071";
    [Required] public string Audience { get; set; } = "aworld";

    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")] public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")] public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>A new signing key is made when the current one is this old.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")] public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>A new signing key is published this long before it signs; also how long others may cache our keys.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")] public TimeSpan SigningKeyPublishedAhead { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How soon another node's new signing key is known here.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")] public TimeSpan SigningKeyRefresh { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many verified tokens are remembered (about 2 KB each).</summary>
    [Range(100, 10_000_000)] public int VerifiedTokens { get; set; } = 32_768;

    /// <summary>A remembered token's client, user or membership is read again after this long; other nodes' revocations take hold by then.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")] public TimeSpan StandingRecheck { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a foreign issuer may take to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:20")] public TimeSpan IssuerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a foreign issuer's keys are used before they are fetched again.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")] public TimeSpan IssuerKeysKept { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A foreign issuer is not asked more often than this, whatever its tokens say.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan IssuerKeysLeastRefresh { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>For development and tests: issuers on this machine, also without TLS.</summary>
    public bool AllowLoopbackIssuers { get; set; }

    [Range(typeof(TimeSpan), "00:00:30", "00:15:00")] public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(3);
    [Range(1, 10)] public int CodeTries { get; set; } = 5;

    /// <summary>How many codes one e-mail address can be sent per <see cref="CodesWindow"/>.</summary>
    [Range(1, 1000)] public int CodesPerEmail { get; set; } = 5;

    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan CodesWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whom mails come from.</summary>
    [Required, EmailAddress] public string MailFrom { get; set; } = "no-reply@aworld.local";

    /// <summary>How many mails may wait to be sent.</summary>
    [Range(1, 100_000)] public int MailQueue { get; set; } = 1000;
}
