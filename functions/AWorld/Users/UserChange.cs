using AWorld.Platform;

namespace AWorld.Users;

/// <summary>Users as they come in the change feed of the players container.</summary>
public static class UserChange
{
    /// <summary>Null: the change is of something else, or the user was erased.</summary>
    public static UserProfile? TryRead(Change change) =>
        change.Document.Id == StoredProfile.DocumentId ? Json.Read<StoredProfile>(change.Document.Body).User : null;
}
