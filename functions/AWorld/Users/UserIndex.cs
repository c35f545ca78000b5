using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using AWorld.Platform;

namespace AWorld.Users;

/// <summary>What the directory holds of a user, as it was indexed last.</summary>
sealed record IndexedUser(string UserId, DateTimeOffset UpdatedAt, string? ExternalId, IReadOnlyList<string> TagIds, string? Timezone = null)
{
    public string OrderId => $"updated:{Instants.Text(UpdatedAt)}:{UserId}";

    public static IndexedUser Of(UserProfile user) => new(user.UserId, user.UpdatedAt, user.ExternalId, [.. user.Tags.Select(tag => tag.TagId)], user.Timezone);

    public bool SameAs(IndexedUser? other) =>
        other is not null && UpdatedAt == other.UpdatedAt && ExternalId == other.ExternalId && Timezone == other.Timezone && TagIds.SequenceEqual(other.TagIds);
}

/// <param name="Position">To go on from; null at the end.</param>
sealed record IndexPage(IReadOnlyList<string> UserIds, string? Position);

/// <summary>
/// Users by last change and by tag, over 64 buckets. The profile is the truth. A change writes a mark, then the
/// profile, then the index (which takes the mark away), so whatever a crash leaves behind is found by its mark
/// and brought up to date before the next listing.
/// </summary>
sealed class UserIndex(IDocumentStore store, Ids ids, WorkspaceClocks clocks)
{
    public const int Buckets = 64;
    const int Attempts = 8;
    const int MostTagChanges = 80;

    /// <summary>A mark this old belongs to an operation that died; younger ones may still be on their way.</summary>
    public static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(60);

    readonly ZonesInUse zones = new(store);

    static readonly int OrderPrefix = "updated:yyyy-MM-ddTHH:mm:ss.fffZ:".Length;

    sealed record Mark(string UserId, DateTimeOffset At);

