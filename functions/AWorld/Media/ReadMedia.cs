using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Media;

/// <summary>What is in the library.</summary>
sealed class ReadMedia(MediaLibrary library, MediaViews views, PageTokens tokens)
{
    public const string All = "/dashboard/v1/media", One = All + "/{mediaId}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, static (HttpContext http, Caller caller, ReadMedia it) => it.List(http, caller.Tenant))
            .Operation("media/list").Requires(Permission.ReadConfiguration).TakesPage()
            .Takes(Parameter.Fields(MediaViews.Tags, MediaViews.Translations), new("fileType", "Only these", OneOf: MediaTypes.FileTypes)).Produces<Page<MediaView>>();
        routes.MapGet(One, static (HttpContext http, Caller caller, string mediaId, ReadMedia it) => it.Get(caller.Tenant, mediaId, http.RequestAborted))
            .Operation("media/get").Requires(Permission.ReadConfiguration).Produces<MediaView>();
        routes.MapGet(One + "/translations", static (HttpContext http, Caller caller, string mediaId, ReadMedia it) => it.ListTranslations(http, caller.Tenant, mediaId))
            .Operation("media/listTranslations").Requires(Permission.ReadConfiguration).TakesPage(sorted: true).Produces<Page<MediaTranslationView>>();
    }

    /// <summary>Newest first. What has just been uploaded is there.</summary>
    async Task<IResult> List(HttpContext http, Tenant tenant)
    {
        var request = await tokens.Read(http, descending: true);
        var fields = QueryParameters.AnyOf(http, "fields", MediaViews.Tags, MediaViews.Translations);
        var type = QueryParameters.OneOf(http, "fileType", MediaTypes.FileTypes);
        if ((request.Error ?? fields.Error ?? type.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var stop = http.RequestAborted;
        if (request.Value.Position is null)
        {
            await library.LookForAll(tenant, stop);
        }
        var list = MediaLibrary.Listed(type.Value is { } name ? Enum.Parse<FileType>(name, ignoreCase: true) : null);
        var page = await tokens.Documents(http, MediaLibrary.In(tenant), list, request.Value);
        var items = await Task.WhenAll(page.Items.Select(listed => library.Read(tenant, Json.Read<string>(listed.Body), stop).AsTask()));
        var (tags, translations) = (fields.Value?.Contains(MediaViews.Tags) == true, fields.Value?.Contains(MediaViews.Translations) == true);
        return Answer.Hashed(new Page<MediaView>([.. from found in items where found is ({ State: MediaState.Ready }, _) select views.Of(tenant, found.Value.Item, tags, translations)], page.NextToken));
    }

    async Task<IResult> Get(Tenant tenant, string mediaId, CancellationToken stop) =>
        await library.Find(tenant, mediaId, stop) is { } item ? Answer.Ok(views.Of(tenant, item), MediaViews.ETag(item)) : MediaViews.Missing(mediaId);

    async Task<IResult> ListTranslations(HttpContext http, Tenant tenant, string mediaId)
    {
        var request = await tokens.Read(http, sorts: "updatedAt");
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        return await library.Find(tenant, mediaId, http.RequestAborted) is { } item
            ? Answer.Hashed(await tokens.Page(http, request.Value, MediaViews.Texts(tenant, item), static text => $"{Instants.Text(text.UpdatedAt)}~{text.Lang}"))
            : MediaViews.Missing(mediaId);
    }
}
