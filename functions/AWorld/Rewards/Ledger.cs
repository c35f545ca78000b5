using AWorld.Game;

namespace AWorld.Rewards;

/// <summary>A currency's limits, null: none.</summary>
/// <param name="LastsFor">How long its credits last, an ISO 8601 duration.</param>
public sealed record CurrencyLimits(decimal? Min, decimal? Max, string? LastsFor = null)
{
    public static CurrencyLimits Of(VirtualCurrency? currency) => new(currency?.MinAllowedBalance, currency?.MaxAllowedBalance, currency?.CreditsExpireAfter);
}

/// <summary>
/// The pure rules of balances. Double entry: a completed transaction moves its amount between the user and the
/// counterpart, so all accounts of a currency add up to zero. A balance is what its completed transactions add up to.
/// </summary>
public static class Ledger
{
    /// <summary>Completed transactions that have not expired: what AWorld calls availableAmount.</summary>
    public static decimal Available(PlayerState state, string virtualCurrencyId, DateTimeOffset now) =>
        Available(state, virtualCurrencyId) - ExpiringCredits.Due(state, virtualCurrencyId, now);

    /// <summary>All completed transactions, also what has expired and was not taken off the balance yet.</summary>
    public static decimal Available(PlayerState state, string virtualCurrencyId)
    {
        foreach (var balance in state.Balances)
        {
            if (balance.VirtualCurrencyId == virtualCurrencyId)
            {
                return balance.Completed;
            }
        }
        return 0;
    }

    /// <summary>With what is pending and has not expired.</summary>
    public static decimal Amount(PlayerState state, string virtualCurrencyId, DateTimeOffset now) =>
        Available(state, virtualCurrencyId, now) + Waiting(state, virtualCurrencyId, now).Sum();

    /// <summary>
    /// The transaction as it enters the journal: AUTO completes at once, MANUAL waits, and what would cross a limit
    /// is rejected. A debit may use what is available less the debits that wait; a credit counts against the maximum
    /// from the moment it waits, so that redeeming it never fails.
    /// </summary>
    /// <param name="before">Transactions of the same step that come first.</param>
    public static VirtualTransaction Admit(PlayerState state, IReadOnlyList<VirtualTransaction> before, VirtualTransaction asked, CurrencyLimits limits, DateTimeOffset now)
    {
        if (asked.Amount <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(asked), asked.Amount, "an amount is positive");
        }
        var available = Available(state, asked.VirtualCurrencyId, now);
        var (credits, debits) = (0m, 0m);
        foreach (var waiting in Waiting(state, asked.VirtualCurrencyId, now))
        {
            (credits, debits) = waiting > 0 ? (credits + waiting, debits) : (credits, debits + waiting);
        }
        foreach (var first in before)
        {
            if (first.VirtualCurrencyId == asked.VirtualCurrencyId)
            {
                var signed = first.Signed();
                (available, credits, debits) = first.State switch
                {
                    TransactionState.Completed => (available + signed, credits, debits),
                    TransactionState.Pending when signed > 0 => (available, credits + signed, debits),
                    TransactionState.Pending => (available, credits, debits + signed),
                    _ => (available, credits, debits),
                };
            }
        }
        var refused = asked.Direction == Direction.Credit
            ? available + credits + asked.Amount > limits.Max ? $"the balance would exceed the currency's maximum of {limits.Max}" : null
            : available + debits - asked.Amount < limits.Min ? $"the balance would fall below the currency's minimum of {limits.Min}" : null;
        return refused is not null
            ? asked with { State = TransactionState.Rejected, Reason = refused }
            : asked with
            {
                State = asked.RedemptionMode == RedemptionMode.Auto ? TransactionState.Completed : TransactionState.Pending,
                LastsFor = asked.Direction == Direction.Credit ? limits.LastsFor : null,
            };
    }

    /// <summary>What a journaled transaction is now: settled, expired by time, or as it was born.</summary>
    public static TransactionState StateOf(VirtualTransaction transaction, Settlement? settlement, DateTimeOffset now) =>
        settlement is not null ? settlement.State
        : transaction.State == TransactionState.Pending && transaction.ExpiresAt <= now ? TransactionState.Expired
        : transaction.State;

    internal static IReadOnlyList<Balance> Balances(IReadOnlyList<Balance> balances, IReadOnlyList<PendingTransaction> pending, JournalEntry entry)
    {
        if (entry.Transactions.Count + entry.Settled.Count == 0)
        {
            return balances;
        }
        var changed = new List<Balance>(balances);
        foreach (var transaction in entry.Transactions)
        {
            // A pending one makes the balance visible though it adds nothing to the completed amount yet.
            if (transaction.State is TransactionState.Completed or TransactionState.Pending)
            {
                Add(changed, transaction.VirtualCurrencyId, transaction.State == TransactionState.Completed ? transaction.Signed() : 0, entry.At);
            }
        }
        foreach (var settlement in entry.Settled)
        {
            if (settlement.State == TransactionState.Completed && pending.FirstOrDefault(one => one.VirtualTransactionId == settlement.VirtualTransactionId) is { } redeemed)
            {
                Add(changed, redeemed.VirtualCurrencyId, redeemed.Signed, entry.At);
            }
        }
        return changed;
    }

    internal static IReadOnlyList<PendingTransaction> Pending(IReadOnlyList<PendingTransaction> pending, JournalEntry entry)
    {
        if (pending.Count == 0 && entry.Transactions.Count == 0)
        {
            return pending;
        }
        var changed = new List<PendingTransaction>(pending);
        changed.RemoveAll(one => one.ExpiresAt <= entry.At || entry.Settled.Any(settlement => settlement.VirtualTransactionId == one.VirtualTransactionId));
        foreach (var transaction in entry.Transactions)
        {
            if (transaction.State == TransactionState.Pending)
            {
                changed.Add(new(transaction.VirtualTransactionId, transaction.VirtualCurrencyId, transaction.Signed(), transaction.ExpiresAt, transaction.LastsFor));
            }
        }
        return changed;
    }

    static IEnumerable<decimal> Waiting(PlayerState state, string virtualCurrencyId, DateTimeOffset now) =>
        from pending in state.Pending
        where pending.VirtualCurrencyId == virtualCurrencyId && !(pending.ExpiresAt <= now)
        select pending.Signed;

    static void Add(List<Balance> balances, string virtualCurrencyId, decimal amount, DateTimeOffset at)
    {
        var index = balances.FindIndex(balance => balance.VirtualCurrencyId == virtualCurrencyId);
        if (index >= 0)
        {
            balances[index] = balances[index] with { Completed = balances[index].Completed + amount, UpdatedAt = at };
            return;
        }
        var place = balances.FindIndex(balance => string.CompareOrdinal(balance.VirtualCurrencyId, virtualCurrencyId) > 0);
        balances.Insert(place < 0 ? balances.Count : place, new(virtualCurrencyId, amount, at, at));
    }
}
