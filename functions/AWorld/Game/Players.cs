using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using Microsoft.Extensions.Options;

namespace AWorld.Game;

/// <summary>
/// Users' states: read, and changed one step at a time. In this process the steps of a user take turns, so observers
/// hear of them in order.
/// </summary>
public sealed class Players
{
    readonly IDocumentStore store;
    readonly GameOptions options;
    readonly PlayerSlots slots;
    readonly PlayerStates states;
    readonly PlayerSteps steps;

    public Players(IDocumentStore store, IServiceProvider services, IOptions<GameOptions> options, WorkspaceClocks clocks, ILogger<Players> log)
    {
        (this.store, this.options) = (store, options.Value);
        slots = new(this.options.CachedPlayers);
        states = new(store, this.options, clocks);
        Journal = new(store, log);
        steps = new(store, states, Journal, new(() => [.. services.GetServices<IJournalObserver>()]), clocks, log);
    }

    /// <summary>What users' steps left.</summary>
    public PlayerJournal Journal { get; }

    /// <summary>The state as the store has it, or had it within <see cref="GameOptions.StateTrustedFor"/>.</summary>
    public async ValueTask<PlayerState> Read(Tenant tenant, string userId, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        var slot = slots.Hold(partition.Key);
        try
        {
            return (await states.Fresh(partition, slot, stop)).State;
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
            if (slot.Holders > options.QueuedPerPlayer)
            {
                return Error.Busy(TimeSpan.FromSeconds(1));
            }
            await slot.Lane.WaitAsync(stop);
            try
            {
                return await steps.Take(tenant, userId, partition, slot, step, stop);
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
            while (await states.Load(partition, stop) is { State.IsClosed: false } open)
            {
                var closed = GameJson.Bytes(open.State with { IsClosed = true });
                await store.Commit(partition, [open.ETag is { } etag ? Write.Replace(PlayerDocuments.State, closed, etag) : Write.Create(PlayerDocuments.State, closed)], stop);
            }
        }, stop);
    }

    /// <summary>A mission of the user, in the state or gone from it; null: not theirs.</summary>
    public async ValueTask<MissionProgress?> Mission(Tenant tenant, string userId, string missionId, CancellationToken stop) =>
        (await Read(tenant, userId, stop)).Mission(missionId) is { } held ? held
        : await store.Read(Partition.Player(tenant, userId), PlayerDocuments.Mission(missionId), stop) is { } document
            ? states.Final(document)
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
            missions.Add(states.Final(await store.Read(partition, PlayerDocuments.Mission(missionId), stop) ?? throw new InvalidOperationException($"mission {missionId} of {partition} is listed but missing")));
        }
        return missions;
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
            await Journal.Taken<TakenOnce>(tenant, userId, markerId, stop) is null ? (Result<Answer>?)null : (Result<Answer>)Answer.NoContent;
    }

    /// <summary>The configurations of the missions that a rule brought in a period when it was evaluated for all.</summary>
    internal async ValueTask<IReadOnlyList<string>> Brought(Tenant tenant, string userId, RulePeriod period, CancellationToken stop) =>
        (await Journal.Taken<TakenOnce>(tenant, userId, PlayerDocuments.Evaluated(period), stop))?.Brought ?? [];
}
