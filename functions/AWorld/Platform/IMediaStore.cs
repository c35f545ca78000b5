namespace AWorld.Platform;

/// <summary>A file of a workspace, as the place where files are kept knows it.</summary>
/// <param name="Id">Letters, digits, _ and - only.</param>
/// <param name="ContentType">What it is served as, whatever it was sent as.</param>
/// <param name="FileName">Letters, digits and <c>. _ -</c> only; what it is called when it is downloaded.</param>
/// <param name="Inline">False: browsers save it instead of showing it.</param>
public sealed record MediaFile(Tenant Tenant, string Id, string ContentType, string FileName, bool Inline)
{
    /// <summary>Its name there: the tenant's ids first, so that nothing made for one reaches another's.</summary>
    public string Key => $"{Tenant.AccountId}/{Tenant.WorkspaceId}/{Id}";
}

/// <param name="Headers">What a client must send with the file.</param>
public sealed record UploadAddress(Uri Address, IReadOnlyDictionary<string, string> Headers);

/// <summary>
/// Where files are kept. Clients send and fetch them directly, by addresses that end. Whatever cannot be reached throws
/// <see cref="MediaUnavailableException"/>.
/// </summary>
public interface IMediaStore
{
    /// <summary>Where to PUT the file, once: a file that is there is not replaced.</summary>
    /// <param name="bytes">No more of them need be taken; a store that takes more leaves them to be found by <see cref="Size"/>.</param>
    /// <param name="until">No upload may begin later.</param>
    ValueTask<UploadAddress> Upload(MediaFile file, long bytes, DateTimeOffset until, CancellationToken stop);

    /// <summary>Where anybody may GET the file until then.</summary>
    ValueTask<Uri> Read(MediaFile file, DateTimeOffset until, CancellationToken stop);

    /// <summary>Bytes of a file that is there as a whole; null: it is not.</summary>
    ValueTask<long?> Size(MediaFile file, CancellationToken stop);

    /// <summary>Deletes the file; one that is not there is deleted already.</summary>
    ValueTask Delete(MediaFile file, CancellationToken stop);
}

/// <summary>The files cannot be reached for now. Mapped to 503 with Retry-After.</summary>
public sealed class MediaUnavailableException(Exception cause) : Exception("The store of media does not answer.", cause)
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
}
