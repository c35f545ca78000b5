using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Users;

/// <summary>
/// What a module keeps of a person outside the user's profile. Erasing again after a crash, or twice, must do no harm.
/// The user cannot be found any more when it is called.
/// </summary>
public interface IUserTraces
{
    /// <summary>Afterwards nothing is added to the user's traces any more, also by who read the user just before. Called for all modules before the first erases.</summary>
    ValueTask Close(Tenant tenant, string userId, CancellationToken stop) => default;

    ValueTask Erase(Tenant tenant, UserProfile user, CancellationToken stop);
}

/// <summary>
/// Erases users, in steps of which each does no harm when it is done again. The first takes the profile away, and with
/// it the user from every lookup; a process that dies later leaves it in the list of those to finish.
/// </summary>
sealed class Erasures(IDocumentStore store, UserDirectory directory, Principals principals, IEnumerable<IUserTraces> traces, Ids ids, WorkspaceClocks clocks)
{
    const int Attempts = 8;
    const string ListPrefix = "erasure:";

    readonly UserIndex index = new(store, ids, clocks);
    readonly Reservations reservations = new(store, clocks);

    sealed record Listed(Tenant Tenant, string UserId, DateTimeOffset At);

    static Partition List => Partition.Platform(Partition.PlatformAccount);

    /// <param name="precondition">Checks the user's ETag.</param>
    public async ValueTask<Result<bool>> Erase(Tenant tenant, string userId, Func<string, Error?> precondition, CancellationToken stop)
    {
        var begun = await Begin(tenant, userId, precondition, stop);
        if (begun.Succeeded)
        {
            await Finish(tenant, userId, CancellationToken.None);
        }
        return begun;
    }

    /// <summary>Finishes those that were begun and whose process died; of those under way on other nodes what is done twice does no harm.</summary>
    /// <param name="after">What was listed more recently may not have begun yet, and stays listed.</param>
    public async ValueTask Resume(TimeSpan after, CancellationToken stop)
    {
        var failures = new List<Exception>();
        string? continuation = null;
        do
        {
            var page = await store.Query(List, DocumentQuery.Prefix(ListPrefix, continuation: continuation), stop);
            foreach (var listed in page.Items.Select(document => Json.Read<Listed>(document.Body)))
            {
                try
                {
                    if (await Remaining(listed.Tenant, listed.UserId, stop) is not null)
                    {
                        await Finish(listed.Tenant, listed.UserId, stop);
                    }
                    else if (listed.At + after <= clocks.Real.GetUtcNow())
                    {
                        await Unlist(listed.Tenant, listed.UserId, stop);
                    }
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    failures.Add(failure);
                }
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
        if (failures.Count > 0)
        {
            throw new AggregateException($"{failures.Count} erasures could not be finished", failures);
        }
    }

    /// <summary>The first step: from its commit on there is no such user. True also when it was done before.</summary>
    public async ValueTask<Result<bool>> Begin(Tenant tenant, string userId, Func<string, Error?> precondition, CancellationToken stop)
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
                return true;
            }
            if (precondition(stored.ETag) is { } stale)
            {
                return stale;
            }
            var now = clocks.Real.GetUtcNow();
            await store.Commit(List, [Write.Upsert(ListId(tenant, userId), Json.Bytes(new Listed(tenant, userId, now)))], stop);
            await index.Announce(tenant, userId, stop);
            try
            {
                var erasing = new StoredProfile(stored.Version + 1, null, stored.EmailHash, new(now, null, user));
                if ((await store.Commit(Partition.Player(tenant, userId), [Write.Replace(StoredProfile.DocumentId, Json.Bytes(erasing), document!.ETag)], stop)).Committed)
                {
                    return true;
                }
            }
            finally
            {
                directory.Forget(tenant, userId);
            }
        }
        return Error.Conflict("others keep changing it; try again");
    }

    /// <summary>All the steps after the first, in their order.</summary>
    public async ValueTask Finish(Tenant tenant, string userId, CancellationToken stop)
    {
        await Close(tenant, userId, stop);
        await EraseTraces(tenant, userId, stop);
        await ReleaseNames(tenant, userId, stop);
        await Complete(tenant, userId, stop);
    }

    /// <summary>Nothing is added to what the modules keep of the user any more.</summary>
    public async ValueTask Close(Tenant tenant, string userId, CancellationToken stop)
    {
        foreach (var module in traces)
        {
            await module.Close(tenant, userId, stop);
        }
    }

    public async ValueTask EraseTraces(Tenant tenant, string userId, CancellationToken stop)
    {
        if (await Remaining(tenant, userId, stop) is not ({ } user, _, _))
        {
            return;
        }
        await index.Sync(tenant, userId, null, stop);
        foreach (var module in traces)
        {
            await module.Erase(tenant, user, stop);
        }
        await DropAnswers(tenant, userId, stop);
    }

    /// <summary>The externalId, the e-mail and the principal may be another user's now.</summary>
    public async ValueTask ReleaseNames(Tenant tenant, string userId, CancellationToken stop)
    {
        if (await Remaining(tenant, userId, stop) is not ({ } user, var stored, _))
        {
            return;
        }
        if (user.ExternalId is { } externalId)
        {
            await reservations.Release(tenant, externalId, userId, stop);
        }
        if (stored.EmailHash is { } emailHash)
        {
            await reservations.ReleaseEmail(tenant, emailHash, userId, stop);
        }
        await principals.Release(user.PrincipalId, tenant, stop);
    }

    /// <summary>The last step: forgets whom it was about.</summary>
    public async ValueTask Complete(Tenant tenant, string userId, CancellationToken stop)
    {
        if (await Remaining(tenant, userId, stop) is (_, var stored, var etag))
        {
            var done = new StoredProfile(stored.Version + 1, null, null, stored.Erasure! with { CompletedAt = clocks.Real.GetUtcNow(), Remaining = null });
            await store.Commit(Partition.Player(tenant, userId), [Write.Replace(StoredProfile.DocumentId, Json.Bytes(done), etag)], stop);
        }
        await index.Unmark(tenant, userId, stop);
        await Unlist(tenant, userId, stop);
    }

    /// <summary>Of an erasure that has begun and is not complete.</summary>
    async ValueTask<(UserProfile User, StoredProfile Stored, string ETag)?> Remaining(Tenant tenant, string userId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), StoredProfile.DocumentId, stop) is { } document
        && Json.Read<StoredProfile>(document.Body) is { Erasure.Remaining: { } user } stored ? (user, stored, document.ETag) : null;

    /// <summary>Answers kept for idempotency keys show the user.</summary>
    async ValueTask DropAnswers(Tenant tenant, string userId, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        while (await store.Query(partition, DocumentQuery.Prefix("idempotency:", limit: StoreLimits.BatchWrites), stop) is { Items: { Count: > 0 } kept })
        {
            await store.Commit(partition, [.. kept.Select(document => Write.Delete(document.Id))], stop);
        }
    }

    async ValueTask Unlist(Tenant tenant, string userId, CancellationToken stop) => await store.Commit(List, [Write.Delete(ListId(tenant, userId))], stop);

    static string ListId(Tenant tenant, string userId) => $"{ListPrefix}{tenant.AccountId}:{tenant.WorkspaceId}:{userId}";
}
