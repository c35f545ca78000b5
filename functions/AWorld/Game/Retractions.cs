using AWorld.Activities;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

/// <summary>An action was taken back: where what that did is, and when.</summary>
sealed record RetractionMarker(long Seq, DateTimeOffset At) : IStepMarker;

/// <summary>Takes actions back, each once for ever.</summary>
public sealed class Retractions(Players players, UserDirectory users, Snapshots snapshots, IDocumentStore store, IOptions<GameOptions> options, WorkspaceClocks clocks)
{
    const int EntriesAtOnce = 200;
    static readonly Dictionary<long, DateTimeOffset> NoneRetracted = [];

    /// <summary>All of them are in memory at once.</summary>
    const int MostEntries = 50_000;

    /// <summary>
    /// Takes back what the action caused, and answers with what that was, also when it was taken back before. An
    /// action that is not there (yet), or whose user is gone, is not found.
    /// </summary>
    /// <param name="of">Activity or Quiz; null: either.</param>
    public async ValueTask<Result<Answer>> Retract(Tenant tenant, string userId, string logId, EntityType? of, string? reason, Actor by, Idempotency? key, CancellationToken stop)
    {
        if (!Ids.IsClientId(userId) || await users.Find(tenant, userId, stop) is not { } user)
        {
            return Error.NotFound("user", userId);
        }
        if (await players.Journal.ActionEntry(tenant, userId, logId, stop) is not { } action || of is not null && of == EntityType.Quiz != action.Quiz is not null)
        {
            return Error.NotFound(of == EntityType.Quiz ? "quiz log" : "activity log", logId);
        }
        if (await TakenBefore(stop) is { } answer)
        {
            return answer;
        }
        var game = GameConfiguration.Of(await snapshots.Get(tenant, stop));
        Result<RetractionFacts> gathered = default;
        Document? answered = null;
        return await players.Change(tenant, userId, new Step(Decide)
        {
            Key = key,
            Prepare = async stop => (gathered, answered) = (await Gather(tenant, userId, action, stop), await Answered(tenant, userId, action, stop)),
            TakenBefore = TakenBefore,
        }, stop);

        Result<Decision> Decide(PlayerState state) => gathered.Map(facts =>
        {
            var entry = new Retraction(game, Subject.Of(user), state, facts, clocks.Now(tenant), options.Value).Entry(reason, by);
            return new Decision(Answer.Ok(RetractionView.Of(userId, entry)), entry)
            {
                Marker = Write.Create(PlayerDocuments.Retracted(action.Seq), GameJson.Bytes(new RetractionMarker(entry.Seq, entry.At))),
                Also =
                [
                    .. entry.Retracted!.Missions.Where(one => facts.Retired.ContainsKey(one.MissionId)).SelectMany(one => CorrectedDocuments(facts.Retired[one.MissionId], one, entry.At)),
                    .. answered is null ? Array.Empty<Write>() : [Write.Delete(answered.Id, answered.ETag)],
                ],
            };
        });

        async ValueTask<Result<Answer>?> TakenBefore(CancellationToken stop) => await Of(tenant, userId, action.Seq, stop) is { } entry
            ? Answer.Ok(RetractionView.Of(userId, entry)) with { Replayed = true }
            : (Result<Answer>?)null;
    }

    /// <summary>What says that the quiz is answered in its context, if this is the answer: without it another can be given there.</summary>
    async ValueTask<Document?> Answered(Tenant tenant, string userId, JournalEntry action, CancellationToken stop) =>
        action.Quiz is { } quiz && await store.Read(Partition.Player(tenant, userId), PlayerDocuments.Quiz(quiz.QuizId, quiz.Context), stop) is { } document
        && GameJson.Read<ActionMarker>(document.Body).Seq == action.Seq ? document : null;

