using System.Text.Json;
using AWorld.Expressions;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>How a rule gives missions to a user or group.</summary>
static class MissionAssignment
{
    /// <summary>
    /// Assigns what the rule has for the period that a moment is in: once per period, to who is eligible. Someone who
    /// is not, or for whom no configuration fits, may be later in the period. Of rules that bring the same configuration for
    /// the same period the first one does.
    /// </summary>
    /// <param name="late">Whether a period that is over, and counts nothing any more, still brings its missions.</param>
    /// <param name="brought">Configurations that other rules brought for the period, as far as it is not in the state any more.</param>
    /// <param name="variables">Lets conditions see the user and their active missions; <c>mission</c> is set here.</param>
    public static bool Assign(Turn turn, MissionRule rule, DateTimeOffset moment, Variables variables, bool late = false, IReadOnlySet<string>? brought = null)
    {
        if (Periods.At(rule.Timeframe, turn.Subject.Timezone, moment) is not { } period
            || !late && turn.AcceptedUntil(period.EndsAt) <= turn.Now
            || turn.HasEvaluated(rule.Id, period.Id)
            || rule.UsersMatchCondition?.Evaluate(variables).IsTruthy == false)
        {
            return false;
        }
        var any = false;
        foreach (var configuration in Choose(turn.Game, rule, variables))
        {
            var mission = Copy(configuration, rule, period);
            any |= turn.HasFromAnotherRule(mission) || brought?.Contains(configuration.Id) == true || turn.Assign(mission);
        }
        if (any)
        {
            turn.Evaluated(rule.Id, period);
        }
        return any;
    }

    static List<MissionConfiguration> Choose(GameConfiguration game, MissionRule rule, Variables variables)
    {
        if (rule.MissionConfigurationsPool is { Count: > 0 } pool)
        {
            return [.. pool.Select(game.Snapshot.Find<MissionConfiguration>).OfType<MissionConfiguration>().Where(configuration => configuration.MissionType == rule.MissionType)];
        }
        return [.. from mission in game.Missions(rule.MissionType)
                   where rule.MissionsMatchCondition.Evaluate(variables.Set("mission", mission.Shown)).IsTruthy
                   select mission.Configuration];
    }

    static MissionDefinition Copy(MissionConfiguration configuration, MissionRule rule, Period period) => new(
        configuration.MissionType, configuration.Id, rule.Id, rule.GroupTagId, period.Id, rule.TimeframeType, period.StartsAt, period.EndsAt,
        configuration.MatchType, configuration.MatchEntity, configuration.MatchEntityId,
        configuration.MatchCondition, configuration.IncrementExpression, configuration.TargetAmountExpression, null, configuration.DefaultLang);
}
