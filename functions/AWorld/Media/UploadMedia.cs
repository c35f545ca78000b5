using System.Globalization;
using System.Text;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Media;

/// <summary>Where a client puts a file. The item is in the library as soon as its file is there.</summary>
sealed class UploadMedia(MediaLibrary library, IMediaStore files, Ids ids, WorkspaceClocks clocks, IOptions<MediaOptions> options, IOptions<PlatformOptions> platform)
{
    const int MostOfName = 255, MostOfId = 64;

    /// <param name="ExpiresIn">Seconds in which the upload must begin.</param>
    /// <param name="MetadataHeaders">What to send with the file.</param>
    public sealed record UploadView(string UploadUrl, string MediaId, int ExpiresIn, IReadOnlyDictionary<string, string> MetadataHeaders);

    sealed record Asked(string ContentType, string FileName, long FileSize, FileType FileType, string? MediaId);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/dashboard/v1/media/upload-url", static (HttpContext http, Caller caller, UploadMedia it) => it.Handle(http, caller.Tenant))
        .Operation("media/getUploadUrl").Requires(Permission.WriteConfiguration).Changes()
        .Takes(
            new Parameter("contentType", "What the file is", OneOf: MediaTypes.ContentTypes), new("fileName", "Of at most 255 characters"), new("fileSize", "Bytes; a larger file is refused", Type: "integer"),
            new("fileType", "What to file it as", OneOf: MediaTypes.FileTypes), new("mediaId", "Its id; absent: a new one. Of a file that has not come yet: asks anew"))
        .Produces<UploadView>();

    async Task<IResult> Handle(HttpContext http, Tenant tenant)
    {
        var read = Read(http.Request.Query, options.Value.FileMegabytes);
        if (read.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var (asked, real, stop) = (read.Value, clocks.Real.GetUtcNow(), http.RequestAborted);
        var item = New(asked, real, tenant);
        var until = real + options.Value.UploadWithin;
        var address = await files.Upload(item.In(tenant), item.FileSize, until, stop);
        if (asked.MediaId is { } known)
        {
            // It may have come under an address given before.
            await library.Find(tenant, known, stop);
        }
        await library.Note(tenant, stop);
        var kept = await library.Change(tenant, item.MediaId, before => before switch
        {
            null => item,
            { State: MediaState.Awaited } => item with { Version = before.Version + 1, CreatedAt = before.CreatedAt, ComesUntil = before.ComesUntil > item.ComesUntil ? before.ComesUntil : item.ComesUntil },
            { State: MediaState.Ready } => Error.AlreadyExists("media", item.MediaId),
            _ => Error.Conflict($"media '{item.MediaId}' is being deleted; take another id"),
        }, stop);
        http.Response.Headers.CacheControl = "no-store";
        return kept.Respond(_ => Answer.Ok(new UploadView(address.Address.AbsoluteUri, item.MediaId, (int)options.Value.UploadWithin.TotalSeconds, address.Headers)));
    }

    MediaItem New(Asked asked, DateTimeOffset real, Tenant tenant)
    {
        var now = clocks.Now(tenant);
        return new(asked.MediaId ?? ids.New(), MediaState.Awaited, PlainName(asked.FileName), asked.FileName, asked.ContentType, asked.FileType, asked.FileSize, ids.New(),
            real + options.Value.UploadWithin + options.Value.UploadTakes, platform.Value.SourceRegion, 1, now, now);
    }

    static Result<Asked> Read(IQueryCollection query, int mostMegabytes)
    {
        var (contentType, fileName, fileSize, fileType, mediaId) = (Text(query, "contentType"), Text(query, "fileName"), Text(query, "fileSize"), Text(query, "fileType"), Text(query, "mediaId"));
        var most = mostMegabytes * 1_048_576L;
        var isType = MediaTypes.FileTypes.Contains(fileType, StringComparer.Ordinal);
        var type = isType ? Enum.Parse<FileType>(fileType, ignoreCase: true) : default;
        var isContent = MediaTypes.ContentTypes.Contains(contentType, StringComparer.Ordinal);
        var isSize = long.TryParse(fileSize, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 && bytes <= most;
        var problems = new Problems()
            .When(!isContent, "contentType", $"must be one of {string.Join(", ", MediaTypes.ContentTypes)}")
            .When(fileName.Length is 0 or > MostOfName, "fileName", $"must be 1 to {MostOfName} characters")
            .When(fileName.Any(char.IsControl), "fileName", "must not contain control characters")
            .When(!isSize, "fileSize", $"must be a whole number of bytes from 1 to {most} ({mostMegabytes} MB)")
            .When(!isType, "fileType", $"must be one of {string.Join(", ", MediaTypes.FileTypes)}")
            .When(isType && isContent && !MediaTypes.Fits(contentType, type), "fileType", $"does not fit {contentType}")
            .When(mediaId.Length > MostOfId || !mediaId.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), "mediaId", $"must be 1 to {MostOfId} letters, digits, _ or -");
        return problems.Found.Count > 0 ? Error.Invalid(problems.Found) : new Asked(contentType, fileName, bytes, type, mediaId.Length == 0 ? null : mediaId);
    }

    static string Text(IQueryCollection query, string name) => query[name].ToString();

    /// <summary>Without folders, and with nothing that means something in an address, a header or a file system.</summary>
    internal static string PlainName(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name[(name.LastIndexOfAny(['/', '\\']) + 1)..])
        {
            plain.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-');
        }
        var trimmed = plain.ToString().TrimStart('.');
        return trimmed.Length == 0 ? "file" : trimmed;
    }
}
