using System.Text.Json;
using AWorld.Activities;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>A group the user is a member of, as far as this node knows it.</summary>
public sealed record GroupView(string TagId, PlayerState State);

/// <summary>
/// The rules of the game: from configuration, state, action and time to the entry that holds all effects. No I/O, no
/// clock, no chance: the same gives the same.
/// </summary>
public static class Engine
{
    internal static readonly Error InFuture = Error.Invalid("completedAt", "is in the future");

    /// <summary>An action and its whole chain: progress, assignments and rewards, then those of the missions it completed.</summary>
    public static Result<JournalEntry> Play(
        GameConfiguration game, Subject user, PlayerState state, IReadOnlyList<GroupView> groups, PlayerInput action, Actor by, DateTimeOffset now, GameOptions options)
    {
        var tags = action.EntityTags(game);
        if (tags.Error is { } refused)
        {
            return refused;
        }
        if (action.CompletedAt > now + options.ClockSkew)
        {
            return InFuture;
        }
        var turn = new Turn(game, user, state, now, options);
        var logged = action.Log(game, user, tags.Value, turn.NewId(), now);
        turn.Retire();
        Follow(turn, groups, logged.Event);
        return turn.Entry(by, logged.Activity, logged.Quiz);
    }

    /// <summary>What a new or changed user brings: missions of EVENT rules. Null: nothing.</summary>
    public static JournalEntry? UserChanged(GameConfiguration game, PlayerState state, ChangedUser changed, Actor by, DateTimeOffset now, GameOptions options)
    {
        var happened = EventOf(changed);
        if (game.EventRules(happened).Count == 0)
        {
            return null;
        }
        var turn = new Turn(game, Subject.Of(changed.User), state, now, options);
        turn.Retire();
        AssignByEvent(turn, happened, turn.Variables(happened));
        return turn.Entry(by) is var entry && entry.IsEmpty() ? null : entry;
    }

    /// <summary>What looking at one's missions brings: those of LAZY rules, and targets of missions that have begun.</summary>
    public static JournalEntry Look(GameConfiguration game, Subject user, PlayerState state, Actor by, DateTimeOffset now, GameOptions options)
    {
        var turn = new Turn(game, user, state, now, options);
        turn.Retire();
        turn.FreezeAll();
        var variables = turn.Variables();
        foreach (var rule in game.LazyRules)
        {
            MissionAssignment.Assign(turn, rule, now, variables);
        }
        return turn.Entry(by);
    }

    /// <summary>The same for a group, when a member looks at it or does something.</summary>
    /// <param name="happened">What a member did; null: they only look.</param>
    /// <param name="member">Who it is: what <c>user</c> is in eventMatchCondition.</param>
    public static JournalEntry LookAtGroup(GameConfiguration game, string tagId, PlayerState state, GameEvent? happened, Subject member, Actor by, DateTimeOffset now, GameOptions options)
    {
        var turn = new Turn(game, Subject.Group(tagId), state, now, options);
        turn.Retire();
        turn.FreezeAll();
        var variables = turn.Variables();
        if (happened is null)
        {
            foreach (var rule in game.GroupLazyRules(tagId))
            {
                MissionAssignment.Assign(turn, rule, now, variables);
            }
            return turn.Entry(by);
        }
        var seen = new Expressions.Variables().Set("user", member.Shown).Set("event", happened.Content);
        foreach (var rule in game.GroupEventRules(tagId, happened))
        {
            if (rule.EventMatchCondition?.Evaluate(seen).IsTruthy != false)
            {
                MissionAssignment.Assign(turn, rule, happened.At, variables);
            }
        }
        return turn.Entry(by);
    }

    /// <summary>What a SCHEDULED_PUSH rule brings to one user or group in the period that a moment is in, however late.</summary>
    public static JournalEntry Push(GameConfiguration game, Subject subject, PlayerState state, MissionRule rule, DateTimeOffset moment, IReadOnlySet<string> brought, Actor by, DateTimeOffset now, GameOptions options)
    {
        var turn = new Turn(game, subject, state, now, options);
        turn.Retire();
        MissionAssignment.Assign(turn, rule, moment, turn.Variables(), late: true, brought);
        return turn.Entry(by);
    }

    /// <summary>Takes leave of the missions that can change no more; a group's are completed by their final count.</summary>
    public static JournalEntry Settle(GameConfiguration game, Subject subject, PlayerState state, Actor by, DateTimeOffset now, GameOptions options)
    {
        var turn = new Turn(game, subject, state, now, options);
        turn.Retire();
        return turn.Entry(by);
    }

