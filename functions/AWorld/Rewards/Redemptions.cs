using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>
/// What becomes of a transaction that waits: it is redeemed, rejected or expires, whichever is journaled first and
/// once. That it has expired follows from time; the entry makes it visible to those who follow the journal.
/// </summary>
sealed class Redemptions(Players players, TransactionView view, TransferDocuments transfers, WorkspaceClocks clocks)
{
    static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(1);

    /// <summary>Asking for what it has become already changes nothing.</summary>
    public async ValueTask<Result<(JournalEntry Entry, VirtualTransaction Transaction)>> Settle(
        Tenant tenant, string userId, string transactionId, TransactionState becomes, Actor by, string? reason, CancellationToken stop)
    {
        if (await view.Find(tenant, userId, transactionId, stop) is not var (entry, transaction))
        {
            return Error.NotFound("virtualTransaction", transactionId);
        }
        if (await IsHeld(tenant, userId, entry, transaction, stop))
        {
            return Error.Conflict("its group of transactions is still being carried out; try again");
        }
        Settlement? settled = null;
        var result = await players.Change(tenant, userId, new(state => Decide(state, transaction, settled, becomes, by, clocks.Now(tenant), reason))
        {
            Prepare = async stop => settled = await players.Journal.Settlement(tenant, userId, transactionId, stop),
        }, stop);
        return result.Map(_ => (entry, transaction));
    }

    /// <summary>Journals an expiry that has come. Until when, by the workspace's clock, the transaction waits on; null: it waits no longer.</summary>
    public async ValueTask<DateTimeOffset?> Expire(Tenant tenant, string userId, string transactionId, CancellationToken stop)
    {
        if (await view.Find(tenant, userId, transactionId, stop) is not var (entry, transaction) || transaction is not { State: TransactionState.Pending, ExpiresAt: { } expires }
            || await players.Journal.Settlement(tenant, userId, transactionId, stop) is not null)
        {
            return null;
        }
        var now = clocks.Now(tenant);
        if (expires > now)
        {
            return expires;
        }
        if (await IsHeld(tenant, userId, entry, transaction, stop))
        {
            return now + HeldFor;
        }
        var expired = await Settle(tenant, userId, transactionId, TransactionState.Expired, new(null, null, null, "virtualTransactions/expire"), null, stop);
        return expired.Error is not { Status: >= 500 or StatusCodes.Status409Conflict } busy ? null : throw new InvalidOperationException(busy.Message);
    }

    internal static Result<Decision> Decide(PlayerState state, VirtualTransaction transaction, Settlement? settled, TransactionState becomes, Actor by, DateTimeOffset now, string? reason = null)
    {
        var current = Ledger.StateOf(transaction, settled, now);
        if (current == TransactionState.Expired && settled is null && becomes == TransactionState.Expired)
        {
            return Journal();
        }
        if (current != TransactionState.Pending)
        {
            return current == becomes ? new Decision(Answer.NoContent)
                : current == TransactionState.Expired ? Error.InvalidOperation($"it expired at {Instants.Text(transaction.ExpiresAt!.Value)}")
                : Error.InvalidOperation($"it is {current.ToString().ToUpperInvariant()}; only a pending transaction can be settled");
        }
        return state.Pending.Any(one => one.VirtualTransactionId == transaction.VirtualTransactionId) ? Journal() : Error.InvalidOperation("it is no longer pending");

        Decision Journal() => new(Answer.NoContent, new JournalEntry(state.Seq + 1, now, by)
        {
            Settled = [new(transaction.VirtualTransactionId, becomes, now, transaction.VirtualCurrencyId, transaction.Signed(), Reason: reason, PaidFor: transaction.PaidFor)],
        });
    }

    /// <summary>Whether it waits for the decision of a transfer, not for its user.</summary>
    async ValueTask<bool> IsHeld(Tenant tenant, string userId, JournalEntry entry, VirtualTransaction transaction, CancellationToken stop) =>
        transaction.State == TransactionState.Pending
        && await transfers.FindPart(tenant, userId, transaction.VirtualTransactionGroupId, stop) is { IsHeld: true } part && part.Seq == entry.Seq
        && await transfers.FindDone(tenant, userId, transaction.VirtualTransactionGroupId, stop) is null;
}
