using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Game;

/// <summary>
/// What an erased user did stays in the journal, since others' balances and ranks rest on it, under an id that leads
/// to nobody. What clients wrote into it does not stay, nor the answers kept for idempotency keys.
/// </summary>
sealed class PlayerTraces(IDocumentStore store, Players players) : IUserTraces
{
    const int EntriesAtOnce = 200;

    public string Module => "journal";

    public ValueTask Close(Tenant tenant, string userId, CancellationToken stop) => players.Close(tenant, userId, stop);

    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        var page = new ErasedPage();
        await players.Alone(tenant, user.UserId, async stop => page = await Strip(Partition.Player(tenant, user.UserId), from, stop), stop);
        return page;
    }

    async Task<ErasedPage> Strip(Partition partition, string? from, CancellationToken stop)
    {
        var page = await store.Query(partition, DocumentQuery.Prefix(PlayerDocuments.JournalPrefix, limit: EntriesAtOnce) with { From = from ?? PlayerDocuments.JournalPrefix }, stop);
        var last = 0L;
        foreach (var document in page.Items)
        {
            var entry = GameJson.Read<JournalEntry>(document.Body);
            last = entry.Seq;
            if ((entry.Activity?.AdditionalData ?? entry.Quiz?.AdditionalData) is null && entry.Transactions.All(transaction => transaction.AdditionalData is null) && entry.Settled.All(settled => settled.Reason is null) && entry.Retracted?.Reason is null)
            {
                continue;
            }
            var stripped = entry with
            {
                IsStripped = true,
                Activity = entry.Activity is { } activity ? activity with { AdditionalData = null } : null,
                Quiz = entry.Quiz is { } quiz ? quiz with { AdditionalData = null } : null,
                Transactions = [.. entry.Transactions.Select(transaction => transaction with { AdditionalData = null })],
                Settled = [.. entry.Settled.Select(settled => settled with { Reason = null })],
                Retracted = entry.Retracted is { } retracted ? retracted with { Reason = null } : null,
            };
            var reasons = stripped.Settled.Select(settled => Write.Upsert(PlayerDocuments.Settled(settled.VirtualTransactionId), GameJson.Bytes(settled)));
            await store.Commit(partition, [Write.Replace(document.Id, GameJson.Bytes(stripped), document.ETag), .. reasons], stop);
        }
        return new(Pseudonymised: page.Items.Count, Next: page.Continuation is null ? null : PlayerDocuments.Journal(last + 1));
    }
}
