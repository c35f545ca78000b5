using System.Text;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>
/// Hands the entries of users' journals to the observers that repair what a crash or a failure kept from them.
/// Usually they know the entry already.
/// </summary>
sealed class Outbox(IDocumentStore store, IEnumerable<IJournalObserver> observers) : PlayerFeedConsumer("outbox", store)
{
    readonly (IJournalObserver Observer, byte[] Property)[] repairing =
        [.. from observer in observers where observer.Repairs is not null select (observer, Encoding.UTF8.GetBytes($"\"{observer.Repairs}\":"))];

    public override bool Concerns(Change change) =>
        Array.Exists(repairing, repair => IsOf(repair.Property, change)) && !Subject.IsGroup(PlayerDocuments.Owner(change.Partition).UserId);

    protected override async ValueTask Take(IReadOnlyList<Change> changes, CancellationToken stop)
    {
        foreach (var change in changes)
        {
            var (tenant, userId) = PlayerDocuments.Owner(change.Partition);
            var entry = JournalChange.Entry(change);
            foreach (var (observer, property) in repairing)
            {
                if (IsOf(property, change))
                {
                    await observer.Committed(tenant, userId, entry);
                }
            }
        }
    }

    static bool IsOf(byte[] property, Change change) => change.Document.Body.Span.IndexOf(property) >= 0;
}