    /// <summary>What a member has of a mission that the group completed.</summary>
    /// <param name="final">The group's mission as it ended.</param>
    public static JournalEntry Share(GameConfiguration game, Subject member, PlayerState state, MissionProgress final, Actor by, DateTimeOffset now, GameOptions options)
    {
        var turn = new Turn(game, member, state, now, options);
        Follow(turn, [], MissionProgression.Completed(turn, final with { CompletedAt = null }, final, final.CompletedAt ?? now));
        return turn.Entry(by);
    }

    /// <summary>A mission given to one user or group by hand.</summary>
    public static Result<JournalEntry> AssignDirectly(
        GameConfiguration game, Subject subject, PlayerState state, MissionDefinition mission, decimal current, Actor by, DateTimeOffset now, GameOptions options)
    {
        var turn = new Turn(game, subject, state, now, options);
        turn.Retire();
        return turn.Assign(mission, current) ? turn.Entry(by) : Error.InvalidOperation($"the user or group already has {options.MissionsPerPlayer} open missions, the most there can be");
    }

    internal static GameEvent EventOf(ActivityLog log, string userId, IReadOnlyList<string> tags) => new(
        EntityType.Activity, log.ActivityId, log.ActivityLogId, tags, log.CompletedAt, () => JsonSerializer.SerializeToElement(
            new { log.ActivityLogId, log.ActivityId, userId, log.Outcome, Value = log.Value ?? 1, Tags = log.Tags ?? [], log.AdditionalData, log.CompletedAt }, Json.Options));

    internal static GameEvent EventOf(QuizLog log, string userId, IReadOnlyList<string> tags) => new(
        EntityType.Quiz, log.QuizId, log.QuizLogId, tags, log.CompletedAt, () => JsonSerializer.SerializeToElement(
            new { log.QuizLogId, log.QuizId, userId, log.Outcome, log.Answer, log.Difficulty, log.Lang, log.Context, log.ParentId, log.ParentType, log.AdditionalData, log.CompletedAt }, Json.Options));

    /// <summary>The action that an entry logs; null: none.</summary>
    internal static GameEvent? ActionOf(JournalEntry entry, GameConfiguration game, string userId) => entry switch
    {
        { Activity: { } log } => EventOf(log, userId, game.TagsAtAnyStage<Activity>(log.ActivityId)),
        { Quiz: { } log } => EventOf(log, userId, game.TagsAtAnyStage<Quiz>(log.QuizId)),
        _ => null,
    };

    internal static GameEvent EventOf(ChangedUser changed)
    {
        var user = Subject.Of(changed.User);
        return new(EntityType.User, user.Id, changed.Version, user.Tags, changed.User.UpdatedAt, () => user.Shown);
    }

    /// <summary>The event and all that it raises in turn.</summary>
    static void Follow(Turn turn, IReadOnlyList<GroupView> groups, GameEvent first)
    {
        var waiting = new Queue<GameEvent>([first]);
        // Each mission completes at most once, so the chain ends; the set holds it to that whatever rules come to be.
        var raised = new HashSet<(EntityType, string)>();
        while (waiting.TryDequeue(out var happened))
        {
            if (raised.Add((happened.Entity, happened.SourceId)))
            {
                React(turn, groups, happened, waiting);
            }
        }
    }

    static void React(Turn turn, IReadOnlyList<GroupView> groups, GameEvent happened, Queue<GameEvent> waiting)
    {
        turn.CompletedMission = happened.CompletedMission;
        var variables = turn.Variables(happened);
        MissionProgression.Count(turn, happened, variables, waiting);
        if (happened.Entity is EntityType.Activity or EntityType.Quiz)
        {
            foreach (var group in groups)
            {
                MissionProgression.Contribute(turn, group.State, group.TagId, happened, variables);
            }
        }
        AssignByEvent(turn, happened, variables);
        Payment.Pay(turn, happened, variables);
    }

    static void AssignByEvent(Turn turn, GameEvent happened, Expressions.Variables variables)
    {
        foreach (var rule in turn.Game.EventRules(happened))
        {
            var holds = rule.EventMatchCondition?.Evaluate(variables).IsTruthy != false;
            if (!holds)
            {
                turn.Consider(ConsideredKind.MissionRule, rule.Id, rule.Version, Verdict.ConditionFalse, happened);
            }
            else if (MissionAssignment.Assign(turn, rule, happened.At, variables))
            {
                turn.Consider(ConsideredKind.MissionRule, rule.Id, rule.Version, Verdict.Applied, happened);
            }
        }
    }
}
