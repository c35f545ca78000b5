using AWorld.Platform;

namespace AWorld.Users;

/// <summary>Users as they come in the change feed of the players container.</summary>
public static class UserChange
{
    /// <summary>The id of these documents.</summary>
    public const string Id = StoredProfile.DocumentId;

    /// <summary>
    /// Whose erasure the change is; null: something else. It comes after all journal entries of the user, since its
    /// last write is the erasure's last.
    /// </summary>
    public static string? ErasedUser(Change change) =>
        change.Document.Id == StoredProfile.DocumentId && Json.Read<StoredProfile>(change.Document.Body) is { User: null, Erasure: not null }
            ? change.Partition.Key[(change.Partition.Key.LastIndexOf('/') + 1)..]
            : null;

    /// <summary>Null: the change is of something else, or the user was erased.</summary>
    public static UserProfile? TryRead(Change change) =>
        change.Document.Id == StoredProfile.DocumentId ? Json.Read<StoredProfile>(change.Document.Body).User : null;
}
