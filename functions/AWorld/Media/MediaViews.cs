using AWorld.Identity;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Media;

/// <param name="Key">Where it lies; for operators.</param>
/// <param name="FileSize">Bytes.</param>
/// <param name="Url">Leads to the file for as long as the item is there, without a token.</param>
public sealed record MediaView(
    string MediaId, string FileName, string OriginalFileName, string ContentType, FileType FileType, string Scope, string Key, long FileSize, string Url,
    string AccountId, string WorkspaceId, string SourceRegion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public IReadOnlyList<TagAssignment>? Tags { get; init; }
    public IReadOnlyList<MediaTranslationView>? Translations { get; init; }
}

public sealed record MediaTranslationView(
    string MediaId, string Lang, string Label, string? Description, string AccountId, string WorkspaceId, string SourceRegion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Items as they are answered.</summary>
sealed class MediaViews(IOptions<IdentityOptions> identity)
{
    public const string Workspace = "workspace", Tags = "tags", Translations = "translations";

    public MediaView Of(Tenant tenant, MediaItem item, bool tags = true, bool translations = true) => new(
        item.MediaId, item.FileName, item.OriginalFileName, item.ContentType, item.FileType, Workspace, item.In(tenant).Key, item.FileSize,
        $"{identity.Value.Issuer.TrimEnd('/')}{OpenMedia.Root}/{tenant.AccountId}/{tenant.WorkspaceId}/{item.MediaId}/{item.Access}",
        tenant.AccountId, tenant.WorkspaceId, item.SourceRegion, item.CreatedAt, item.UpdatedAt)
    {
        Tags = tags ? item.Tags : null,
        Translations = translations ? Texts(tenant, item) : null,
    };

    public static IReadOnlyList<MediaTranslationView> Texts(Tenant tenant, MediaItem item) =>
        [.. item.Texts.Select(text => new MediaTranslationView(item.MediaId, text.Lang, text.Label, text.Description, tenant.AccountId, tenant.WorkspaceId, item.SourceRegion, text.CreatedAt, text.UpdatedAt))];

    public static string ETag(MediaItem item) => item.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static Problem Missing(string mediaId) => new(Error.NotFound("media", mediaId));
}
