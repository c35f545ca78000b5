using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Media;

/// <summary>The items of workspaces and what they use. Clients send files past us, so whoever looks for an awaited item looks whether its file has come.</summary>
sealed class MediaLibrary(IDocumentStore store, IMediaStore files, WorkspaceClocks clocks, IOptions<MediaOptions> options, ILogger<MediaLibrary> log)
{
    const int Attempts = 64, LookedForAtOnce = 16;
    const string UsageId = "usage", Awaited = "awaited~", Removing = "removing~", WorkPrefix = "media-work~";

    /// <summary>Longer than any request that has noted a workspace and not yet written to it.</summary>
    static readonly TimeSpan NotedFor = TimeSpan.FromMinutes(10);

    static readonly Partition Work = Partition.Platform(Partition.PlatformAccount);

    /// <summary>A workspace where something is awaited or removed.</summary>
    sealed record Noted(Tenant Tenant, DateTimeOffset At);

    public static Partition In(Tenant tenant) => Partition.Configuration(tenant, "media");

    /// <summary>Lists, in the order of creation, the items that are there.</summary>
    public static string Listed(FileType? type) => $"listed~{type?.ToString().ToLowerInvariant() ?? "all"}~";

    static string IdOf(string mediaId) => $"item~{mediaId}";

    public async ValueTask<(MediaItem Item, string ETag)?> Read(Tenant tenant, string mediaId, CancellationToken stop) =>
        await store.Read(In(tenant), IdOf(mediaId), stop) is { } document ? (Json.Read<MediaItem>(document.Body), document.ETag) : null;

    /// <summary>An item whose file is there.</summary>
    public async ValueTask<MediaItem?> Find(Tenant tenant, string mediaId, CancellationToken stop)
    {
        var found = await Read(tenant, mediaId, stop);
        if (found is ({ State: MediaState.Awaited } awaited, _))
        {
            return await Look(tenant, awaited, stop) is { State: MediaState.Ready } came ? came : null;
        }
        return found is ({ State: MediaState.Ready } item, _) ? item : null;
    }

    /// <summary>Before anything that leaves work behind, so that whoever dies in between leaves it to the upkeep.</summary>
    public async ValueTask Note(Tenant tenant, CancellationToken stop) =>
        await store.Commit(Work, [Write.Upsert($"{WorkPrefix}{tenant.AccountId}~{tenant.WorkspaceId}", Json.Bytes(new Noted(tenant, clocks.Real.GetUtcNow())))], stop);

