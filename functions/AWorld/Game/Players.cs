using System.Globalization;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

/// <summary>
/// Users' states: read, and changed one step at a time. A step loads the state, decides, and commits its journal
/// entry with the new state in one batch; another node's step in between makes it start over. In this process the
/// steps of a user take turns, so observers hear of them in order.
/// </summary>
public sealed class Players(IDocumentStore store, IServiceProvider services, IOptions<GameOptions> options, WorkspaceClocks clocks, ILogger<Players> log)
{
    const int Attempts = 8;
    const string JournalEnd = "journal;";

    readonly PlayerSlots slots = new(options.Value.CachedPlayers);
    readonly MissionDefinitions definitions = new();
    readonly Lazy<IJournalObserver[]> observers = new(() => [.. services.GetServices<IJournalObserver>()]);

    /// <summary>The state as the store has it, or had it within <see cref="GameOptions.StateTrustedFor"/>.</summary>
    public async ValueTask<PlayerState> Read(Tenant tenant, string userId, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        var slot = slots.Hold(partition.Key);
        try
        {
            return (await Fresh(partition, slot, stop)).State;
        }
        finally
        {
            slots.Release(slot);
        }
    }

    /// <summary>Takes a step: its answer, given once its entry is durable and observed.</summary>
    public async ValueTask<Result<Answer>> Change(Tenant tenant, string userId, Step step, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        var slot = slots.Hold(partition.Key);
        try
        {
            if (slot.Holders > options.Value.QueuedPerPlayer)
            {
                return Error.Busy(TimeSpan.FromSeconds(1));
            }
            await slot.Lane.WaitAsync(stop);
            try
            {
                return await Take(tenant, userId, partition, slot, step, stop);
            }
            finally
            {
                slot.Lane.Release();
            }
        }
        finally
        {
            slots.Release(slot);
        }
    }

    /// <summary>Does something to the user's partition while no step runs on this node; the state is read anew afterwards.</summary>
    public async ValueTask Alone(Tenant tenant, string userId, Func<CancellationToken, ValueTask> work, CancellationToken stop)
    {
        var slot = slots.Hold(Partition.Player(tenant, userId).Key);
        try
        {
            await slot.Lane.WaitAsync(stop);
            try
            {
                await work(stop);
            }
            finally
            {
                slot.Current = null;
                slot.Lane.Release();
            }
        }
        finally
        {
            slots.Release(slot);
        }
    }

    /// <summary>
    /// Ends the user's journal. Every step commits with the state it decided on, so one that is under way on whatever
    /// node either comes before this or finds the state changed, and is refused.
    /// </summary>
    public ValueTask Close(Tenant tenant, string userId, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        return Alone(tenant, userId, async stop =>
        {
            while (await Load(partition, stop) is { State.IsClosed: false } open)
            {
                var closed = GameJson.Bytes(open.State with { IsClosed = true });
                await store.Commit(partition, [open.ETag is { } etag ? Write.Replace(PlayerDocuments.State, closed, etag) : Write.Create(PlayerDocuments.State, closed)], stop);
            }
        }, stop);
    }

