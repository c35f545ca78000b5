using AWorld.Platform;

namespace AWorld.Game;

/// <summary>
/// Must see what is committed to the players container: every change that concerns it, in order per partition. It
/// keeps its own position, so that it goes on from there whatever died. <see cref="PlayerFeed"/> reads for all.
/// </summary>
public interface IPlayerFeedConsumer
{
    /// <summary>Names it in what is stored; never changes.</summary>
    string Id { get; }

    /// <summary>How the ids of the documents start that it wants.</summary>
    IReadOnlyList<string> Prefixes { get; }

    /// <summary>Whether it wants a change with such an id. Asked of every one: look at bytes before reading them as JSON.</summary>
    bool Concerns(Change change);

    /// <summary>The cursor after which it goes on; "" is the beginning. Asked before each round, as another node may have gone on.</summary>
    ValueTask<string> Position(CancellationToken stop);

    /// <summary>
    /// Takes what concerns it of a page that began at its position, and remembers the page's cursor. Fails: the page
    /// comes again in a later round. Also called with nothing, since the position moves, and the feed may have ended; and
    /// with changes that were parked and its own position, which then stays.
    /// </summary>
    /// <returns>False when another node has moved the position meanwhile.</returns>
    ValueTask<bool> Take(ChangePage page, CancellationToken stop);
}

/// <summary>A consumer that hears each change at least once: its position is stored after each page that it has taken.</summary>
/// <param name="name">The id of the document with its position; never changes.</param>
public abstract class PlayerFeedConsumer(string name, IDocumentStore store) : IPlayerFeedConsumer
{
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    sealed record Stored(string Cursor);

    string cursor = "";
    string? etag;

    public string Id => name;

    public virtual IReadOnlyList<string> Prefixes => [JournalChange.IdPrefix];

    public abstract bool Concerns(Change change);

    protected abstract ValueTask Take(IReadOnlyList<Change> changes, CancellationToken stop);

    /// <summary>What is being taken comes after it, and nothing in between concerns this; null: it was parked, and may come before.</summary>
    protected string? TakenAfter { get; private set; }

    /// <summary>Where a consumer stood at the end of its last round, by its name.</summary>
    public static async ValueTask<string> Position(IDocumentStore store, string name, CancellationToken stop) =>
        await store.Read(Home, name, stop) is { } document ? FeedPosition.Parse(Json.Read<Stored>(document.Body).Cursor).Cursor : "";

    public async ValueTask<string> Position(CancellationToken stop)
    {
        var document = await store.Read(Home, name, stop);
        (cursor, etag) = document is null ? ("", null) : (Json.Read<Stored>(document.Body).Cursor, document.ETag);
        return cursor;
    }

    public async ValueTask<bool> Take(ChangePage page, CancellationToken stop)
    {
        if (page.Items.Count > 0)
        {
            TakenAfter = page.Cursor == cursor ? null : FeedPosition.Parse(cursor).Cursor;
            await Take(page.Items, stop);
        }
        // Where nothing concerns it, going over the same pages again after a crash costs less than a commit for each.
        if (page.Cursor == cursor || (page.Items.Count == 0 && page.More && !FeedPosition.HasParked(page.Cursor)))
        {
            return true;
        }
        var body = Json.Bytes(new Stored(page.Cursor));
        var saved = await store.Commit(Home, [etag is null ? Write.Create(name, body) : Write.Replace(name, body, etag)], CancellationToken.None);
        if (saved.Committed)
        {
            (cursor, etag) = (page.Cursor, saved.ETags[0]);
        }
        return saved.Committed;
    }
}
