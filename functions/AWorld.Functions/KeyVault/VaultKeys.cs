using System.Collections.Concurrent;
using System.Security.Cryptography;
using AWorld.Platform;
using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace AWorld.Functions.KeyVault;

/// <summary>A key of 32 bytes. It goes by a hash of itself, so copies of it in several vaults are one.</summary>
sealed class ProtectionKey(byte[] bytes)
{
    public const int IdBytes = 16;

    public string Id { get; } = Convert.ToHexString(SHA256.HashData(bytes), 0, IdBytes);
    public byte[] Bytes => bytes;

    public static ProtectionKey New() => new(RandomNumberGenerator.GetBytes(Sealed.KeyBytes));

    /// <summary>Null: it is not 32 bytes in base64.</summary>
    public static ProtectionKey? Parse(string text)
    {
        var bytes = new byte[Sealed.KeyBytes];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == Sealed.KeyBytes ? new(bytes) : null;
    }
}

/// <summary>The keys that one vault keeps, as versions of one secret.</summary>
/// <remarks>A vault that is out of reach costs who waits for it <see cref="KeyVaultOptions.Deadline"/>; for a while after that it costs nobody anything.</remarks>
sealed class VaultKeys(SecretClient client, KeyVaultOptions options, TimeProvider clock)
{
    /// <summary>Of which it takes note.</summary>
    public const int MostVersions = 500;

    sealed record Loss(Exception Cause, long At);

    readonly ConcurrentDictionary<string, ProtectionKey?> read = new(StringComparer.Ordinal);
    volatile Loss? loss;

    public string Name => client.VaultUri.Host;

    /// <summary>The key of the secret's latest version; null: there is no secret.</summary>
    /// <exception cref="VaultFailedException">Also when that version is no key.</exception>
    public ProtectionKey? Latest() => Ask(stop => client.GetSecret(options.Secret, cancellationToken: stop).Value) is { } secret
        ? Read(secret) ?? throw new VaultFailedException(Name, new FormatException($"the latest version of {options.Secret} is not {Sealed.KeyBytes} bytes in base64"))
        : null;

    /// <summary>Those of all enabled versions, the newest first, each read when it is come to and but once.</summary>
    /// <exception cref="VaultFailedException" />
    public IEnumerable<ProtectionKey> All()
    {
        var versions = Ask(stop => client.GetPropertiesOfSecretVersions(options.Secret, stop).Take(MostVersions).Where(static version => version.Enabled != false).ToList()) ?? [];
        foreach (var version in versions.OrderByDescending(static version => version.CreatedOn).Select(static version => version.Version))
        {
            if (!read.TryGetValue(version, out var key))
            {
                key = Ask(stop => client.GetSecret(options.Secret, version, cancellationToken: stop).Value) is { } secret ? Read(secret) : null;
            }
            if (key is not null)
            {
                yield return key;
            }
        }
    }

    /// <exception cref="VaultFailedException" />
    public void Add(ProtectionKey key) => Ask(stop => client.SetSecret(options.Secret, Convert.ToBase64String(key.Bytes), stop).Value);

    ProtectionKey? Read(KeyVaultSecret secret) => read[secret.Properties.Version] = ProtectionKey.Parse(secret.Value);

    T? Ask<T>(Func<CancellationToken, T> call) where T : class
    {
        if (loss is { } last && clock.GetElapsedTime(last.At) < options.LeftAloneFor)
        {
            throw new VaultFailedException(Name, last.Cause);
        }
        using var deadline = new CancellationTokenSource(options.Deadline, clock);
        try
        {
            return call(deadline.Token);
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return null;
        }
        catch (Exception failure) when (failure is RequestFailedException or AuthenticationFailedException or AggregateException or OperationCanceledException)
        {
            Telemetry.KeysOutOfReach.Add(1, new KeyValuePair<string, object?>("vault", Name));
            // A refusal comes at once, and says nothing of other calls.
            loss = failure is RequestFailedException { Status: >= 400 and < 500 and not (408 or 429) } ? null : new(failure, clock.GetTimestamp());
            throw new VaultFailedException(Name, failure);
        }
    }
}

/// <summary>A vault is out of reach, refuses, or holds no key where one must be.</summary>
sealed class VaultFailedException(string vault, Exception cause) : KeysUnavailableException($"The vault {vault} failed: {cause.Message}", cause);
