using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Users;

/// <summary>
/// What a module keeps of a person outside the user's profile. Erasing again after a crash, or twice, must do no harm.
/// The user cannot be found any more when it is called.
/// </summary>
public interface IUserTraces
{
    ValueTask Erase(Tenant tenant, UserProfile user, CancellationToken stop);
}

/// <summary>
/// Erases users. The first commit takes the profile away, and with it the user from every lookup; what follows can be
/// repeated, and is: by the next attempt, or before the next listing when the process died on the way.
/// </summary>
sealed class Erasures(IDocumentStore store, UserDirectory directory, Principals principals, IEnumerable<IUserTraces> traces, Ids ids, WorkspaceClocks clocks)
{
    const int Attempts = 8;

    readonly UserIndex index = new(store, ids, clocks);
    readonly Reservations reservations = new(store, clocks);

    /// <param name="precondition">Checks the user's ETag.</param>
    public async ValueTask<Result<bool>> Erase(Tenant tenant, string userId, Func<string, Error?> precondition, CancellationToken stop)
    {
        var begun = await Begin(tenant, userId, precondition, stop);
        if (begun is { Succeeded: true, Value.Erasure: { Remaining: { } user } erasure })
        {
            await Finish(tenant, user, begun.Value, erasure, CancellationToken.None);
        }
        return begun.Map(_ => true);
    }

    async ValueTask<Result<StoredProfile>> Begin(Tenant tenant, string userId, Func<string, Error?> precondition, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var document = await store.Read(Partition.Player(tenant, userId), StoredProfile.DocumentId, stop);
            var stored = document is null ? null : Json.Read<StoredProfile>(document.Body);
            if (stored is null or { User: null, Erasure: null })
            {
                return Error.NotFound("user", userId);
            }
            if (stored.User is not { } user)
            {
                return stored;
            }
            if (precondition(stored.ETag) is { } stale)
            {
                return stale;
            }
            var erasing = new StoredProfile(stored.Version + 1, null, stored.EmailHash, new(clocks.Real.GetUtcNow(), null, user));
            await index.Announce(tenant, userId, stop);
            try
            {
                if ((await store.Commit(Partition.Player(tenant, userId), [Write.Replace(StoredProfile.DocumentId, Json.Bytes(erasing), document!.ETag)], stop)).Committed)
                {
                    return erasing;
                }
            }
            finally
            {
                directory.Forget(tenant, userId);
            }
        }
        return Error.Conflict("others keep changing it; try again");
    }

    async ValueTask Finish(Tenant tenant, UserProfile user, StoredProfile stored, Erasure erasure, CancellationToken stop)
    {
        await index.Sync(tenant, user.UserId, null, stop);
        foreach (var module in traces)
        {
            await module.Erase(tenant, user, stop);
        }
        if (user.ExternalId is { } externalId)
        {
            await reservations.Release(tenant, externalId, user.UserId, stop);
        }
        if (stored.EmailHash is { } emailHash)
        {
            await reservations.ReleaseEmail(tenant, emailHash, user.UserId, stop);
        }
        await DropAnswers(tenant, user.UserId, stop);
        await principals.Release(user.PrincipalId, tenant, stop);
        var done = new StoredProfile(stored.Version + 1, null, null, erasure with { CompletedAt = clocks.Real.GetUtcNow(), Remaining = null });
        await store.Commit(Partition.Player(tenant, user.UserId), [Write.Upsert(StoredProfile.DocumentId, Json.Bytes(done))], stop);
        await index.Unmark(tenant, user.UserId, stop);
    }

    /// <summary>Answers kept for idempotency keys show the user.</summary>
    async ValueTask DropAnswers(Tenant tenant, string userId, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        while (await store.Query(partition, DocumentQuery.Prefix("idempotency:", limit: StoreLimits.BatchWrites), stop) is { Items: { Count: > 0 } kept })
        {
            await store.Commit(partition, [.. kept.Select(document => Write.Delete(document.Id))], stop);
        }
    }
}
