using System.Text.Json.Nodes;
using AWorld.Authorization;

namespace AWorld.Platform;

/// <summary>The endpoints of one kind of configuration entity: routes and reads.</summary>
sealed class ResourceEndpoints<T>(Resource<T> resource, IServiceProvider services) where T : Configured
{
    const string Root = "/dashboard/v1/";
    const string UpdatedAt = "updatedAt";
    const string Catalog = "catalogWorkspaceId";

    readonly IDocumentStore store = services.GetRequiredService<IDocumentStore>();
    readonly PageTokens tokens = services.GetRequiredService<PageTokens>();
    readonly ResourceShape<T> shape = new(resource, services.GetRequiredService<WorkspaceClocks>());
    readonly ResourceChanges<T> changes = ActivatorUtilities.CreateInstance<ResourceChanges<T>>(services, resource);

    public void Map(IEndpointRouteBuilder routes)
    {
        var (all, one, name) = (Root + resource.Path, $"{Root}{resource.Path}/{{{resource.IdName}}}", resource.Operations);
        var (shown, texts) = (ResourceSchemas.Shown(resource), resource.BareTranslations ? ListShape.Bare : ListShape.Page);
        var translation = ResourceSchemas.Translation(resource);
        Parameter[] reads = [Parameter.Fields([.. shape.Everything]), .. resource.ByCatalog ? [new Parameter(Catalog, "Only what came from this catalogue")] : Array.Empty<Parameter>()];
        routes.MapPost(all, changes.Create).Operation($"{name}/create").Requires(Permission.WriteConfiguration).Reads(ResourceSchemas.Sent(resource)).Answers(shown, status: 201);
        routes.MapGet(all, (Delegate)List).Operation($"{name}/list").Requires(Permission.ReadConfiguration).TakesPage(sorted: true).Takes(reads).Answers(shown, ListShape.Page);
        routes.MapGet(one, (Delegate)Get).Operation($"{name}/get").Requires(Permission.ReadConfiguration).Takes(reads).Answers(shown);
        routes.MapPut(one, changes.Put).Operation($"{name}/update").Requires(Permission.WriteConfiguration).Reads(ResourceSchemas.Replacing(resource)).Answers(shown);
        routes.MapGet($"{one}/history", (Delegate)History).Operation($"{name}/listHistory").Requires(Permission.ReadConfiguration).TakesPage().Answers(ResourceSchemas.Past(resource), ListShape.Page);
        routes.MapGet($"{one}/translations", (Delegate)ListTranslations).Operation($"{name}/listTranslations{(resource.TranslationsAt is null ? "" : "OfOne")}")
            .Requires(Permission.ReadConfiguration).TakesPage(sorted: true).Answers(translation, texts);
        if (resource.TranslationsAt is { } path)
        {
            routes.MapGet(path, (Delegate)ListTranslations).Operation($"{name}/listTranslations").Requires(Permission.ReadConfiguration).TakesPage(sorted: true).Answers(translation, texts);
        }
        if (resource.Lifecycle != Lifecycle.None)
        {
            routes.MapPost($"{one}/publish", (Delegate)changes.Publish).Operation($"{name}/publish").Requires(Permission.WriteConfiguration).Answers(shown);
        }
        if (resource.Lifecycle == Lifecycle.Archivable)
        {
            routes.MapPost($"{one}/archive", (Delegate)changes.Archive).Operation($"{name}/archive").Requires(Permission.WriteConfiguration).Answers(shown);
            routes.MapPost($"{one}/unarchive", (Delegate)changes.Unarchive).Operation($"{name}/unarchive").Requires(Permission.WriteConfiguration).Answers(shown);
        }
        if (resource.Tags != TagStyle.None)
        {
            routes.MapTags(new(one, name, resource.Type, resource.Tags, Permission.ReadConfiguration, Permission.WriteConfiguration,
                async (http, _) => await Find(http) is { } head ? head.Tags : null, changes.Tag));
        }
    }

