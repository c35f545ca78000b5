using AWorld.Game;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Leaderboards;

/// <summary>Of the first of a series of boards, from which the periods of all are counted.</summary>
/// <param name="Turn">How many boards came before this one.</param>
public sealed record BoardSeries(DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Turn);

/// <summary>One period of a leaderboard configuration, with a copy of what it ranks.</summary>
/// <param name="Prizes">As the configuration had them when the board was made.</param>
/// <param name="Series">Null: it is the first, or the only one.</param>
/// <param name="Version">Grows with every change of the period; a changed board is ranked anew.</param>
public sealed record RuntimeLeaderboard(
    string RuntimeLeaderboardId,
    string RuntimeLeaderboardConfigurationId,
    Timeframe Timeframe,
    LeaderboardPlan Plan,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    IReadOnlyList<Prize>? Prizes = null,
    BoardSeries? Series = null)
{
    static readonly TimeSpan FirstZone = TimeSpan.FromHours(14), LastZone = TimeSpan.FromHours(12);

    bool AllZones => Timeframe.TimezoneType == TimeframeTimezoneType.User;

    /// <summary>When the period begins, in all zones: when the first zone on earth enters it.</summary>
    public DateTimeOffset OpensAt() => AllZones ? Timeframe.StartsAt - FirstZone : Timeframe.StartsAt;

    /// <summary>When the period ends, in all zones: when the last zone on earth leaves it. Null: never.</summary>
    public DateTimeOffset? ClosesAt() => AllZones ? Timeframe.EndsAt + LastZone : Timeframe.EndsAt;

    /// <summary><c>{start}-</c>, <c>{start}-{end}</c> or <c>{recurrence}-{start}-{end}</c>; one configuration never has two boards of one period.</summary>
    public string PeriodId() => $"{(Timeframe.Recurrence is { } recurrence ? $"{recurrence.ToString().ToUpperInvariant()}-" : "")}{Instants.Text(Timeframe.StartsAt)}-{(Timeframe.EndsAt is { } end ? Instants.Text(end) : "")}";

    /// <summary>What an entry adds to its user's score; null: nothing. A credit counts when it is completed, which for a manual one is when it is redeemed.</summary>
    public decimal? AmountOf(JournalEntry entry)
    {
        if (entry.At < OpensAt() || entry.At >= ClosesAt())
        {
            return null;
        }
        decimal? sum = null;
        foreach (var transaction in entry.Transactions)
        {
            if (transaction.VirtualCurrencyId == Plan.VirtualCurrencyId && transaction.State == TransactionState.Completed && Counted(transaction) is var counted and not 0)
            {
                sum = (sum ?? 0) + counted;
            }
        }
        foreach (var settled in entry.Settled)
        {
            if (settled.VirtualCurrencyId == Plan.VirtualCurrencyId && settled is { Signed: > 0, State: TransactionState.Completed })
            {
                sum = (sum ?? 0) + settled.Signed;
            }
        }
        return sum;
    }

    /// <summary>A credit that was taken back counted here if it was completed in the period.</summary>
    decimal Counted(VirtualTransaction transaction) => transaction switch
    {
        { Reverses: null, Direction: Direction.Credit } => transaction.Amount,
        { Reverses: { } reversal, Direction: Direction.Debit } when reversal.CompletedAt >= OpensAt() && !(reversal.CompletedAt >= ClosesAt()) => -transaction.Amount,
        _ => 0,
    };
}
