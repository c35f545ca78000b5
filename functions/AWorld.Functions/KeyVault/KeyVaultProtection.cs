using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AWorld.Platform;
using Azure;
using Azure.Security.KeyVault.Secrets;

namespace AWorld.Functions.KeyVault;

/// <summary>
/// Encrypts with a key that only Key Vault keeps, a secret of 32 bytes. What was encrypted names the secret's version,
/// so a new version takes over by itself and older ones still open what they closed.
/// </summary>
sealed class KeyVaultProtection(SecretClient vault, KeyVaultOptions options, TimeProvider clock) : IKeyProtection
{
    const byte Format = 1;

    readonly Lock gate = new();
    readonly ConcurrentDictionary<string, byte[]> known = new(StringComparer.Ordinal);
    string? current;
    long askedAt;

    public byte[] Protect(string name, ReadOnlySpan<byte> secret)
    {
        var version = Current();
        return [Format, (byte)version.Length, .. Encoding.ASCII.GetBytes(version), .. Sealed.Seal(known[version], name, secret)];
    }

    public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret)
    {
        if (secret is not [Format, var length, .. var rest] || rest.Length < length)
        {
            return null;
        }
        return Find(Encoding.ASCII.GetString(rest[..length])) is { } key ? Sealed.Open(key, name, rest[length..]) : null;
    }

    /// <summary>The version that encrypts now; the first instance ever makes it.</summary>
    string Current()
    {
        lock (gate)
        {
            if (current is null || clock.GetElapsedTime(askedAt) >= options.RefreshEvery)
            {
                current = Keep(Latest());
                askedAt = clock.GetTimestamp();
            }
            return current;
        }
    }

    KeyVaultSecret Latest()
    {
        try
        {
            return vault.GetSecret(options.Secret);
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            // Should two instances come here at once, each opens what the other closed by its version.
            return vault.SetSecret(options.Secret, Convert.ToBase64String(RandomNumberGenerator.GetBytes(Sealed.KeyBytes)));
        }
    }

    byte[]? Find(string version)
    {
        if (known.TryGetValue(version, out var key))
        {
            return key;
        }
        try
        {
            return known[Keep(vault.GetSecret(options.Secret, version))];
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return null;
        }
    }

    string Keep(KeyVaultSecret secret)
    {
        var key = Convert.FromBase64String(secret.Value);
        known[secret.Properties.Version] = key.Length == Sealed.KeyBytes ? key : throw new InvalidOperationException($"the secret {options.Secret} is not {Sealed.KeyBytes} bytes in base64");
        return secret.Properties.Version;
    }
}
