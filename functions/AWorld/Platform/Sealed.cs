using System.Security.Cryptography;
using System.Text;

namespace AWorld.Platform;

/// <summary>AES-256-GCM: nonce, tag, and what was encrypted; the name it goes by is authenticated with it.</summary>
static class Sealed
{
    public const int KeyBytes = 32;
    const int NonceBytes = 12, TagBytes = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, string name, ReadOnlySpan<byte> secret)
    {
        var result = new byte[NonceBytes + TagBytes + secret.Length];
        var nonce = result.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, secret, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(name));
        return result;
    }

    /// <summary>Null: it was not sealed with this key and name, or was changed since.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> key, string name, ReadOnlySpan<byte> sealedSecret)
    {
        if (sealedSecret.Length < NonceBytes + TagBytes)
        {
            return null;
        }
        var plain = new byte[sealedSecret.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(sealedSecret[..NonceBytes], sealedSecret[(NonceBytes + TagBytes)..], sealedSecret[NonceBytes..(NonceBytes + TagBytes)], plain, Encoding.UTF8.GetBytes(name));
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
