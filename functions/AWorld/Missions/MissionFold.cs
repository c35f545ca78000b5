using AWorld.Game;

namespace AWorld.Missions;

/// <summary>How a journal entry changes the missions of a state.</summary>
static class MissionFold
{
    public static IReadOnlyList<MissionProgress> Missions(IReadOnlyList<MissionProgress> missions, JournalEntry entry)
    {
        if (entry.Assigned.Count + entry.Frozen.Count + entry.MissionLogs.Count + entry.Retired.Count == 0 && entry.Retracted is null)
        {
            return missions;
        }
        var changed = new List<MissionProgress>(missions.Count + entry.Assigned.Count);
        changed.AddRange(missions);
        foreach (var assigned in entry.Assigned)
        {
            changed.Add(new(assigned.MissionId, assigned.Definition.Key, assigned.Current, assigned.Target, null, entry.At, entry.At) { Definition = assigned.Definition });
        }
        foreach (var frozen in entry.Frozen)
        {
            Change(changed, frozen.MissionId, mission => mission with { Target = frozen.Target, UpdatedAt = entry.At });
        }
        foreach (var log in entry.MissionLogs)
        {
            Change(changed, log.MissionId, mission => mission with { Current = log.CurrentAmount, CompletedAt = log.Completed ? entry.DoneAt : mission.CompletedAt, UpdatedAt = entry.At });
        }
        foreach (var missionId in entry.Retired)
        {
            changed.RemoveAll(mission => mission.MissionId == missionId);
        }
        if (entry.Retracted is { } retracted)
        {
            foreach (var corrected in retracted.Missions)
            {
                Change(changed, corrected.MissionId, mission => Correct(mission, corrected, entry.At));
            }
            changed.RemoveAll(mission => retracted.Withdrawn.Any(withdrawn => withdrawn.MissionId == mission.MissionId));
        }
        return changed;
    }

    public static MissionProgress Correct(MissionProgress mission, MissionCorrected corrected, DateTimeOffset at) =>
        mission with { Current = corrected.CurrentAmount, CompletedAt = corrected.CompletedAt, UpdatedAt = at };

    public static IReadOnlyList<Evaluation> Evaluations(IReadOnlyList<Evaluation> evaluations, JournalEntry entry)
    {
        if (entry.Retracted is { Withdrawn: { Count: > 0 } withdrawn })
        {
            evaluations = [.. evaluations.Where(evaluation => !withdrawn.Any(one => one.Of == new RulePeriod(evaluation.MissionRuleId, evaluation.PeriodId)))];
        }
        return entry.Evaluated.Count == 0 && !evaluations.Any(evaluation => evaluation.Until <= entry.At)
            ? evaluations
            : [.. evaluations.Where(evaluation => evaluation.Until is not { } until || until > entry.At), .. entry.Evaluated];
    }

    public static IReadOnlyList<GroupContribution> Groups(IReadOnlyList<GroupContribution> groups, JournalEntry entry)
    {
        if (entry.Contributions.Count == 0)
        {
            return groups;
        }
        var contributed = entry.Contributions.Select(contribution => contribution.GroupTagId).ToHashSet(StringComparer.Ordinal);
        return [.. groups.Where(group => !contributed.Contains(group.GroupTagId)), .. entry.Contributions.Select(contribution => new GroupContribution(contribution.GroupTagId, entry.Seq))];
    }

    static void Change(List<MissionProgress> missions, string missionId, Func<MissionProgress, MissionProgress> change)
    {
        var index = missions.FindIndex(mission => mission.MissionId == missionId);
        if (index >= 0)
        {
            missions[index] = change(missions[index]);
        }
    }
}
