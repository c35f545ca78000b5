using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AWorld.Functions.Tests.Cosmos;

/// <param name="Path">Decoded, without the database.</param>
sealed record FakeRequest(string Kind, string Host, string Path, HttpRequestHeaders Headers, byte[] Body)
{
    public string? this[string header] => Headers.TryGetValues(header, out var values) ? string.Join(",", values) : null;

    public string PartitionKey => this["x-ms-documentdb-partitionkey"] is { } key ? JsonSerializer.Serialize(JsonNode.Parse(key)) : throw new InvalidDataException($"{Kind} without a partition key");
}

/// <summary>What goes wrong with a request; <paramref name="Applied"/>: after it took effect; <paramref name="Inside"/>: of a batch, with its first operation.</summary>
sealed record Fault(int Status = 0, int SubStatus = 0, bool Applied = false, int RetryAfter = 1, bool Inside = false)
{
    /// <summary>The connection breaks.</summary>
    public bool IsTorn => Status == 0;
}

/// <summary>
/// The Cosmos DB service at the other end of the SDK's HTTP client: accounts, collections, partition key ranges, point
/// reads, transactional batches, ordered queries of a partition, and the change feed. It refuses what the service
/// refuses, and can lag, lose connections and be busy.
/// </summary>
sealed partial class FakeCosmos(TimeProvider clock, params string[] regions) : HttpMessageHandler
{
    const string Database = "aworld";

    readonly Lock gate = new();
    readonly Dictionary<string, FakeItems> containers = [];

    /// <summary>Asked before each request for data.</summary>
    public Func<FakeRequest, Fault?> Faults { get; set; } = static _ => null;

    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    /// <summary>Commits by which replicas lag behind, until a session token asks for more.</summary>
    public int Lag { get; set; }

    /// <summary>Which of the regions this is.</summary>
    public int Site { get; init; }

    public HttpClient Client() => new(this, disposeHandler: false);

    public FakeItems Container(string name) => containers[name];

    public T Locked<T>(Func<IEnumerable<FakeItems>, T> work)
    {
        lock (gate)
        {
            return work(containers.Values);
        }
    }

    public void Create(string name, IReadOnlyList<string> keys) => containers.TryAdd(name, new(name, keys, containers.Count + 1, clock, Site, Math.Max(1, regions.Length)));

