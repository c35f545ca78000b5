using System.Collections.Immutable;
using System.Text.Json;
using AWorld.Authorization;
using Microsoft.Extensions.Options;

namespace AWorld.Platform;

/// <summary>Everything that changes an entity of one kind. Each change makes a version, and all versions are kept.</summary>
sealed class ResourceChanges<T>(
    Resource<T> resource, IDocumentStore store, Mutations mutations, Snapshots snapshots, References references, Ids ids, WorkspaceClocks clocks, IOptions<PlatformOptions> platform,
    ConfigurationOutbox outbox)
    where T : Configured
{
    readonly ResourceShape<T> shape = new(resource, clocks);

    public async Task<IResult> Create(HttpContext http, Body<T> body)
    {
        var sent = JsonElement.Parse(body.Raw.Span);
        var chosen = resource.ChosenId && sent.TryGetProperty(resource.IdName, out var id) ? id : default;
        if (chosen.ValueKind != JsonValueKind.Undefined && (chosen.ValueKind != JsonValueKind.String || !Ids.IsClientId(chosen.GetString()!)))
        {
            return new Problem(Error.Invalid(resource.IdName, IdAttribute.Rule));
        }
        return await Commit(http, async (batch, stop) =>
        {
            var tenant = Caller.Of(http).Tenant;
            var known = chosen.ValueKind == JsonValueKind.String ? chosen.GetString()! : ids.New();
            if (chosen.ValueKind == JsonValueKind.String && await resource.Read(store, tenant, known, stop) is not null)
            {
                return Error.AlreadyExists(References.Words(resource.Type), known);
            }
            if (await Wrong(tenant, body.Value, stop) is { } wrong)
            {
                return wrong;
            }
            var head = Make(known, body.Value, null, Now(http));
            Save(http, batch, ChangeKind.Created, null, head);
            return Answer.Created(shape.Of(tenant, head, ResourceShape<T>.Nothing), shape.ETag(tenant, head));
        });
    }

    public async Task<IResult> Put(HttpContext http, Body<T> body)
    {
        var problems = new Problems();
        var sent = JsonElement.Parse(body.Raw.Span);
        foreach (var (name, type) in resource.PutRequires)
        {
            problems.When(!sent.TryGetProperty(name, out var value), name, "is required").When(value.ValueKind != JsonValueKind.Undefined && !Fits(value, type), name, "has the wrong type");
        }
        problems.When(sent.TryGetProperty(resource.IdName, out var named) && !(named.ValueKind == JsonValueKind.String && named.ValueEquals(resource.IdOf(http))), resource.IdName, "must be the id in the path");
        if (problems.Found.Count > 0)
        {
            return new Problem(Error.Invalid(problems.Found));
        }
        return await Change(http, ChangeKind.Updated, async (head, stop) =>
        {
            if (head.Stage == Stage.Archived)
            {
                return Error.InvalidOperation("it is archived, so it cannot be changed");
            }
            var entity = resource.Keep(head.Entity<T>(), body.Value);
            return await Wrong(Caller.Of(http).Tenant, entity, stop) is { } wrong ? wrong : Make(head.Id, entity, head, Now(http));
        });
    }

    public async Task<IResult> Publish(HttpContext http) => await Change(http, ChangeKind.Published, async (head, stop) => head.Stage switch
    {
        Stage.Published => head,
        Stage.Archived => Error.InvalidOperation("it is archived, so it cannot be published"),
        _ => await Wrong(Caller.Of(http).Tenant, head.Entity<T>(), stop) is { } wrong ? wrong : Staged(head, Stage.Published, Now(http)),
    });

    public async Task<IResult> Archive(HttpContext http) => await Change(http, ChangeKind.Archived, (head, _) =>
        new(head.Stage == Stage.Archived ? head : Staged(head, Stage.Archived, Now(http))));

    /// <summary>Back to a draft: whether it is in the game again is decided by publishing it.</summary>
    public async Task<IResult> Unarchive(HttpContext http) => await Change(http, ChangeKind.Unarchived, (head, _) =>
        new(head.Stage == Stage.Archived ? Staged(head, Stage.Draft, Now(http)) : head));

    /// <summary>Tags are not content: they make a version, but leave updatedAt, and so the order of lists, alone.</summary>
    public ValueTask<IResult> Tag(HttpContext http, string id, Func<IReadOnlyList<TagAssignment>, Result<TagsChanged>> decide) => Commit(http, async (batch, stop) =>
    {
        if (await resource.Read(store, Caller.Of(http).Tenant, id, stop) is not var (head, etag))
        {
            return resource.NotFound(id);
        }
        return decide(head.Tags).Map(changed =>
        {
            Save(http, batch, ChangeKind.Tagged, (head, etag), head with { Version = head.Version + 1, Tags = [.. changed.Tags] });
            return changed.Answer;
        });
    });

    /// <param name="decide">From the current head to the new one; the same one changes nothing.</param>
    async Task<IResult> Change(HttpContext http, ChangeKind kind, Func<Head, CancellationToken, ValueTask<Result<Head>>> decide)
    {
        var result = await TryChange(http, kind, decide);
        if (result is Answer)
        {
            await outbox.Tell(Caller.Of(http).Tenant, resource.Type, resource.IdOf(http));
        }
        return result;
    }

    ValueTask<IResult> TryChange(HttpContext http, ChangeKind kind, Func<Head, CancellationToken, ValueTask<Result<Head>>> decide) => Commit(http, async (batch, stop) =>
    {
        var (id, tenant) = (resource.IdOf(http), Caller.Of(http).Tenant);
        if (await resource.Read(store, tenant, id, stop) is not var (head, etag))
        {
            return resource.NotFound(id);
        }
        if (Preconditions.Check(http, shape.ETag(tenant, head)) is { } stale)
        {
            return stale;
        }
        return (await decide(head, stop)).Map(after =>
        {
            if (!ReferenceEquals(after, head))
            {
                Save(http, batch, kind, (head, etag), after);
            }
            return Answer.Ok(shape.Of(tenant, after, ResourceShape<T>.Nothing), shape.ETag(tenant, after));
        });
    });

    async ValueTask<IResult> Commit(HttpContext http, Func<Batch, CancellationToken, ValueTask<Result<Answer>>> decide)
    {
        var tenant = Caller.Of(http).Tenant;
        IResult? result = null;
        try
        {
            return result = await mutations.Run(http, resource.In(tenant), decide);
        }
        finally
        {
            // When it threw, the commit may have happened.
            if (result is not Problem)
            {
                snapshots.Changed(tenant, resource.Path);
            }
        }
    }

    async ValueTask<Error?> Wrong(Tenant tenant, T entity, CancellationToken stop)
    {
        var problems = new Problems();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < entity.Texts.Count; index++)
        {
            problems.When(!seen.Add(entity.Texts[index].Lang.Replace('_', '-')), $"translations[{index}].lang", "is there twice");
        }
        problems.When(entity.Texts.All(text => text.Lang != entity.DefaultLang), "defaultLang", "must be the language of one of the translations");
        resource.Check(entity, problems);
        IReadOnlyList<FieldError> wrong = problems.Found.Count > 0 ? problems.Found : await references.Check(tenant, resource.References(entity), stop);
        return wrong.Count == 0 ? null : Error.Invalid(wrong);
    }

    Head Make(string id, T entity, Head? before, DateTimeOffset now)
    {
        var texts = (before?.Entity<T>().Texts ?? []).ToDictionary(text => text.Lang);
        return new(id, before?.Stage ?? (resource.Lifecycle == Lifecycle.None ? Stage.Published : Stage.Draft), (before?.Version ?? 0) + 1, platform.Value.SourceRegion,
            before?.CreatedAt ?? now, now, before?.Tags ?? [],
            entity.Texts.ToImmutableDictionary(text => text.Lang, text => texts.GetValueOrDefault(text.Lang) switch
            {
                null => new TextTimes(now, now),
                var old => new TextTimes(old.CreatedAt, text with { CreatedAt = old.CreatedAt, UpdatedAt = old.UpdatedAt } == old ? old.UpdatedAt : now),
            }),
            Json.Element(entity));
    }

    DateTimeOffset Now(HttpContext http) => clocks.Now(Caller.Of(http).Tenant);

    Head Staged(Head head, Stage stage, DateTimeOffset now) => head with { Stage = stage, Version = head.Version + 1, UpdatedAt = now, SourceRegion = platform.Value.SourceRegion };

    void Save(HttpContext http, Batch batch, ChangeKind kind, (Head Head, string ETag)? before, Head after)
    {
        var caller = Caller.Of(http);
        if (before is var (old, etag))
        {
            batch.Replace(DocumentIds.Entity(after.Id), after, etag);
            if (old.UpdatedAt != after.UpdatedAt)
            {
                batch.Delete(DocumentIds.Updated(old.UpdatedAt, after.Id));
            }
        }
        else
        {
            batch.Create(DocumentIds.Entity(after.Id), after);
        }
        if (before?.Head.UpdatedAt != after.UpdatedAt)
        {
            batch.Create(DocumentIds.Updated(after.UpdatedAt, after.Id), after.Version);
        }
        var by = (caller.IsMachine ? caller.ClientId : caller.UserId ?? caller.PrincipalId) ?? "";
        batch.Create(DocumentIds.Version(after.Id, after.Version), new HistoryEntry(kind, by, Now(http), after));
    }

    static bool Fits(JsonElement value, Type type)
    {
        try
        {
            return value.Deserialize(type, Json.Options) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