    async Task<IResult> List(HttpContext http)
    {
        var request = await tokens.Read(http, sorts: UpdatedAt);
        var fields = Expansions(http, FieldsOn.List);
        var catalog = AskedCatalog(http);
        if ((request.Error ?? fields.Error ?? catalog.Error) is { } wrong)
        {
            return new Problem(wrong);
        }
        var (tenant, stop) = (Caller.Of(http).Tenant, http.RequestAborted);
        var page = await tokens.Documents(http, resource.In(tenant), DocumentIds.ByUpdate, request.Value);
        var heads = await Task.WhenAll(page.Items.Select(entry => resource.Read(store, tenant, DocumentIds.IdOfUpdated(entry.Id), stop).AsTask()));
        return Answer.Hashed(new Page<JsonObject>([.. from found in heads where IsFrom(catalog.Value, found!.Value.Head) select shape.Of(tenant, found!.Value.Head, fields.Value!)], page.NextToken));
    }

    async Task<IResult> Get(HttpContext http)
    {
        var fields = Expansions(http, FieldsOn.Get);
        var catalog = AskedCatalog(http);
        return (fields.Error ?? catalog.Error) is { } wrong ? new Problem(wrong)
            : await Find(http) is not { } head || !IsFrom(catalog.Value, head) ? NotFound(http)
            : Answer.Ok(shape.Of(Caller.Of(http).Tenant, head, fields.Value!), shape.ETag(Caller.Of(http).Tenant, head));
    }

    async Task<IResult> History(HttpContext http)
    {
        var request = await tokens.Read(http, descending: true);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        if (await Find(http) is null)
        {
            return NotFound(http);
        }
        var page = await tokens.Documents(http, resource.In(Caller.Of(http).Tenant), DocumentIds.Versions(resource.IdOf(http)), request.Value);
        return Answer.Hashed(new Page<JsonObject>([.. page.Items.Select(document =>
        {
            var entry = Json.Read<HistoryEntry>(document.Body);
            var shown = shape.Of(Caller.Of(http).Tenant, entry.Head, shape.Everything);
            shown["change"] = Json.Element(entry.Change).GetString();
            shown["changedBy"] = entry.By;
            shown["changedAt"] = Instants.Text(entry.At);
            return shown;
        })], page.NextToken));
    }

    async Task<IResult> ListTranslations(HttpContext http)
    {
        var request = await tokens.Read(http, sorts: UpdatedAt);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        if (await Find(http) is not { } head)
        {
            return NotFound(http);
        }
        var texts = shape.Texts(Caller.Of(http).Tenant, head);
        var page = await tokens.Page(http, request.Value, texts, static text => $"{Instants.Text(text.UpdatedAt)}~{text.Lang}");
        JsonObject[] items = [.. page.Items.Select(text => text.Shown)];
        if (!resource.BareTranslations)
        {
            return Answer.Hashed(new Page<JsonObject>(items, page.NextToken));
        }
        // The contract has no place in the body for the token of a list that is cut short.
        http.Response.Headers["x-next-token"] = page.NextToken;
        return Answer.Hashed(items);
    }

    Result<HashSet<string>?> Expansions(HttpContext http, FieldsOn operation)
    {
        var asked = QueryParameters.AnyOf(http, "fields", [.. shape.Everything]);
        return asked is { Succeeded: true, Value: null } ? resource.FieldsOn.HasFlag(operation) ? ResourceShape<T>.Nothing : shape.Everything : asked;
    }

    Result<string?> AskedCatalog(HttpContext http) => resource.ByCatalog ? QueryParameters.TenantId(http, Catalog) : (string?)null;

    static bool IsFrom(string? catalog, Head head) => catalog is null || head.Content.TryGetProperty(Catalog, out var from) && from.ValueEquals(catalog);

    async ValueTask<Head?> Find(HttpContext http) =>
        (await resource.Read(store, Caller.Of(http).Tenant, resource.IdOf(http), http.RequestAborted))?.Head;

    Problem NotFound(HttpContext http) => new(resource.NotFound(resource.IdOf(http)));
}
