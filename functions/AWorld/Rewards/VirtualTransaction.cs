using System.Text.Json;

namespace AWorld.Rewards;

public enum TransactionState { Pending, Completed, Expired, Rejected }
public enum Direction { Credit, Debit }

/// <summary>AUTO completes at once; MANUAL waits until the user redeems it.</summary>
public enum RedemptionMode { Auto, Manual }

public enum InitiatorType { User, RewardRule, StreakRule, System, Admin }
public enum CounterpartType { User, System }

/// <summary>
/// One movement of a currency between a user (whose journal holds it) and a counterpart. It is journaled once with
/// the state it was born in; <see cref="Settlement"/> and time tell what became of a pending one.
/// </summary>
/// <param name="Amount">Positive; <see cref="Direction"/> says which way it went for the user.</param>
/// <param name="Initiator">The user, reward rule, streak rule or principal that caused it.</param>
/// <param name="Counterpart">The other user, or the name of the system account that is the other side.</param>
/// <param name="Reason">Why it was rejected.</param>
/// <param name="PaidFor">Of a reward for a completed mission: the rule that had made the mission.</param>
/// <param name="LastsFor">How long the credit lasts from its completion on, an ISO 8601 duration; null: for ever.</param>
/// <param name="CompletedMission">Of a reward for a completed mission: that mission.</param>
/// <param name="Reverses">The transaction that it compensates for.</param>
public sealed record VirtualTransaction(
    string VirtualTransactionId,
    string VirtualTransactionGroupId,
    string VirtualCurrencyId,
    Direction Direction,
    decimal Amount,
    RedemptionMode RedemptionMode,
    TransactionState State,
    InitiatorType InitiatorType,
    string Initiator,
    CounterpartType CounterpartType,
    string Counterpart,
    DateTimeOffset? ExpiresAt = null,
    JsonElement? AdditionalData = null,
    string? RedemptionGroupId = null,
    string? Reason = null,
    Missions.RulePeriod? PaidFor = null,
    string? LastsFor = null,
    string? CompletedMission = null,
    Reversal? Reverses = null)
{
    /// <summary>What it does to the user's balance.</summary>
    public decimal Signed() => Direction == Direction.Credit ? Amount : -Amount;

    /// <summary>Both sides, once it is completed: they add up to zero.</summary>
    public (LedgerEntry User, LedgerEntry Other) Sides(string userId) =>
        (new(CounterpartType.User, userId, VirtualCurrencyId, Signed()), new(CounterpartType, Counterpart, VirtualCurrencyId, -Signed()));
}

/// <summary>What a compensating transaction takes back.</summary>
/// <param name="CompletedAt">When that counted.</param>
/// <param name="ExpiresAt">Until when that credit lasts; null: for ever, or it was a debit.</param>
/// <param name="Expired">How much of it had expired and is taken back by another transaction.</param>
public sealed record Reversal(string VirtualTransactionId, DateTimeOffset CompletedAt, DateTimeOffset? ExpiresAt = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)] decimal Expired = 0);

/// <summary>One side of a completed transaction.
public readonly record struct LedgerEntry(CounterpartType AccountType, string Account, string VirtualCurrencyId, decimal Amount);

/// <summary>A pending transaction was redeemed (completed), turned down (rejected) or has expired, which also follows from time.</summary>
/// <param name="At">When.</param>
/// <param name="Signed">Positive for a credit.</param>
/// <param name="PaidFor">The transaction's.</param>
public sealed record Settlement(
    string VirtualTransactionId, TransactionState State, DateTimeOffset At, string VirtualCurrencyId, decimal Signed,
    string? RedemptionGroupId = null, string? Reason = null, Missions.RulePeriod? PaidFor = null);

/// <summary>A user's completed amount of one currency.</summary>
public sealed record Balance(string VirtualCurrencyId, decimal Completed, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>What the state remembers of a transaction that waits for its redemption.</summary>
/// <param name="Signed">Positive for a credit.</param>
public sealed record PendingTransaction(string VirtualTransactionId, string VirtualCurrencyId, decimal Signed, DateTimeOffset? ExpiresAt, string? LastsFor = null);
