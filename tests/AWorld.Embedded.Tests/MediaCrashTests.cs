using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AWorld.Embedded.Demo;

namespace AWorld.Embedded.Tests;

/// <summary>The real host as a process, killed with SIGKILL while one file comes and after another has.</summary>
public sealed class MediaCrashTests : IAsyncLifetime
{
    const int Bytes = 500_000;
    const string Upload = "/dashboard/v1/media/upload-url?contentType=image/png&fileName=a.png&fileSize=500000&fileType=image";
    static readonly TimeSpan ComesWithin = TimeSpan.FromMinutes(1);

    readonly string folder = Directory.CreateTempSubdirectory("aworld-media-").FullName;
    KillableHost host = null!;

    public ValueTask InitializeAsync()
    {
        host = new(folder);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_file_that_was_taken_survives_and_one_that_was_cut_off_was_never_there()
    {
        await host.Start(demo: true);
        using var dashboard = await host.Client((await DemoFile.Read(folder, default))!.Workspaces[0].Client("dashboard"));
        using var anybody = new HttpClient();
        var (taken, cutOff) = (await Json(dashboard, Upload), await Json(dashboard, Upload));
        await Put(anybody, taken);
        await Half(cutOff);

        await host.Kill();
        await host.Start();

        var items = (await Json(dashboard, "/dashboard/v1/media")).GetProperty("items").EnumerateArray().ToList();
        items.Select(static item => item.GetProperty("mediaId").GetString()).ShouldBe([taken.GetProperty("mediaId").GetString()]);
        (await anybody.GetByteArrayAsync(items[0].GetProperty("url").GetString())).ShouldBe(Content());
        Directory.Exists(Path.Combine(folder, "media", "incoming")).ShouldBeFalse();
        await Put(anybody, cutOff);
        (await Json(dashboard, "/dashboard/v1/media")).GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    static byte[] Content() => [.. Enumerable.Range(0, Bytes).Select(static i => (byte)(i * 31))];

    static async Task<JsonElement> Json(HttpClient client, string path) => JsonElement.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)));

    static async Task Put(HttpClient client, JsonElement asked)
    {
        using var content = new ByteArrayContent(Content()) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        using var response = await client.PutAsync(new Uri(asked.GetProperty("uploadUrl").GetString()!), content);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Sends half of it, and waits until the host has some of that on its disk.</summary>
    async Task Half(JsonElement asked)
    {
        var address = new Uri(asked.GetProperty("uploadUrl").GetString()!);
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"PUT {address.AbsolutePath} HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {Bytes}\r\n\r\n")));
        await stream.WriteAsync(Content().AsMemory(0, Bytes / 2));
        var end = TimeProvider.System.GetUtcNow() + ComesWithin;
        var incoming = new DirectoryInfo(Path.Combine(folder, "media", "incoming"));
        while (!(incoming.Exists && incoming.EnumerateFiles().Any(static file => file.Length > 0)))
        {
            TimeProvider.System.GetUtcNow().ShouldBeLessThan(end);
            await Task.Delay(10);
            incoming.Refresh();
        }
    }
}
