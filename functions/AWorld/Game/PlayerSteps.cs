using System.Globalization;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>
/// Takes the steps of users. A step loads the state, decides, and commits its journal entry with the new state in one
/// batch; another node's step in between makes it start over.
/// </summary>
sealed class PlayerSteps(IDocumentStore store, PlayerStates states, PlayerJournal journal, Lazy<IJournalObserver[]> observers, WorkspaceClocks clocks, ILogger log)
{
    const int Attempts = 8;

    /// <summary>Whoever asks holds the lane of the slot.</summary>
    public async ValueTask<Result<Answer>> Take(Tenant tenant, string userId, Partition partition, PlayerSlot slot, Step step, CancellationToken stop)
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
            var before = slot.Current ??= await states.Load(partition, stop);
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
        foreach (var journaled in await journal.Entries(tenant, userId, state.Seq + 1, descending: false, StoreLimits.BatchWrites - 1, stop))
        {
            if (journaled.Seq != state.Seq + 1)
            {
                break;
            }
            var entry = journaled;
            if (entry.LogId is { } logId && await journal.Marker(tenant, userId, PlayerDocuments.Action(logId), stop) is { } marker && marker.Seq != entry.Seq)
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
