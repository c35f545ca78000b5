using System.Net;
using AWorld.Media;
using AWorld.Platform;

namespace AWorld.Tests.Media;

public sealed class MediaLibraryTests
{
    [Fact]
    public async Task The_address_of_an_item_leads_anybody_to_its_file_and_to_no_other()
    {
        await using var world = await MediaWorld.Start();
        var (one, other) = ((await world.Item(await world.Add())).Text("url"), (await world.Item(await world.Add())).Text("url"));

        using var redirect = await world.Anybody.Send(HttpMethod.Get, one);
        redirect.StatusCode.ShouldBe(HttpStatusCode.Found);
        redirect.Headers.CacheControl!.ToString().ShouldBe("max-age=1800, private");
        using var file = await world.Anybody.Send(HttpMethod.Get, redirect.Headers.Location!.AbsoluteUri);
        (await file.Content.ReadAsByteArrayAsync()).ShouldBe(await MediaWorld.File().ReadAsByteArrayAsync());
        file.Content.Headers.ContentType!.ToString().ShouldBe("image/png");
        file.Content.Headers.ContentDisposition.ShouldBeNull();
        using var part = await world.Anybody.Send(HttpMethod.Get, redirect.Headers.Location!.AbsoluteUri, null, ("Range", "bytes=10-19"));
        (part.StatusCode, (await part.Content.ReadAsByteArrayAsync()).Length).ShouldBe((HttpStatusCode.PartialContent, 10));

        var access = one.Split('/')[^1];
        var tenants = new[] { world.Platform.Sibling.Tenant, world.Platform.Other.Tenant }.Select(tenant => one.Replace($"{world.Platform.Tenant}", $"{tenant}", StringComparison.Ordinal));
        string[] wrong = [.. tenants, other[..(other.LastIndexOf('/') + 1)] + access, one[..^1], one + "x", one.Replace(access, "%F0%9F", StringComparison.Ordinal), one.Replace(world.Platform.Tenant.AccountId, "..", StringComparison.Ordinal)];
        foreach (var address in wrong)
        {
            await world.Anybody.Refused(404, HttpMethod.Get, address);
        }
    }

    [Theory]
    [InlineData("image/svg+xml", "image")]
    [InlineData("application/pdf", "document")]
    [InlineData("text/plain", "other")]
    [InlineData("application/json", "document")]
    public async Task What_can_hold_scripts_is_saved_and_never_runs(string contentType, string fileType)
    {
        await using var world = await MediaWorld.Start();
        var url = (await world.Item(await world.Add(contentType, "x\"; y.svg", fileType: fileType))).Text("url");
        using var redirect = await world.Anybody.Send(HttpMethod.Get, url);
        using var file = await world.Anybody.Send(HttpMethod.Get, redirect.Headers.Location!.AbsoluteUri);
        file.Content.Headers.ContentDisposition!.ToString().ShouldStartWith("attachment; filename=x---y.svg");
        file.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        file.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; sandbox"]);
    }

    [Fact]
    public async Task The_list_is_newest_first_by_pages_and_by_type()
    {
        await using var world = await MediaWorld.Start();
        var added = new List<string>();
        foreach (var type in new[] { "image/png image", "video/mp4 video", "image/png image", "text/csv other", "image/png image" }.Select(static pair => pair.Split(' ')))
        {
            added.Insert(0, await world.Add(type[0], fileType: type[1]));
            world.Platform.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        (await world.Listed()).ShouldBe(added);
        (await world.Listed("?order=asc")).ShouldBe(Enumerable.Reverse(added));
        (await world.Listed("?fileType=image")).ShouldBe([added[0], added[2], added[4]]);
        (await world.Listed("?fileType=audio")).ShouldBeEmpty();
        foreach (var query in new[] { "", "&fileType=image", "&order=asc" })
        {
            var (seen, next) = (new List<string>(), "");
            do
            {
                var page = await world.Dashboard.Get($"{MediaWorld.Path}?limit=2{query}{next}");
                page.Items().Count.ShouldBeInRange(1, 2);
                seen.AddRange(page.Items().Select(static item => item.Text("mediaId")));
                next = page.Has("nextToken") ? $"&nextToken={page.Text("nextToken")}" : "";
            }
            while (next.Length > 0);
            seen.ShouldBe(await world.Listed($"?limit=100{query}"));
        }
        (await world.Platform.Sibling.Dashboard().Get(MediaWorld.Path)).Items().ShouldBeEmpty();
    }

    [Fact]
    public async Task Texts_are_replaced_and_keep_their_times()
    {
        await using var world = await MediaWorld.Start();
        var id = await world.Add();
        var item = $"{MediaWorld.Path}/{id}";
        await world.Dashboard.Patch(item, """{ "translations": [{ "lang": "en", "label": "A", "description": "a" }, { "lang": "it", "label": "B" }] }""");
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(1));
        var changed = await world.Dashboard.Patch(item, """{ "translations": [{ "lang": "en", "label": "A", "description": "a" }, { "lang": "de", "label": "C" }] }""");

        changed.Items("translations").Select(static text => $"{text.Text("lang")} {text.Text("label")} {text.Text("createdAt")}").ShouldBe(["en A 2026-03-10T09:00:00.000Z", "de C 2026-03-10T09:01:00.000Z"]);
        changed.Text("updatedAt").ShouldBe("2026-03-10T09:01:00.000Z");
        (await world.Dashboard.Get($"{item}/translations?order=desc")).Items().Select(static text => text.Text("lang")).ShouldBe(["de", "en"]);
        (await world.Dashboard.Get(MediaWorld.Path)).At("items[0]").Has("translations").ShouldBeFalse();
        (await world.Dashboard.Get($"{MediaWorld.Path}?fields=translations")).Items("items[0].translations").Count.ShouldBe(2);
        (await world.Dashboard.Refused(400, HttpMethod.Patch, item, """{ "translations": [{ "lang": "en", "label": "A" }, { "lang": "EN", "label": "B" }] }""")).Fields.ShouldBe(["translations[1].lang"]);
        (await world.Dashboard.Refused(400, HttpMethod.Patch, item, """{ "translations": [] }""")).Fields.ShouldBe(["translations"]);
    }

