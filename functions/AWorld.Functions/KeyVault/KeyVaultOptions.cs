using System.ComponentModel.DataAnnotations;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.KeyVault;

/// <summary>Section <c>AWorld:KeyVault</c>.</summary>
public sealed class KeyVaultOptions
{
    public const string Section = "AWorld:KeyVault";

    /// <summary>The vault. Its identity needs the role Key Vault Secrets Officer, or User once the secret is there.</summary>
    [Required]
    public Uri Vault { get; set; } = null!;

    /// <summary>The secret whose versions encrypt the keys that sign tokens.</summary>
    [Required, RegularExpression("^[0-9A-Za-z-]{1,127}$")]
    public string Secret { get; set; } = "aworld-protection";

    /// <summary>32 bytes in base64, in place of a vault: for a host on this machine, whose store is an emulator.</summary>
    public string? LocalKey { get; set; }

    /// <summary>How soon a new version of it is used to encrypt.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromHours(1);
}

static class KeyVaultServices
{
    public static IServiceCollection AddKeyVault(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KeyVaultOptions>().Bind(configuration.GetSection(KeyVaultOptions.Section)).ValidateDataAnnotations()
            .Validate<IOptions<CosmosOptions>>(static (vault, cosmos) => string.IsNullOrEmpty(vault.LocalKey) || cosmos.Value.Endpoint is { IsLoopback: true }, "AWorld:KeyVault:LocalKey is for a host whose store is an emulator on this machine")
            .ValidateOnStart();
        return services.AddSingleton<IKeyProtection>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<KeyVaultOptions>>().Value;
            return !string.IsNullOrEmpty(options.LocalKey) ? new LocalProtection(Convert.FromBase64String(options.LocalKey)) : new KeyVaultProtection(new SecretClient(options.Vault, provider.GetRequiredService<TokenCredential>()), options, provider.GetRequiredService<TimeProvider>());
        });
    }

    sealed class LocalProtection(byte[] key) : IKeyProtection
    {
        public byte[] Protect(string name, ReadOnlySpan<byte> secret) => Sealed.Seal(key, name, secret);

        public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret) => Sealed.Open(key, name, secret);
    }
}
