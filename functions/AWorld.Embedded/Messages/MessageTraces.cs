using AWorld.Integrations;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tenancy;
using AWorld.Users;

namespace AWorld.Embedded.Messages;

/// <summary>What is stored of messages about a user, whether they wait, are held or are dead: nobody receives them any more.</summary>
sealed class MessageTraces(Broker broker, MessageEntities entities, IDocumentStore store, Principals principals, TimeProvider clock) : IUserTraces
{
    const int AtOnce = 200;

    /// <summary>How often one that is being settled is looked at again.</summary>
    const int Looks = 200;
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(25);

    public string Module => "messages";

    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        var mentions = await UserMentions.Of(user, principals, stop);
        var (first, after) = from?.Split(' ') is [var name, var id] ? (name, id) : ("", null);
        foreach (var entity in entities.All.Where(entity => string.CompareOrdinal(entity.Name, first) >= 0))
        {
            var all = DocumentQuery.Prefix(MessageDocuments.MessagePrefix, limit: AtOnce);
            var page = (await store.Query(Partition.Messages(tenant, entity.Name), entity.Name == first ? all with { From = after + '\0' } : all, stop)).Items;
            var gone = 0;
            foreach (var document in page)
            {
                gone += await Erase(tenant, entity, document, mentions, stop) ? 1 : 0;
            }
            if (page.Count > 0)
            {
                return new(Deleted: gone, Next: $"{entity.Name} {page[^1].Id}");
            }
        }
        return new();
    }

    async ValueTask<bool> Erase(Tenant tenant, MessageEntity entity, Document document, UserMentions mentions, CancellationToken stop)
    {
        var stored = Json.Read<StoredMessage>(document.Body);
        var left = mentions.Without(stored.Body);
        if (left is { } rest)
        {
            if (rest.Length == stored.Body.Length)
            {
                return false;
            }
            // Of a batch the others stay. Should it be gone by now, that is as well.
            await store.Commit(Partition.Messages(tenant, entity.Name), [Write.Replace(document.Id, Json.Bytes(stored with { Body = rest.ToArray() }), document.ETag)], stop);
            return true;
        }
        var (receiver, number) = MessageDocuments.Parse(document.Id);
        for (var look = 1; !await (await broker.Open(tenant, entity, stop)).Drop(receiver, number, stop); look++)
        {
            if (look == Looks)
            {
                throw new StoreBusyException(TimeSpan.FromSeconds(1));
            }
            await Task.Delay(BetweenLooks, clock, stop);
        }
        return true;
    }
}
