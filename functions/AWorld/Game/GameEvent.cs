using System.Text.Json;
using AWorld.Missions;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>Something that happened, as rules match it.</summary>
/// <param name="EntityId">Of the configured entity, such as the activity; for a mission its configuration.</param>
/// <param name="SourceId">Of the log or instance behind it; with the entity it tells events apart.</param>
/// <param name="Tags">Of the entity, not of the log: a client cannot choose them.</param>
/// <param name="At">When it was done; decides the period it counts in.</param>
/// <param name="Content">What expressions see as <c>event</c>.</param>
/// <param name="Previous">What expressions see as <c>previousEvent</c>: null where there was nothing before.</param>
/// <param name="MadeBy">Of a mission: the rule that had made it.</param>
public sealed record GameEvent(
    EntityType Entity, string EntityId, string SourceId, IReadOnlyList<string> Tags, DateTimeOffset At, Func<JsonElement> Content, Func<JsonElement>? Previous = null, RulePeriod? MadeBy = null)
{
    /// <summary>The mission whose completion it is; null: it is none.</summary>
    public string? CompletedMission => Entity == EntityType.Mission ? SourceId : null;

    public bool Matches(MatchKind kind, EntityType entity, string? id) => (kind, entity) switch
    {
        (MatchKind.Tag, EntityType.Tag) or (MatchKind.Instance, EntityType.Tag) => id is not null && Tags.Contains(id, StringComparer.Ordinal),
        (MatchKind.Entity, EntityType.Tag) => Tags.Count > 0,
        (MatchKind.Tag, _) => entity == Entity && id is not null && Tags.Contains(id, StringComparer.Ordinal),
        (MatchKind.Instance, _) => entity == Entity && id == EntityId,
        _ => entity == Entity,
    };
}

/// <summary>Rules by what they match, so that an event meets only those that match it.</summary>
sealed class RuleIndex<TRule> where TRule : class
{
    readonly record struct Target(MatchKind Kind, EntityType Entity, string? Id);

    readonly Dictionary<Target, List<(int Order, TRule Rule)>> rules = [];
    int count;

    /// <summary>Rules are found in the order in which they were added.</summary>
    public void Add(TRule rule, MatchKind kind, EntityType entity, string? id)
    {
        var target = entity == EntityType.Tag && kind == MatchKind.Instance ? new Target(MatchKind.Tag, entity, id) : new Target(kind, entity, id);
        if (!rules.TryGetValue(target, out var list))
        {
            rules.Add(target, list = []);
        }
        list.Add((count++, rule));
    }

    public IReadOnlyList<TRule> Matching(GameEvent happened)
    {
        if (count == 0)
        {
            return [];
        }
        List<(int Order, TRule Rule)>? found = null;
        Collect(new(MatchKind.Instance, happened.Entity, happened.EntityId), ref found);
        Collect(new(MatchKind.Entity, happened.Entity, null), ref found);
        if (happened.Tags.Count > 0)
        {
            Collect(new(MatchKind.Entity, EntityType.Tag, null), ref found);
            foreach (var tag in happened.Tags)
            {
                Collect(new(MatchKind.Tag, EntityType.Tag, tag), ref found);
                Collect(new(MatchKind.Tag, happened.Entity, tag), ref found);
            }
        }
        if (found is null)
        {
            return [];
        }
        found.Sort(static (one, other) => one.Order.CompareTo(other.Order));
        return found.ConvertAll(static one => one.Rule);
    }

    void Collect(Target target, ref List<(int, TRule)>? found)
    {
        if (rules.TryGetValue(target, out var list))
        {
            (found ??= []).AddRange(list);
        }
    }
}