    public static Partition BucketOf(Tenant tenant, string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), digest);
        return Partition.Directory(tenant, digest[0] % Buckets);
    }

    /// <summary>Announces a change of the user's profile; the returned mark goes to <see cref="Sync"/>.</summary>
    public async ValueTask<string> Announce(Tenant tenant, string userId, CancellationToken stop)
    {
        var mark = $"pending:{userId}:{ids.New()}";
        var batch = new Batch();
        batch.Upsert(mark, new Mark(userId, clocks.Real.GetUtcNow()));
        await store.Commit(BucketOf(tenant, userId), batch.Writes, stop);
        return mark;
    }

    /// <summary>Makes the index agree with the profile and takes the mark away.</summary>
    /// <returns>What was indexed before.</returns>
    public async ValueTask<IndexedUser?> Sync(Tenant tenant, string userId, string? mark, CancellationToken stop)
    {
        var bucket = BucketOf(tenant, userId);
        var entryId = $"user:{userId}";
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            // The entry is read before the profile: whoever indexes a newer profile in between makes our commit fail.
            var entry = await store.Read(bucket, entryId, stop);
            var want = (await Profile(tenant, userId, stop))?.User is { } user ? IndexedUser.Of(user) : null;
            var have = entry is null ? null : Json.Read<IndexedUser>(entry.Body);
            var batch = new Batch();
            var next = Reachable(have, want);
            if (next?.Timezone is { } zone && zone != have?.Timezone)
            {
                await zones.Add(tenant, zone, stop);
            }
            if (next is null ? have is not null : !next.SameAs(have))
            {
                Move(batch, entryId, have, next, entry?.ETag);
            }
            if (next == want && mark is not null && await store.Read(bucket, mark, stop) is not null)
            {
                batch.Delete(mark);
            }
            if ((batch.Writes.Count == 0 || (await store.Commit(bucket, batch.Writes, stop)).Committed) && next == want)
            {
                return have;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    /// <summary>What one batch can reach on the way to what is wanted: a user may carry more tags than a batch can change.</summary>
    static IndexedUser? Reachable(IndexedUser? have, IndexedUser? want)
    {
        IReadOnlyList<string> before = have?.TagIds ?? [], after = want?.TagIds ?? [];
        List<string> gone = [.. before.Except(after)], added = [.. after.Except(before)];
        return gone.Count + added.Count <= MostTagChanges
            ? want
            : (have ?? want)! with { TagIds = [.. before.Except(gone.Take(MostTagChanges)), .. added.Take(MostTagChanges - Math.Min(gone.Count, MostTagChanges))] };
    }

    static void Move(Batch batch, string entryId, IndexedUser? have, IndexedUser? want, string? etag)
    {
        if (have is not null && have.OrderId != want?.OrderId)
        {
            batch.Delete(have.OrderId);
        }
        if (want is not null && have?.OrderId != want.OrderId)
        {
            batch.Upsert(want.OrderId, new { want.UserId });
        }
        IReadOnlyList<string> before = have?.TagIds ?? [], after = want?.TagIds ?? [];
        foreach (var gone in before.Except(after))
        {
            batch.Delete(TagId(gone, want?.UserId ?? have!.UserId));
        }
        foreach (var added in after.Except(before))
        {
            batch.Upsert(TagId(added, want!.UserId), new { want.UserId });
        }
        switch (etag, want)
        {
            case (null, not null): batch.Create(entryId, want); break;
            case (not null, not null): batch.Replace(entryId, want, etag); break;
            case (not null, null): batch.Delete(entryId, etag); break;
        }
    }

    /// <summary>Users in the order of their last change, each once.</summary>
    /// <param name="position">After this one; null: from the start.</param>
    public async ValueTask<IndexPage> Page(Tenant tenant, bool descending, string? position, int limit, CancellationToken stop)
    {
        if (position is null)
        {
            await Repair(tenant, stop);
        }
        // The lowest character makes the exclusive bound inclusive: an ascending page starts right after the position.
        var (from, to) = descending ? ("updated:", position ?? "updated;") : (position is null ? "updated:" : position + '\0', "updated;");
        var size = Math.Min(StoreLimits.PageItems, Math.Max(4, 2 * limit / Buckets));
        var runs = Enumerable.Range(0, Buckets)
            .Select(bucket => new Run(store, Partition.Directory(tenant, bucket), new DocumentQuery(from, to, descending, size)))
            .ToArray();
        await Task.WhenAll(runs.Select(run => run.Fill(stop)));

        var order = descending ? Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a)) : StringComparer.Ordinal as IComparer<string>;
        var merge = new PriorityQueue<Run, string>(runs.Where(run => run.Current is not null).Select(run => (run, run.Current!)), order);
        var (userIds, last) = (new List<string>(limit), position);
        while (userIds.Count < limit && merge.TryDequeue(out var run, out var id))
        {
            last = id;
            userIds.Add(id[OrderPrefix..]);
            await run.Advance(stop);
            if (run.Current is { } next)
            {
                merge.Enqueue(run, next);
            }
        }
        return new(userIds, merge.Count > 0 ? last : null);
    }

    /// <summary>All users that carry a tag, in no order.</summary>
    public async IAsyncEnumerable<string> Tagged(Tenant tenant, string tagId, [EnumeratorCancellation] CancellationToken stop)
    {
        var prefix = $"tag:{tagId}:";
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            var run = new Run(store, Partition.Directory(tenant, bucket), DocumentQuery.Prefix(prefix));
            await run.Fill(stop);
            while (run.Current is { } id)
            {
                yield return id[prefix.Length..];
                await run.Advance(stop);
            }
        }
    }

    public ValueTask<IReadOnlyList<string>> Zones(Tenant tenant, CancellationToken stop) => zones.Of(tenant, stop);

    /// <summary>A stretch of a walk past all users, or those that carry a tag: in no order, but each once.</summary>
    /// <param name="position">Where the stretch before it ended; null: at the beginning.</param>
    public async ValueTask<UserStretch> Walk(Tenant tenant, string? tagId, string? position, int limit, CancellationToken stop)
    {
        if (position is null)
        {
            await Repair(tenant, stop);
        }
        var prefix = tagId is null ? "user:" : $"tag:{tagId}:";
        var bucket = position is null ? 0 : int.Parse(position.AsSpan(0, 2), CultureInfo.InvariantCulture);
        var (users, after) = (new List<WalkedUser>(), position is { Length: > 3 } ? position[3..] : null);
        for (; bucket < Buckets && users.Count < limit; bucket++, after = null)
        {
            var query = DocumentQuery.Prefix(prefix, limit: limit - users.Count);
            var page = await store.Query(Partition.Directory(tenant, bucket), after is null ? query : query with { From = after + '\0' }, stop);
            users.AddRange(page.Items.Select(document => new WalkedUser(document.Id[prefix.Length..], tagId is null ? Json.Read<IndexedUser>(document.Body).Timezone : null)));
            if (page.Continuation is not null)
            {
                return new(users, $"{bucket:00}:{page.Items[^1].Id}");
            }
        }
        return new(users, bucket < Buckets ? $"{bucket:00}:" : null);
    }

    /// <summary>Takes all marks of an erased user away.</summary>
    public async ValueTask Unmark(Tenant tenant, string userId, CancellationToken stop)
    {
        var bucket = BucketOf(tenant, userId);
        while (await store.Query(bucket, DocumentQuery.Prefix($"pending:{userId}:", limit: StoreLimits.BatchWrites), stop) is { Items: { Count: > 0 } marks })
        {
            await store.Commit(bucket, [.. marks.Select(mark => Write.Delete(mark.Id))], stop);
        }
    }

    /// <summary>Brings marked users up to date, and takes away the marks of operations that died.</summary>
    async ValueTask Repair(Tenant tenant, CancellationToken stop)
    {
        var abandoned = clocks.Real.GetUtcNow() - OperationTimeout;
        var pages = await Task.WhenAll(Enumerable.Range(0, Buckets).Select(bucket =>
            store.Query(Partition.Directory(tenant, bucket), DocumentQuery.Prefix("pending:"), stop).AsTask()));
        foreach (var document in pages.SelectMany(page => page.Items))
        {
            var mark = Json.Read<Mark>(document.Body);
            await Sync(tenant, mark.UserId, mark.At <= abandoned ? document.Id : null, stop);
        }
    }

    async ValueTask<StoredProfile?> Profile(Tenant tenant, string userId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), StoredProfile.DocumentId, stop) is { } document ? Json.Read<StoredProfile>(document.Body) : null;

    /// <summary>One bucket's ids in order, read in pages.</summary>
    sealed class Run(IDocumentStore store, Partition bucket, DocumentQuery first)
    {
        DocumentQuery query = first;
        IReadOnlyList<Document> items = [];
        int next;
        bool ended;

        public string? Current => next < items.Count ? items[next].Id : null;

        public ValueTask Advance(CancellationToken stop) => ++next < items.Count || ended ? default : new(Fill(stop));

        public async Task Fill(CancellationToken stop)
        {
            var page = await store.Query(bucket, query, stop);
            (items, next, ended) = (page.Items, 0, page.Continuation is null);
            query = query with { Continuation = page.Continuation };
        }
    }

    static string TagId(string tagId, string userId) => $"tag:{tagId}:{userId}";
}