    /// <summary>The entry that took back the action of an entry; null: none did.</summary>
    internal async ValueTask<JournalEntry?> Of(Tenant tenant, string userId, long seq, CancellationToken stop) =>
        await players.Journal.Taken<RetractionMarker>(tenant, userId, PlayerDocuments.Retracted(seq), stop) is { } marker ? await players.Journal.Entry(tenant, userId, marker.Seq, stop) : null;

    /// <summary>When actions of some entries, one after the other, were taken back, by the entries' numbers; the others are not in it.</summary>
    internal async ValueTask<IReadOnlyDictionary<long, DateTimeOffset>> Of(Tenant tenant, string userId, IReadOnlyList<JournalEntry> entries, CancellationToken stop)
    {
        if (entries.Count == 0 || (await players.Read(tenant, userId, stop)).Retractions == 0)
        {
            return NoneRetracted;
        }
        var (low, high) = (Math.Min(entries[0].Seq, entries[^1].Seq), Math.Max(entries[0].Seq, entries[^1].Seq));
        var page = await store.Query(Partition.Player(tenant, userId), new(PlayerDocuments.Retracted(low), PlayerDocuments.Retracted(high + 1), false, entries.Count), stop);
        return page.Items.ToDictionary(document => PlayerDocuments.RetractedSeq(document.Id), document => GameJson.Read<RetractionMarker>(document.Body).At);
    }

    async ValueTask<Result<RetractionFacts>> Gather(Tenant tenant, string userId, JournalEntry action, CancellationToken stop)
    {
        var state = await players.Read(tenant, userId, stop);
        var retired = new Dictionary<string, MissionProgress>(StringComparer.Ordinal);
        var openInGroups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var given in action.Contributions)
        {
            openInGroups.UnionWith((await players.Read(tenant, Subject.GroupId(given.GroupTagId), stop)).Missions.Select(mission => mission.MissionId));
        }
        var (from, journal) = (long.MaxValue, (IReadOnlyList<JournalEntry>)[]);
        for (var needed = action.Seq; needed < from;)
        {
            if (state.Seq - needed >= MostEntries)
            {
                return Error.InvalidOperation($"it concerns what lies more than {MostEntries} steps of the user back");
            }
            journal = [.. await Read(tenant, userId, needed, from, stop), .. journal];
            from = needed;
            foreach (var id in Retraction.MustKnow(action, journal, Known).Where(id => Known(id) is null).ToList())
            {
                if (await players.Mission(tenant, userId, id, stop) is { } mission)
                {
                    retired[id] = mission;
                }
            }
            needed = Retraction.Needs(new(action, journal, retired, openInGroups), state, clocks.Now(tenant));
        }
        return new RetractionFacts(action, journal, retired, openInGroups);

        MissionProgress? Known(string missionId) => state.Mission(missionId) ?? retired.GetValueOrDefault(missionId);
    }

    async ValueTask<List<JournalEntry>> Read(Tenant tenant, string userId, long from, long before, CancellationToken stop)
    {
        var read = new List<JournalEntry>();
        while (from < before)
        {
            var entries = await players.Journal.Entries(tenant, userId, from, descending: false, (int)Math.Min(EntriesAtOnce, before - from), stop);
            if (entries.Count == 0)
            {
                break;
            }
            read.AddRange(entries);
            from = entries[^1].Seq + 1;
        }
        return read;
    }

    static IEnumerable<Write> CorrectedDocuments(MissionProgress mission, MissionCorrected corrected, DateTimeOffset at)
    {
        var final = MissionFold.Correct(mission, corrected, at);
        yield return Write.Upsert(PlayerDocuments.Mission(mission.MissionId), GameJson.Bytes(new RetiredMission(final.Definition, final)));
        if (final.Position != mission.Position)
        {
            yield return Write.Delete(PlayerDocuments.Retired(mission.Position));
            yield return Write.Create(PlayerDocuments.Retired(final.Position), "{}"u8.ToArray());
        }
    }
}
