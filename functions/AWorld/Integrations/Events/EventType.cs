using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Integrations.Events;

/// <summary>What one step caused to a user or a group.</summary>
/// <param name="Owner">The user, or the group as <c>group:{tagId}</c>.</param>
public sealed record Journaled(Tenant Tenant, string Owner, JournalEntry Entry)
{
    const string GroupPrefix = "group:";

    public string? UserId => GroupTagId is null ? Owner : null;
    public string? GroupTagId => Owner.StartsWith(GroupPrefix, StringComparison.Ordinal) ? Owner[GroupPrefix.Length..] : null;
}

/// <summary>A kind of event: its name, the record that is its data, and how a journal entry tells of it.</summary>
/// <param name="Version">Of the data. One that breaks its readers is a new version beside the old.</param>
/// <param name="Read">Pure. Null: modules write these as <see cref="WorkspaceEvent"/>.</param>
public sealed record EventType(string Name, Type Data, int Version, Func<Journaled, IEnumerable<object>>? Read)
{
    /// <summary>Where its JSON Schema is, below the platform's address.</summary>
    public string SchemaPath => $"/schemas/events/{Name}/{Version}";

    public static EventType OfJournal<T>(string name, Func<Journaled, IEnumerable<T>> read, int version = 1) where T : class => new(name, typeof(T), version, read);

    public static EventType OfWorkspace<T>(string name, int version = 1) where T : class => new(name, typeof(T), version, null);
}
