using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Game;

/// <summary>
/// What an erased user did stays in the journal, since others' balances and ranks rest on it, under an id that leads
/// to nobody. What clients wrote into it does not stay, nor the answers kept for idempotency keys.
/// </summary>
sealed class PlayerTraces(IDocumentStore store, Players players) : IUserTraces
{
    const int Entries = 50;

    public ValueTask Close(Tenant tenant, string userId, CancellationToken stop) => players.Close(tenant, userId, stop);

    public ValueTask Erase(Tenant tenant, UserProfile user, CancellationToken stop) =>
        players.Alone(tenant, user.UserId, async stop => await Strip(Partition.Player(tenant, user.UserId), stop), stop);

    async Task Strip(Partition partition, CancellationToken stop)
    {
        var query = DocumentQuery.Prefix(PlayerDocuments.JournalPrefix, limit: Entries);
        do
        {
            var page = await store.Query(partition, query, stop);
            foreach (var document in page.Items)
            {
                var entry = GameJson.Read<JournalEntry>(document.Body);
                if (entry.Activity?.AdditionalData is null && entry.Transactions.All(transaction => transaction.AdditionalData is null))
                {
                    continue;
                }
                var stripped = entry with
                {
                    IsStripped = true,
                    Activity = entry.Activity is { } activity ? activity with { AdditionalData = null } : null,
                    Transactions = [.. entry.Transactions.Select(transaction => transaction with { AdditionalData = null })],
                };
                await store.Commit(partition, [Write.Replace(document.Id, GameJson.Bytes(stripped), document.ETag)], stop);
            }
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
    }
}
