using System.Text.Json;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>A workspace's published configuration as the engine asks for it, made once for each snapshot.</summary>
public sealed class GameConfiguration
{
    readonly RuleIndex<MissionRule> eventRules = new();
    readonly Dictionary<string, RuleIndex<MissionRule>> groupEventRules = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<MissionRule>> groupLazyRules = new(StringComparer.Ordinal);
    readonly List<MissionRule> lazyRules = [];
    readonly RuleIndex<RewardRule> rewardRules = new();
    readonly Dictionary<string, IReadOnlyList<string>> missionTags = new(StringComparer.Ordinal);
    readonly Dictionary<string, string[]> activityTags = new(StringComparer.Ordinal);
    readonly Dictionary<string, string[]> quizTags = new(StringComparer.Ordinal);
    readonly Dictionary<MissionType, List<(MissionConfiguration, JsonElement)>> missions = [];

    GameConfiguration(Snapshot snapshot)
    {
        Snapshot = snapshot;
        foreach (var rule in snapshot.Published<MissionRule>())
        {
            Add(rule);
        }
        foreach (var rule in snapshot.Published<RewardRule>().Where(rule => rule.ApplicationMode != ApplicationMode.Disabled))
        {
            rewardRules.Add(rule, rule.RuleType, rule.MatchEntity, rule.MatchEntityId);
        }
        foreach (var mission in snapshot.Published<MissionConfiguration>())
        {
            if (!missions.TryGetValue(mission.MissionType, out var list))
            {
                missions.Add(mission.MissionType, list = []);
            }
            list.Add((mission, Show(mission)));
            missionTags[mission.Id] = TagIds(mission);
        }
        foreach (var activity in snapshot.Published<Activities.Activity>())
        {
            activityTags[activity.Id] = TagIds(activity);
        }
        foreach (var quiz in snapshot.Published<Learning.Quiz>())
        {
            quizTags[quiz.Id] = TagIds(quiz);
        }
    }

    public static GameConfiguration Of(Snapshot snapshot) => snapshot.Derive(static snapshot => new GameConfiguration(snapshot));

    public Snapshot Snapshot { get; }
    public Tenant Tenant => Snapshot.Tenant;

    public IReadOnlyList<MissionRule> LazyRules => lazyRules;
    public IReadOnlyList<MissionRule> EventRules(GameEvent happened) => eventRules.Matching(happened);
    public IReadOnlyList<RewardRule> RewardRules(GameEvent happened) => rewardRules.Matching(happened);
    public IReadOnlyList<MissionRule> GroupLazyRules(string tagId) => groupLazyRules.GetValueOrDefault(tagId) ?? [];
    public IReadOnlyList<MissionRule> GroupEventRules(string tagId, GameEvent happened) => groupEventRules.GetValueOrDefault(tagId)?.Matching(happened) ?? [];

    public bool HasGroupEventRules(string tagId) => groupEventRules.ContainsKey(tagId);

    /// <summary>Null when it is not a published activity.</summary>
    public string[]? ActivityTags(string activityId) => activityTags.GetValueOrDefault(activityId);

    /// <summary>Also of what is published no longer.</summary>
    public string[] TagsAtAnyStage<T>(string id) where T : Configured => Snapshot.FindAtAnyStage<T>(id) is { } entity ? TagIds(entity) : [];

    /// <summary>Null when it is not a published quiz.</summary>
    public string[]? QuizTags(string quizId) => quizTags.GetValueOrDefault(quizId);

    public IReadOnlyList<string> MissionTags(string missionConfigurationId) => missionTags.GetValueOrDefault(missionConfigurationId) ?? [];

    /// <summary>The published configurations of a type, each with what expressions see of it.</summary>
    public IReadOnlyList<(MissionConfiguration Configuration, JsonElement Shown)> Missions(MissionType type) => missions.GetValueOrDefault(type) ?? [];

    /// <summary>What an expression sees as <c>mission</c> before there is an instance.</summary>
    internal static JsonElement Show(MissionConfiguration mission) => JsonSerializer.SerializeToElement(new
    {
        missionConfigurationId = mission.Id,
        mission.Name,
        mission.MissionType,
        mission.MatchType,
        mission.MatchEntity,
        mission.MatchEntityId,
        Tags = TagIds(mission),
    }, Json.Options);

    void Add(MissionRule rule)
    {
        switch (rule)
        {
            case { AssignmentMode: AssignmentMode.Lazy, GroupTagId: { } tag }:
                (groupLazyRules.TryGetValue(tag, out var lazy) ? lazy : groupLazyRules[tag] = []).Add(rule);
                break;
            case { AssignmentMode: AssignmentMode.Lazy }:
                lazyRules.Add(rule);
                break;
            case { AssignmentMode: AssignmentMode.Event, EventMatchType: { } kind, EventMatchEntity: { } entity, GroupTagId: var tag }:
                var index = tag is null ? eventRules : groupEventRules.TryGetValue(tag, out var known) ? known : groupEventRules[tag] = new();
                index.Add(rule, kind, entity, rule.EventMatchEntityId);
                break;
        }
    }

    static string[] TagIds(Configured entity) => [.. entity.Tags.Select(tag => tag.TagId)];
}
