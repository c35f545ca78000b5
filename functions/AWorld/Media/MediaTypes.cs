using System.Collections.Frozen;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Media;

[JsonConverter(typeof(CamelEnumConverter<FileType>))]
public enum FileType { Image, Video, Audio, Document, Other }

/// <summary>The kinds of files that can be uploaded, and how they are served.</summary>
static class MediaTypes
{
    public static readonly IReadOnlyList<string> FileTypes = [.. Enum.GetNames<FileType>().Select(static name => name.ToLowerInvariant())];

    /// <summary>Documents, and pictures that can hold scripts, are saved and not shown; an img element shows them all the same.</summary>
    static readonly FrozenSet<string> Saved = new[]
    {
        "image/svg+xml", "application/pdf", "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/json", "text/plain", "text/csv",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static readonly IReadOnlyList<string> ContentTypes =
    [
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff",
        "video/mp4", "video/webm", "video/quicktime", "video/x-msvideo", "video/mpeg",
        "audio/mpeg", "audio/wav", "audio/ogg", "audio/aac", "audio/flac",
        .. Saved.Order(StringComparer.Ordinal),
    ];

    public static bool IsInline(string contentType) => !Saved.Contains(contentType);

    /// <summary>Whether a file of this content may be filed as that type; anything may be filed as other.</summary>
    public static bool Fits(string contentType, FileType type) => type == FileType.Other || type == contentType.Split('/')[0] switch
    {
        "image" => FileType.Image,
        "video" => FileType.Video,
        "audio" => FileType.Audio,
        _ => FileType.Document,
    };
}
