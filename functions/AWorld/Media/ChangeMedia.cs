using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Media;

/// <summary>What can be changed of an item: its texts, its tags, and whether it is there.</summary>
sealed class ChangeMedia(MediaLibrary library, MediaViews views, Mutations mutations, WorkspaceClocks clocks, ILogger<ChangeMedia> log)
{
    /// <param name="Translations">All texts that it has from now on.</param>
    public sealed record TextsRequest(
        [property: Required, MinLength(1, ErrorMessage = "must hold 1 to 10 translations"), MaxLength(Platform.Translations.Most, ErrorMessage = "must hold 1 to 10 translations")]
        IReadOnlyList<LabelTranslation>? Translations) : IChecked
    {
        public void Check(Problems problems)
        {
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (index, text) in (Translations ?? []).Index())
            {
                problems.When(text is not null && !seen.Add(text.Lang.Replace('_', '-')), $"translations[{index}].lang", "is there twice");
            }
        }
    }

    public sealed record DeletedMedia(string MediaId, bool Deleted);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPatch(ReadMedia.One, static (HttpContext http, Caller caller, string mediaId, Body<TextsRequest> body, ChangeMedia it) => it.Update(http, caller.Tenant, mediaId, body.Value.Translations!))
            .Operation("media/update").Requires(Permission.WriteConfiguration).Produces<MediaView>();
        routes.MapDelete(ReadMedia.One, static (HttpContext http, Caller caller, string mediaId, ChangeMedia it) => it.Delete(http, caller.Tenant, mediaId))
            .Operation("media/delete").Requires(Permission.WriteConfiguration).Produces<DeletedMedia>();
        var it = routes.ServiceProvider.GetRequiredService<ChangeMedia>();
        routes.MapTags(new(ReadMedia.One, "media", EntityType.Media, TagStyle.Strict, Permission.ReadConfiguration, Permission.WriteConfiguration, it.Tags, it.Tag) { Scope = MediaViews.Workspace });
    }

    ValueTask<IResult> Update(HttpContext http, Tenant tenant, string mediaId, IReadOnlyList<LabelTranslation> texts) => Change(http, tenant, mediaId, item =>
    {
        var now = clocks.Now(tenant);
        var before = item.Texts.ToDictionary(static text => text.Lang, StringComparer.Ordinal);
        var after = item with
        {
            Version = item.Version + 1, UpdatedAt = now,
            Texts = [.. texts.Select(text => before.GetValueOrDefault(text.Lang) is not { } old ? new(text.Lang, text.Label, text.Description, now, now)
                : old.Label == text.Label && old.Description == text.Description ? old
                : new MediaText(text.Lang, text.Label, text.Description, old.CreatedAt, now))],
        };
        return (after, Answer.Ok(views.Of(tenant, after), MediaViews.ETag(after)));
    });

    async Task<IResult> Delete(HttpContext http, Tenant tenant, string mediaId)
    {
        if (await library.Find(tenant, mediaId, http.RequestAborted) is not null)
        {
            await library.Note(tenant, http.RequestAborted);
        }
        var result = await Change(http, tenant, mediaId, item =>
            (item with { State = MediaState.Removing, Version = item.Version + 1 }, Answer.Ok(new DeletedMedia(mediaId, true))));
        if (result is Answer)
        {
            try
            {
                await library.Remove(tenant, mediaId, CancellationToken.None);
            }
            catch (Exception failure)
            {
                log.LogWarning(failure, "The file of {MediaId} of {Tenant} is deleted later", mediaId, tenant);
            }
        }
        return result;
    }

    async ValueTask<IReadOnlyList<TagAssignment>?> Tags(HttpContext http, string mediaId) => (await library.Find(Caller.Of(http).Tenant, mediaId, http.RequestAborted))?.Tags;

    /// <summary>Tags are not content: they make a version, but leave updatedAt alone.</summary>
    ValueTask<IResult> Tag(HttpContext http, string mediaId, Func<IReadOnlyList<TagAssignment>, Result<TagsChanged>> decide) => Change(http, Caller.Of(http).Tenant, mediaId, item =>
        decide(item.Tags).Map(changed => (item with { Version = item.Version + 1, Tags = changed.Tags }, changed.Answer)));

    async ValueTask<IResult> Change(HttpContext http, Tenant tenant, string mediaId, Func<MediaItem, Result<(MediaItem After, Answer Answer)>> decide)
    {
        // An item whose file has just come is there, too.
        await library.Find(tenant, mediaId, http.RequestAborted);
        return await mutations.Run(http, MediaLibrary.In(tenant), async (batch, stop) =>
        {
            if (await library.Read(tenant, mediaId, stop) is not ({ State: MediaState.Ready } item, var etag))
            {
                return Error.NotFound("media", mediaId);
            }
            if (Preconditions.Check(http, MediaViews.ETag(item)) is { } stale)
            {
                return stale;
            }
            return decide(item).Map(changed =>
            {
                MediaLibrary.Save(batch, (item, etag), changed.After, mediaId);
                return changed.Answer;
            });
        });
    }
}
