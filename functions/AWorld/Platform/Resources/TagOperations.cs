using System.ComponentModel.DataAnnotations;
using AWorld.Authorization;

namespace AWorld.Platform;

/// <summary>A tag to assign, or whose assignment to change.</summary>
public sealed record TagToAssign([property: Required, Id] string? TagId, [property: Range(0, int.MaxValue)] int? Priority);

public sealed record TagsToAssign([property: Required, MinLength(1, ErrorMessage = "must hold 1 to 25 assignments"), MaxLength(25, ErrorMessage = "must hold 1 to 25 assignments")] IReadOnlyList<TagToAssign>? Assignments);

public sealed record TagPriority([property: Range(0, int.MaxValue)] int? Priority);

/// <summary>The tags that something carries after a change, and what to answer.</summary>
public sealed record TagsChanged(IReadOnlyList<TagAssignment> Tags, Answer Answer);

/// <summary>Something that carries tags, as far as its tag operations need it.</summary>
/// <param name="Path">With its id as a parameter, such as <c>/dashboard/v1/activities/{activityId}</c>.</param>
/// <param name="Operations">First part of the operation ids.</param>
/// <param name="Read">The tags of the one with this id; null when there is none.</param>
/// <param name="Change">Loads, decides and saves; the decision may run again after a conflict. Null: here they are only read.</param>
public sealed record Taggable(
    string Path,
    string Operations,
    EntityType Type,
    TagStyle Style,
    Permission ToRead,
    Permission ToWrite,
    Func<HttpContext, string, ValueTask<IReadOnlyList<TagAssignment>?>> Read,
    Func<HttpContext, string, Func<IReadOnlyList<TagAssignment>, Result<TagsChanged>>, ValueTask<IResult>>? Change = null)
{
    public string IdName => Resource.IdNameOf(Type);

    /// <summary>Whose it is, where the contract has assignments say so.</summary>
    public string? Scope { get; init; }
}

/// <summary>The contract's eight operations on the tags of one thing, or the two that read.</summary>
public static class TagOperations
{
    /// <summary>More than anybody needs, few enough to be kept with what carries them.</summary>
    public const int MostTags = 200;

    public static void MapTags(this IEndpointRouteBuilder routes, Taggable tagged)
    {
        var handlers = new Handlers(tagged, routes.ServiceProvider);
        var (all, one) = ($"{tagged.Path}/tags", $"{tagged.Path}/tags/{{tagId}}");
        var (assigned, removed) = (TagAnswers.Assigned(tagged), TagAnswers.Removed(tagged));
        routes.MapGet(all, (Delegate)handlers.List).Operation($"{tagged.Operations}/listTags").Requires(tagged.ToRead).TakesPage(sorted: true).Answers(assigned, ListShape.Page);
        routes.MapGet(one, (Delegate)handlers.Get).Operation($"{tagged.Operations}/getTag").Requires(tagged.ToRead).Answers(assigned);
        if (tagged.Change is null)
        {
            return;
        }
        routes.MapPost(all, handlers.AssignAll).Operation($"{tagged.Operations}/createTags").Requires(tagged.ToWrite).Answers(assigned, ListShape.Assignments);
        routes.MapPatch(all, handlers.UpdateAll).Operation($"{tagged.Operations}/updateTags").Requires(tagged.ToWrite).Answers(assigned, ListShape.Assignments);
        var removedAll = routes.MapDelete(all, handlers.RemoveAll).Operation($"{tagged.Operations}/deleteTags").Requires(tagged.ToWrite);
        routes.MapPost(one, (Delegate)handlers.Assign).Operation($"{tagged.Operations}/createTag").Requires(tagged.ToWrite).Reads(typeof(TagPriority), required: false).Answers(assigned);
        routes.MapPatch(one, handlers.Update).Operation($"{tagged.Operations}/updateTag").Requires(tagged.ToWrite).Answers(assigned);
        var removedOne = routes.MapDelete(one, (Delegate)handlers.Remove).Operation($"{tagged.Operations}/deleteTag").Requires(tagged.ToWrite);
        if (tagged.Style == TagStyle.Plain)
        {
            removedAll.Produces(204);
            removedOne.Produces(204);
        }
        else
        {
            removedAll.Answers(removed, ListShape.Assignments);
            removedOne.Answers(removed);
        }
    }

