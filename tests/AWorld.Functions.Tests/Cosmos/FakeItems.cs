using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>A version of an item; a null body is its deletion.</summary>
sealed record FakeItem(string PartitionKey, string Id, JsonObject? Body, string ETag, long Lsn, long Timestamp)
{
    public bool IsThere(DateTimeOffset now) => Body is not null && !(Body["ttl"] is { } ttl && now.ToUnixTimeSeconds() >= Timestamp + (int)ttl);

    public JsonObject Json()
    {
        var json = Body!.DeepClone().AsObject();
        json["_etag"] = ETag;
        json["_ts"] = Timestamp;
        json["_lsn"] = Lsn;
        return json;
    }
}

/// <summary>A container of the fake: every version of its items, numbered by commits, as a partition's log is.</summary>
sealed class FakeItems(string name, IReadOnlyList<string> keys, int number, TimeProvider clock)
{
    readonly SortedDictionary<(string PartitionKey, string Id), List<FakeItem>> versions =
        new(Comparer<(string PartitionKey, string Id)>.Create(static (left, right) => (Order(left.PartitionKey, right.PartitionKey), Order(left.Id, right.Id)).CompareTo((0, 0))));

    public string Name { get; } = name;
    public IReadOnlyList<string> Keys { get; } = keys;
    public long Lsn { get; private set; }

    /// <summary>The resource id: the database's four bytes, then the collection's.</summary>
    public string Rid { get; } = Convert.ToBase64String([0x91, 0xBE, 0x22, 0x00, 0x80, 0, 0, (byte)number]).Replace('/', '-');

    /// <summary>Ids of the partition key ranges; two after a split.</summary>
    public IReadOnlyList<string> Ranges { get; private set; } = ["0"];

    public void Split() => Ranges = ["1", "2"];

    public string RangeOf(string partitionKey) => Ranges[Ranges.Count == 1 ? 0 : Encoding.UTF8.GetBytes(partitionKey).Sum(static b => b) % 2];

    /// <param name="asOf">What a replica that has got that far knows.</param>
    public FakeItem? Find(string partitionKey, string id, long asOf) =>
        versions.TryGetValue((partitionKey, id), out var known) && known.LastOrDefault(version => version.Lsn <= asOf) is { } last && last.IsThere(clock.GetUtcNow()) ? last : null;

    public IEnumerable<FakeItem> Of(string partitionKey, long asOf) =>
        versions.Keys.Where(key => key.PartitionKey == partitionKey).Select(key => Find(partitionKey, key.Id, asOf)).OfType<FakeItem>();

    /// <summary>The latest versions of a range after a place, and all of the batch that the last one belongs to.</summary>
    public List<FakeItem> Changes(string range, long after, int limit)
    {
        var all = versions.Values.Select(known => known[^1]).Where(item => item.Lsn > after && RangeOf(item.PartitionKey) == range && item.IsThere(clock.GetUtcNow())).OrderBy(item => item.Lsn).ToList();
        var end = Math.Min(limit, all.Count);
        while (end > 0 && end < all.Count && all[end].Lsn == all[end - 1].Lsn)
        {
            end++;
        }
        return all[..end];
    }

    /// <summary>Applies all operations in order or none; the failed one says why, the others that they depended on it.</summary>
    public List<BatchResult> Apply(string partitionKey, IReadOnlyList<BatchOperation> operations)
    {
        var applied = new List<FakeItem>();
        for (var i = 0; i < operations.Count; i++)
        {
            var (status, item) = Next(partitionKey, operations[i]);
            if (status >= 400)
            {
                return [.. operations.Select((_, at) => new BatchResult(at == i ? status : 424, null, 1))];
            }
            applied.Add(item!);
        }
        Lsn++;
        foreach (var item in applied)
        {
            if (!versions.TryGetValue((partitionKey, item.Id), out var known))
            {
                versions[(partitionKey, item.Id)] = known = [];
            }
            known.Add(item);
        }
        return [.. applied.Select((item, i) => item.Body is null ? new BatchResult(204, null, 1) : new BatchResult(operations[i].Verb == BatchVerb.Create ? 201 : 200, item.ETag, 1))];
    }

    (int Status, FakeItem? Item) Next(string partitionKey, BatchOperation operation)
    {
        var body = operation.Body is { } bytes ? JsonNode.Parse(bytes)!.AsObject() : null;
        var id = operation.Id ?? (string)body!["id"]!;
        if (id.Length == 0 || Encoding.UTF8.GetByteCount(id) > 1023 || id.AsSpan().IndexOfAny("/\\?#") >= 0 || body is not null && (string)body["id"]! != id)
        {
            return (400, null);
        }
        if (operation.Body?.Length > 2 * 1024 * 1024)
        {
            return (413, null);
        }
        // The properties must be what the header's key says.
        if (body is not null && partitionKey != JsonSerializer.Serialize(Keys.Select(key => (string)body[key]!)))
        {
            return (400, null);
        }
        var current = Find(partitionKey, id, long.MaxValue);
        var next = new FakeItem(partitionKey, id, body, $"\"{Name}-{Lsn + 1}-{id.Length}\"", Lsn + 1, clock.GetUtcNow().ToUnixTimeSeconds());
        return operation.Verb switch
        {
            BatchVerb.Create when current is not null => (409, null),
            BatchVerb.Replace or BatchVerb.Delete when current is null => (404, null),
            _ when operation.IfMatch is { } etag && current is not null && etag != current.ETag => (412, null),
            _ => (200, next),
        };
    }

    public static int Order(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    public string Token(string range) => string.Create(CultureInfo.InvariantCulture, $"{range}:-1#{Lsn}");
}
