using AWorld.Platform;

namespace AWorld.Users;

/// <summary>
/// Who holds an externalId or an e-mail in a workspace. A reservation comes before the profile that carries it, so
/// one without such a profile is either of an operation under way or what a crash left; profiles decide.
/// </summary>
sealed class Reservations(IDocumentStore store, WorkspaceClocks clocks)
{
    const int Attempts = 8;

    sealed record Reservation(string UserId, DateTimeOffset At);

    sealed record KeyUse(string RequestHash);

    public static string External(string externalId) => $"external:{externalId}";
    public static string Email(string hash) => $"email:{hash}";

    /// <summary>The user id that a reservation names; whether that user exists and carries it is for the profile to say.</summary>
    public async ValueTask<string?> Holder(Tenant tenant, string id, CancellationToken stop) =>
        await store.Read(UserIndex.BucketOf(tenant, id), id, stop) is { } document ? Json.Read<Reservation>(document.Body).UserId : null;

    /// <summary>
    /// The id of the new user with this e-mail: what an unfinished creation reserved, or the proposed one, reserved now.
    /// Creations at the same time get the same id, and the create-only profile lets one of them through.
    /// </summary>
    public async ValueTask<string> Adopt(Tenant tenant, string id, string proposedUserId, CancellationToken stop)
    {
        var bucket = UserIndex.BucketOf(tenant, id);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var document = await store.Read(bucket, id, stop);
            var holder = document is null ? null : Json.Read<Reservation>(document.Body).UserId;
            if (holder is not null && await Profile(tenant, holder, stop) is not ({ User: null }, _))
            {
                return holder;
            }
            var batch = new Batch();
            var mine = new Reservation(proposedUserId, clocks.Real.GetUtcNow());
            if (document is null)
            {
                batch.Create(id, mine);
            }
            else
            {
                batch.Replace(id, mine, document.ETag);
            }
            if ((await store.Commit(bucket, batch.Writes, stop)).Committed)
            {
                return proposedUserId;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    /// <summary>Takes an externalId for a user whose profile is about to carry it; false when another user has it.</summary>
    public async ValueTask<bool> Claim(Tenant tenant, string externalId, string userId, CancellationToken stop)
    {
        var id = External(externalId);
        var bucket = UserIndex.BucketOf(tenant, id);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var batch = new Batch();
            var mine = new Reservation(userId, clocks.Real.GetUtcNow());
            if (await store.Read(bucket, id, stop) is not { } document)
            {
                batch.Create(id, mine);
            }
            else
            {
                var theirs = Json.Read<Reservation>(document.Body);
                if (theirs.UserId != userId && !await Abandoned(tenant, externalId, theirs, stop))
                {
                    return false;
                }
                // Also when it is ours already: the new ETag makes a release that is under way miss.
                batch.Replace(id, mine, document.ETag);
            }
            if ((await store.Commit(bucket, batch.Writes, stop)).Committed)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Lets go of an externalId that the user's profile does not carry any more.</summary>
    public async ValueTask Release(Tenant tenant, string externalId, string userId, CancellationToken stop)
    {
        var id = External(externalId);
        var bucket = UserIndex.BucketOf(tenant, id);
        if (await store.Read(bucket, id, stop) is { } document && Json.Read<Reservation>(document.Body).UserId == userId
            && await Fence(tenant, externalId, userId, stop))
        {
            await store.Commit(bucket, [Write.Delete(id, document.ETag)], stop);
        }
    }

    public async ValueTask ReleaseEmail(Tenant tenant, string hash, string userId, CancellationToken stop)
    {
        var id = Email(hash);
        var bucket = UserIndex.BucketOf(tenant, id);
        if (await store.Read(bucket, id, stop) is { } document && Json.Read<Reservation>(document.Body).UserId == userId)
        {
            await store.Commit(bucket, [Write.Delete(id, document.ETag)], stop);
        }
    }

    /// <summary>
    /// Notes what an idempotency key was used for, since its answer will be kept with the user, whom the request alone
    /// does not name. False: it was used for another request.
    /// </summary>
    public async ValueTask<bool> Remember(Tenant tenant, Idempotency key, CancellationToken stop)
    {
        var bucket = UserIndex.BucketOf(tenant, key.RecordId);
        await store.Commit(bucket, [Write.Create(key.RecordId, Json.Bytes(new KeyUse(key.RequestHash)), clocks.Real.GetUtcNow() + Idempotency.Kept)], stop);
        return await store.Read(bucket, key.RecordId, stop) is not { } known || Json.Read<KeyUse>(known.Body).RequestHash == key.RequestHash;
    }

    /// <summary>A refused request does not use up its key.</summary>
    public async ValueTask Unremember(Tenant tenant, Idempotency key, CancellationToken stop) =>
        await store.Commit(UserIndex.BucketOf(tenant, key.RecordId), [Write.Delete(key.RecordId)], stop);

    async ValueTask<bool> Abandoned(Tenant tenant, string externalId, Reservation theirs, CancellationToken stop) =>
        theirs.At <= clocks.Real.GetUtcNow() - UserIndex.OperationTimeout
            ? await Fence(tenant, externalId, theirs.UserId, stop)
            : await Profile(tenant, theirs.UserId, stop) is ({ User: null }, _);

    /// <summary>
    /// Makes sure that an operation of the user that believes in its reservation cannot commit any more: the profile
    /// gets a new ETag, or, where there is none, a void one takes its place. False: the profile carries the externalId.
    /// </summary>
    async ValueTask<bool> Fence(Tenant tenant, string externalId, string userId, CancellationToken stop)
    {
        var (stored, document) = await Profile(tenant, userId, stop);
        if (stored?.User?.ExternalId == externalId)
        {
            return false;
        }
        if (stored is { User: null })
        {
            return true;
        }
        var write = document is null
            ? Write.Create(StoredProfile.DocumentId, Json.Bytes(new StoredProfile(0, null, null)))
            : Write.Replace(StoredProfile.DocumentId, document.Body, document.ETag);
        // When somebody else changes the profile first, that is as good, unless it made the profile carry the externalId.
        return (await store.Commit(Partition.Player(tenant, userId), [write], stop)).Committed
            || (await Profile(tenant, userId, stop)).Stored?.User?.ExternalId != externalId;
    }

    async ValueTask<(StoredProfile? Stored, Document? Document)> Profile(Tenant tenant, string userId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), StoredProfile.DocumentId, stop) is { } document
            ? (Json.Read<StoredProfile>(document.Body), document)
            : (null, null);
}