    [Fact]
    public async Task A_stale_version_changes_and_deletes_nothing()
    {
        await using var world = await MediaWorld.Start();
        var item = $"{MediaWorld.Path}/{await world.Add()}";
        using var read = await world.Dashboard.Send(HttpMethod.Get, item);
        var etag = read.Headers.ETag!.ToString();
        await world.Dashboard.Patch(item, """{ "translations": [{ "lang": "en", "label": "A" }] }""", ("If-Match", etag));
        await world.Dashboard.Refused(412, HttpMethod.Delete, item, null, ("If-Match", etag));
        await world.Dashboard.Refused(412, HttpMethod.Patch, item, """{ "translations": [{ "lang": "en", "label": "B" }] }""", ("If-Match", etag));
        (await world.Dashboard.Get(item)).Text("translations[0].label").ShouldBe("A");
        world.Files().ShouldBe(1);
    }

    [Fact]
    public async Task A_deleted_item_is_gone_with_its_file_and_comes_back_by_no_address()
    {
        await using var world = await MediaWorld.Start();
        var asked = await world.Dashboard.Get(MediaWorld.Upload());
        await world.Anybody.Put(asked.Text("uploadUrl"), MediaWorld.File());
        var item = $"{MediaWorld.Path}/{asked.Text("mediaId")}";
        var url = (await world.Dashboard.Get(item)).Text("url");

        var deleted = await world.Dashboard.Delete(item, null, ("x-idempotency-key", "once"));
        (deleted.Text("mediaId"), deleted.Flag("deleted")).ShouldBe((asked.Text("mediaId"), true));
        (await world.Dashboard.Delete(item, null, ("x-idempotency-key", "once"))).Flag("deleted").ShouldBeTrue();

        world.Files().ShouldBe(0);
        (await world.Listed()).ShouldBeEmpty();
        await world.Dashboard.Refused(404, HttpMethod.Delete, item);
        await world.Anybody.Refused(404, HttpMethod.Get, url);
        (await world.Usage()).Files.ShouldBe(1, "it may still come");

        await world.Anybody.Put(asked.Text("uploadUrl"), MediaWorld.File());
        await world.Dashboard.Refused(404, HttpMethod.Get, item);
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(75));
        await world.TidyUp();
        world.Files().ShouldBe(0);
        (await world.Documents()).ShouldAllBe(static id => id.StartsWith("idempotency:", StringComparison.Ordinal));
        (await world.Usage()).ShouldBe(new MediaUsage(0, 0, 0));
    }

    [Fact]
    public async Task A_file_that_could_not_be_deleted_is_deleted_later()
    {
        var files = new FakeFiles();
        await using var world = await MediaWorld.Start(files);
        await world.Dashboard.Get(MediaWorld.Upload(mediaId: "a"));
        files.Sizes[$"{world.Platform.Tenant.AccountId}/{world.Platform.Tenant.WorkspaceId}/a"] = 10;
        await world.Dashboard.Get($"{MediaWorld.Path}/a");
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(75));
        files.Down = true;

        await world.Dashboard.Delete($"{MediaWorld.Path}/a");
        await world.TidyUp();
        files.Sizes.ShouldNotBeEmpty();

        files.Down = false;
        await world.TidyUp();
        files.Sizes.ShouldBeEmpty();
        (await world.Documents()).ShouldBeEmpty();
        (await world.Usage()).ShouldBe(new MediaUsage(0, 0, 0));
    }

    [Fact]
    public async Task A_workspace_with_nothing_left_to_do_is_looked_at_no_more()
    {
        await using var world = await MediaWorld.Start();
        await world.Add();
        await world.TidyUp();
        (await Noted(world)).ShouldBe(1, "somebody may have noted it and not yet written");
        world.Platform.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.TidyUp();
        (await Noted(world)).ShouldBe(0);
    }

    static async Task<int> Noted(MediaWorld world) =>
        (await world.Platform.Service<IDocumentStore>().Query(Partition.Platform(Partition.PlatformAccount), DocumentQuery.Prefix("media-work~"), default)).Items.Count;

    [Theory]
    [InlineData("", "file")]
    [InlineData("...", "file")]
    [InlineData("C:\\x\\a b.png", "a-b.png")]
    [InlineData("/etc/.passwd", "passwd")]
    [InlineData("\"é\r\n", "----")]
    public void A_plain_name_means_nothing_to_anybody(string name, string plain) => UploadMedia.PlainName(name).ShouldBe(plain);
}
