using System.Text.Json;
using AWorld.Embedded.Cli;
using AWorld.Platform;

namespace AWorld.Embedded.Demo;

sealed record DemoClient(string Context, string ClientId, string ClientSecret, IReadOnlyList<string> Scopes);

sealed record DemoUser(string UserId, string ExternalId, string Email);

sealed record DemoWorkspace(string WorkspaceId, bool Development, IReadOnlyList<DemoClient> Clients, IReadOnlyList<DemoUser> Users)
{
    public DemoClient Client(string context) => Clients.First(client => client.Context == context);
}

/// <param name="Entity">A queue or topic.</param>
/// <param name="Authorization">The header's value to send with requests under /servicebus.</param>
sealed record DemoMessaging(string Entity, string WorkspaceId, string Authorization);

/// <summary><c>demo.json</c> in the data folder: all that is needed to try the demonstration, its secrets included.</summary>
sealed record DemoFile(string BaseUrl, string AccountId, IReadOnlyList<DemoWorkspace> Workspaces, IReadOnlyList<DemoMessaging>? Messaging = null)
{
    static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };

    public static string PathIn(string data) => Path.Combine(data, "demo.json");

    /// <summary>What is there of a demonstration while it is being made, so that one that was interrupted is finished with the same clients.</summary>
    public static string BegunIn(string data) => PathIn(data) + ".begun";

    public static Task<DemoFile?> Read(string data, CancellationToken stop) => ReadFrom(PathIn(data), stop);

    public static async Task<DemoFile?> ReadFrom(string path, CancellationToken stop)
    {
        try
        {
            return File.Exists(path) ? Json.Read<DemoFile>(await File.ReadAllBytesAsync(path, stop)) : null;
        }
        catch (JsonException)
        {
            throw new CommandException($"{path} is damaged; delete it and the database of the demonstration to make a new one");
        }
    }

    public Task Write(string data, CancellationToken stop) => WriteTo(PathIn(data), stop);

    /// <summary>Whole or not at all: readers wait for the file to appear.</summary>
    public async Task WriteTo(string path, CancellationToken stop)
    {
        var draft = path + ".new";
        await File.WriteAllBytesAsync(draft, JsonSerializer.SerializeToUtf8Bytes(this, Indented), stop);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        File.Move(draft, path, overwrite: true);
    }
}
