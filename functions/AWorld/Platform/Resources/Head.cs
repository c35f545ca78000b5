using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace AWorld.Platform;

/// <summary>When a translation was written and last changed.</summary>
sealed record TextTimes(DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The current version of an entity, as stored: what the client sent, and what the platform keeps about it.</summary>
/// <param name="Texts">By language.</param>
/// <param name="Content">The JSON of the entity's record.</param>
sealed record Head(
    string Id,
    Stage Stage,
    long Version,
    string SourceRegion,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    ImmutableArray<TagAssignment> Tags,
    ImmutableDictionary<string, TextTimes> Texts,
    JsonElement Content)
{
    public string ETag => Version.ToString(CultureInfo.InvariantCulture);

    public T Entity<T>() where T : Configured
    {
        var content = Content.Deserialize<T>(Json.Options) ?? throw new JsonException($"{Id} has no content");
        var entity = content with { Id = Id, Stage = Stage, Version = Version, CreatedAt = CreatedAt, UpdatedAt = UpdatedAt, Tags = Tags };
        return (T)entity.MapTexts(text => Texts.TryGetValue(text.Lang, out var times) ? text with { CreatedAt = times.CreatedAt, UpdatedAt = times.UpdatedAt } : text);
    }
}

/// <summary>What was done to make a version.</summary>
enum ChangeKind { Created, Updated, Published, Archived, Unarchived, Tagged }

/// <param name="By">The principal, user or machine client that did it.</param>
sealed record HistoryEntry(ChangeKind Change, string By, DateTimeOffset At, Head Head);

/// <summary>
/// Ids of an entity's documents in the partition of its kind. '~' is in no id that a client may choose, so none of
/// them can be taken for another.
/// </summary>
static class DocumentIds
{
    public const string Entities = "entity~";
    public const string ByUpdate = "updated~";

    public static string Entity(string id) => $"{Entities}{id}";
    public static string Versions(string id) => $"version~{id}~";
    public static string Version(string id, long version) => $"{Versions(id)}{version:D10}";

    /// <summary>Lists the kind in the order of updates, and then of ids.</summary>
    public static string Updated(DateTimeOffset at, string id) => $"{ByUpdate}{Instants.Text(at)}~{id}";

    public static string IdOfUpdated(string documentId) => documentId[(documentId.LastIndexOf('~') + 1)..];
}
