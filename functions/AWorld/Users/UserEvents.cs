using System.Globalization;
using AWorld.Platform;

namespace AWorld.Users;

/// <summary>A user was added to the workspace.</summary>
/// <param name="ExternalId">The customer's own id of the person.</param>
/// <param name="Tags">Ids of the user's tags.</param>
public sealed record UserCreated(
    string UserId, string PrincipalId, string? ExternalId, string? Nickname, string? Lang, string? Timezone, IReadOnlyList<string> Tags, DateTimeOffset CreatedAt);

/// <summary>A user's profile or tags were changed; it shows the user as they are now.</summary>
/// <param name="Changed">Names of what is different now, such as <c>tags</c>.</param>
public sealed record UserUpdated(
    string UserId, string PrincipalId, string? ExternalId, string? Nickname, string? Lang, string? Timezone, IReadOnlyList<string> Tags, IReadOnlyList<string> Changed, DateTimeOffset UpdatedAt);

/// <summary>A user was erased: nothing of the person is left, and the id leads to nobody.</summary>
public sealed record UserErased(string UserId, DateTimeOffset ErasedAt);

/// <summary>What is told of users: a document beside the profile, in the same batch.</summary>
static class UserEvents
{
    public const string Created = "user.created", Updated = "user.updated", Erased = "user.erased";

    /// <param name="before">Null: the user is new.</param>
    /// <param name="version">Of the profile; tells the changes of a user apart.</param>
    public static Write Of(UserProfile? before, UserProfile user, int version)
    {
        IReadOnlyList<string> tags = [.. user.Tags.Select(static tag => tag.TagId)];
        var happened = before is null
            ? WorkspaceEvent.Of(Created, user.UserId, user.CreatedAt, new UserCreated(user.UserId, user.PrincipalId, user.ExternalId, user.Nickname, user.Lang, user.Timezone, tags, user.CreatedAt))
            : WorkspaceEvent.Of(Updated, user.UserId, user.UpdatedAt, new UserUpdated(
                user.UserId, user.PrincipalId, user.ExternalId, user.Nickname, user.Lang, user.Timezone, tags, [.. Differences(before, user)], user.UpdatedAt));
        return happened.Write(version.ToString("D9", CultureInfo.InvariantCulture));
    }

    public static Write OfErasure(string userId, DateTimeOffset at) => WorkspaceEvent.Of(Erased, userId, at, new UserErased(userId, at)).Write();

    static IEnumerable<string> Differences(UserProfile before, UserProfile after) =>
        from one in new (string Name, bool Differs)[]
        {
            ("externalId", before.ExternalId != after.ExternalId),
            ("nickname", before.Nickname != after.Nickname),
            ("profileImage", before.ProfileImage != after.ProfileImage),
            ("lang", before.Lang != after.Lang),
            ("timezone", before.Timezone != after.Timezone),
            ("tags", !before.Tags.SequenceEqual(after.Tags)),
        }
        where one.Differs
        select one.Name;
}
