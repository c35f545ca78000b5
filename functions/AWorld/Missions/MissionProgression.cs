using AWorld.Expressions;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Missions;

/// <summary>How an event counts towards missions.</summary>
static class MissionProgression
{
    /// <summary>Counts the event towards the user's own missions; gives the events of those it completed.</summary>
    public static void Count(Turn turn, GameEvent happened, Variables variables, Queue<GameEvent> raised)
    {
        for (var index = 0; index < turn.Missions.Count; index++)
        {
            var before = turn.Missions[index];
            if (before.CompletedAt is not null || !Meets(turn, before.Definition, happened))
            {
                continue;
            }
            before = turn.Freeze(index);
            if (Amount(before, turn.Now, variables) is not { } amount)
            {
                turn.Consider(ConsideredKind.Mission, before.MissionId, 0, Verdict.ConditionFalse, happened);
                continue;
            }
            // It stops at its target: what goes beyond does not count.
            var left = before.Target!.Value - before.Current;
            var counted = Math.Min(amount, Math.Max(left, 0));
            var completes = amount >= left;
            if (counted == 0 && !completes)
            {
                continue;
            }
            var after = turn.Progress(index, counted, completes, happened.At);
            if (completes)
            {
                raised.Enqueue(Completed(turn, before, after, happened.At));
            }
        }
    }

    /// <summary>What the event adds to missions of the user's groups.</summary>
    public static void Contribute(Turn turn, PlayerState group, string tagId, GameEvent happened, Variables variables)
    {
        List<GroupAmount>? amounts = null;
        foreach (var mission in group.Missions)
        {
            if (!Meets(turn, mission.Definition, happened))
            {
                continue;
            }
            if (Amount(mission, turn.Now, variables) is not { } amount)
            {
                turn.Consider(ConsideredKind.Mission, mission.MissionId, 0, Verdict.ConditionFalse, happened);
            }
            else if (amount != 0)
            {
                (amounts ??= []).Add(new(mission.MissionId, amount));
            }
        }
        if (amounts is not null)
        {
            turn.Add(new Contribution(tagId, turn.Before.LastContribution(tagId), amounts));
        }
    }

    static bool Meets(Turn turn, MissionDefinition mission, GameEvent happened) =>
        happened.Matches(mission.MatchType, mission.MatchEntity, mission.MatchEntityId) && turn.Accepts(mission, happened.At);

    /// <summary>Null when the event does not count.</summary>
    public static decimal? Amount(MissionProgress mission, DateTimeOffset now, Variables variables)
    {
        variables.Set("mission", () => MissionView.ForExpressions(mission, now));
        if (!mission.Definition.MatchCondition.Evaluate(variables).IsTruthy)
        {
            return null;
        }
        var increment = mission.Definition.IncrementExpression.Evaluate(variables);
        return increment.IsError ? null : increment.AsIncrement();
    }

    /// <summary>What its completion raises.</summary>
    public static GameEvent Completed(Turn turn, MissionProgress before, MissionProgress after, DateTimeOffset at) => Completed(turn.Game, before, after, at, turn.Now);

    public static GameEvent Completed(GameConfiguration game, MissionProgress before, MissionProgress after, DateTimeOffset at, DateTimeOffset now) => new(
        EntityType.Mission, after.Definition.MissionConfigurationId, after.MissionId, game.MissionTags(after.Definition.MissionConfigurationId), at,
        () => MissionView.ForExpressions(after, now), () => MissionView.ForExpressions(before, now), after.Definition.Of);
}
