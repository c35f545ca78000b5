using AWorld.Expressions;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>Something that counts in a mission, or would if the mission were not completed.</summary>
/// <param name="Seq">Of the entry.</param>
/// <param name="CompletedMission">The mission whose completion it is; null: the entry's action.</param>
/// <param name="At">When it was done.</param>
/// <param name="Amount">Also what goes beyond the target.</param>
readonly record struct Counted(long Seq, string? CompletedMission, DateTimeOffset At, decimal Amount);

/// <summary>
/// What a user's journal counts in one mission. What was logged counts as logged; what came when the mission was
/// completed, and so was not counted, is found by the mission's expressions, from the user and the activities and quizzes of now.
/// </summary>
/// <param name="journal">From the entry that assigned the mission on.</param>
/// <param name="known">Missions of the user by id.</param>
sealed class MissionRecount(GameConfiguration game, Subject user, IReadOnlyList<JournalEntry> journal, Func<string, MissionProgress?> known, TimeSpan late)
{
    public List<Counted> Of(MissionProgress mission)
    {
        var counted = new List<Counted>();
        var completed = false;
        JournalIds.TrySequence(mission.MissionId, out var assignedBy);
        foreach (var entry in journal.Where(entry => entry.Seq >= assignedBy))
        {
            if (entry.Retracted is { } earlier)
            {
                counted.RemoveAll(one => one.CompletedMission is { } other ? earlier.Missions.Any(corrected => corrected.Uncompleted && corrected.MissionId == other) : one.Seq == earlier.Seq);
                completed = earlier.Missions.FirstOrDefault(corrected => corrected.MissionId == mission.MissionId) is { } corrected ? corrected.CompletedAt is not null : completed;
                continue;
            }
            foreach (var log in entry.MissionLogs.Where(log => log.MissionId == mission.MissionId))
            {
                var amount = log.Completed && EventOf(entry, log.CompletedMission) is { } last ? Math.Max(log.Amount, Amount(mission, last, entry.At) ?? 0) : log.Amount;
                counted.Add(new(entry.Seq, log.CompletedMission, entry.DoneAt, amount));
                completed |= log.Completed;
            }
            if (completed)
            {
                counted.AddRange(Beyond(mission, entry));
            }
        }
        return counted;
    }

    /// <summary>How far the counted bring a mission, and which of them to its target.</summary>
    public static (decimal Current, Counted? Completes) Fold(decimal initial, decimal target, IEnumerable<Counted> counted)
    {
        var current = initial;
        foreach (var one in counted)
        {
            var left = target - current;
            current += Math.Min(one.Amount, Math.Max(left, 0));
            if (one.Amount >= left)
            {
                return (current, one);
            }
        }
        return (current, null);
    }

    /// <summary>What the mission did not count because it was completed.</summary>
    IEnumerable<Counted> Beyond(MissionProgress mission, JournalEntry entry) =>
        from cause in entry.MissionLogs.Where(log => log.Completed && log.MissionId != mission.MissionId).Select(log => (string?)log.MissionId).Prepend(null)
        where !entry.MissionLogs.Any(log => log.MissionId == mission.MissionId && log.CompletedMission == cause)
        let happened = EventOf(entry, cause)
        where happened is not null
        let amount = Amount(mission, happened, entry.At)
        where amount is not null
        select new Counted(entry.Seq, cause, entry.DoneAt, amount.Value);

    decimal? Amount(MissionProgress mission, GameEvent happened, DateTimeOffset at)
    {
        var definition = mission.Definition;
        return happened.Matches(definition.MatchType, definition.MatchEntity, definition.MatchEntityId) && definition.Accepts(happened.At, at, late)
            ? MissionProgression.Amount(mission, at, new Variables().Set("user", user.Shown).Set("event", happened.Content).Set("previousEvent", happened.Previous ?? (static () => System.Text.Json.JsonElement.Parse("null"))))
            : null;
    }

    GameEvent? EventOf(JournalEntry entry, string? completedMission)
    {
        var action = Engine.ActionOf(entry, game, user.Id);
        if (action is null || completedMission is null)
        {
            return action;
        }
        return known(completedMission) is { } mission && entry.MissionLogs.FirstOrDefault(one => one.Completed && one.MissionId == completedMission) is { } last
            ? MissionProgression.Completed(game,
                mission with { Current = last.CurrentAmount - last.Amount, CompletedAt = null }, mission with { Current = last.CurrentAmount, CompletedAt = entry.DoneAt }, action.At, entry.At)
            : null;
    }
}
