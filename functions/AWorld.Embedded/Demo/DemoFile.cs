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

/// <summary><c>demo.json</c> in the data folder: all that is needed to try the demonstration, its secrets included.</summary>
sealed record DemoFile(string BaseUrl, string AccountId, IReadOnlyList<DemoWorkspace> Workspaces)
{
    static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };

    public static string PathIn(string data) => Path.Combine(data, "demo.json");

    public static async Task<DemoFile?> Read(string data, CancellationToken stop)
    {
        try
        {
            return File.Exists(PathIn(data)) ? Json.Read<DemoFile>(await File.ReadAllBytesAsync(PathIn(data), stop)) : null;
        }
        catch (JsonException)
        {
            throw new CommandException($"{PathIn(data)} is damaged; delete it to make a new demonstration");
        }
    }

    /// <summary>Whole or not at all: readers wait for the file to appear.</summary>
    public async Task Write(string data, CancellationToken stop)
    {
        var draft = PathIn(data) + ".new";
        await File.WriteAllBytesAsync(draft, JsonSerializer.SerializeToUtf8Bytes(this, Indented), stop);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        File.Move(draft, PathIn(data), overwrite: true);
    }
}