    public async ValueTask<JournalEntry?> Entry(Tenant tenant, string userId, long seq, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), PlayerDocuments.Journal(seq), stop) is { } document ? GameJson.Read<JournalEntry>(document.Body) : null;

    /// <summary>Entries from a sequence number on, onwards or back.</summary>
    public async ValueTask<IReadOnlyList<JournalEntry>> Journal(Tenant tenant, string userId, long from, bool descending, int limit, CancellationToken stop)
    {
        var (low, high) = descending
            ? (PlayerDocuments.JournalPrefix, from == long.MaxValue ? JournalEnd : PlayerDocuments.Journal(from + 1))
            : (PlayerDocuments.Journal(from), JournalEnd);
        var page = await store.Query(Partition.Player(tenant, userId), new(low, high, descending, limit), stop);
        return [.. page.Items.Select(document => GameJson.Read<JournalEntry>(document.Body))];
    }

    /// <summary>What became of a transaction that was born pending, if it was settled.</summary>
    public async ValueTask<Settlement?> Settlement(Tenant tenant, string userId, string virtualTransactionId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), PlayerDocuments.Settled(virtualTransactionId), stop) is { } document ? GameJson.Read<Settlement>(document.Body) : null;

    /// <summary>A mission of the user, in the state or gone from it; null: not theirs.</summary>
    public async ValueTask<MissionProgress?> Mission(Tenant tenant, string userId, string missionId, CancellationToken stop) =>
        (await Read(tenant, userId, stop)).Mission(missionId) is { } held ? held
        : await store.Read(Partition.Player(tenant, userId), PlayerDocuments.Mission(missionId), stop) is { } document
            ? Final(document)
        : null;

    /// <summary>The missions that a rule had made for a group in a period, once they have left its state.</summary>
    internal async ValueTask<IReadOnlyList<MissionProgress>> Ended(Tenant tenant, string groupTagId, RulePeriod period, CancellationToken stop)
    {
        var page = await store.Query(Partition.Group(tenant, groupTagId), DocumentQuery.Prefix(PlayerDocuments.Ended(period)), stop);
        var missions = new List<MissionProgress>(page.Items.Count);
        foreach (var document in page.Items)
        {
            missions.Add(await Mission(tenant, Subject.GroupId(groupTagId), GameJson.Read<EndedMission>(document.Body).MissionId, stop)
                ?? throw new InvalidOperationException($"{document.Id} names a mission that is not there"));
        }
        return missions;
    }

    /// <summary>Missions that have left the state, in the order of their last changes.</summary>
    /// <param name="after">The position of the one before.</param>
    public async ValueTask<IReadOnlyList<MissionProgress>> RetiredMissions(Tenant tenant, string userId, string? after, bool descending, int limit, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        var all = DocumentQuery.Prefix(PlayerDocuments.RetiredPrefix, descending, limit);
        // No character of an id comes before the space.
        var rest = after is null ? all : descending ? all with { To = PlayerDocuments.Retired(after) } : all with { From = PlayerDocuments.Retired(after) + " " };
        var missions = new List<MissionProgress>();
        foreach (var entry in (await store.Query(partition, rest, stop)).Items)
        {
            var missionId = entry.Id[(entry.Id.LastIndexOf('~') + 1)..];
            missions.Add(Final(await store.Read(partition, PlayerDocuments.Mission(missionId), stop) ?? throw new InvalidOperationException($"mission {missionId} of {partition} is listed but missing")));
        }
        return missions;
    }

    MissionProgress Final(Document document)
    {
        var retired = GameJson.Read<RetiredMission>(document.Body);
        return retired.Final with { Definition = definitions.Share(retired.Definition) };
    }

    /// <summary>Takes a step at most once for ever, whoever else takes it.</summary>
    /// <param name="markerId">Its existence says that it was taken.</param>
    /// <param name="prepare">See <see cref="Step.Prepare"/>.</param>
    internal async ValueTask<Result<Answer>> Once(
        Tenant tenant, string userId, string markerId, Func<PlayerState, JournalEntry> decide, CancellationToken stop, Func<CancellationToken, ValueTask>? prepare = null)
    {
        return await Change(tenant, userId, new Step(Decide) { Prepare = prepare, TakenBefore = TakenBefore }, stop);

        Result<Decision> Decide(PlayerState state)
        {
            var entry = decide(state);
            var taken = new TakenOnce([.. entry.Assigned.Select(static assigned => assigned.Definition.MissionConfigurationId)], entry.Seq, entry.At);
            return new Decision(Answer.NoContent, entry) { Marker = Write.Create(markerId, GameJson.Bytes(taken)) };
        }

        async ValueTask<Result<Answer>?> TakenBefore(CancellationToken stop) =>
            await Taken<TakenOnce>(tenant, userId, markerId, stop) is null ? (Result<Answer>?)null : (Result<Answer>)Answer.NoContent;
    }

    /// <summary>The configurations of the missions that a rule brought in a period when it was evaluated for all.</summary>
    internal async ValueTask<IReadOnlyList<string>> Brought(Tenant tenant, string userId, RulePeriod period, CancellationToken stop) =>
        (await Taken<TakenOnce>(tenant, userId, PlayerDocuments.Evaluated(period), stop))?.Brought ?? [];

    /// <summary>The entry of one of the user's actions by the id of its log, whoever chose it; null: they have no such log.</summary>
    public async ValueTask<JournalEntry?> ActionEntry(Tenant tenant, string userId, string logId, CancellationToken stop)
    {
        if (!Ids.IsClientId(logId))
        {
            return null;
        }
        var seq = await Marker(tenant, userId, PlayerDocuments.Action(logId), stop) is { } marker ? marker.Seq : JournalIds.TrySequence(logId, out var named) ? named : 0;
        return seq > 0 && await Entry(tenant, userId, seq, stop) is { } entry && entry.LogId == logId ? entry : null;
    }

    /// <summary>How the user last answered a quiz in a context; null: they have not.</summary>
    public async ValueTask<QuizLog?> LastQuiz(Tenant tenant, string userId, string quizId, string context, CancellationToken stop) =>
        await Marker(tenant, userId, PlayerDocuments.Quiz(quizId, context), stop) is { } marker ? (await Entry(tenant, userId, marker.Seq, stop))?.Quiz : null;

    internal async ValueTask<ActionMarker?> Marker(Tenant tenant, string userId, string markerId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), markerId, stop) is { } document ? GameJson.Read<ActionMarker>(document.Body) : null;

    /// <summary>
    /// The entry of an action by its marker; null: it has no effect. Where two regions gave a number to different
    /// entries one is gone, and its marker can be left (docs/failover.md): that one is removed, so that the action can
    /// be taken again.
    /// </summary>
    internal async ValueTask<(ActionMarker Marker, JournalEntry Entry)?> Taken(Tenant tenant, string userId, string markerId, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        if (await store.Read(partition, markerId, stop) is not { } document)
        {
            return null;
        }
        var marker = GameJson.Read<ActionMarker>(document.Body);
        var entry = await Entry(tenant, userId, marker.Seq, stop) ?? throw new InvalidOperationException($"entry {marker.Seq} of {userId} is marked but missing");
        if (PlayerDocuments.Marks(markerId, entry))
        {
            return (marker, entry);
        }
        await Unmark(tenant, userId, document, marker.Seq);
        return null;
    }

    /// <summary>The marker of a step that is taken once, likewise; null: the step has no effect.</summary>
    internal async ValueTask<T?> Taken<T>(Tenant tenant, string userId, string markerId, CancellationToken stop) where T : class, IStepMarker
    {
        if (await store.Read(Partition.Player(tenant, userId), markerId, stop) is not { } document)
        {
            return null;
        }
        var marker = GameJson.Read<T>(document.Body);
        if (marker.At == default || await Entry(tenant, userId, marker.Seq, stop) is not { } entry || entry.At == marker.At)
        {
            return marker;
        }
        await Unmark(tenant, userId, document, marker.Seq);
        return null;
    }

    async ValueTask Unmark(Tenant tenant, string userId, Document marker, long seq)
    {
        var removed = await store.Commit(Partition.Player(tenant, userId), [Write.Delete(marker.Id, marker.ETag)], CancellationToken.None);
        log.LogWarning("{Marker} of {Tenant} {UserId} names entry {Seq}, which is another's: {Outcome}", marker.Id, tenant, userId, seq, removed.Status);
    }

    async ValueTask<Result<Answer>> Take(Tenant tenant, string userId, Partition partition, PlayerSlot slot, Step step, CancellationToken stop)
    {
        LoadedState? collided = null;
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (step.Key is { } key)
            {
                var found = await key.Find(store, partition, stop);
                if (found.Error is not null || found.Value is not null)
                {
                    return found.Error is { } reused ? reused : found.Value!;
                }
            }
            var before = slot.Current ??= await Load(partition, stop);
            if (before.State.IsClosed && !step.EvenIfClosed)
            {
                return Error.NotFound("user", userId);
            }
            if (step.Prepare is { } prepare)
            {
                await prepare(stop);
            }
            var decided = step.Decide(before.State);
            if (decided.Error is { } refused)
            {
                return await Earlier(step, partition, stop) ?? refused;
            }
            var decision = decided.Value;
            var entry = decision.Entry;
            if (entry?.IsEmpty() != false && decision.Also.Count == 0)
            {
                return decision.Answer;
            }
            var after = entry is null ? before.State : before.State.Apply(entry);
            var writes = Writes(step, decision, before, after);
            // Until the store has answered nobody knows what it holds; a lost answer must not leave a guess behind.
            slot.Current = null;
            var commit = await store.Commit(partition, writes, CancellationToken.None);
            if (commit.Committed)
            {
                if (entry is null)
                {
                    slot.Current = before;
                    return decision.Answer;
                }
                var stateAt = writes.FindIndex(static write => write.Id == PlayerDocuments.State);
                slot.Current = new(after, commit.ETags[stateAt], clocks.Real.GetTimestamp());
                if (!Subject.IsGroup(userId))
                {
                    await Observe(tenant, userId, entry);
                }
                return decision.Answer;
            }
            if (commit.Status == CommitStatus.TooLarge)
            {
                return new Error(413, "validation/invalid_input", "the action's effects exceed what one commit can hold");
            }
            if (decision.Marker is not null && commit.Failed == 0 && step.TakenBefore is { } taken && await taken(stop) is { } answer)
            {
                slot.Current = before;
                return answer;
            }
            if (entry is not null && writes[commit.Failed].Id == PlayerDocuments.Journal(entry.Seq))
            {
                // Once: another node's step. Again though the state is the same: it is behind its journal.
                if (collided?.ETag == before.ETag && collided is not null)
                {
                    await CatchUp(tenant, userId, before, stop);
                }
                collided = before;
            }
        }
        return Error.Conflict("others keep changing it; try again");
    }

    /// <summary>
    /// Steps taken in two regions at once leave of each document the later version, so that a state can lack the last
    /// entries of its journal (docs/failover.md). They are applied; an action that was taken in both regions, as its
    /// marker in another entry tells, has no effect a second time.
    /// </summary>
    async ValueTask CatchUp(Tenant tenant, string userId, LoadedState behind, CancellationToken stop)
    {
        var (state, writes) = (behind.State, new List<Write>());
        foreach (var journaled in await Journal(tenant, userId, state.Seq + 1, descending: false, StoreLimits.BatchWrites - 1, stop))
        {
            if (journaled.Seq != state.Seq + 1)
            {
                break;
            }
            var entry = journaled;
            if (entry.LogId is { } logId && await Marker(tenant, userId, PlayerDocuments.Action(logId), stop) is { } marker && marker.Seq != entry.Seq)
            {
                entry = JournalEntry.Empty(entry);
                writes.Add(Write.Upsert(PlayerDocuments.Journal(entry.Seq), GameJson.Bytes(entry)));
            }
            state = state.Apply(entry);
        }
        writes.Add(behind.ETag is { } etag ? Write.Replace(PlayerDocuments.State, GameJson.Bytes(state), etag) : Write.Create(PlayerDocuments.State, GameJson.Bytes(state)));
        var caughtUp = await store.Commit(Partition.Player(tenant, userId), writes, stop);
        log.LogWarning("The state of {Tenant} {UserId} was at {Seq} and its journal at {Last}: {Outcome}", tenant, userId, behind.State.Seq, state.Seq, caughtUp.Status);
    }

    /// <summary>What a refused step was answered when it was taken before: what it did then may be what it ran into now.</summary>
    async ValueTask<Result<Answer>?> Earlier(Step step, Partition partition, CancellationToken stop) =>
        step.TakenBefore is { } ask ? await ask(stop)
        : step.Key is { } key && await key.Find(store, partition, stop) is { Succeeded: true, Value: { } given } ? given
        : (Result<Answer>?)null;

    List<Write> Writes(Step step, Decision decision, LoadedState before, PlayerState after)
    {
        var writes = new List<Write>(5);
        if (decision.Marker is { } marker)
        {
            writes.Add(marker);
        }
        if (step.Key is { } record)
        {
            writes.Add(record.Record(decision.Answer, clocks.Real.GetUtcNow()));
        }
        if (decision.Entry is { } entry)
        {
            PlayerDocuments.Add(writes, before, entry, after);
        }
        writes.AddRange(decision.Also);
        return writes;
    }

    async ValueTask<LoadedState> Fresh(Partition partition, PlayerSlot slot, CancellationToken stop)
    {
        var known = slot.Current;
        if (known is not null && clocks.Real.GetElapsedTime(known.ReadAt) < options.Value.StateTrustedFor)
        {
            return known;
        }
        var read = await Load(partition, stop, known);
        // A step may have committed meanwhile; what it left is newer than what was read.
        var now = Interlocked.CompareExchange(ref slot.Current, read, known);
        return now == known || now is null ? read : now;
    }

    async ValueTask<LoadedState> Load(Partition partition, CancellationToken stop, LoadedState? known = null)
    {
        var readAt = clocks.Real.GetTimestamp();
        if (await store.Read(partition, PlayerDocuments.State, stop) is not { } document)
        {
            return new(PlayerState.Empty, null, readAt);
        }
        if (known?.ETag == document.ETag)
        {
            return known with { ReadAt = readAt };
        }
        var state = GameJson.Read<PlayerState>(document.Body);
        var missions = new MissionProgress[state.Missions.Count];
        for (var i = 0; i < missions.Length; i++)
        {
            missions[i] = state.Missions[i] with { Definition = await Definition(partition, state.Missions[i], stop) };
        }
        return new(state with { Missions = missions }, document.ETag, readAt);
    }

    async ValueTask<MissionDefinition> Definition(Partition partition, MissionProgress mission, CancellationToken stop)
    {
        if (definitions.Find(mission.DefinitionKey) is { } known)
        {
            return known;
        }
        return JournalIds.TrySequence(mission.MissionId, out var seq)
            && await store.Read(partition, PlayerDocuments.Journal(seq), stop) is { } document
            && GameJson.Read<JournalEntry>(document.Body).Assigned.FirstOrDefault(assigned => assigned.MissionId == mission.MissionId) is { } assigned
                ? definitions.Share(assigned.Definition)
                : throw new InvalidOperationException($"no journal entry of {partition} assigned mission {mission.MissionId}");
    }

    async ValueTask Observe(Tenant tenant, string userId, JournalEntry entry)
    {
        foreach (var observer in observers.Value)
        {
            try
            {
                await observer.Committed(tenant, userId, entry);
            }
            catch (Exception failure)
            {
                // The entry is durable whatever its observers do; the outbox hands it to them again.
                log.LogError(failure, "{Observer} failed on entry {Seq} of {Tenant} {UserId}", observer.GetType().Name, entry.Seq.ToString(CultureInfo.InvariantCulture), tenant, userId);
            }
        }
    }
}
