using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Rewards;

sealed record ShownTransaction(
    string UserId, string VirtualCurrencyId, string VirtualTransactionId, string VirtualTransactionGroupId, string? RedemptionGroupId,
    RedemptionMode RedemptionMode, TransactionState State, Direction Direction, InitiatorType InitiatorType, string Initiator,
    CounterpartType CounterpartType, string Counterpart, JsonElement? AdditionalData, decimal Amount,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RedeemedAt, string AccountId, string WorkspaceId, string SourceRegion,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? ReversesTransactionId);

sealed record ShownTransactions(IReadOnlyList<ShownTransaction> Transactions);

/// <summary>Transactions as responses show them: as they were journaled, with what became of them since.</summary>
sealed class TransactionView(Players players, IOptions<PlatformOptions> platform, WorkspaceClocks clocks)
{
    public async ValueTask<ShownTransaction> Show(Tenant tenant, string userId, JournalEntry entry, VirtualTransaction transaction, CancellationToken stop)
    {
        var settlement = transaction.State == TransactionState.Pending ? await players.Journal.Settlement(tenant, userId, transaction.VirtualTransactionId, stop) : null;
        var state = Ledger.StateOf(transaction, settlement, clocks.Now(tenant));
        // An expiry is journaled a little later than it happened
        var updated = state == TransactionState.Expired ? transaction.ExpiresAt!.Value : settlement?.At ?? entry.At;
        return new(
            userId, transaction.VirtualCurrencyId, transaction.VirtualTransactionId, transaction.VirtualTransactionGroupId, settlement?.RedemptionGroupId ?? transaction.RedemptionGroupId,
            transaction.RedemptionMode, state, transaction.Direction, transaction.InitiatorType, transaction.Initiator,
            transaction.CounterpartType, transaction.Counterpart, transaction.AdditionalData, transaction.Amount,
            transaction.ExpiresAt, transaction.RedemptionMode == RedemptionMode.Manual && settlement?.State == TransactionState.Completed ? settlement.At : null,
            tenant.AccountId, tenant.WorkspaceId, platform.Value.SourceRegion, entry.At, updated, transaction.Reverses?.VirtualTransactionId);
    }

    /// <summary>The user's transaction of this id with the entry that holds it.</summary>
    public async ValueTask<(JournalEntry Entry, VirtualTransaction Transaction)?> Find(Tenant tenant, string userId, string transactionId, CancellationToken stop) =>
        JournalIds.TrySequence(transactionId, out var seq)
        && await players.Journal.Entry(tenant, userId, seq, stop) is { } entry
        && entry.Transactions.FirstOrDefault(one => one.VirtualTransactionId == transactionId) is { } transaction
            ? (entry, transaction)
            : null;
}
