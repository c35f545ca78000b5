using System.Text.Json;

namespace AWorld.Platform;

/// <summary>
/// Something that time brought about in a workspace, such as the end of a leaderboard. It is created once, in the
/// partition and the batch of what it tells of; the change feed of that container gives events in their order.
/// </summary>
/// <param name="Type">Such as <c>leaderboard.ended</c>.</param>
/// <param name="About">The id of the entity; with the type it tells events apart.</param>
/// <param name="At">By the workspace's clock.</param>
public sealed record WorkspaceEvent(string Type, string About, DateTimeOffset At, JsonElement Data)
{
    public const string Prefix = "event:";

    /// <summary>The document's id.</summary>
    public string Id => IdOf(Type, About);

    public static string IdOf(string type, string about) => $"{Prefix}{type}:{about}";

    public Write Write() => Platform.Write.Create(Id, Json.Bytes(this));
}
