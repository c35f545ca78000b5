using AWorld.Platform;

namespace AWorld.Media;

/// <summary>Its file was asked for; is there; or goes, and the item with it once no address of an upload can bring it back.</summary>
enum MediaState { Awaited, Ready, Removing }

sealed record MediaText(string Lang, string Label, string? Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A file of a workspace's library, as stored.</summary>
/// <param name="FileName">The original one without what is special in some file system, address or header.</param>
/// <param name="FileSize">Bytes: as announced, then as they came.</param>
/// <param name="Access">Random: whoever has the item's address knows it, nobody can guess it.</param>
/// <param name="ComesUntil">From then on no upload of it can begin or go on.</param>
sealed record MediaItem(
    string MediaId, MediaState State, string FileName, string OriginalFileName, string ContentType, FileType FileType, long FileSize, string Access, DateTimeOffset ComesUntil,
    string SourceRegion, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public IReadOnlyList<TagAssignment> Tags { get; init; } = [];
    public IReadOnlyList<MediaText> Texts { get; init; } = [];

    public MediaFile In(Tenant tenant) => new(tenant, MediaId, ContentType, FileName, MediaTypes.IsInline(ContentType));

    /// <summary>What becomes of an awaited item when its file was looked for.</summary>
    /// <param name="bytes">Null: it is not there.</param>
    /// <param name="now">Of the workspace.</param>
    /// <param name="real">The time that <see cref="ComesUntil"/> goes by.</param>
    /// <returns>Null: it is given up.</returns>
    public MediaItem? Looked(long? bytes, DateTimeOffset now, DateTimeOffset real) => bytes switch
    {
        null => ComesUntil <= real ? null : this,
        > 0 and var came when came <= FileSize => this with { State = MediaState.Ready, FileSize = came, Version = Version + 1, UpdatedAt = now },
        // Larger than announced, or empty: nobody gets to see it.
        _ => this with { State = MediaState.Removing, Version = Version + 1 },
    };
}

/// <summary>What a workspace has, up to its bounds. An item counts until it is gone for good.</summary>
/// <param name="Awaited">Of the files, those that have not come yet.</param>
sealed record MediaUsage(int Files, int Awaited, long Bytes)
{
    public MediaUsage Change(MediaItem? before, MediaItem? after) => Add(before, -1).Add(after, 1);

    public Error? Over(MediaOptions bounds) =>
        Files > bounds.FilesPerWorkspace ? Error.InvalidOperation($"a workspace has at most {bounds.FilesPerWorkspace} files; delete some first")
        : Bytes > bounds.MegabytesPerWorkspace * 1_048_576L ? Error.InvalidOperation($"the files of a workspace have at most {bounds.MegabytesPerWorkspace} MB together; delete some first")
        : Awaited > bounds.AwaitedPerWorkspace ? Error.InvalidOperation($"{bounds.AwaitedPerWorkspace} files are awaited already; upload them, or wait until they are given up")
        : null;

    MediaUsage Add(MediaItem? item, int sign) => item is null ? this
        : new(Files + sign, Awaited + (item.State == MediaState.Awaited ? sign : 0), Bytes + sign * item.FileSize);
}
