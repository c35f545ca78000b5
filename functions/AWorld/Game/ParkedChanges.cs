using System.Globalization;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>
/// Where a consumer of the players' feed stands, as it stores it: a cursor, after the version of the list of what it
/// parked. So who parked nothing, which is the usual, need not look.
/// </summary>
readonly record struct FeedPosition(long Parked, string Cursor)
{
    const string Mark = "parked=";

    public static FeedPosition Parse(string text)
    {
        if (!HasParked(text))
        {
            return new(0, text);
        }
        var end = text.IndexOf(' ', StringComparison.Ordinal);
        return new(long.Parse(text.AsSpan(Mark.Length..end), CultureInfo.InvariantCulture), text[(end + 1)..]);
    }

    public static bool HasParked(string text) => text.StartsWith(Mark, StringComparison.Ordinal);

    public override string ToString() => Parked == 0 ? Cursor : string.Create(CultureInfo.InvariantCulture, $"{Mark}{Parked} {Cursor}");
}

/// <summary>A partition of which a consumer could not take a document; all that follow wait with it, so that its order holds.</summary>
/// <param name="Key">Of the partition in the players container.</param>
/// <param name="Documents">Their ids, in order.</param>
/// <param name="Reason">Why the first was not taken the last time.</param>
sealed record ParkedPartition(string Key, IReadOnlyList<string> Documents, string Reason, DateTimeOffset Since);

/// <summary>What one consumer parked.</summary>
sealed record ParkedList(long Version, IReadOnlyList<ParkedPartition> Partitions)
{
    public static readonly ParkedList Nothing = new(0, []);

    /// <summary>What the positions of the consumer bear.</summary>
    [JsonIgnore]
    public long Mark => Partitions.Count == 0 ? 0 : Version;

    public bool Holds(Partition partition) => Partitions.Any(one => one.Key == partition.Key);

    public ParkedList With(Change change, string reason, DateTimeOffset now)
    {
        var partition = Partitions.FirstOrDefault(one => one.Key == change.Partition.Key) ?? new(change.Partition.Key, [], reason, now);
        return partition.Documents.Contains(change.Document.Id)
            ? this
            : With(partition, partition with { Documents = [.. partition.Documents, change.Document.Id] });
    }

    /// <summary>The first document of the partition was taken.</summary>
    public ParkedList WithoutFirst(ParkedPartition partition) => With(partition, partition with { Documents = [.. partition.Documents.Skip(1)] });

    public ParkedList With(ParkedPartition before, ParkedPartition after) =>
        new(Version + 1, [.. Partitions.Where(one => one.Key != before.Key), .. after.Documents.Count == 0 ? [] : (ParkedPartition[])[after]]);

    [JsonIgnore]
    public int Documents => Partitions.Sum(static one => one.Documents.Count);
}

/// <summary>The lists, in the store: a document for each consumer that parked something.</summary>
sealed class ParkedChanges(IDocumentStore store)
{
    public const string Prefix = "parked-changes-";
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    public async ValueTask<(ParkedList List, string? ETag)> Read(string consumer, CancellationToken stop) =>
        await store.Read(Home, Prefix + consumer, stop) is { } document ? (Json.Read<ParkedList>(document.Body), document.ETag) : (ParkedList.Nothing, null);

    /// <summary>A document that is parked, as it is now.</summary>
    public ValueTask<Document?> Find(Partition partition, string id, CancellationToken stop) => store.Read(partition, id, stop);

    /// <summary>By consumer.</summary>
    public async ValueTask<IReadOnlyList<(string Consumer, ParkedList List)>> All(CancellationToken stop) =>
        [.. (await store.Query(Home, DocumentQuery.Prefix(Prefix), stop)).Items.Select(static document => (document.Id[Prefix.Length..], Json.Read<ParkedList>(document.Body)))];

    public async ValueTask<ParkedList> Change(string consumer, Func<ParkedList, ParkedList> change, CancellationToken stop)
    {
        while (true)
        {
            var (list, etag) = await Read(consumer, stop);
            var changed = change(list);
            if (ReferenceEquals(list, changed))
            {
                return list;
            }
            var body = Json.Bytes(changed);
            var saved = await store.Commit(Home, [etag is null ? Write.Create(Prefix + consumer, body) : Write.Replace(Prefix + consumer, body, etag)], stop);
            if (saved.Committed)
            {
                return changed;
            }
        }
    }
}
