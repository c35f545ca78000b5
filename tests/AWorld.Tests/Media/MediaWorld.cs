using System.Net.Http.Headers;
using System.Text.Json;
using AWorld.Media;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Media;

/// <summary>A platform whose upkeep runs only when a test says so, and what a client of the library does.</summary>
sealed class MediaWorld(TestPlatform platform) : IAsyncDisposable
{
    public const string Path = "/dashboard/v1/media";

    public TestPlatform Platform => platform;
    public HttpClient Dashboard { get; } = platform.Dashboard();
    public HttpClient Anybody { get; } = platform.Anonymous();

    /// <param name="files">Null: the data folder.</param>
    public static async Task<MediaWorld> Start(IMediaStore? files = null, params (string Key, string Value)[] settings) => new(await TestPlatform.Start(
        configure: builder =>
        {
            if (files is not null)
            {
                builder.Services.AddSingleton(files);
            }
        },
        settings: [("AWorld:Media:CheckedEvery", "1.00:00:00"), .. settings]));

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    public static string Upload(string contentType = "image/png", string fileName = "a.png", long fileSize = 1000, string fileType = "image", string? mediaId = null) =>
        $"{Path}/upload-url?contentType={Uri.EscapeDataString(contentType)}&fileName={Uri.EscapeDataString(fileName)}&fileSize={fileSize}&fileType={fileType}{(mediaId is null ? "" : $"&mediaId={mediaId}")}";

    public static ByteArrayContent File(int bytes = 1000, string? contentType = "image/png") => File(Enumerable.Range(0, bytes).Select(static i => (byte)i).ToArray(), contentType);

    public static ByteArrayContent File(byte[] content, string? contentType) =>
        new(content) { Headers = { ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType) } };

    /// <summary>Puts a file where it was told, with the headers it was told. An embedded host on a port of the system's choice knows its path alone.</summary>
    public static async Task Put(HttpClient client, JsonElement asked, int bytes)
    {
        var address = new Uri(asked.Text("uploadUrl"));
        var headers = asked.At("metadataHeaders").EnumerateObject().ToDictionary(static header => header.Name, static header => header.Value.GetString()!);
        var others = headers.Where(static header => header.Key != "content-type").Select(static header => (header.Key, header.Value)).ToArray();
        await client.Put(address.AbsolutePath.StartsWith("/media/", StringComparison.Ordinal) ? address.AbsolutePath : address.AbsoluteUri, File(bytes, headers["content-type"]), others);
    }

    /// <summary>Asks for an address and puts a file there.</summary>
    public async Task<string> Add(string contentType = "image/png", string fileName = "a.png", int bytes = 1000, string fileType = "image")
    {
        var asked = await Dashboard.Get(Upload(contentType, fileName, bytes, fileType));
        await Anybody.Put(asked.Text("uploadUrl"), File(bytes, contentType));
        return asked.Text("mediaId");
    }

    public async Task<IReadOnlyList<string>> Listed(string query = "") => [.. (await Dashboard.Get(Path + query)).Items().Select(static item => item.Text("mediaId"))];

    public async Task<JsonElement> Item(string mediaId) => await Dashboard.Get($"{Path}/{mediaId}");

    public Task TidyUp() => platform.Service<MediaLibrary>().TidyUp(CancellationToken.None);

    /// <summary>Files in the data folder, drafts included.</summary>
    public int Files() => Directory.Exists(System.IO.Path.Combine(platform.Data, "media")) ? Directory.EnumerateFiles(System.IO.Path.Combine(platform.Data, "media"), "*", SearchOption.AllDirectories).Count() : 0;

    /// <summary>Whatever the workspace's library has left in the store.</summary>
    public async Task<IReadOnlyList<string>> Documents() =>
        [.. (await platform.Service<IDocumentStore>().Query(MediaLibrary.In(platform.Tenant), new(), default)).Items.Select(static document => document.Id).Where(static id => id != "usage")];

    public async Task<MediaUsage> Usage() => Json.Read<MediaUsage>((await platform.Service<IDocumentStore>().Read(MediaLibrary.In(platform.Tenant), "usage", default))!.Body);
}

/// <summary>Files of which a test says how large they came, and which may not be reached.</summary>
sealed class FakeFiles : IMediaStore
{
    public Dictionary<string, long> Sizes { get; } = [];
    public List<string> Deleted { get; } = [];
    public bool Down { get; set; }

    public ValueTask<UploadAddress> Upload(MediaFile file, long bytes, DateTimeOffset until, CancellationToken stop) =>
        Reached(() => new UploadAddress(new($"https://files.example/{file.Key}?until={until:O}"), new Dictionary<string, string>()));

    public ValueTask<Uri> Read(MediaFile file, DateTimeOffset until, CancellationToken stop) => Reached(() => new Uri($"https://files.example/{file.Key}?until={until:O}"));

    public ValueTask<long?> Size(MediaFile file, CancellationToken stop) => Reached<long?>(() => Sizes.TryGetValue(file.Key, out var bytes) ? bytes : null);

    public async ValueTask Delete(MediaFile file, CancellationToken stop) => await Reached(() =>
    {
        Deleted.Add(file.Key);
        return Sizes.Remove(file.Key);
    });

    ValueTask<T> Reached<T>(Func<T> answer) => Down ? throw new MediaUnavailableException(new IOException("cut off")) : new(answer());
}
