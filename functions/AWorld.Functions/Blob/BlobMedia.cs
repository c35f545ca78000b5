using AWorld.Platform;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace AWorld.Functions.Blob;

/// <summary>
/// Files in a container of Blob Storage. Clients reach them by addresses signed with a key that the service gives the
/// app's identity for a day (user delegation); only an emulator's are signed with the account's own.
/// </summary>
sealed class BlobMedia(BlobServiceClient service, string container, TimeProvider clock) : IMediaStore, IDisposable
{
    static readonly TimeSpan KeyValidFor = TimeSpan.FromDays(1);

    /// <summary>The service's clock and ours may differ by as much.</summary>
    static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    readonly BlobContainerClient files = service.GetBlobContainerClient(container);
    readonly SemaphoreSlim gate = new(1);
    UserDelegationKey? key;
    bool isMade;

    public async ValueTask<UploadAddress> Upload(MediaFile file, long bytes, DateTimeOffset until, CancellationToken stop)
    {
        await MakeForEmulator(stop);
        // To create and nothing else: what is there cannot be overwritten.
        var sas = Signing(file, until);
        sas.SetPermissions(BlobSasPermissions.Create);
        return new(await Sign(file, sas, stop), new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob", ["content-type"] = file.ContentType });
    }

    public ValueTask<Uri> Read(MediaFile file, DateTimeOffset until, CancellationToken stop)
    {
        // Whatever type it was uploaded with, this is the one it is served with.
        var sas = Signing(file, until);
        (sas.ContentType, sas.ContentDisposition) = (file.ContentType, file.Inline ? "inline" : $"attachment; filename=\"{file.FileName}\"");
        sas.SetPermissions(BlobSasPermissions.Read);
        return Sign(file, sas, stop);
    }

    public ValueTask<long?> Size(MediaFile file, CancellationToken stop) => Reached(async () =>
    {
        try
        {
            return (await files.GetBlobClient(file.Key).GetPropertiesAsync(cancellationToken: stop)).Value.ContentLength;
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return (long?)null;
        }
    }, stop);

    public async ValueTask Delete(MediaFile file, CancellationToken stop) =>
        await Reached(async () => await files.GetBlobClient(file.Key).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: stop), stop);

    public void Dispose() => gate.Dispose();

    BlobSasBuilder Signing(MediaFile file, DateTimeOffset until) => new()
    {
        BlobContainerName = container,
        BlobName = file.Key,
        Resource = "b",
        ExpiresOn = until,
        Protocol = service.Uri.IsLoopback ? SasProtocol.HttpsAndHttp : SasProtocol.Https,
    };

    async ValueTask<Uri> Sign(MediaFile file, BlobSasBuilder sas, CancellationToken stop)
    {
        var blob = files.GetBlobClient(file.Key);
        return blob.CanGenerateSasUri ? blob.GenerateSasUri(sas) : blob.GenerateUserDelegationSasUri(sas, await Key(sas.ExpiresOn, stop));
    }

    /// <summary>One that outlives what it signs.</summary>
    async ValueTask<UserDelegationKey> Key(DateTimeOffset until, CancellationToken stop)
    {
        if (Volatile.Read(ref key) is { } known && known.SignedExpiresOn >= until + Skew)
        {
            return known;
        }
        await gate.WaitAsync(stop);
        try
        {
            if (key is { } made && made.SignedExpiresOn >= until + Skew)
            {
                return made;
            }
            var now = clock.GetUtcNow();
            var least = until + Skew;
            var asked = new BlobGetUserDelegationKeyOptions(least > now + KeyValidFor ? least : now + KeyValidFor) { StartsOn = now - Skew };
            return key = await Reached(async () => (await service.GetUserDelegationKeyAsync(asked, stop)).Value, stop);
        }
        finally
        {
            gate.Release();
        }
    }

    async ValueTask MakeForEmulator(CancellationToken stop)
    {
        if (!isMade && files.CanGenerateSasUri)
        {
            await Reached(async () => await files.CreateIfNotExistsAsync(cancellationToken: stop), stop);
            isMade = true;
        }
    }

    static async ValueTask<T> Reached<T>(Func<Task<T>> call, CancellationToken stop)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is RequestFailedException { Status: 0 or 408 or 429 or >= 500 } or AuthenticationFailedException or AggregateException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            throw new MediaUnavailableException(failure);
        }
    }
}
