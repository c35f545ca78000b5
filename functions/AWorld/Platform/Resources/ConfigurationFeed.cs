namespace AWorld.Platform;

/// <summary>Follows the configuration container's change feed for one node, when its requests ask it to.</summary>
sealed class ConfigurationFeed(IDocumentStore store, TimeProvider clock, TimeSpan every) : IDisposable
{
    const int PageItems = 1000;
    const string CheckpointId = "configuration-feed";

    /// <summary>Where any node may start following: everything before it is older than that node's first snapshot.</summary>
    sealed record Checkpoint(string Cursor);

    readonly SemaphoreSlim turn = new(1);
    string? cursor;
    int sinceCheckpoint;
    long checkedAt;

    /// <summary>Reports the kinds that were changed since the last time, unless that was a moment ago.</summary>
    public async ValueTask Catch(Action<Tenant, string> changed, CancellationToken stop)
    {
        if (!Due)
        {
            return;
        }
        await turn.WaitAsync(stop);
        try
        {
            if (Due)
            {
                var now = clock.GetTimestamp();
                await Follow(changed, stop);
                Volatile.Write(ref checkedAt, now);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    bool Due => cursor is null || clock.GetElapsedTime(Volatile.Read(ref checkedAt)) >= every;

    async Task Follow(Action<Tenant, string> changed, CancellationToken stop)
    {
        var from = cursor ?? await Start(stop);
        while (true)
        {
            var page = await store.Changes(Container.Configuration, from, PageItems, stop);
            foreach (var (partition, _) in page.Items)
            {
                changed(new(partition.AccountId, partition.WorkspaceId!), partition.Key[(partition.Key.LastIndexOf('/') + 1)..]);
            }
            sinceCheckpoint += page.Items.Count;
            cursor = from = page.Cursor;
            if (!page.More)
            {
                break;
            }
        }
        if (sinceCheckpoint >= PageItems)
        {
            await store.Commit(Checkpoints, [Write.Upsert(CheckpointId, Json.Bytes(new Checkpoint(from)))], stop);
            sinceCheckpoint = 0;
        }
    }

    async Task<string> Start(CancellationToken stop) =>
        await store.Read(Checkpoints, CheckpointId, stop) is { } document ? Json.Read<Checkpoint>(document.Body).Cursor : "";

    static Partition Checkpoints => Partition.Platform(Partition.PlatformAccount);
}
