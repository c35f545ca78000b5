using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AWorld.Embedded.Cli;
using AWorld.Platform;

namespace AWorld.Embedded;

/// <summary>AES-256-GCM with a key in a file of the data folder that only its owner reads; made at the first use.</summary>
sealed class KeyFile(string folder) : IKeyProtection
{
    public const string FileName = "protection.key";

    // A failure is not kept: what was in the way may be gone at the next use.
    readonly Lazy<byte[]> key = new(() => ReadOrMake(Path.Combine(folder, FileName)), LazyThreadSafetyMode.PublicationOnly);

    public byte[] Protect(string name, ReadOnlySpan<byte> secret) => Sealed.Seal(key.Value, name, secret);

    public byte[]? Unprotect(string name, ReadOnlySpan<byte> secret) => Sealed.Open(key.Value, name, secret);

    static byte[] ReadOrMake(string path)
    {
        if (!File.Exists(path))
        {
            // Whole or not at all, and never readable by others, not even for a moment.
            var draft = $"{path}.{Path.GetRandomFileName()}";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            try
            {
                using (var file = new FileStream(draft, options))
                {
                    file.Write(RandomNumberGenerator.GetBytes(Sealed.KeyBytes));
                    file.Flush(flushToDisk: true);
                }
                Publish(draft, path);
            }
            finally
            {
                File.Delete(draft);
            }
        }
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == Sealed.KeyBytes ? bytes : throw new CommandException($"{path} is damaged; put back the copy you keep, or delete it: then new keys are made and tokens signed so far end");
    }

    /// <summary>Gives the draft its name, unless somebody else was first, a command beside the platform perhaps: then theirs counts.</summary>
    static void Publish(string draft, string path)
    {
        // File.Move looks before it renames, and may replace what came in between; a link is made or refused in one.
        if (OperatingSystem.IsWindows() || (Link(draft, path) != 0 && !File.Exists(path)))
        {
            try
            {
                File.Move(draft, path);
            }
            catch (IOException) when (File.Exists(path))
            {
            }
        }
    }

    [DllImport("libc", EntryPoint = "link"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
