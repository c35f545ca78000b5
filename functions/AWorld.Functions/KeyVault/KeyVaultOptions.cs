using System.ComponentModel.DataAnnotations;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.KeyVault;

/// <summary>Section <c>AWorld:KeyVault</c>.</summary>
public sealed class KeyVaultOptions : IValidatableObject
{
    public const string Section = "AWorld:KeyVault";

    /// <summary>This region's own vault, which keeps copies of the keys. The identity needs the role Key Vault Secrets Officer.</summary>
    [Required, Https]
    public Uri Vault { get; set; } = null!;

    /// <summary>
    /// The vault that the keys of all regions come from; none: there is but the one vault. Whoever makes the first key
    /// needs the role Key Vault Secrets Officer, everybody else Key Vault Secrets User.
    /// </summary>
    [Https]
    public Uri? Origin { get; set; }

    /// <summary>The secret whose versions are the keys.</summary>
    [Required, RegularExpression("^[0-9A-Za-z-]{1,127}$")]
    public string Secret { get; set; } = "aworld-protection";

    /// <summary>32 bytes in base64, in place of a vault: for a host on this machine, whose store is an emulator.</summary>
    public string? LocalKey { get; set; }

    /// <summary>How soon a new version is used to encrypt and copied, and a key that no vault had is looked for again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Tries, as long as a vault is busy or failing.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 2;

    /// <summary>The wait between two of them.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a try may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:30")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a vault that was out of reach is taken to be so without being asked.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan LeftAloneFor { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Origin is not null && Origin == Vault)
        {
            yield return new("must be another vault than AWorld:KeyVault:Vault; leave it out when there is but one", [nameof(Origin)]);
        }
        if (!string.IsNullOrEmpty(LocalKey) && !(Convert.TryFromBase64String(LocalKey, new byte[LocalKey.Length], out var length) && length == Sealed.KeyBytes))
        {
            yield return new($"must be {Sealed.KeyBytes} bytes in base64", [nameof(LocalKey)]);
        }
    }

    internal SecretClientOptions Client() => new()
    {
        Retry = { Mode = RetryMode.Fixed, MaxRetries = Attempts - 1, Delay = RetryAfter, NetworkTimeout = Timeout },
    };

    /// <summary>Of a call with all its tries, and of the waits that a vault asks for.</summary>
    internal TimeSpan Deadline => Attempts * (Timeout + RetryAfter);
}

static class KeyVaultServices
{
    public static IServiceCollection AddKeyVault(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<KeyVaultOptions>(configuration, KeyVaultOptions.Section)
            .Validate<IOptions<CosmosOptions>>(static (vault, cosmos) => string.IsNullOrEmpty(vault.LocalKey) || cosmos.Value.Endpoint is { IsLoopback: true }, "AWorld:KeyVault:LocalKey is for a host whose store is an emulator on this machine");
        return services.AddSingleton<IKeyProtection>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<KeyVaultOptions>>().Value;
            if (!string.IsNullOrEmpty(options.LocalKey))
            {
                return new LocalProtection(Convert.FromBase64String(options.LocalKey));
            }
            var clock = provider.GetRequiredService<TimeProvider>();
            VaultKeys Keys(Uri vault) => new(new SecretClient(vault, provider.GetRequiredService<TokenCredential>(), options.Client()), options, clock);
            return new KeyVaultProtection(Keys(options.Vault), options.Origin is { } origin ? Keys(origin) : null, options, clock, provider.GetRequiredService<ILogger<KeyVaultProtection>>());
        });
    }

    sealed class LocalProtection(byte[] key) : IKeyProtection
    {
        public byte[] Protect(string name, ReadOnlySpan<byte> secret) => Sealed.Seal(key, name, secret);

        public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret) => Sealed.Open(key, name, secret);
    }
}
