using System.Text.Json;
using AWorld.Platform;
using Microsoft.Azure.Cosmos;
using AccountContainer = Microsoft.Azure.Cosmos.Container;
using Container = AWorld.Platform.Container;

namespace AWorld.Functions.Cosmos;

/// <summary>
/// Where to go on in a container's change feed. The SDK's token knows how far each range of partitions was read, also
/// after they were split. Cosmos gives a batch whole, so a page can exceed what was asked for; then the token is the
/// one before that page, with the versions of it that were given already.
/// </summary>
sealed record ChangeCursor(string? Token, IReadOnlySet<string> Given)
{
    sealed record Partly(string? Token, IReadOnlyList<string> Given);

    static readonly HashSet<string> None = [];

    public static ChangeCursor At(string? token) => new(token, None);

    public static ChangeCursor Parse(string text) =>
        text.Length == 0 ? At(null)
        : text[0] == '~' && JsonSerializer.Deserialize<Partly>(text.AsSpan(1)) is { } partly ? new(partly.Token, partly.Given.ToHashSet(StringComparer.Ordinal))
        : At(text);

    public override string ToString() => Given.Count == 0 ? Token ?? "" : "~" + JsonSerializer.Serialize(new Partly(Token, [.. Given]));
}

/// <summary>Reads one page of changes: the latest versions, in the order of their commits within each partition.</summary>
sealed class CosmosChanges(CosmosCalls calls, AccountContainer feed, Container container, IReadOnlyList<string> prefixes, Func<Document, bool> isLive)
{
    /// <summary>Pages of Cosmos that are looked through for one page of wanted changes.</summary>
    const int LooksPerPage = 50;

    public async Task<ChangePage> Read(ChangeCursor cursor, int limit, CancellationToken stop)
    {
        // A page of Cosmos holds at most this many, and the rest of a batch.
        var asked = Math.Max(1, limit / 4);
        var from = cursor.Token is null ? ChangeFeedStartFrom.Beginning() : ChangeFeedStartFrom.ContinuationToken(cursor.Token);
        using var pages = feed.GetChangeFeedStreamIterator(from, ChangeFeedMode.LatestVersion, new() { PageSizeHint = asked });
        var changes = new List<Change>();
        for (var looks = 0; looks < LooksPerPage && (changes.Count == 0 || changes.Count + asked + StoreLimits.BatchWrites <= limit); looks++)
        {
            using var response = await calls.Read(Partition.PlatformAccount, container, "changes", () => pages.ReadNextAsync(stop), stop);
            if (response.StatusCode == System.Net.HttpStatusCode.NotModified)
            {
                return new(changes, ChangeCursor.At(response.ContinuationToken).ToString(), More: false);
            }
            response.EnsureSuccessStatusCode();
            var page = CosmosItem.ReadPage(container, response.Content).FindAll(item => IsWanted(item.Document) && !cursor.Given.Contains(Version(item.Document)));
            var room = limit - changes.Count;
            changes.AddRange(page.Take(room).Select(item => new Change(item.Partition, item.Document)));
            if (page.Count > room)
            {
                return new(changes, (cursor with { Given = cursor.Given.Concat(page.Take(room).Select(item => Version(item.Document))).ToHashSet(StringComparer.Ordinal) }).ToString(), More: true);
            }
            cursor = ChangeCursor.At(response.ContinuationToken);
        }
        return new(changes, cursor.ToString(), More: true);
    }

    // The documents of a batch may share an ETag.
    static string Version(Document document) => $"{document.ETag} {document.Id}";

    bool IsWanted(Document document) =>
        isLive(document) && (prefixes.Count == 0 || prefixes.Any(prefix => document.Id.StartsWith(prefix, StringComparison.Ordinal)));
}
