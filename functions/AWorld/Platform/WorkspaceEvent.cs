using System.Text.Json;

namespace AWorld.Platform;

/// <summary>
/// Something that happened in a workspace and is in no user's journal, such as the end of a leaderboard. It is created
/// once, in the players container, in the batch of what it tells of where there is one; the change feed of that
/// container gives events in their order, to be published.
/// </summary>
/// <param name="Type">Such as <c>leaderboard.ended</c>.</param>
/// <param name="About">The id of the user, rule or board.</param>
/// <param name="At">By the workspace's clock.</param>
public sealed record WorkspaceEvent(string Type, string About, DateTimeOffset At, JsonElement Data)
{
    /// <summary>How the ids of these documents start.</summary>
    public const string Prefix = "event:";

    public static WorkspaceEvent Of<T>(string type, string about, DateTimeOffset at, T data) => new(type, about, at, Json.Element(data));

    /// <summary>An id under which a second one of the type in the partition is refused.</summary>
    public static string IdOf(string type, string about) => $"{Prefix}{type}:{about}";

    /// <param name="which">Tells events of a partition apart; null: there is one of the type about each entity.</param>
    public Write Write(string? which = null) => Platform.Write.Create(which is null ? IdOf(Type, About) : Prefix + which, Json.Bytes(this));
}
