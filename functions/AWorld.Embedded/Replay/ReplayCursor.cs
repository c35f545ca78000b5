using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Embedded.Replay;

/// <summary>How far a file has been sent to a workspace: kept in a file next to it, so that a replay goes on where it stopped.</summary>
/// <param name="Lines">All before have been answered.</param>
sealed record ReplayCursor(string Target, long Lines)
{
    public static string PathOf(string file) => file + ".cursor";

    /// <returns>The number of lines to skip: 0 when there is no cursor or it belongs to another target.</returns>
    public static async Task<long> Read(string file, string target, CancellationToken stop)
    {
        try
        {
            return File.Exists(PathOf(file)) && Json.Read<ReplayCursor>(await File.ReadAllBytesAsync(PathOf(file), stop)) is { } cursor && cursor.Target == target
                ? cursor.Lines
                : 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    public async Task Write(string file)
    {
        var draft = PathOf(file) + ".new";
        await File.WriteAllBytesAsync(draft, Json.Bytes(this), CancellationToken.None);
        File.Move(draft, PathOf(file), overwrite: true);
    }
}
