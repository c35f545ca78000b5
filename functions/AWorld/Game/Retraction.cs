using AWorld.Badges;
using AWorld.Missions;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>What taking an action back rests on, besides the user's state.</summary>
/// <param name="Action">The entry that the action made.</param>
/// <param name="Journal">The user's entries up to now, from <see cref="Retraction.Needs"/> on.</param>
/// <param name="Retired">Missions that have left the state.</param>
/// <param name="OpenInGroups">Missions of the user's groups that still count.</param>
sealed record RetractionFacts(JournalEntry Action, IReadOnlyList<JournalEntry> Journal, IReadOnlyDictionary<string, MissionProgress> Retired, IReadOnlySet<string> OpenInGroups);

/// <summary>
/// Takes an action back: pure, as the engine is. What followed from the action is compensated for; what followed from a
/// mission that without it is not completed, too, and so on. Limits of currencies do not hold it up.
/// </summary>
sealed class Retraction(GameConfiguration game, Subject user, PlayerState state, RetractionFacts facts, DateTimeOffset now, GameOptions options)
{
    readonly JournalIds.Series ids = new(game.Tenant, user.Id, state.Seq + 1);
    readonly Dictionary<string, MissionCorrected> corrected = new(StringComparer.Ordinal);
    readonly HashSet<string> uncompleted = new(StringComparer.Ordinal);
    readonly List<Kept> kept = [];

