using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Users;

namespace AWorld.Integrations.Events;

/// <summary>
/// Publishes what happened to the topic <see cref="MessageEntities.Events"/>: each event at least once, those of a user
/// in their order. The committed documents are the outbox. Of a workspace in which nobody reads the topic nothing is made.
/// </summary>
sealed class EventPublisher(IDocumentStore store, PlayerFeed feed, IMessagePublisher publisher, EventMapping mapping, LaggingWorkspaces lagging) : PlayerFeedConsumer(Name, store), IUserTraces
{
    const int WorkspacesAtOnce = 16;

    public const string Name = "product-events";

    /// <summary>How the ids of the documents start that tell of events.</summary>
    public static readonly IReadOnlyList<string> Documents = [JournalChange.IdPrefix, WorkspaceEvent.Prefix];

    public override IReadOnlyList<string> Prefixes => Documents;

    public string Module => "events";

    public override bool Concerns(Change change) => !IsKnownUnread(PlayerDocuments.Owner(change.Partition).Tenant);

    bool IsKnownUnread(Tenant tenant)
    {
        var isRead = publisher.IsRead(tenant, MessageEntities.Events.Name, CancellationToken.None);
        return isRead.IsCompletedSuccessfully && !isRead.Result;
    }

    /// <summary>What an erasure takes away must have been told before.</summary>
    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        await feed.CatchUp(this, stop);
        return new();
    }

    protected override async ValueTask Take(IReadOnlyList<Change> changes, CancellationToken stop) =>
        await Parallel.ForEachAsync(changes.GroupBy(static change => PlayerDocuments.Owner(change.Partition).Tenant), new ParallelOptions { MaxDegreeOfParallelism = WorkspacesAtOnce, CancellationToken = stop },
            async (workspace, stop) =>
            {
                if (await publisher.IsRead(workspace.Key, MessageEntities.Events.Name, stop))
                {
                    await lagging.Send(workspace.Key, [.. workspace.SelectMany(mapping.Of)], TakenAfter, stop);
                }
            });
}