    FakeItems? Find(string nameOrRid) => containers.Values.FirstOrDefault(container => container.Name == nameOrRid || container.Rid == nameOrRid);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath).Trim('/');
        if (!request.Headers.TryGetValues("authorization", out _) || !request.Headers.TryGetValues("x-ms-version", out _))
        {
            throw new InvalidDataException($"{request.Method} {path} is not signed or names no version");
        }
        var call = new FakeRequest(Kind(request, path), request.RequestUri.Host, path, request.Headers, body);
        Requests.Enqueue(call);
        var fault = call.Kind is "read" or "batch" or "query" or "feed" ? Faults(call) : null;
        if (fault is { Inside: true })
        {
            var failed = (await BatchWire.Read(body)).Select((_, n) => new BatchResult(n == 0 ? fault.Status : 424, null, 1)).ToList();
            return Finish(request, new(HttpStatusCode.MultiStatus) { Content = new ByteArrayContent(await BatchWire.Write(failed)) });
        }
        if (fault is { Applied: false })
        {
            return Fail(request, fault);
        }
        var response = await Answer(call);
        return fault is null ? Finish(request, response) : Fail(request, fault);
    }

    static string Kind(HttpRequestMessage request, string path) => (request.Method.Method, path.Split('/')) switch
    {
        ("GET", [""]) => "account",
        ("GET", ["dbs", _]) => "database",
        ("POST", ["dbs", _, "colls"]) => "create",
        ("GET", ["dbs", _, "colls", _]) => "collection",
        ("GET", ["dbs", _, "colls", _, "pkranges"]) => "ranges",
        ("GET", ["dbs", _, "colls", _, "docs", ..]) => request.Headers.Contains("A-IM") ? "feed" : "read",
        ("POST", ["dbs", _, "colls", _, "docs"]) when request.Headers.Contains("x-ms-cosmos-is-batch-request") => "batch",
        ("POST", ["dbs", _, "colls", _, "docs"]) when request.Headers.Contains("x-ms-cosmos-is-query-plan-request") => "plan",
        ("POST", ["dbs", _, "colls", _, "docs"]) when request.Content?.Headers.ContentType?.MediaType == "application/query+json" => "query",
        _ => throw new InvalidDataException($"{request.Method} {path} is not something the store should send"),
    };

    async Task<HttpResponseMessage> Answer(FakeRequest call)
    {
        if (call.Kind == "account")
        {
            return Json(200, Account());
        }
        if (call.Kind == "database")
        {
            return Json(200, new() { ["id"] = Database, ["_rid"] = "kb4iAA==", ["_self"] = "dbs/kb4iAA==/" });
        }
        var operations = call.Kind == "batch" ? await BatchWire.Read(call.Body) : [];
        var answer = default(HttpResponseMessage);
        lock (gate)
        {
            if (call.Kind == "create")
            {
                var definition = JsonNode.Parse(call.Body)!;
                Create((string)definition["id"]!, [.. definition["partitionKey"]!["paths"]!.AsArray().Select(path => ((string)path!).TrimStart('/'))]);
                return Json(201, Collection(containers[(string)definition["id"]!]));
            }
            if (Find(call.Path.Split('/')[3]) is not { } container)
            {
                return Json(404, []);
            }
            if (call["x-ms-documentdb-partitionkeyrangeid"] is { } range && !container.Ranges.Contains(range.Split(',')[^1]))
            {
                return Json(410, [], ("x-ms-substatus", "1002"));
            }
            answer = call.Kind switch
            {
                "collection" => Json(200, Collection(container)),
                "ranges" => Ranges(call, container),
                "read" => Read(call, container),
                "query" => Query(call, container),
                "feed" => Feed(call, container),
                "batch" => null,
                _ => throw new InvalidDataException($"{call.Kind} costs a round trip that the store should not need"),
            };
            if (call.Kind == "batch" && call.Body.Length > 2 * 1024 * 1024 + 64 * 1024)
            {
                return Json(413, []);
            }
        }
        return answer ?? await Batch(call, operations);
    }

    async Task<HttpResponseMessage> Batch(FakeRequest call, List<BatchOperation> operations)
    {
        if (call["x-ms-cosmos-batch-atomic"] != "True" || operations.Count is 0 or > 100)
        {
            return Json(400, []);
        }
        List<BatchResult> results;
        string token;
        lock (gate)
        {
            var container = Find(call.Path.Split('/')[3])!;
            results = container.Apply(call.PartitionKey, operations);
            token = container.Token(container.RangeOf(call.PartitionKey));
        }
        var response = new HttpResponseMessage(results.All(static result => result.Status < 400) ? HttpStatusCode.OK : HttpStatusCode.MultiStatus) { Content = new ByteArrayContent(await BatchWire.Write(results)) };
        response.Headers.Add("x-ms-session-token", token);
        response.Headers.Add("x-ms-request-charge", results.Sum(static result => result.Charge).ToString(CultureInfo.InvariantCulture));
        return response;
    }

    HttpResponseMessage Read(FakeRequest call, FakeItems container)
    {
        var id = string.Join('/', call.Path.Split('/')[5..]);
        return container.AsOf(call["x-ms-session-token"], Lag) is not { } asOf ? Json(404, [], ("x-ms-substatus", "1002"))
            : container.Find(call.PartitionKey, id, asOf) is { } item
            ? Json(200, item.Json(), ("x-ms-session-token", container.Token(container.RangeOf(call.PartitionKey))), ("etag", item.ETag))
            : Json(404, [], ("x-ms-session-token", container.Token(container.RangeOf(call.PartitionKey))));
    }

    HttpResponseMessage Query(FakeRequest call, FakeItems container)
    {
        var query = JsonNode.Parse(call.Body)!;
        var text = (string)query["query"]!;
        var given = query["parameters"]?.AsArray().ToDictionary(parameter => (string)parameter!["name"]!, parameter => (string)parameter!["value"]!) ?? [];
        if (container.AsOf(call["x-ms-session-token"], Lag) is not { } asOf)
        {
            return Json(404, [], ("x-ms-substatus", "1002"));
        }
        var items = container.Of(call.PartitionKey, asOf);
        var expected = (given.GetValueOrDefault("@from"), given.GetValueOrDefault("@to")) switch
        {
            (null, null) => "",
            (_, null) => "WHERE c.id >= @from ",
            (null, _) => "WHERE c.id < @to ",
            _ => "WHERE c.id >= @from AND c.id < @to ",
        };
        var isDescending = text.EndsWith("DESC", StringComparison.Ordinal);
        if (text != $"SELECT * FROM c {expected}ORDER BY c.id {(isDescending ? "DESC" : "ASC")}")
        {
            throw new InvalidDataException($"a query that the indexes are not made for: {text}");
        }
        items = items.Where(item => (!given.TryGetValue("@from", out var from) || FakeItems.Order(item.Id, from) >= 0) && (!given.TryGetValue("@to", out var to) || FakeItems.Order(item.Id, to) < 0));
        var ordered = (isDescending ? items.Reverse() : items).ToList();
        var start = call["x-ms-continuation"] is { } continuation ? int.Parse(continuation, CultureInfo.InvariantCulture) : 0;
        // A page is cut at the item that would exceed 4 MB.
        var end = start;
        for (var bytes = 0; end < ordered.Count && end - start < int.Parse(call["x-ms-max-item-count"]!, CultureInfo.InvariantCulture) && bytes < 4 * 1024 * 1024; end++)
        {
            bytes += ordered[end].Body!.ToJsonString().Length;
        }
        var response = Page(container, ordered[start..end]);
        if (call["x-ms-cosmos-query-optimisticdirectexecute"] == "True")
        {
            response.Headers.Add("x-ms-cosmos-query-requiresdistribution", "False");
        }
        if (end < ordered.Count)
        {
            response.Headers.Add("x-ms-continuation", end.ToString(CultureInfo.InvariantCulture));
        }
        return response;
    }

    static HttpResponseMessage Feed(FakeRequest call, FakeItems container)
    {
        if (call["A-IM"] is not ("Incremental feed" or "Incremental Feed"))
        {
            return Json(400, []);
        }
        var range = call["x-ms-documentdb-partitionkeyrangeid"]!.Split(',')[^1];
        var after = call["If-None-Match"] is { } at && at != "*" ? long.Parse(at.Trim('"'), CultureInfo.InvariantCulture) : 0;
        var since = call["If-Modified-Since"] is { } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeSeconds() : 0;
        var items = container.Changes(range, after, int.Parse(call["x-ms-max-item-count"]!, CultureInfo.InvariantCulture)).FindAll(item => item.Timestamp >= since);
        if (items.Count == 0)
        {
            var unchanged = Json(304, [], ("x-ms-item-count", "0"));
            unchanged.Headers.TryAddWithoutValidation("etag", $"\"{container.Lsn}\"");
            return unchanged;
        }
        var page = Page(container, items);
        page.Headers.TryAddWithoutValidation("etag", $"\"{items[^1].Lsn}\"");
        return page;
    }

    static HttpResponseMessage Page(FakeItems container, IEnumerable<FakeItem> items)
    {
        var documents = new JsonArray([.. items.Select(item => item.Json())]);
        var count = documents.Count;
        return Json(200, new() { ["_rid"] = container.Rid, ["Documents"] = documents, ["_count"] = count }, ("x-ms-item-count", $"{count}"));
    }

    static HttpResponseMessage Json(int status, JsonObject body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        response.Headers.Add("x-ms-request-charge", "1");
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }
        return response;
    }

    public static HttpResponseMessage Fail(HttpRequestMessage request, Fault fault) => fault.IsTorn
        ? throw new HttpRequestException("the connection was torn", new IOException("reset by peer"))
        : Finish(request, Json(fault.Status, new() { ["code"] = $"{fault.Status}", ["message"] = "made to fail" }, ("x-ms-substatus", $"{fault.SubStatus}"), ("x-ms-retry-after-ms", $"{fault.RetryAfter}")));

    static HttpResponseMessage Finish(HttpRequestMessage request, HttpResponseMessage response)
    {
        response.RequestMessage = request;
        response.Headers.Add("x-ms-activity-id", "00000000-0000-0000-0000-000000000001");
        return response;
    }
}
