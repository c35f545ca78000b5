using AWorld.Game;
using AWorld.Rewards;

namespace AWorld.Activities;

/// <summary>What taking an action back did, and what it left, as the API shows it.</summary>
/// <param name="RejectedTransactionIds">What the user could still have redeemed.</param>
public sealed record RetractionView(
    string? ActivityLogId, string? QuizLogId, string UserId, DateTimeOffset RetractedAt, string? Reason,
    IReadOnlyList<MissionCorrected> Missions, IReadOnlyList<string> WithdrawnMissionIds, IReadOnlyList<GroupAmountTakenBack> GroupMissions,
    IReadOnlyList<ReversingTransaction> Transactions, IReadOnlyList<string> RejectedTransactionIds, IReadOnlyList<RevokedBadge> Badges, IReadOnlyList<KeptEffect> Kept)
{
    /// <param name="entry">One that takes an action back.</param>
    public static RetractionView Of(string userId, JournalEntry entry)
    {
        var retracted = entry.Retracted ?? throw new ArgumentException("the entry takes no action back", nameof(entry));
        return new(
            retracted.ActivityLogId, retracted.Quiz?.QuizLogId, userId, entry.At, retracted.Reason, retracted.Missions, [.. retracted.Withdrawn.Select(one => one.MissionId)],
            [.. from contribution in entry.Contributions from amount in contribution.Amounts select new GroupAmountTakenBack(contribution.GroupTagId, amount.MissionId, amount.Amount)],
            [.. from transaction in entry.Transactions
                select new ReversingTransaction(transaction.VirtualTransactionId, transaction.VirtualCurrencyId, transaction.Direction, transaction.Amount, transaction.Reverses!.VirtualTransactionId)],
            [.. entry.Settled.Select(settled => settled.VirtualTransactionId)],
            [.. retracted.Badges.Select(badge => new RevokedBadge(badge.BadgeConfigurationId, badge.BadgeLogIds, badge.Count))],
            [.. retracted.Kept.Select(kept => new KeptEffect(kept.Because, kept.Id, Says(kept.Because)))]);
    }

    static string Says(KeptBecause because) => because switch
    {
        KeptBecause.StillCompleted => "other actions bring the mission to its target; it stays completed and its rewards stay paid",
        KeptBecause.HasProgress => "the mission came with the action, but other actions have counted in it since",
        _ => "the group's mission is settled; its members were paid by its final count",
    };
}

/// <param name="Amount">What the group's count changes by.</param>
public sealed record GroupAmountTakenBack(string GroupTagId, string MissionId, decimal Amount);

public sealed record ReversingTransaction(string VirtualTransactionId, string VirtualCurrencyId, Direction Direction, decimal Amount, string ReversesTransactionId);

/// <param name="Count">How often the user still has the badge.</param>
public sealed record RevokedBadge(string BadgeConfigurationId, IReadOnlyList<string> BadgeLogIds, long Count);

public sealed record KeptEffect(KeptBecause Because, string MissionId, string Explanation);
