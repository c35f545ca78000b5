using System.Net.Http.Json;
using System.Text.Json;
using AWorld.Embedded.Messages;
using AWorld.Platform;

namespace AWorld.Embedded.Cli;

/// <summary>The platform that runs on a data folder, as the command line finds and asks it.</summary>
static class RunningHost
{
    public const string FileName = "address";

    /// <param name="address">Null: it listens nowhere.</param>
    public static void Note(string data, string? address)
    {
        if (address is not null)
        {
            File.WriteAllText(Path.Combine(data, FileName), new Uri(address).GetLeftPart(UriPartial.Authority));
        }
    }

    public static async Task<T> Ask<T>(string data, string path, object body, CancellationToken stop)
    {
        var file = Path.Combine(data, FileName);
        var address = File.Exists(file) ? (await File.ReadAllTextAsync(file, stop)).Replace("://0.0.0.0:", "://127.0.0.1:", StringComparison.Ordinal).Replace("://[::]:", "://[::1]:", StringComparison.Ordinal)
            : throw new CommandException($"a process has {Path.GetFullPath(data)} in use and listens nowhere; stop it first");
        using var http = new HttpClient { BaseAddress = new(address) };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: Json.Options) };
        request.Headers.TryAddWithoutValidation("Authorization", OperatorEndpoints.Authorization(new KeyFile(data), TimeProvider.System));
        using var answer = await http.SendAsync(request, stop);
        var text = await answer.Content.ReadAsByteArrayAsync(stop);
        return answer.IsSuccessStatusCode ? Json.Read<T>(text)
            : throw new CommandException($"the platform at {address} refused: {(JsonElement.Parse(text).TryGetProperty("message", out var message) ? message.GetString() : $"{(int)answer.StatusCode}")}");
    }
}
