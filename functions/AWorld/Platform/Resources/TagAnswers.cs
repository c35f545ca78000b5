using System.Text.Json.Nodes;
using AWorld.Authorization;

namespace AWorld.Platform;

/// <summary>Tag assignments in the contract's shapes.</summary>
sealed class TagAnswers(Taggable tagged, string sourceRegion)
{
    sealed record Assignment(string TagId, EntityType EntityType, string EntityId, int Priority, string AccountId, string WorkspaceId, string SourceRegion, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    sealed record Removal(string TagId, EntityType EntityType, string EntityId, bool Deleted);

    public static Composed Assigned(Taggable tagged) => new($"{tagged.Type}Tag", [typeof(Assignment)],
        [new(tagged.IdName, typeof(string)), .. tagged.Scope is null ? Array.Empty<ComposedField>() : [new("scope", typeof(string))]]);

    public static Composed Removed(Taggable tagged) => new($"Removed{tagged.Type}Tag", [typeof(Removal)], new ComposedField(tagged.IdName, typeof(string)));

    public Answer AssignedAll(HttpContext http, string id, IReadOnlyList<TagAssignment> tags) => Answer.Ok(new { Assignments = tags.Select(tag => Assigned(http, id, tag)) });

    public Answer AssignedOne(HttpContext http, string id, IReadOnlyList<TagAssignment> tags) => Answer.Ok(Assigned(http, id, tags[0]));

    public Answer RemovedAll(HttpContext http, string id, IReadOnlyList<string> tagIds) =>
        tagged.Style == TagStyle.Plain ? Answer.NoContent : Answer.Ok(new { Assignments = tagIds.Select(tagId => Removed(id, tagId)) });

    public Answer RemovedOne(HttpContext http, string id, IReadOnlyList<string> tagIds) =>
        tagged.Style == TagStyle.Plain ? Answer.NoContent : Answer.Ok(Removed(id, tagIds[0]));

    public JsonObject Assigned(HttpContext http, string id, TagAssignment tag)
    {
        var tenant = Caller.Of(http).Tenant;
        var shown = About(id, tag.TagId);
        shown["priority"] = tag.Priority;
        shown["accountId"] = tenant.AccountId;
        shown["workspaceId"] = tenant.WorkspaceId;
        shown["sourceRegion"] = sourceRegion;
        shown["createdAt"] = Instants.Text(tag.CreatedAt);
        shown["updatedAt"] = Instants.Text(tag.UpdatedAt);
        if (tagged.Scope is { } scope)
        {
            shown["scope"] = scope;
        }
        return shown;
    }

    JsonObject Removed(string id, string tagId)
    {
        var shown = About(id, tagId);
        shown["deleted"] = true;
        return shown;
    }

    JsonObject About(string id, string tagId) => new() { ["tagId"] = tagId, ["entityType"] = tagged.Type.ToString(), ["entityId"] = id, [tagged.IdName] = id };
}
