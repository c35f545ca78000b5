using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Integrations.Events;

/// <summary>The events that systems of a workspace read, straight from the documents that tell of them.</summary>
sealed class EventSource(IDocumentStore store, EventMapping mapping) : IMessageSource, IJournalObserver
{
    /// <summary>Of a page, of whatever workspace; each may make several messages.</summary>
    const int ChangesAtOnce = 50;

    public string Entity => MessageEntities.Events.Name;
    public string Subscription => MessageEntities.Integrations;
    public Action<Tenant>? Grew { get; set; }

    public bool Makes(Message message) => message.Properties.GetValueOrDefault(MessageEntities.OriginProperty) == MessageEntities.ProductOrigin;

    public ValueTask Committed(Tenant tenant, string userId, JournalEntry entry)
    {
        Grew?.Invoke(tenant);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<string> End(CancellationToken stop)
    {
        // Where the publisher stands is close to the end.
        for (var cursor = await PlayerFeedConsumer.Position(store, EventPublisher.Name, stop); ;)
        {
            var page = await store.Changes(Container.Players, cursor, StoreLimits.PageItems, EventPublisher.Documents, stop);
            if (!page.More)
            {
                return page.Cursor;
            }
            cursor = page.Cursor;
        }
    }

    public async ValueTask<SourcePage> Next(Tenant tenant, string cursor, CancellationToken stop)
    {
        var page = await store.Changes(Container.Players, cursor, ChangesAtOnce, EventPublisher.Documents, stop);
        return new([.. page.Items.Where(change => PlayerDocuments.Owner(change.Partition).Tenant == tenant).SelectMany(mapping.Of)], page.Cursor, page.More);
    }
}
