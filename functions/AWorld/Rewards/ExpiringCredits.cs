using AWorld.Game;
using NodaTime;
using NodaTime.Text;

namespace AWorld.Rewards;

/// <summary>What is left of a credit of a currency whose credits expire.</summary>
/// <param name="ExpiresAt">From then on it is no longer available.</param>
public sealed record ExpiringCredit(string VirtualCurrencyId, DateTimeOffset ExpiresAt, decimal Remaining);

/// <summary>
/// The pure rules of credits that expire. What expires first is spent first. From its time on a credit is not
/// available; a debit to the account <see cref="Account"/> then takes it off the balance, so that a balance stays what
/// its entries add up to.
/// </summary>
public static class ExpiringCredits
{
    /// <summary>The other side of what has expired.</summary>
    public const string Account = "expired";

    /// <summary>Of one currency; of more, those whose times are closest last as long as the later of them.</summary>
    const int Most = 64;

    /// <summary>When a credit that is completed now expires.</summary>
    /// <param name="lastsFor">An ISO 8601 duration by the calendar of UTC.</param>
    public static DateTimeOffset ExpiryOf(DateTimeOffset completedAt, string lastsFor) => After(completedAt, lastsFor) ?? DateTimeOffset.MaxValue;

    /// <summary>Null: no ISO 8601 duration, or beyond the calendar.</summary>
    public static DateTimeOffset? After(DateTimeOffset at, string duration)
    {
        try
        {
            return PeriodPattern.NormalizingIso.Parse(duration).TryGetValue(Period.Zero, out var period)
                ? new DateTimeOffset((LocalDateTime.FromDateTime(at.UtcDateTime) + period).ToDateTimeUnspecified(), TimeSpan.Zero)
                : null;
        }
        catch (Exception tooFar) when (tooFar is OverflowException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What has expired of a currency and is still on the balance.</summary>
    public static decimal Due(PlayerState state, string virtualCurrencyId, DateTimeOffset now)
    {
        var due = 0m;
        foreach (var credit in state.Credits)
        {
            due += credit.VirtualCurrencyId == virtualCurrencyId && credit.ExpiresAt <= now ? credit.Remaining : 0;
        }
        return due;
    }

    /// <summary>The next time at which something expires; null: nothing will.</summary>
    public static DateTimeOffset? Next(PlayerState state) => state.Credits.Count == 0 ? null : state.Credits.Min(credit => credit.ExpiresAt);

    /// <summary>Takes all that has expired off the balances; empty when there is nothing.</summary>
    /// <param name="newId">The id of the entry's transaction of this index.</param>
    public static JournalEntry Expire(PlayerState state, Actor by, DateTimeOffset now, Func<int, string> newId)
    {
        var due = state.Credits.Where(credit => credit.ExpiresAt <= now).GroupBy(credit => credit.VirtualCurrencyId);
        return new JournalEntry(state.Seq + 1, now, by)
        {
            Transactions =
            [
                .. due.Select((credits, index) => new VirtualTransaction(
                    newId(index), newId(0), credits.Key, Direction.Debit, credits.Sum(credit => credit.Remaining), RedemptionMode.Auto, TransactionState.Completed,
                    InitiatorType.System, Account, CounterpartType.System, Account)),
            ],
        };
    }

    /// <param name="balances">After the entry.</param>
    /// <param name="pending">Before it.</param>
    internal static IReadOnlyList<ExpiringCredit> After(IReadOnlyList<ExpiringCredit> credits, IReadOnlyList<Balance> balances, IReadOnlyList<PendingTransaction> pending, JournalEntry entry)
    {
        if (credits.Count == 0 && !Lasts(pending, entry) || entry.Transactions.Count + entry.Settled.Count == 0)
        {
            return credits;
        }
        var changed = new List<ExpiringCredit>(credits);
        foreach (var transaction in entry.Transactions)
        {
            if (transaction is { State: TransactionState.Completed, Direction: Direction.Debit, Reverses: { } reversal })
            {
                TakeBack(changed, transaction, reversal, entry.At);
            }
            else if (transaction.State == TransactionState.Completed)
            {
                Move(changed, transaction.VirtualCurrencyId, transaction.Signed(), transaction.LastsFor, entry.At, transaction is { InitiatorType: InitiatorType.System, Counterpart: Account });
            }
        }
        foreach (var settlement in entry.Settled)
        {
            if (settlement.State == TransactionState.Completed && pending.FirstOrDefault(one => one.VirtualTransactionId == settlement.VirtualTransactionId) is { } redeemed)
            {
                Move(changed, redeemed.VirtualCurrencyId, redeemed.Signed, redeemed.LastsFor, entry.At, expires: false);
            }
        }
        foreach (var balance in balances)
        {
            Limit(changed, balance, entry.At);
        }
        return changed;
    }

    static bool Lasts(IReadOnlyList<PendingTransaction> pending, JournalEntry entry)
    {
        foreach (var transaction in entry.Transactions)
        {
            if (transaction.LastsFor is not null)
            {
                return true;
            }
        }
        return entry.Settled.Count > 0 && pending.Any(one => one.LastsFor is not null);
    }

    static void Move(List<ExpiringCredit> credits, string currency, decimal signed, string? lastsFor, DateTimeOffset at, bool expires)
    {
        if (signed < 0)
        {
            Take(credits, -signed, credit => credit.VirtualCurrencyId == currency && credit.ExpiresAt <= at == expires);
        }
        else if (lastsFor is not null)
        {
            var expiry = ExpiryOf(at, lastsFor);
            var place = credits.FindIndex(credit => credit.ExpiresAt > expiry);
            credits.Insert(place < 0 ? credits.Count : place, new(currency, expiry, signed));
        }
    }

    /// <summary>A credit that is taken back takes what is left of itself; what was spent of it the others would have paid.</summary>
    static void TakeBack(List<ExpiringCredit> credits, VirtualTransaction transaction, Reversal reversal, DateTimeOffset at)
    {
        if (reversal.ExpiresAt is { } expiry)
        {
            var left = Take(credits, transaction.Amount - reversal.Expired, credit => credit.VirtualCurrencyId == transaction.VirtualCurrencyId && credit.ExpiresAt == expiry);
            Take(credits, left, credit => credit.VirtualCurrencyId == transaction.VirtualCurrencyId && credit.ExpiresAt > at);
        }
    }

    /// <summary>What was owed is paid from what expires first, but not from what has expired; and there is room for more.</summary>
    static void Limit(List<ExpiringCredit> credits, Balance balance, DateTimeOffset at)
    {
        var own = credits.Where(credit => credit.VirtualCurrencyId == balance.VirtualCurrencyId).ToLookup(credit => credit.ExpiresAt <= at, credit => credit.Remaining);
        Take(credits, own[false].Sum() - Math.Max(0, balance.Completed - own[true].Sum()), credit => credit.VirtualCurrencyId == balance.VirtualCurrencyId && credit.ExpiresAt > at);
        Merge(credits, balance.VirtualCurrencyId);
    }

    static void Merge(List<ExpiringCredit> credits, string currency)
    {
        while (credits.Count(credit => credit.VirtualCurrencyId == currency) > Most)
        {
            var own = credits.Where(credit => credit.VirtualCurrencyId == currency).ToList();
            var (first, second) = own.Zip(own.Skip(1)).MinBy(pair => pair.Second.ExpiresAt - pair.First.ExpiresAt);
            credits[credits.IndexOf(second)] = second with { Remaining = first.Remaining + second.Remaining };
            credits.Remove(first);
        }
    }

    /// <returns>What they were short of.</returns>
    static decimal Take(List<ExpiringCredit> credits, decimal amount, Func<ExpiringCredit, bool> from)
    {
        for (var index = 0; index < credits.Count && amount > 0;)
        {
            var credit = credits[index];
            if (!from(credit))
            {
                index++;
                continue;
            }
            var taken = Math.Min(amount, credit.Remaining);
            amount -= taken;
            if (taken == credit.Remaining)
            {
                credits.RemoveAt(index);
            }
            else
            {
                credits[index++] = credit with { Remaining = credit.Remaining - taken };
            }
        }
        return amount;
    }
}
