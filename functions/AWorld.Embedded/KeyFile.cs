using System.Security.Cryptography;
using System.Text;
using AWorld.Embedded.Cli;
using AWorld.Platform;

namespace AWorld.Embedded;

/// <summary>AES-256-GCM with a key in a file of the data folder that only its owner reads; made at the first use.</summary>
sealed class KeyFile(string folder) : IKeyProtection
{
    public const string FileName = "protection.key";
    const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16;

    readonly Lazy<byte[]> key = new(() => ReadOrMake(Path.Combine(folder, FileName)));

    public byte[] Protect(string name, ReadOnlySpan<byte> secret)
    {
        var result = new byte[NonceBytes + TagBytes + secret.Length];
        var nonce = result.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Value, TagBytes);
        aes.Encrypt(nonce, secret, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(name));
        return result;
    }

    public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret)
    {
        if (secret.Length < NonceBytes + TagBytes)
        {
            return null;
        }
        var plain = new byte[secret.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key.Value, TagBytes);
        try
        {
            aes.Decrypt(secret[..NonceBytes], secret[(NonceBytes + TagBytes)..], secret[NonceBytes..(NonceBytes + TagBytes)], plain, Encoding.UTF8.GetBytes(name));
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    static byte[] ReadOrMake(string path)
    {
        if (!File.Exists(path))
        {
            // Whole or not at all, and never readable by others, not even for a moment.
            var draft = path + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            using (var file = new FileStream(draft, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(KeyBytes));
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, path);
        }
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == KeyBytes ? bytes : throw new CommandException($"{path} is damaged; put back the copy you keep, or delete it: then new keys are made and tokens signed so far end");
    }
}
