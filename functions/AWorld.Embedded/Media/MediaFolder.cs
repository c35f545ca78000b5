using AWorld.Identity;
using AWorld.Platform;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Media;

/// <summary>What an address of an upload admits to.</summary>
sealed record UploadTicket(string Key, string ContentType, long Bytes, DateTimeOffset Until);

/// <summary>What an address to read from admits to.</summary>
sealed record ReadTicket(string Key, string ContentType, string FileName, bool Inline, DateTimeOffset Until);

/// <summary>Files in the data folder, reached under this host's own address by sealed tickets.</summary>
sealed class MediaFolder(EmbeddedOptions options, IKeyProtection protection, IOptions<IdentityOptions> identity, Ids ids) : IMediaStore
{
    public const string Path = "/media";
    const string Uploading = "media-upload", Reading = "media-read", Incoming = "incoming";

    readonly string folder = System.IO.Path.GetFullPath(System.IO.Path.Combine(options.Data, "media"));

    public ValueTask<UploadAddress> Upload(MediaFile file, long bytes, DateTimeOffset until, CancellationToken stop) => new(new UploadAddress(
        Address(Uploading, new UploadTicket(file.Key, file.ContentType, bytes, until)), new Dictionary<string, string> { ["content-type"] = file.ContentType }));

    public ValueTask<Uri> Read(MediaFile file, DateTimeOffset until, CancellationToken stop) =>
        new(Address(Reading, new ReadTicket(file.Key, file.ContentType, file.FileName, file.Inline, until)));

    public ValueTask<long?> Size(MediaFile file, CancellationToken stop) => new(Find(file.Key)?.Length);

    public ValueTask Delete(MediaFile file, CancellationToken stop)
    {
        // A folder that is not there has no files.
        if (Find(file.Key) is { } found)
        {
            found.Delete();
        }
        return default;
    }

    public UploadTicket? OpenUpload(string address) => Open<UploadTicket>(Uploading, address);

    public ReadTicket? OpenRead(string address) => Open<ReadTicket>(Reading, address);

    public FileInfo? Find(string key) => new FileInfo(PathOf(key)) is { Exists: true } file ? file : null;

    /// <summary>Keeps what a client sends, as a whole or not at all: it has its name only when all of it is on the disk.</summary>
    /// <param name="write">Writes it; false: it is not to be kept.</param>
    /// <returns>False: there is one of this name, or it was not to be kept.</returns>
    /// <exception cref="StorageFullException">The disk is full; nothing is left of it.</exception>
    public async Task<bool> Keep(string key, Func<Stream, Task<bool>> write)
    {
        var target = PathOf(key);
        var draft = System.IO.Path.Combine(folder, Incoming, ids.New());
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(draft)!);
        try
        {
            await using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                if (!await write(file))
                {
                    return false;
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, target, overwrite: false);
            return true;
        }
        catch (IOException full) when (IsFull(full))
        {
            throw new StorageFullException(full);
        }
        catch (IOException) when (File.Exists(target))
        {
            return false;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>The disk, or what of it we may use: ENOSPC, EDQUOT, ERROR_DISK_FULL.</summary>
    static bool IsFull(IOException failure) => failure.HResult is 28 or 122 or unchecked((int)0x80070070);

    /// <summary>What uploads left behind that the end of a process cut off.</summary>
    public void Sweep()
    {
        if (Directory.Exists(System.IO.Path.Combine(folder, Incoming)))
        {
            Directory.Delete(System.IO.Path.Combine(folder, Incoming), recursive: true);
        }
    }

    string PathOf(string key) => System.IO.Path.Combine([folder, .. key.Split('/')]);

    Uri Address<T>(string purpose, T ticket) =>
        new($"{identity.Value.Issuer.TrimEnd('/')}{Path}/{WebEncoders.Base64UrlEncode(protection.Protect(purpose, Json.Bytes(ticket)))}");

    T? Open<T>(string purpose, string address) where T : class
    {
        try
        {
            return protection.Unprotect(purpose, WebEncoders.Base64UrlDecode(address)) is { } ticket ? Json.Read<T>(ticket) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
