using System.Security.Cryptography;
using AWorld.Embedded.Cli;
using AWorld.Platform;

namespace AWorld.Embedded;

/// <summary>AES-256-GCM with a key in a file of the data folder that only its owner reads; made at the first use.</summary>
sealed class KeyFile(string folder) : IKeyProtection
{
    public const string FileName = "protection.key";

    readonly Lazy<byte[]> key = new(() => ReadOrMake(Path.Combine(folder, FileName)));

    public byte[] Protect(string name, ReadOnlySpan<byte> secret) => Sealed.Seal(key.Value, name, secret);

    public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret) => Sealed.Open(key.Value, name, secret);

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
                file.Write(RandomNumberGenerator.GetBytes(Sealed.KeyBytes));
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, path);
        }
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == Sealed.KeyBytes ? bytes : throw new CommandException($"{path} is damaged; put back the copy you keep, or delete it: then new keys are made and tokens signed so far end");
    }
}
