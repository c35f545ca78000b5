using System.Net;
using System.Text;
using System.Web;
using System.Xml.Linq;
using AWorld.Functions.Blob;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Platform;
using AWorld.Tests;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace AWorld.Functions.Tests.Blob;

public sealed class BlobMediaTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 3, 10, 9, 0, 0, TimeSpan.Zero);
    static readonly MediaFile File = new(new("account001", "workspace1"), "media-1", "image/svg+xml", "logo.svg", Inline: false);

    readonly FakeBlobs blobs = new();
    readonly FakeClock clock = new(Now);

    public void Dispose() => blobs.Dispose();

    BlobMedia Media()
    {
        var options = new BlobOptions { Endpoint = new("https://aworld.blob.core.windows.net"), Attempts = 2, RetryAfter = TimeSpan.Zero }.Client();
        options.Transport = new HttpClientTransport(blobs);
        return new(new BlobServiceClient(new("https://aworld.blob.core.windows.net"), new FixedCredential("token"), options), "media", clock);
    }

    [Fact]
    public async Task A_file_can_be_created_at_its_own_name_and_nothing_else()
    {
        using var media = Media();
        var address = await media.Upload(File, 1000, Now.AddMinutes(15), default);

        address.Address.GetLeftPart(UriPartial.Path).ShouldBe("https://aworld.blob.core.windows.net/media/account001/workspace1/media-1");
        address.Headers.ShouldBe(new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob", ["content-type"] = "image/svg+xml" }, ignoreOrder: true);
        var sas = HttpUtility.ParseQueryString(address.Address.Query);
        (sas["sp"], sas["sr"], sas["spr"], sas["se"]).ShouldBe(("c", "b", "https", "2026-03-10T09:15:00Z"));
        (sas["skoid"], sas["sktid"], sas["sks"]).ShouldBe((FakeBlobs.ObjectId, FakeBlobs.TenantId, "b"));
        (sas["skt"], sas["ske"]).ShouldBe(("2026-03-10T08:55:00Z", "2026-03-11T09:00:00Z"));
        sas["sig"].ShouldNotBeNullOrEmpty();

        var (method, path, authorization, body) = blobs.Requests.ShouldHaveSingleItem();
        (method, path, authorization).ShouldBe(("POST", "/?restype=service&comp=userdelegationkey", "Bearer token"));
        var asked = XDocument.Parse(body).Root!;
        (asked.Element("Start")!.Value, asked.Element("Expiry")!.Value).ShouldBe(("2026-03-10T08:55:00Z", "2026-03-11T09:00:00Z"));
    }

    [Fact]
    public async Task A_file_is_read_as_what_it_was_announced()
    {
        using var media = Media();
        var saved = HttpUtility.ParseQueryString((await media.Read(File, Now.AddHours(1), default)).Query);
        (saved["sp"], saved["sr"], saved["se"], saved["rsct"], saved["rscd"]).ShouldBe(("r", "b", "2026-03-10T10:00:00Z", "image/svg+xml", "attachment; filename=\"logo.svg\""));
        var shown = HttpUtility.ParseQueryString((await media.Read(File with { Inline = true, ContentType = "image/png" }, Now.AddHours(1), default)).Query);
        (shown["rsct"], shown["rscd"]).ShouldBe(("image/png", "inline"));
        shown["sig"].ShouldNotBe(saved["sig"]);
    }

    [Fact]
    public async Task The_key_that_signs_is_asked_for_again_before_it_ends()
    {
        using var media = Media();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => media.Read(File, Now.AddHours(1), default).AsTask()));
        blobs.Requests.Count.ShouldBe(1);

        clock.Advance(TimeSpan.FromHours(22));
        await media.Read(File, clock.GetUtcNow().AddMinutes(115), default);
        blobs.Requests.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromMinutes(1));
        var sas = HttpUtility.ParseQueryString((await media.Read(File, clock.GetUtcNow().AddMinutes(115), default)).Query);
        blobs.Requests.Count.ShouldBe(2);
        sas["ske"].ShouldBe("2026-03-12T07:01:00Z");
    }

    [Fact]
    public async Task A_file_has_a_size_as_soon_as_it_is_there_and_is_deleted_as_often_as_one_likes()
    {
        using var media = Media();
        (await media.Size(File, default)).ShouldBeNull();
        await media.Delete(File, default);
        blobs.Files["/media/account001/workspace1/media-1"] = 700;
        (await media.Size(File, default)).ShouldBe(700);
        await media.Delete(File, default);
        blobs.Files.ShouldBeEmpty();
        (await media.Size(File, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(null)]
    public async Task A_service_that_does_not_answer_is_tried_again_and_then_said_to_be_unavailable(HttpStatusCode? status)
    {
        using var media = Media();
        (blobs.Fails, blobs.Status) = (int.MaxValue, status);
        foreach (var call in new Func<Task>[] { () => media.Upload(File, 1, Now.AddMinutes(15), default).AsTask(), () => media.Size(File, default).AsTask(), () => media.Delete(File, default).AsTask() })
        {
            blobs.Requests.Clear();
            await Should.ThrowAsync<MediaUnavailableException>(call);
            blobs.Requests.Count.ShouldBe(2);
        }
        blobs.Fails = 1;
        await media.Read(File, Now.AddHours(1), default);
    }

    [Fact]
    public async Task What_the_identity_may_not_do_is_a_defect_and_not_tried_again()
    {
        using var media = Media();
        (blobs.Fails, blobs.Status) = (int.MaxValue, HttpStatusCode.Forbidden);
        (await Should.ThrowAsync<Azure.RequestFailedException>(media.Upload(File, 1, Now.AddMinutes(15), default).AsTask())).Status.ShouldBe(403);
        blobs.Requests.Count.ShouldBe(1);
    }

    /// <summary>Gives keys, and knows the sizes of blobs; may fail a number of times before.</summary>
    sealed class FakeBlobs : HttpMessageHandler
    {
        public const string ObjectId = "11111111-1111-1111-1111-111111111111", TenantId = "22222222-2222-2222-2222-222222222222";

        public List<(string Method, string Path, string Authorization, string Body)> Requests { get; } = [];
        public Dictionary<string, long> Files { get; } = [];
        public int Fails { get; set; }

        /// <summary>Null: the connection breaks.</summary>
        public HttpStatusCode? Status { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            lock (Requests)
            {
                Requests.Add((request.Method.Method, request.RequestUri!.PathAndQuery, $"{request.Headers.Authorization}", body));
            }
            if (Fails-- > 0)
            {
                return Status is { } status ? new(status) : throw new HttpRequestException("torn");
            }
            var path = request.RequestUri.AbsolutePath;
            if (request.Method == HttpMethod.Post)
            {
                var asked = XDocument.Parse(body).Root!;
                return new(HttpStatusCode.OK)
                {
                    Content = new StringContent($"""
                        <?xml version="1.0" encoding="utf-8"?>
                        <UserDelegationKey><SignedOid>{ObjectId}</SignedOid><SignedTid>{TenantId}</SignedTid><SignedStart>{asked.Element("Start")!.Value}</SignedStart><SignedExpiry>{asked.Element("Expiry")!.Value}</SignedExpiry><SignedService>b</SignedService><SignedVersion>2026-02-06</SignedVersion><Value>{Convert.ToBase64String(new byte[32])}</Value></UserDelegationKey>
                        """, Encoding.UTF8, "application/xml"),
                };
            }
            if (request.Method == HttpMethod.Delete)
            {
                return Files.Remove(path) ? new(HttpStatusCode.Accepted) : NotFound();
            }
            return Files.TryGetValue(path, out var bytes) ? new(HttpStatusCode.OK) { Content = new ByteArrayContent([]) { Headers = { ContentLength = bytes } } } : NotFound();
        }

        static HttpResponseMessage NotFound() => new(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } };
    }
}
