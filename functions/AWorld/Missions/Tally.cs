using System.Text.Json.Serialization;
using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Missions;

/// <summary>What missions of a rule came to.</summary>
/// <param name="Assigned">Missions that users and groups were given.</param>
/// <param name="Completed">How many of them were completed.</param>
/// <param name="Paid">By currency: what their completion paid, at once or by being redeemed.</param>
/// <param name="Promised">By currency: what their completion left to be redeemed and still waits for it.</param>
public sealed record Tally(long Assigned, long Completed, IReadOnlyList<TallyAmount> Paid, IReadOnlyList<TallyAmount> Promised)
{
    public static readonly Tally Nothing = new(0, 0, [], []);

    /// <summary>The last batch of the feed that is in it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Batch { get; init; }

    public Tally Plus(Tally other) => this with
    {
        Assigned = Assigned + other.Assigned,
        Completed = Completed + other.Completed,
        Paid = Sum(Paid, other.Paid),
        Promised = Sum(Promised, other.Promised),
    };

    /// <summary>What a journal entry adds, by rule and period.</summary>
    internal static IEnumerable<(RulePeriod Of, Tally Tally)> Of(TalliedEntry entry)
    {
        foreach (var assigned in entry.Assigned)
        {
            if (assigned.Definition.Of is { } period)
            {
                yield return (period, Nothing with { Assigned = 1 });
            }
        }
        foreach (var log in entry.MissionLogs)
        {
            if (log is { Completed: true, Of: { } period })
            {
                yield return (period, Nothing with { Completed = 1 });
            }
        }
        foreach (var corrected in entry.Retracted?.Missions ?? [])
        {
            if (corrected is { Uncompleted: true, Of: { } period })
            {
                yield return (period, Nothing with { Completed = -1 });
            }
        }
        foreach (var withdrawn in entry.Retracted?.Withdrawn ?? [])
        {
            if (withdrawn.Of is { } period)
            {
                yield return (period, Nothing with { Assigned = -1 });
            }
        }
        foreach (var transaction in entry.Transactions)
        {
            if (transaction.PaidFor is not { } period)
            {
                continue;
            }
            TallyAmount[] amount = [new(transaction.VirtualCurrencyId, transaction.Signed())];
            switch (transaction.State)
            {
                case TransactionState.Completed:
                    yield return (period, Nothing with { Paid = amount });
                    break;
                case TransactionState.Pending:
                    yield return (period, Nothing with { Promised = amount });
                    break;
            }
        }
        foreach (var settled in entry.Settled)
        {
            if (settled.PaidFor is { } period)
            {
                yield return (period, Of(settled));
            }
        }
    }

    /// <summary>What was promised is paid or void.</summary>
    static Tally Of(Settlement settled) => Nothing with
    {
        Paid = settled.State == TransactionState.Completed ? [new(settled.VirtualCurrencyId, settled.Signed)] : [],
        Promised = [new(settled.VirtualCurrencyId, -settled.Signed)],
    };

    static IReadOnlyList<TallyAmount> Sum(IReadOnlyList<TallyAmount> one, IReadOnlyList<TallyAmount> other) => other.Count == 0 ? one :
    [
        .. one.Concat(other).GroupBy(amount => amount.VirtualCurrencyId, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new TallyAmount(group.Key, group.Sum(amount => amount.Amount))).Where(static amount => amount.Amount != 0),
    ];
}

/// <summary>Of a journal entry, what is tallied: reading the rest would take most of the time.</summary>
sealed record TalliedEntry
{
    public IReadOnlyList<TalliedMission> Assigned { get; init; } = [];
    public IReadOnlyList<MissionLog> MissionLogs { get; init; } = [];
    public IReadOnlyList<VirtualTransaction> Transactions { get; init; } = [];
    public IReadOnlyList<Settlement> Settled { get; init; } = [];
    public Retracted? Retracted { get; init; }
    public bool IsStripped { get; init; }
}

sealed record TalliedMission(TalliedDefinition Definition);

sealed record TalliedDefinition(string? MissionRuleId, string PeriodId)
{
    [JsonIgnore]
    public RulePeriod? Of => MissionRuleId is null ? null : new(MissionRuleId, PeriodId);
}

/// <param name="Amount">Negative: a penalty.</param>
public readonly record struct TallyAmount(string VirtualCurrencyId, decimal Amount);
