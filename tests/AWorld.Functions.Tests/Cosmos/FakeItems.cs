using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>A version of an item; a null body is its deletion.</summary>
/// <param name="Site">The region that made it.</param>
/// <param name="Seen">Of each region the last commit that it follows upon.</param>
sealed record FakeItem(string PartitionKey, string Id, JsonObject? Body, string ETag, long Lsn, long Timestamp, int Site, IReadOnlyList<long> Seen)
{
    public bool Follows(FakeItem other) => Seen.Zip(other.Seen).All(static both => both.First >= both.Second);

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
/// <param name="site">Which of the account's regions has this replica.</param>
sealed class FakeItems(string name, IReadOnlyList<string> keys, int number, TimeProvider clock, int site, int sites)
{
    // Of each region the last commit that has come here.
    readonly long[] progress = new long[sites];
    readonly Queue<List<FakeItem>> unsent = [];

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
        progress[site]++;
        applied.ForEach(Add);
        unsent.Enqueue(applied);
        return [.. applied.Select((item, i) => item.Body is null ? new BatchResult(204, null, 1) : new BatchResult(operations[i].Verb == BatchVerb.Create ? 201 : 200, item.ETag, 1))];
    }

    void Add(FakeItem item)
    {
        if (!versions.TryGetValue((item.PartitionKey, item.Id), out var known))
        {
            versions[(item.PartitionKey, item.Id)] = known = [];
        }
        known.Add(item);
    }

    /// <summary>Takes the commits of this region that others have not got, but for the last ones.</summary>
    public List<List<FakeItem>> Send(int keep)
    {
        var sent = new List<List<FakeItem>>();
        while (unsent.Count > keep)
        {
            sent.Add(unsent.Dequeue());
        }
        return sent;
    }

    /// <summary>
    /// A commit of another region. A version that does not follow upon the one here meets a conflict, of each item by
    /// itself: the one with the higher _ts stays, in seconds (https://learn.microsoft.com/azure/cosmos-db/conflict-resolution-policies).
    /// </summary>
    /// <returns>The versions that were overruled; as under any last-writer-wins policy no feed has them.</returns>
    public List<FakeItem> Receive(List<FakeItem> commit)
    {
        var overruled = new List<FakeItem>();
        Lsn++;
        foreach (var item in commit)
        {
            progress[item.Site] = Math.Max(progress[item.Site], item.Seen[item.Site]);
            var current = versions.GetValueOrDefault((item.PartitionKey, item.Id))?[^1];
            if (current is null || item.Follows(current))
            {
                Add(item with { Lsn = Lsn });
            }
            else if (!current.Follows(item))
            {
                var (winner, loser) = (item.Timestamp, item.Site, item.Seen[item.Site]).CompareTo((current.Timestamp, current.Site, current.Seen[current.Site])) > 0 ? (item, current) : (current, item);
                Add(winner with { Lsn = Lsn, Seen = [.. winner.Seen.Zip(loser.Seen, Math.Max)] });
                overruled.Add(loser);
            }
        }
        return overruled;
    }

    /// <summary>How far the replica that answers has got; null: not as far as the session needs.</summary>
    public long? AsOf(string? session, int lag)
    {
        var needed = session?.Split(',').Select(static part => part[(part.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('#')).ToList() ?? [];
        if (needed.SelectMany(static part => part.Skip(2)).Any(part => part.Split('=') is [var of, var commit] && progress[int.Parse(of, CultureInfo.InvariantCulture)] < long.Parse(commit, CultureInfo.InvariantCulture)))
        {
            return null;
        }
        return Math.Max(sites > 1 ? 0 : needed.Select(static part => long.Parse(part[1], CultureInfo.InvariantCulture)).DefaultIfEmpty().Max(), Lsn - lag);
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
        var seen = (versions.GetValueOrDefault((partitionKey, id))?[^1].Seen ?? new long[sites]).ToArray();
        seen[site] = progress[site] + 1;
        var next = new FakeItem(partitionKey, id, body, $"\"{Name}-{site}-{Lsn + 1}-{id.Length}\"", Lsn + 1, clock.GetUtcNow().ToUnixTimeSeconds(), site, seen);
        return operation.Verb switch
        {
            BatchVerb.Create when current is not null => (409, null),
            BatchVerb.Replace or BatchVerb.Delete when current is null => (404, null),
            _ when operation.IfMatch is { } etag && current is not null && etag != current.ETag => (412, null),
            _ => (200, next),
        };
    }

    public static int Order(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));

    public string Token(string range) => sites == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{range}:-1#{Lsn}")
        : string.Create(CultureInfo.InvariantCulture, $"{range}:1#{Lsn}{string.Concat(progress.Select(static (commit, of) => $"#{of}={commit}"))}");
}
