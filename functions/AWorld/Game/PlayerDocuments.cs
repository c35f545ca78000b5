using System.Collections.Concurrent;
using System.Globalization;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Game;

/// <summary>A mission that has left the state: its copy and its final numbers.</summary>
sealed record RetiredMission(MissionDefinition Definition, MissionProgress Final);

/// <summary>A group's mission that has left the state, to be found by its rule and period.</summary>
sealed record EndedMission(string MissionId);

/// <summary>A step that is taken once was taken: where its entry is, and when it was made, which tells it from another region's of the same number.</summary>
interface IStepMarker
{
    long Seq { get; }

    /// <summary>Default: it is not known, or the step left no entry.</summary>
    DateTimeOffset At { get; }
}

/// <param name="Brought">The configurations of the missions it brought; null: it brought none.</param>
sealed record TakenOnce(IReadOnlyList<string>? Brought, long Seq = 0, DateTimeOffset At = default) : IStepMarker;

/// <summary>The action is taken once: where its effects are, and what it said.</summary>
sealed record ActionMarker(long Seq, string RequestHash);

/// <summary>The documents of a user's partition that the game owns.</summary>
static class PlayerDocuments
{
    public const string State = "state";
    public const string JournalPrefix = "journal:";
    const string RetractedPrefix = "retracted:";
    const string MissionPrefix = "mission:";

    /// <summary>Orders the missions that have left the state by their last change.</summary>
    public const string RetiredPrefix = "mission-retired:";

    public static string Journal(long seq) => string.Create(CultureInfo.InvariantCulture, $"{JournalPrefix}{seq:D12}");
    public static string Mission(string missionId) => $"{MissionPrefix}{missionId}";
    public static string Retired(string position) => $"{RetiredPrefix}{position}";

    /// <summary>By the id of its log: that of an activity or of a quiz, so that no id is of both.</summary>
    public static string Action(string logId) => $"action:{logId}";

    /// <summary>The quiz's last log in a context.</summary>
    public static string Quiz(string quizId, string context) => $"quiz:{quizId}:{Ids.Derive(context)}";

    /// <summary>Whether the marker is one that such an entry leaves.</summary>
    public static bool Marks(string markerId, JournalEntry entry) =>
        entry.LogId is { } logId && markerId == Action(logId) || entry.Quiz is { } quiz && markerId == Quiz(quiz.QuizId, quiz.Context);

    public static string Evaluated(RulePeriod period) => $"evaluated:{period.MissionRuleId}:{period.PeriodId}";
    public static string Ended(RulePeriod period) => $"ended:{period.MissionRuleId}:{period.PeriodId}:";
    public static string Shared(string missionId) => $"shared:{missionId}";
    public static string Retracted(long seq) => string.Create(CultureInfo.InvariantCulture, $"{RetractedPrefix}{seq:D12}");
    public static long RetractedSeq(string id) => long.Parse(id.AsSpan(RetractedPrefix.Length), CultureInfo.InvariantCulture);
    public static string Settled(string virtualTransactionId) => $"settled:{virtualTransactionId}";

    /// <summary>Whose partition it is: the user, or the group as <c>group:{tagId}</c>.</summary>
    public static (Tenant Tenant, string UserId) Owner(Partition partition) =>
        (new(partition.AccountId, partition.WorkspaceId!), partition.Key[(partition.AccountId.Length + partition.WorkspaceId!.Length + 2)..]);

    /// <summary>All writes of one step besides its guards.</summary>
    public static void Add(List<Write> writes, LoadedState before, JournalEntry entry, PlayerState after)
    {
        writes.Add(Write.Create(Journal(entry.Seq), GameJson.Bytes(entry)));
        var state = GameJson.Bytes(after);
        writes.Add(before.ETag is { } etag ? Write.Replace(State, state, etag) : Write.Create(State, state));
        foreach (var missionId in entry.Retired)
        {
            var final = Final(before.State, entry, missionId);
            writes.Add(Write.Upsert(Mission(missionId), GameJson.Bytes(new RetiredMission(final.Definition, final))));
            writes.Add(Write.Upsert(Retired(final.Position), "{}"u8.ToArray()));
            if (final.Definition is { MissionType: MissionType.Group, Of: { } period })
            {
                writes.Add(Write.Upsert(Ended(period) + missionId, GameJson.Bytes(new EndedMission(missionId))));
            }
        }
        foreach (var settlement in entry.Settled)
        {
            writes.Add(Write.Create(Settled(settlement.VirtualTransactionId), GameJson.Bytes(settlement)));
        }
    }

    /// <summary>The numbers with which a mission leaves, this entry's progress included.</summary>
    static MissionProgress Final(PlayerState before, JournalEntry entry, string missionId) =>
        MissionFold.Missions(before.Missions, entry with { Retired = [] }).First(mission => mission.MissionId == missionId);
}

/// <summary>Mission copies by content, shared by all users who hold the same one.</summary>
sealed class MissionDefinitions
{
    /// <summary>Beyond this the cache starts anew; states in memory keep what they hold.</summary>
    const int Capacity = 100_000;

    readonly ConcurrentDictionary<string, MissionDefinition> known = new(StringComparer.Ordinal);

    public MissionDefinition Share(MissionDefinition definition)
    {
        if (known.Count >= Capacity)
        {
            known.Clear();
        }
        return known.GetOrAdd(definition.Key, definition);
    }

    public MissionDefinition? Find(string key) => known.GetValueOrDefault(key);
}
