using AWorld.Game;

namespace AWorld.Rewards;

/// <summary>Compensates for payments: what was completed by the opposite, what waits by its rejection.</summary>
sealed class ReversedPayments(GameConfiguration game, IReadOnlyList<JournalEntry> journal, DateTimeOffset now)
{
    const string Reason = "what it was paid for was retracted";

    readonly Dictionary<string, Settlement> settlements = journal.SelectMany(entry => entry.Settled).ToDictionary(one => one.VirtualTransactionId, StringComparer.Ordinal);
    readonly HashSet<string> reversedBefore = [.. journal.SelectMany(entry => entry.Transactions).Select(one => one.Reverses?.VirtualTransactionId).OfType<string>()];
    readonly Dictionary<(string, DateTimeOffset), decimal> expiredLeft = [];

    /// <param name="initiator">Whom the compensation is put down to: the activity or quiz log.</param>
    public (IReadOnlyList<VirtualTransaction> Transactions, IReadOnlyList<Settlement> Settled) Of(
        IEnumerable<(JournalEntry Entry, VirtualTransaction Transaction)> paid, string initiator, JournalIds.Series ids)
    {
        var made = new List<VirtualTransaction>();
        var settled = new List<Settlement>();
        foreach (var (entry, transaction) in paid)
        {
            var settlement = settlements.GetValueOrDefault(transaction.VirtualTransactionId);
            switch (Ledger.StateOf(transaction, settlement, now))
            {
                case TransactionState.Pending:
                    settled.Add(new(transaction.VirtualTransactionId, TransactionState.Rejected, now, transaction.VirtualCurrencyId, transaction.Signed(), Reason: Reason, PaidFor: transaction.PaidFor));
                    break;
                case TransactionState.Completed when !reversedBefore.Contains(transaction.VirtualTransactionId):
                    foreach (var back in Reverse(transaction, settlement?.At ?? entry.At))
                    {
                        var id = ids.Next();
                        made.Add(back with { VirtualTransactionId = id, VirtualTransactionGroupId = made is [var first, ..] ? first.VirtualTransactionGroupId : id, Initiator = initiator });
                    }
                    break;
            }
        }
        return (made, settled);
    }

    IEnumerable<VirtualTransaction> Reverse(VirtualTransaction transaction, DateTimeOffset completedAt)
    {
        var expiry = transaction.LastsFor is { } lasts ? ExpiringCredits.ExpiryOf(completedAt, lasts) : (DateTimeOffset?)null;
        var (expiredBy, expired) = expiry <= now ? Expired(transaction, expiry.Value) : default;
        yield return Opposite(transaction) with
        {
            // What a penalty took begins to last anew, as what another user pays does.
            LastsFor = transaction.Direction == Direction.Debit ? game.Snapshot.FindAtAnyStage<VirtualCurrency>(transaction.VirtualCurrencyId)?.CreditsExpireAfter : null,
            Reverses = new(transaction.VirtualTransactionId, completedAt, expiry, expired),
        };
        if (expiredBy is not null && expired > 0)
        {
            yield return Opposite(expiredBy) with { Amount = expired, Reverses = new(expiredBy.VirtualTransactionId, now) };
        }
    }

    static VirtualTransaction Opposite(VirtualTransaction of) => new(
        "", "", of.VirtualCurrencyId, of.Direction == Direction.Credit ? Direction.Debit : Direction.Credit, of.Amount, RedemptionMode.Auto, TransactionState.Completed,
        InitiatorType.System, "", of.CounterpartType, of.Counterpart, PaidFor: of.PaidFor, CompletedMission: of.CompletedMission);

    /// <summary>How much of a credit had not been spent when it expired and was taken off the balance, and what took it off.</summary>
    (VirtualTransaction? By, decimal Amount) Expired(VirtualTransaction credit, DateTimeOffset expiry)
    {
        var then = PlayerState.Empty;
        foreach (var entry in journal)
        {
            var by = entry.At < expiry ? null : entry.Transactions.FirstOrDefault(one =>
                one is { InitiatorType: InitiatorType.System, Counterpart: ExpiringCredits.Account, Reverses: null } && one.VirtualCurrencyId == credit.VirtualCurrencyId);
            if (by is not null)
            {
                var key = (credit.VirtualCurrencyId, expiry);
                var left = expiredLeft.TryGetValue(key, out var known) ? known
                    : then.Credits.Where(one => one.VirtualCurrencyId == credit.VirtualCurrencyId && one.ExpiresAt == expiry).Sum(one => one.Remaining);
                var expired = Math.Min(left, credit.Amount);
                expiredLeft[key] = left - expired;
                return (by, expired);
            }
            then = then.Apply(entry);
        }
        return default;
    }
}
