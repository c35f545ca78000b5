using System.Net;
using AWorld.Embedded.Media;
using AWorld.Media;
using AWorld.Platform;

namespace AWorld.Tests.Media;

public sealed class UploadMediaTests
{
    /// <summary>Whatever is written to /dev/full meets a full disk.</summary>
    [Fact]
    public async Task A_file_for_which_the_disk_has_no_room_is_refused_for_now_and_nothing_is_left_of_it()
    {
        await using var world = await MediaWorld.Start();
        var (files, asked) = (world.Platform.Service<MediaFolder>(), await world.Dashboard.Get(MediaWorld.Upload()));
        var key = files.OpenUpload(asked.Text("uploadUrl").Split('/')[^1]).ShouldNotBeNull().Key;
        await Should.ThrowAsync<StorageFullException>(() => files.Keep(key, async draft =>
        {
            await draft.WriteAsync(new byte[10]);
            await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await full.WriteAsync(new byte[10]);
            return true;
        }));
        Directory.GetFiles(System.IO.Path.Combine(world.Platform.Data, "media"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
        await world.Anybody.Put(asked.Text("uploadUrl"), MediaWorld.File());
        (await world.Listed()).ShouldBe([asked.Text("mediaId")]);
    }

    [Fact]
    public async Task A_file_is_in_the_library_as_soon_as_it_was_put_there()
    {
        await using var world = await MediaWorld.Start();
        var asked = await world.Dashboard.Get(MediaWorld.Upload(fileName: "../My picture é.png"));
        asked.Number("expiresIn").ShouldBe(900);
        asked.Text("metadataHeaders.content-type").ShouldBe("image/png");
        var id = asked.Text("mediaId");
        (await world.Listed()).ShouldBeEmpty();
        await world.Dashboard.Refused(404, HttpMethod.Get, $"{MediaWorld.Path}/{id}");
        await world.Dashboard.Refused(404, HttpMethod.Delete, $"{MediaWorld.Path}/{id}");

        using (var put = await world.Anybody.Send(HttpMethod.Put, asked.Text("uploadUrl"), MediaWorld.File(700)))
        {
            put.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        (await world.Listed()).ShouldBe([id]);
        var item = await world.Item(id);
        item.Number("fileSize").ShouldBe(700);
        (item.Text("originalFileName"), item.Text("fileName")).ShouldBe(("../My picture é.png", "My-picture--.png"));
        item.Text("key").ShouldBe($"{world.Platform.Tenant.AccountId}/{world.Platform.Tenant.WorkspaceId}/{id}");
        (await world.Usage()).ShouldBe(new MediaUsage(1, 0, 700));
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { MediaWorld.Upload(contentType: "text/html"), "contentType" },
        { MediaWorld.Upload(contentType: "IMAGE/PNG"), "contentType" },
        { MediaWorld.Upload(fileName: ""), "fileName" },
        { MediaWorld.Upload(fileName: new string('x', 256)), "fileName" },
        { MediaWorld.Upload(fileName: "a\nb"), "fileName" },
        { MediaWorld.Upload(fileSize: 0), "fileSize" },
        { MediaWorld.Upload(fileSize: -1), "fileSize" },
        { MediaWorld.Upload(fileSize: 100 * 1024 * 1024 + 1), "fileSize" },
        { MediaWorld.Upload(fileType: "Image"), "fileType" },
        { MediaWorld.Upload(fileType: "video"), "fileType" },
        { MediaWorld.Upload(mediaId: ".."), "mediaId" },
        { MediaWorld.Upload(mediaId: "a%2Fb"), "mediaId" },
        { MediaWorld.Upload(mediaId: new string('x', 65)), "mediaId" },
        { MediaWorld.Upload() + "&scope=common", "scope" },
        { $"{MediaWorld.Path}/upload-url", "contentType" },
        { $"{MediaWorld.Path}?fileType=picture", "fileType" },
        { $"{MediaWorld.Path}?fields=bytes", "fields" },
        { $"{MediaWorld.Path}?scope=common", "scope" },
        { $"{MediaWorld.Path}?nextToken=abc", "nextToken" },
    };

    [Fact]
    public async Task A_wrong_parameter_is_named_and_leaves_nothing()
    {
        await using var world = await MediaWorld.Start();
        foreach (var (path, field) in Wrong.Select(static row => row.Data))
        {
            (await world.Dashboard.Refused(400, HttpMethod.Get, path)).Fields.ShouldContain(field, path);
        }
        (await world.Documents()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_not_the_announced_file_is_refused_and_leaves_nothing()
    {
        await using var world = await MediaWorld.Start();
        var address = (await world.Dashboard.Get(MediaWorld.Upload(fileSize: 100_000))).Text("uploadUrl");

        (await world.Anybody.Refused(415, HttpMethod.Put, address, MediaWorld.File(10, "text/html"))).Fields.ShouldBe(["content-type"]);
        await world.Anybody.Refused(415, HttpMethod.Put, address, MediaWorld.File(10, null));
        (await world.Anybody.Refused(413, HttpMethod.Put, address, MediaWorld.File(100_001))).Message.ShouldContain("100000 bytes");
        (await world.Anybody.Refused(413, HttpMethod.Put, address, new Chunked(100_001))).Message.ShouldContain("100000 bytes");
        await world.Anybody.Refused(400, HttpMethod.Put, address, MediaWorld.File(0));
        await Should.ThrowAsync<Exception>(() => world.Anybody.Send(HttpMethod.Put, address, new Chunked(100_000, breaksAt: 50_000)));

        (await world.Listed()).ShouldBeEmpty();
        world.Files().ShouldBe(0);
        await world.Anybody.Put(address, new Chunked(100_000));
        (await world.Listed()).Count.ShouldBe(1);
    }

    /// <summary>Sent without its length, and perhaps not to its end.</summary>
    sealed class Chunked : HttpContent
    {
        readonly int bytes, breaksAt;

        public Chunked(int bytes, int breaksAt = int.MaxValue)
        {
            (this.bytes, this.breaksAt) = (bytes, breaksAt);
            Headers.ContentType = new("image/png");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var sent = 0; sent < bytes; sent += 1000)
            {
                await stream.WriteAsync(new byte[Math.Min(1000, bytes - sent)]);
                if (sent >= breaksAt)
                {
                    throw new IOException("cut off");
                }
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_replaced()
    {
        await using var world = await MediaWorld.Start();
        var asked = await world.Dashboard.Get(MediaWorld.Upload(mediaId: "logo"));
        asked.Text("mediaId").ShouldBe("logo");
        var again = await world.Dashboard.Get(MediaWorld.Upload(mediaId: "logo", fileSize: 500));
        (await world.Usage()).ShouldBe(new MediaUsage(1, 1, 500));

        await world.Anybody.Put(again.Text("uploadUrl"), MediaWorld.File(500));
        await world.Anybody.Refused(409, HttpMethod.Put, asked.Text("uploadUrl"), MediaWorld.File(1000));
        (await world.Dashboard.Refused(409, HttpMethod.Get, MediaWorld.Upload(mediaId: "logo"))).Code.ShouldBe("resource/already_exists");

        (await world.Item("logo")).Number("fileSize").ShouldBe(500);
        // Another workspace's is another file.
        await world.Platform.Sibling.Dashboard().Get(MediaWorld.Upload(mediaId: "logo"));
        await world.Platform.Sibling.Dashboard().Refused(404, HttpMethod.Get, $"{MediaWorld.Path}/logo");
    }

    [Fact]
    public async Task An_address_ends_and_cannot_be_made_up()
    {
        await using var world = await MediaWorld.Start();
        var address = (await world.Dashboard.Get(MediaWorld.Upload())).Text("uploadUrl");
        var id = await world.Add();
        var url = (await world.Item(id)).Text("url");
        using var redirected = await world.Anybody.Send(HttpMethod.Get, url);
        var file = redirected.Headers.Location!.AbsoluteUri;

        foreach (var forged in new[] { address[..^30] + (address[^30] == 'A' ? 'B' : 'A') + address[^29..], address[..^20], "/media/x", file })
        {
            await world.Anybody.Refused(403, HttpMethod.Put, forged, MediaWorld.File());
        }
        await world.Anybody.Refused(403, HttpMethod.Get, address);
        (await world.Anybody.Send(HttpMethod.Get, file)).StatusCode.ShouldBe(HttpStatusCode.OK);
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(15));
        (await world.Anybody.Refused(403, HttpMethod.Put, address, MediaWorld.File())).Message.ShouldBe("this address was valid until 2026-03-10T09:15:00.000Z; ask for a new one");
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(45));
        (await world.Anybody.Refused(403, HttpMethod.Get, file)).Message.ShouldContain("was valid until");
        // The item's own address leads to a new one.
        using var later = await world.Anybody.Send(HttpMethod.Get, url);
        (await world.Anybody.Send(HttpMethod.Get, later.Headers.Location!.AbsoluteUri)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("AWorld:Media:AwaitedPerWorkspace", "5")]
    [InlineData("AWorld:Media:FilesPerWorkspace", "5")]
    [InlineData("AWorld:Media:MegabytesPerWorkspace", "5")]
    public async Task Bounds_hold_when_many_ask_at_once(string bound, string most)
    {
        await using var world = await MediaWorld.Start(null, (bound, most));
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => world.Dashboard.Send(HttpMethod.Get, MediaWorld.Upload(fileSize: 1024 * 1024))));
        answers.Count(static answer => answer.IsSuccessStatusCode).ShouldBe(5);
        answers.Where(static answer => !answer.IsSuccessStatusCode).ShouldAllBe(static answer => answer.StatusCode == HttpStatusCode.BadRequest);
        (await world.Usage()).ShouldBe(new MediaUsage(5, 5, 5 * 1024 * 1024));
        // Of another workspace they are others.
        await world.Platform.Sibling.Dashboard().Get(MediaWorld.Upload());
    }

    [Fact]
    public async Task A_file_that_never_comes_is_given_up()
    {
        await using var world = await MediaWorld.Start(null, ("AWorld:Media:AwaitedPerWorkspace", "1"));
        await world.Dashboard.Get(MediaWorld.Upload());
        (await world.Dashboard.Refused(400, HttpMethod.Get, MediaWorld.Upload())).Code.ShouldBe("business/invalid_operation");
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(74));
        await world.TidyUp();
        (await world.Usage()).Files.ShouldBe(1);

        world.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.TidyUp();

        (await world.Documents()).ShouldBeEmpty();
        (await world.Usage()).ShouldBe(new MediaUsage(0, 0, 0));
        await world.Dashboard.Get(MediaWorld.Upload());
    }

    [Fact]
    public async Task A_file_that_came_unseen_stays()
    {
        await using var world = await MediaWorld.Start();
        var id = await world.Add();
        world.Platform.Clock.Advance(TimeSpan.FromHours(2));
        await world.TidyUp();
        (await world.Usage()).ShouldBe(new MediaUsage(1, 0, 1000));
        (await world.Listed()).ShouldBe([id]);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(0)]
    public async Task A_file_that_a_store_let_in_against_its_announcement_is_deleted_unseen(long bytes)
    {
        var files = new FakeFiles();
        await using var world = await MediaWorld.Start(files);
        await world.Dashboard.Get(MediaWorld.Upload(mediaId: "big"));
        var key = $"{world.Platform.Tenant.AccountId}/{world.Platform.Tenant.WorkspaceId}/big";
        files.Sizes[key] = bytes;

        (await world.Listed()).ShouldBeEmpty();
        await world.Dashboard.Refused(404, HttpMethod.Get, $"{MediaWorld.Path}/big");
        await world.TidyUp();
        files.Sizes.ShouldBeEmpty();
        (await world.Dashboard.Refused(409, HttpMethod.Get, MediaWorld.Upload(mediaId: "big"))).Code.ShouldBe("resource/conflict");

        // Until its address can no longer bring it back.
        files.Sizes[key] = bytes;
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(75));
        await world.TidyUp();
        files.Sizes.ShouldBeEmpty();
        (await world.Documents()).ShouldBeEmpty();
        (await world.Usage()).ShouldBe(new MediaUsage(0, 0, 0));
    }

    [Fact]
    public async Task Without_the_store_of_files_the_library_is_still_listed_and_says_so_elsewhere()
    {
        var files = new FakeFiles();
        await using var world = await MediaWorld.Start(files);
        await world.Dashboard.Get(MediaWorld.Upload(mediaId: "a"));
        files.Sizes[$"{world.Platform.Tenant.AccountId}/{world.Platform.Tenant.WorkspaceId}/a"] = 10;
        (await world.Listed()).ShouldBe(["a"]);
        await world.Dashboard.Get(MediaWorld.Upload(mediaId: "b"));

        files.Down = true;

        (await world.Listed()).ShouldBe(["a"]);
        foreach (var path in new[] { $"{MediaWorld.Path}/b", MediaWorld.Upload(), MediaWorld.Upload(mediaId: "b") })
        {
            (await world.Dashboard.Refused(503, HttpMethod.Get, path)).Code.ShouldBe("server/external_service_error");
        }
        await world.TidyUp();
        (await world.Usage()).ShouldBe(new MediaUsage(2, 1, 1010));
    }
}
