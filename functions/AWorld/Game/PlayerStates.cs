using AWorld.Missions;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>Reads users' states, with the definitions of their missions, which many users share.</summary>
sealed class PlayerStates(IDocumentStore store, GameOptions options, WorkspaceClocks clocks)
{
    readonly MissionDefinitions definitions = new();

    /// <summary>As the store has it, or had it within <see cref="GameOptions.StateTrustedFor"/>.</summary>
    public async ValueTask<LoadedState> Fresh(Partition partition, PlayerSlot slot, CancellationToken stop)
    {
        var known = slot.Current;
        if (known is not null && clocks.Real.GetElapsedTime(known.ReadAt) < options.StateTrustedFor)
        {
            return known;
        }
        var read = await Load(partition, stop, known);
        // A step may have committed meanwhile; what it left is newer than what was read.
        var now = Interlocked.CompareExchange(ref slot.Current, read, known);
        return now == known || now is null ? read : now;
    }

    public async ValueTask<LoadedState> Load(Partition partition, CancellationToken stop, LoadedState? known = null)
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

    /// <summary>A mission as it left the state.</summary>
    public MissionProgress Final(Document document)
    {
        var retired = GameJson.Read<RetiredMission>(document.Body);
        return retired.Final with { Definition = definitions.Share(retired.Definition) };
    }
}