    sealed class Handlers(Taggable tagged, IServiceProvider services)
    {
        readonly PageTokens tokens = services.GetRequiredService<PageTokens>();
        readonly References references = services.GetRequiredService<References>();
        readonly WorkspaceClocks clocks = services.GetRequiredService<WorkspaceClocks>();
        readonly TagAnswers answers = new(tagged, services.GetRequiredService<Microsoft.Extensions.Options.IOptions<PlatformOptions>>().Value.SourceRegion);

        public async Task<IResult> List(HttpContext http)
        {
            var request = await tokens.Read(http, sorts: "updatedAt");
            if (request.Error is { } wrong)
            {
                return new Problem(wrong);
            }
            if (await tagged.Read(http, Id(http)) is not { } tags)
            {
                return new Problem(NotFound(http));
            }
            var byUpdate = http.Request.Query.ContainsKey("sort");
            var page = await tokens.Page(http, request.Value, tags, tag => byUpdate ? $"{Instants.Text(tag.UpdatedAt)}~{tag.TagId}" : $"{tag.Priority:D10}~{tag.TagId}");
            return Answer.Hashed(new Page<object>([.. page.Items.Select(tag => answers.Assigned(http, Id(http), tag))], page.NextToken));
        }

        public async Task<IResult> Get(HttpContext http)
        {
            return await tagged.Read(http, Id(http)) is not { } tags ? new Problem(NotFound(http))
                : tags.FirstOrDefault(tag => tag.TagId == TagId(http)) is { } found ? Answer.Hashed(answers.Assigned(http, Id(http), found))
                : new Problem(NotAssigned(TagId(http)));
        }

        public async Task<IResult> AssignAll(HttpContext http, Body<TagsToAssign> body)
        {
            var sent = body.Value.Assignments!;
            if (await Wrong(http, sent) is { } wrong)
            {
                return new Problem(wrong);
            }
            return await Change(http, sent, answers.AssignedAll, static (current, asked, now) => current is null
                ? new TagAssignment(asked.TagId!, asked.Priority ?? 0, now, now)
                : current with { Priority = asked.Priority ?? current.Priority, UpdatedAt = now });
        }

        public Task<IResult> UpdateAll(HttpContext http, Body<TagsToAssign> body) =>
            Distinct(body.Value.Assignments!) is { } wrong ? Task.FromResult<IResult>(new Problem(wrong)) : Change(http, body.Value.Assignments!, answers.AssignedAll, Updated);

        public Task<IResult> RemoveAll(HttpContext http, Body<TagsToAssign> body) =>
            Distinct(body.Value.Assignments!) is { } wrong ? Task.FromResult<IResult>(new Problem(wrong)) : Removal(http, body.Value.Assignments!, answers.RemovedAll);

        /// <summary>The body says nothing but the priority, so it may be missing.</summary>
        public async Task<IResult> Assign(HttpContext http)
        {
            var tagId = TagId(http);
            var body = http.Request.ContentLength is null or 0 && !http.Request.HasJsonContentType() ? null : await Body<TagPriority>.BindAsync(http);
            if (body?.Error is { } wrong)
            {
                return new Problem(wrong);
            }
            if (!await references.Exists(Caller.Of(http).Tenant, EntityType.Tag, tagId, http.RequestAborted))
            {
                return new Problem(Error.NotFound("tag", tagId));
            }
            return await Change(http, [new(tagId, body?.Value.Priority)], answers.AssignedOne, (current, asked, now) => (current, tagged.Style) switch
            {
                (null, _) => new TagAssignment(asked.TagId!, asked.Priority ?? 0, now, now),
                (_, TagStyle.Strict) => Error.AlreadyExists("the assignment of tag", tagId),
                _ => current with { Priority = asked.Priority ?? current.Priority, UpdatedAt = now },
            });
        }

