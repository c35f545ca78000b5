using System.Collections.Concurrent;
using AWorld.Game;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Missions;

/// <summary>
/// Missions that the members of a group share. A group is a player of its own, <c>group:{tagId}</c>. What a member's
/// action adds is part of the member's journal entry; from there it is added to the group's counters: once, in the
/// order of the member's actions, right after the commit or, when that failed, by the outbox.
/// </summary>
public sealed class GroupMissions(Players players, IDocumentStore store, IOptions<GameOptions> options, WorkspaceClocks clocks) : IJournalObserver
{
    const int MembersAtOnce = 40;
    static readonly Actor Members = new(null, null, null, "groupMissions/contribute");

    readonly ConcurrentDictionary<(Tenant, string), Queue> queues = new();

    public string? Repairs => "contributions";

    /// <summary>The groups of a member with missions that an action may count towards, those it assigns included.</summary>
    public async ValueTask<IReadOnlyList<GroupView>> Seen(GameConfiguration game, Subject member, PlayerInput action, Actor by, CancellationToken stop)
    {
        if (member.Tags.Count == 0 || action.EntityTags(game) is not { Error: null, Value: var tags })
        {
            return [];
        }
        GameEvent? happened = null;
        List<GroupView>? groups = null;
        foreach (var tag in member.Tags)
        {
            var state = await players.Read(game.Tenant, Subject.GroupId(tag), stop);
            if (game.HasGroupEventRules(tag))
            {
                happened ??= action.Log(game, member, tags, "", clocks.Now(game.Tenant)).Event;
                state = await Look(game, tag, state, happened, member, by, stop);
            }
            if (state.Missions.Count > 0)
            {
                (groups ??= []).Add(new(tag, state));
            }
        }
        return groups ?? [];
    }

    /// <summary>Brings the groups of a member what an event that is no action assigns to them.</summary>
    public async ValueTask Happened(GameConfiguration game, Subject member, GameEvent happened, Actor by, CancellationToken stop)
    {
        foreach (var tag in member.Tags.Where(game.HasGroupEventRules))
        {
            await Look(game, tag, await players.Read(game.Tenant, Subject.GroupId(tag), stop), happened, member, by, stop);
        }
    }

    /// <summary>The group's state when a member looks at it.</summary>
    public async ValueTask<PlayerState> Look(GameConfiguration game, string tagId, Subject member, Actor by, CancellationToken stop) =>
        await Look(game, tagId, await players.Read(game.Tenant, Subject.GroupId(tagId), stop), null, member, by, stop);

    public async ValueTask Committed(Tenant tenant, string userId, JournalEntry entry)
    {
        foreach (var contribution in entry.Contributions)
        {
            await Enqueue(tenant, new(userId, entry.Seq, contribution));
        }
    }

    async ValueTask<PlayerState> Look(GameConfiguration game, string tagId, PlayerState state, GameEvent? happened, Subject member, Actor by, CancellationToken stop)
    {
        JournalEntry Entry(PlayerState state) => Engine.LookAtGroup(game, tagId, state, happened, member, by, clocks.Now(game.Tenant), options.Value);
        if (Entry(state).IsEmpty())
        {
            return state;
        }
        var groupId = Subject.GroupId(tagId);
        var changed = await players.Change(game.Tenant, groupId, new Step(current => new Decision(Answer.NoContent, Entry(current))), stop);
        return changed.Error is null ? await players.Read(game.Tenant, groupId, stop) : state;
    }

    sealed record Waiting(string UserId, long Seq, Contribution Contribution)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What waits for one group. Members wait for their own commits, so there is at most one of each at a time.</summary>
    sealed class Queue
    {
        public readonly List<Waiting> Items = [];
        public bool Draining;
    }

    /// <summary>The last contribution of a member that the group's counters hold.</summary>
    sealed record MemberMark(long Seq);

    Task Enqueue(Tenant tenant, Waiting waiting)
    {
        var queue = queues.GetOrAdd((tenant, waiting.Contribution.GroupTagId), static _ => new());
        lock (queue)
        {
            queue.Items.Add(waiting);
            if (queue.Draining)
            {
                return waiting.Done.Task;
            }
            queue.Draining = true;
        }
        _ = Drain(tenant, waiting.Contribution.GroupTagId, queue);
        return waiting.Done.Task;
    }

    /// <summary>Adds all that waits, in as few commits as it takes, until nothing does. Never fails: who waits is told.</summary>
    async Task Drain(Tenant tenant, string tagId, Queue queue)
    {
        while (true)
        {
            List<Waiting> batch;
            lock (queue)
            {
                batch = [.. queue.Items.Take(MembersAtOnce)];
                queue.Items.RemoveRange(0, batch.Count);
                if (batch.Count == 0)
                {
                    queue.Draining = false;
                    return;
                }
            }
            try
            {
                var added = await Add(tenant, tagId, batch);
                if (added.Error is { } error)
                {
                    throw new InvalidOperationException(error.Message);
                }
                batch.ForEach(static waiting => waiting.Done.SetResult());
            }
            catch (Exception failure)
            {
                batch.ForEach(waiting => waiting.Done.SetException(failure));
            }
        }
    }

    async ValueTask<Result<Answer>> Add(Tenant tenant, string tagId, List<Waiting> batch)
    {
        var groupId = Subject.GroupId(tagId);
        var marks = new Dictionary<string, long>(StringComparer.Ordinal);
        return await players.Change(tenant, groupId, new Step(Decide) { Prepare = ReadMarks }, CancellationToken.None);

        async ValueTask ReadMarks(CancellationToken stop)
        {
            marks.Clear();
            foreach (var userId in batch.Select(waiting => waiting.UserId).Distinct())
            {
                marks[userId] = await store.Read(Partition.Group(tenant, tagId), MarkId(userId), stop) is { } document ? GameJson.Read<MemberMark>(document.Body).Seq : 0;
            }
        }

        Result<Decision> Decide(PlayerState state)
        {
            var reached = new Dictionary<string, long>(marks, StringComparer.Ordinal);
            var amounts = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
            foreach (var (userId, seq, contribution) in batch)
            {
                // One that came before was added already; one after a gap waits for the outbox, which brings the missing one first.
                if (reached[userId] != contribution.After)
                {
                    continue;
                }
                reached[userId] = seq;
                foreach (var amount in contribution.Amounts)
                {
                    amounts[amount.MissionId] = amounts.GetValueOrDefault(amount.MissionId) + amount.Amount;
                }
            }
            var ids = new JournalIds.Series(tenant, groupId, state.Seq + 1);
            var entry = new JournalEntry(state.Seq + 1, clocks.Now(tenant), Members)
            {
                MissionLogs = [.. from amount in amounts
                                  let mission = state.Mission(amount.Key)
                                  where mission is not null
                                  select new MissionLog(ids.Next(), amount.Key, amount.Value, mission.Current + amount.Value)],
            };
            return new Decision(Answer.NoContent, entry)
            {
                Also = [.. from member in reached where member.Value != marks[member.Key] select Write.Upsert(MarkId(member.Key), GameJson.Bytes(new MemberMark(member.Value)))],
            };
        }
    }

    static string MarkId(string userId) => $"member:{userId}";
}