    /// <summary>Missions that the action, or what it caused, may have counted in.</summary>
    public static HashSet<string> MayConcern(JournalEntry action, IReadOnlyList<JournalEntry> journal)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        found.UnionWith(action.MissionLogs.Select(log => log.MissionId));
        found.UnionWith(Recounted(journal));
        while (journal.SelectMany(entry => entry.MissionLogs).Where(log => log.CompletedMission is { } cause && found.Contains(cause)).Select(log => log.MissionId).Where(found.Add).ToList().Count > 0)
        {
        }
        return found;
    }

    /// <summary>Missions that must be known to tell what those count.</summary>
    public static IEnumerable<string> MustKnow(JournalEntry action, IReadOnlyList<JournalEntry> journal, Func<string, MissionProgress?> known)
    {
        var concerned = MayConcern(action, journal);
        return concerned.Any(id => known(id)?.Definition.MatchEntity is not (null or Platform.EntityType.Activity))
            ? concerned.Union(journal.SelectMany(entry => entry.MissionLogs).Where(log => log.Completed).Select(log => log.MissionId))
            : concerned;
    }

    /// <summary>The entry from which on the journal is needed: that of the action, or an earlier one.</summary>
    public static long Needs(RetractionFacts facts, PlayerState state, DateTimeOffset now)
    {
        var (concerned, recounted) = (MayConcern(facts.Action, facts.Journal), Recounted(facts.Journal));
        if (facts.Journal.Any(entry => entry.Transactions.Any(one => one.LastsFor is { } lasts && ExpiringCredits.ExpiryOf(entry.At, lasts) <= now && MayFall(entry.Seq, one.CompletedMission))))
        {
            return 1;
        }
        return concerned
            .Where(id => recounted.Contains(id) || Mission(facts, state, id)?.CompletedAt is not null)
            .Select(id => JournalIds.TrySequence(id, out var seq) ? seq : 1).Append(facts.Action.Seq).Append(new RevokedBadges(facts.Journal, state).Needs(MayFall)).Min();

        bool MayFall(long seq, string? completedMission) => completedMission is null ? seq == facts.Action.Seq : concerned.Contains(completedMission);
    }

    public JournalEntry Entry(string? reason, Actor by)
    {
        Correct();
        var withdrawn = Withdraw();
        var (transactions, settled) = new ReversedPayments(game, facts.Journal, now).Of(Paid(), facts.Action.LogId!, ids);
        return new(state.Seq + 1, now, by)
        {
            Retracted = new(facts.Action.Seq, facts.Action.Activity?.ActivityLogId, reason)
            {
                Quiz = facts.Action.Quiz is { } quiz ? new(quiz.QuizLogId, quiz.Outcome) : null,
                Missions = [.. corrected.Values.OrderBy(one => one.MissionId, StringComparer.Ordinal)],
                Withdrawn = withdrawn,
                Badges = new RevokedBadges(facts.Journal, state).Of(Falls),
                Kept = kept,
            },
            Transactions = transactions,
            Settled = settled,
            Contributions = TakeFromGroups(),
        };
    }

    static HashSet<string> Recounted(IReadOnlyList<JournalEntry> journal) =>
        [.. journal.SelectMany(entry => entry.Retracted?.Missions ?? []).Select(one => one.MissionId)];

    static MissionProgress? Mission(RetractionFacts facts, PlayerState state, string missionId) => state.Mission(missionId) ?? facts.Retired.GetValueOrDefault(missionId);

    MissionProgress? Mission(string missionId) => Mission(facts, state, missionId);

    /// <summary>Whether it follows from the action, or from a completion that there is not without it.</summary>
    bool Falls(long seq, string? completedMission) => completedMission is null ? seq == facts.Action.Seq : uncompleted.Contains(completedMission);

    bool Falls(Counted one) => Falls(one.Seq, one.CompletedMission);

    /// <summary>Until no mission more loses its completion.</summary>
    void Correct()
    {
        var recounted = Recounted(facts.Journal);
        var recount = new MissionRecount(game, user, facts.Journal, Mission, options.LateActionsAcceptedFor);
        var missions = MayConcern(facts.Action, facts.Journal).Order(StringComparer.Ordinal).Select(Mission).OfType<MissionProgress>().ToList();
        var counted = missions.Where(mission => mission.CompletedAt is not null || recounted.Contains(mission.MissionId)).ToDictionary(mission => mission.MissionId, recount.Of, StringComparer.Ordinal);
        bool more;
        do
        {
            more = false;
            foreach (var mission in missions)
            {
                var all = counted.GetValueOrDefault(mission.MissionId);
                var (current, completedAt) = all is null ? (mission.Current - Logged(mission.MissionId), null) : Recount(mission, all);
                var lost = mission.CompletedAt is not null && completedAt is null;
                // Even where it stands as before: others count in it now than were logged, so that whoever takes one of those back must count again.
                if (current != mission.Current || completedAt != mission.CompletedAt || all?.Exists(Falls) == true)
                {
                    corrected[mission.MissionId] = new(mission.MissionId, current - mission.Current, current, completedAt, lost, lost ? mission.Definition.Of : null);
                }
                more |= lost && uncompleted.Add(mission.MissionId);
            }
        }
        while (more);
        kept.AddRange(from mission in missions
                      where mission.CompletedAt is not null && !uncompleted.Contains(mission.MissionId) && counted[mission.MissionId].Exists(Falls)
                      select new Kept(KeptBecause.StillCompleted, mission.MissionId));
    }

    /// <summary>A retraction completes no mission: one that it brings to its target is completed by the next action that counts.</summary>
    (decimal Current, DateTimeOffset? CompletedAt) Recount(MissionProgress mission, List<Counted> all)
    {
        JournalIds.TrySequence(mission.MissionId, out var assignedBy);
        var initial = facts.Journal.First(entry => entry.Seq == assignedBy).Assigned.First(one => one.MissionId == mission.MissionId).Current;
        var left = all.Where(one => !Falls(one));
        if (mission.CompletedAt is null)
        {
            return (initial + left.Sum(one => one.Amount), null);
        }
        var (current, completes) = MissionRecount.Fold(initial, mission.Target ?? 0, left);
        return (current, completes?.At);
    }

    decimal Logged(string missionId) => facts.Journal
        .SelectMany(entry => entry.MissionLogs.Where(log => log.MissionId == missionId && Falls(entry.Seq, log.CompletedMission)))
        .Sum(log => log.Amount);

    /// <summary>What reward rules paid for the action and for completions that there are not without it.</summary>
    IEnumerable<(JournalEntry Entry, VirtualTransaction Transaction)> Paid() =>
        from entry in facts.Journal
        from transaction in entry.Transactions
        where transaction is { InitiatorType: InitiatorType.RewardRule, Reverses: null } && Falls(entry.Seq, transaction.CompletedMission)
        select (entry, transaction);

    /// <summary>Missions that the action brought go, unless others have counted in one of those that came together.</summary>
    List<MissionWithdrawn> Withdraw()
    {
        var before = facts.Journal.SelectMany(entry => entry.Retracted?.Withdrawn ?? []).Select(one => one.MissionId).ToHashSet(StringComparer.Ordinal);
        var brought = facts.Journal.SelectMany(entry => entry.Assigned.Where(one => Falls(entry.Seq, one.CompletedMission) && !before.Contains(one.MissionId))).GroupBy(one => one.Definition.Of);
        var withdrawn = new List<MissionWithdrawn>();
        foreach (var together in brought)
        {
            var used = together.Where(one => !IsUntouched(one)).ToList();
            if (used.Count > 0)
            {
                kept.AddRange(used.Select(one => new Kept(KeptBecause.HasProgress, one.MissionId)));
                continue;
            }
            withdrawn.AddRange(together.Select(one => new MissionWithdrawn(one.MissionId, together.Key)));
        }
        return withdrawn;
    }

    bool IsUntouched(MissionAssigned assigned)
    {
        var correction = corrected.GetValueOrDefault(assigned.MissionId);
        return state.Mission(assigned.MissionId) is { } mission
            && (correction is null ? mission.CompletedAt : correction.CompletedAt) is null
            && (correction?.CurrentAmount ?? mission.Current) == assigned.Current;
    }

    /// <summary>Contributions of the opposite amounts, which follow the same way.</summary>
    List<Contribution> TakeFromGroups()
    {
        var taken = new List<Contribution>();
        foreach (var given in facts.Action.Contributions)
        {
            kept.AddRange(given.Amounts.Where(amount => !facts.OpenInGroups.Contains(amount.MissionId)).Select(amount => new Kept(KeptBecause.GroupSettled, amount.MissionId)));
            var back = given.Amounts.Where(amount => facts.OpenInGroups.Contains(amount.MissionId)).Select(amount => amount with { Amount = -amount.Amount }).ToList();
            if (back.Count > 0)
            {
                taken.Add(new(given.GroupTagId, state.LastContribution(given.GroupTagId), back));
            }
        }
        return taken;
    }
}