        public Task<IResult> Update(HttpContext http, Body<TagPriority> body) =>
            Change(http, [new(TagId(http), body.Value.Priority)], answers.AssignedOne, Updated);

        public Task<IResult> Remove(HttpContext http) => Removal(http, [new(TagId(http), null)], answers.RemovedOne);

        static Result<TagAssignment> Updated(TagAssignment? current, TagToAssign asked, DateTimeOffset now) => current is null
            ? NotAssigned(asked.TagId!)
            : current with { Priority = asked.Priority ?? current.Priority, UpdatedAt = now };

        async Task<IResult> Change(HttpContext http, IReadOnlyList<TagToAssign> sent, Func<HttpContext, string, IReadOnlyList<TagAssignment>, Answer> answer,
            Func<TagAssignment?, TagToAssign, DateTimeOffset, Result<TagAssignment>> decide)
        {
            var now = clocks.Now(Caller.Of(http).Tenant);
            return await tagged.Change!(http, Id(http), tags =>
            {
                var after = tags.ToDictionary(tag => tag.TagId, StringComparer.Ordinal);
                foreach (var asked in sent)
                {
                    var decided = decide(after.GetValueOrDefault(asked.TagId!), asked, now);
                    if (decided.Error is { } refused)
                    {
                        return refused;
                    }
                    after[asked.TagId!] = decided.Value;
                }
                return after.Count > MostTags
                    ? Error.InvalidOperation($"it would carry more than {MostTags} tags")
                    : new TagsChanged([.. after.Values], answer(http, Id(http), [.. sent.Select(asked => after[asked.TagId!])]));
            });
        }

        async Task<IResult> Removal(HttpContext http, IReadOnlyList<TagToAssign> sent, Func<HttpContext, string, IReadOnlyList<string>, Answer> answer)
        {
            IReadOnlyList<string> gone = [.. sent.Select(asked => asked.TagId!)];
            return await tagged.Change!(http, Id(http), tags =>
                gone.FirstOrDefault(tagId => tags.All(tag => tag.TagId != tagId)) is { } missing
                    ? NotAssigned(missing)
                    : new TagsChanged([.. tags.Where(tag => !gone.Contains(tag.TagId, StringComparer.Ordinal))], answer(http, Id(http), gone)));
        }

        async ValueTask<Error?> Wrong(HttpContext http, IReadOnlyList<TagToAssign> sent)
        {
            if (Distinct(sent) is { } twice)
            {
                return twice;
            }
            var asked = sent.Select(static (tag, index) => new Reference($"assignments[{index}].tagId", EntityType.Tag, tag.TagId!));
            var missing = await references.Check(Caller.Of(http).Tenant, asked, http.RequestAborted);
            return missing.Count == 0 ? null : Error.Invalid(missing);
        }

        static Error? Distinct(IReadOnlyList<TagToAssign> sent)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var problems = new Problems();
            for (var index = 0; index < sent.Count; index++)
            {
                problems.When(sent[index] is null, $"assignments[{index}]", "must be an object");
                problems.When(sent[index] is { } tag && !seen.Add(tag.TagId!), $"assignments[{index}].tagId", "is there twice");
            }
            return problems.Found.Count == 0 ? null : Error.Invalid(problems.Found);
        }

        Error NotFound(HttpContext http) => Error.NotFound(References.Words(tagged.Type), Id(http));
        static Error NotAssigned(string tagId) => Error.NotFound("the assignment of tag", tagId);
        static string TagId(HttpContext http) => (string)http.GetRouteValue("tagId")!;
        string Id(HttpContext http) => (string)http.GetRouteValue(tagged.IdName)!;
    }
}