    /// <summary>Changes an item and what the workspace uses together; both are read anew when somebody else was faster.</summary>
    /// <param name="decide">From the item, if there is one, to what it becomes: null: gone; the same: nothing changes.</param>
    public async ValueTask<Result<MediaItem?>> Change(Tenant tenant, string mediaId, Func<MediaItem?, Result<MediaItem?>> decide, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var before = await Read(tenant, mediaId, stop);
            var used = await store.Read(In(tenant), UsageId, stop);
            var decided = decide(before?.Item);
            if (decided.Error is not null || ReferenceEquals(decided.Value, before?.Item))
            {
                return decided;
            }
            var after = decided.Value;
            var usage = (used is null ? new(0, 0, 0) : Json.Read<MediaUsage>(used.Body)).Change(before?.Item, after);
            if (after is { State: MediaState.Awaited } && usage.Over(options.Value) is { } refused)
            {
                return refused;
            }
            var batch = new Batch();
            Save(batch, before, after, mediaId);
            if (used is null)
            {
                batch.Create(UsageId, usage);
            }
            else
            {
                batch.Replace(UsageId, usage, used.ETag);
            }
            if ((await store.Commit(In(tenant), batch.Writes, stop)).Committed)
            {
                return after;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    /// <summary>An item and where it is listed.</summary>
    public static void Save(Batch batch, (MediaItem Item, string ETag)? before, MediaItem? after, string mediaId)
    {
        switch (before, after)
        {
            case (null, { } made): batch.Create(IdOf(mediaId), made); break;
            case (var (_, etag), { } changed): batch.Replace(IdOf(mediaId), changed, etag); break;
            case (var (_, etag), null): batch.Delete(IdOf(mediaId), etag); break;
        }
        var (old, current) = (Lists(before?.Item), Lists(after));
        foreach (var left in old.Except(current))
        {
            batch.Delete(left);
        }
        foreach (var entered in current.Except(old))
        {
            batch.Create(entered, mediaId);
        }
    }

    static string[] Lists(MediaItem? item) => item?.State switch
    {
        null => [],
        MediaState.Awaited => [Awaited + item.MediaId],
        MediaState.Removing => [Removing + item.MediaId],
        _ => [.. new[] { Listed(null), Listed(item.FileType) }.Select(list => $"{list}{Instants.Text(item.CreatedAt)}~{item.MediaId}")],
    };

    /// <summary>Looks for all files of a workspace that have not come yet; there are not many.</summary>
    public async ValueTask LookForAll(Tenant tenant, CancellationToken stop)
    {
        var awaited = await Open(tenant, Awaited, stop);
        await Parallel.ForEachAsync(awaited, new ParallelOptions { MaxDegreeOfParallelism = LookedForAtOnce, CancellationToken = stop }, async (mediaId, cancelled) =>
        {
            try
            {
                await Find(tenant, mediaId, cancelled);
            }
            catch (MediaUnavailableException failure)
            {
                log.LogWarning(failure, "It is not known whether the file of {MediaId} of {Tenant} has come", mediaId, tenant);
            }
        });
    }

    /// <summary>Whether the file of an awaited item has come. Null: given up.</summary>
    async ValueTask<MediaItem?> Look(Tenant tenant, MediaItem awaited, CancellationToken stop)
    {
        var bytes = await files.Size(awaited.In(tenant), stop);
        var changed = await Change(tenant, awaited.MediaId, current =>
            current is { State: MediaState.Awaited } && current.Version == awaited.Version ? current.Looked(bytes, clocks.Now(tenant), clocks.Real.GetUtcNow()) : current, stop);
        return changed.Value;
    }

    /// <summary>Deletes the file of an item that goes, and the item unless the file may still come once more.</summary>
    public async ValueTask Remove(Tenant tenant, string mediaId, CancellationToken stop)
    {
        if (await Read(tenant, mediaId, stop) is not ({ State: MediaState.Removing } item, _))
        {
            return;
        }
        var forGood = item.ComesUntil <= clocks.Real.GetUtcNow();
        await files.Delete(item.In(tenant), stop);
        if (forGood)
        {
            await Change(tenant, mediaId, static current => current is { State: MediaState.Removing } ? (MediaItem?)null : current, stop);
        }
    }

    /// <summary>The upkeep: takes in what came unseen, gives up what did not come and ends removals.</summary>
    public async Task TidyUp(CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await store.Query(Work, DocumentQuery.Prefix(WorkPrefix, continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                var noted = Json.Read<Noted>(document.Body);
                if (await TidyUp(noted.Tenant, stop) && noted.At + NotedFor <= clocks.Real.GetUtcNow())
                {
                    // Whoever noted it again meanwhile made it another document.
                    await store.Commit(Work, [Write.Delete(document.Id, document.ETag)], stop);
                }
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <returns>Whether nothing is left to do.</returns>
    async Task<bool> TidyUp(Tenant tenant, CancellationToken stop)
    {
        try
        {
            foreach (var mediaId in await Open(tenant, Awaited, stop))
            {
                await Find(tenant, mediaId, stop);
            }
            foreach (var mediaId in await Open(tenant, Removing, stop))
            {
                await Remove(tenant, mediaId, stop);
            }
            return (await Open(tenant, Awaited, stop)).Count + (await Open(tenant, Removing, stop)).Count == 0;
        }
        catch (MediaUnavailableException failure)
        {
            log.LogWarning(failure, "The media of {Tenant} are tidied up later", tenant);
            return false;
        }
    }

    async ValueTask<IReadOnlyList<string>> Open(Tenant tenant, string prefix, CancellationToken stop) =>
        [.. (await store.Query(In(tenant), DocumentQuery.Prefix(prefix), stop)).Items.Select(document => document.Id[prefix.Length..])];
}
