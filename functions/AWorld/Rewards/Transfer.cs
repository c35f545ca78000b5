using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>One user's side of a transaction of a group.</summary>
/// <param name="Index">Its place in the answer.</param>
sealed record Leg(
    int Index, string UserId, string VirtualCurrencyId, Direction Direction, decimal Amount, RedemptionMode Mode,
    CounterpartType CounterpartType, string Counterpart, DateTimeOffset? ExpiresAt, JsonElement? AdditionalData);

/// <summary>Transactions that happen all or not at all. With several users it is stored while it is under way.</summary>
/// <param name="RequestHash">Tells the same request from another one with the same group id.</param>
/// <param name="Committed">The decision; null: not taken yet.</param>
sealed record Transfer(
    Tenant Tenant, string GroupId, string RequestHash, Actor By, InitiatorType InitiatorType, string Initiator,
    IReadOnlyList<Leg> Legs, DateTimeOffset StartedAt, bool? Committed = null)
{
    /// <summary>In one order for all, so that transfers between the same users do not refuse each other in turn.</summary>
    public IReadOnlyList<string> Users() => [.. Legs.Select(leg => leg.UserId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>
    /// A user's part as a journal entry. With <paramref name="hold"/> all of it waits: a held debit keeps its amount from
    /// being spent, a held credit keeps its room below the maximum, until the decision settles both.
    /// </summary>
    public Result<JournalEntry> Entry(PlayerState state, string userId, Snapshot snapshot, bool hold, DateTimeOffset now)
    {
        var admitted = new List<VirtualTransaction>();
        foreach (var leg in Legs.Where(leg => leg.UserId == userId))
        {
            var currency = snapshot.Find<VirtualCurrency>(leg.VirtualCurrencyId);
            var asked = new VirtualTransaction(
                JournalIds.Make(Tenant, userId, state.Seq + 1, "transaction", leg.Index), GroupId, leg.VirtualCurrencyId, leg.Direction, leg.Amount, leg.Mode,
                TransactionState.Pending, InitiatorType, Initiator, leg.CounterpartType, leg.Counterpart, leg.ExpiresAt, leg.AdditionalData);
            var transaction = Ledger.Admit(state, admitted, asked, CurrencyLimits.Of(currency), now);
            if (transaction.State == TransactionState.Rejected)
            {
                return Error.InvalidOperation($"user '{userId}', currency '{leg.VirtualCurrencyId}': {transaction.Reason}; none of the transactions was made");
            }
            admitted.Add(hold ? transaction with { State = TransactionState.Pending } : transaction);
        }
        return new JournalEntry(state.Seq + 1, now, By) { Transactions = admitted };
    }

    /// <summary>What the decision does to a user's held transactions; one that is to be redeemed goes on waiting if the transfer happened.</summary>
    public static JournalEntry Settle(PlayerState state, JournalEntry held, bool committed, DateTimeOffset now) => new(state.Seq + 1, now, held.By)
    {
        Settled =
        [
            .. from transaction in held.Transactions
               where !committed || transaction.RedemptionMode == RedemptionMode.Auto
               where state.Pending.Any(one => one.VirtualTransactionId == transaction.VirtualTransactionId)
               select new Settlement(transaction.VirtualTransactionId, committed ? TransactionState.Completed : TransactionState.Rejected, now, transaction.VirtualCurrencyId, transaction.Signed()),
        ],
    };
}
