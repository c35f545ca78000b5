using System.Runtime.CompilerServices;
using System.Text.Json;
using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Game;

/// <summary>The user (or group) a step is about, as rules see them.</summary>
/// <param name="Id">The user's; of a group <c>group:{tagId}</c>.</param>
/// <param name="Timezone">Of timeframes that follow each user's clock.</param>
/// <param name="Tags">Each may make the user a member of a group.</param>
/// <param name="Shown">What expressions see as <c>user</c>.</param>
public sealed record Subject(string Id, string? Timezone, IReadOnlyList<string> Tags, JsonElement Shown)
{
    /// <summary>What the user reads.</summary>
    public string? Lang { get; init; }

    const string GroupPrefix = "group:";

    static readonly ConditionalWeakTable<UserProfile, Subject> Known = [];
    static readonly JsonElement Nobody = JsonElement.Parse("null");

    public static bool IsGroup(string id) => id.StartsWith(GroupPrefix, StringComparison.Ordinal);

    public static string GroupId(string tagId) => GroupPrefix + tagId;

    public static Subject Group(string tagId) => new(GroupId(tagId), null, [], Nobody);

    public static Subject Of(UserProfile user) => Known.GetValue(user, static user =>
    {
        string[] tags = [.. user.Tags.OrderByDescending(tag => tag.Priority).Select(tag => tag.TagId)];
        return new(user.UserId, user.Timezone, tags, JsonSerializer.SerializeToElement(
            new { user.UserId, user.ExternalId, user.Nickname, user.Lang, user.Timezone, Tags = tags, user.CreatedAt }, Json.Options)) { Lang = user.Lang };
    });
}
