using System.Runtime.CompilerServices;
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

    /// <summary>Erases a bounded part of the traces.</summary>
    /// <param name="from">Where to go on, from the page before; null: from the beginning.</param>
    ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop);

    /// <summary>Names what is kept, in certificates.</summary>
    string Module { get; }
}

/// <param name="Deleted">Documents that are no more, and places the user was taken off.</param>
/// <param name="Pseudonymised">Documents that stay, under an id that leads to nobody.</param>
/// <param name="Next">Where to go on; null: nothing is left.</param>
public sealed record ErasedPage(int Deleted = 0, int Pseudonymised = 0, string? Next = null);

/// <summary>
/// Erases users, in steps of which each does no harm when it is done again. The first takes the profile away, and with
/// it the user from every lookup; a process that dies later leaves it in the list of those to finish.
/// </summary>
sealed class Erasures(IDocumentStore store, UserDirectory directory, Principals principals, IEnumerable<IUserTraces> traces, Ids ids, WorkspaceClocks clocks)
{
    const int Attempts = 8;
    const string ListPrefix = "erasure:";
    const string Directory = "directory", Names = "names";

    readonly UserIndex index = new(store, ids, clocks);
    readonly Reservations reservations = new(store, clocks);

    sealed record Listed(Tenant Tenant, string UserId, DateTimeOffset At);

    static Partition List => Partition.Platform(Partition.PlatformAccount);

    /// <summary>In the order in which their traces are erased.</summary>
    public IReadOnlyList<string> Modules => [Directory, .. traces.Select(module => module.Module)];

    /// <summary>Those that were begun and are not complete.</summary>
    /// <param name="after">What was listed more recently may not have begun yet, and stays listed.</param>
    public async IAsyncEnumerable<(Tenant Tenant, string UserId)> Unfinished(TimeSpan after, [EnumeratorCancellation] CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await store.Query(List, DocumentQuery.Prefix(ListPrefix, continuation: continuation), stop);
            foreach (var listed in page.Items.Select(document => Json.Read<Listed>(document.Body)))
            {
                if (await IsUnderWay(listed.Tenant, listed.UserId, stop))
                {
                    yield return (listed.Tenant, listed.UserId);
                }
                else if (listed.At + after <= clocks.Real.GetUtcNow())
                {
                    await Unlist(listed.Tenant, listed.UserId, stop);
                }
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    public async ValueTask<bool> IsUnderWay(Tenant tenant, string userId, CancellationToken stop) => await Remaining(tenant, userId, stop) is not null;

    /// <summary>Null: the user, if there ever was one, was not erased.</summary>
    public async ValueTask<Erasure?> Find(Tenant tenant, string userId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), StoredProfile.DocumentId, stop) is { } document ? Json.Read<StoredProfile>(document.Body).Erasure : null;

    /// <summary>The first step: from its commit on there is no such user. True also when it was done before.</summary>
    public async ValueTask<Result<bool>> Begin(Tenant tenant, string userId, ErasedBy by, Func<string, Error?> precondition, CancellationToken stop)
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
                var erasing = new StoredProfile(stored.Version + 1, null, stored.EmailHash, new(now, null, user, by));
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

    /// <summary>Nothing is added to what the modules keep of the user any more.</summary>
    public async ValueTask Close(Tenant tenant, string userId, CancellationToken stop)
    {
        foreach (var module in traces)
        {
            await module.Close(tenant, userId, stop);
        }
    }

    /// <param name="from">Where to go on; null: from the beginning.</param>
    public async ValueTask<ErasedPage> EraseTraces(Tenant tenant, string userId, string module, string? from, CancellationToken stop)
    {
        if (await Remaining(tenant, userId, stop) is not ({ } user, _, _))
        {
            return new();
        }
        if (module == Directory)
        {
            await index.Sync(tenant, userId, null, stop);
            return new(Deleted: 1);
        }
        return traces.FirstOrDefault(one => one.Module == module) is { } owner ? await owner.Erase(tenant, user, from, stop) : new();
    }

    /// <summary>The externalId, the e-mail and the principal may be another user's now; and answers kept for idempotency keys, and what was told of the user's changes, show the user.</summary>
    public async ValueTask<ErasedTraces> ReleaseNames(Tenant tenant, string userId, CancellationToken stop)
    {
        if (await Remaining(tenant, userId, stop) is not ({ } user, var stored, _))
        {
            return new(Names, 0, 0);
        }
        var deleted = await Drop(tenant, userId, "idempotency:", stop) + await Drop(tenant, userId, WorkspaceEvent.Prefix, stop) + 1;
        if (user.ExternalId is { } externalId)
        {
            await reservations.Release(tenant, externalId, userId, stop);
            deleted++;
        }
        if (stored.EmailHash is { } emailHash)
        {
            await reservations.ReleaseEmail(tenant, emailHash, userId, stop);
            deleted++;
        }
        await principals.Release(user.PrincipalId, tenant, stop);
        return new(Names, deleted, 0);
    }

    /// <summary>The last step: forgets whom it was about.</summary>
    public async ValueTask Complete(Tenant tenant, string userId, IReadOnlyList<ErasedTraces> erased, Func<Erasure, ValueTask<string>> certify, CancellationToken stop)
    {
        if (await Remaining(tenant, userId, stop) is (_, var stored, var etag))
        {
            var erasure = stored.Erasure! with { CompletedAt = clocks.Real.GetUtcNow(), Remaining = null, Traces = erased };
            var done = new StoredProfile(stored.Version + 1, null, null, erasure with { Certificate = await certify(erasure) });
            await store.Commit(Partition.Player(tenant, userId), [Write.Replace(StoredProfile.DocumentId, Json.Bytes(done), etag), UserEvents.OfErasure(userId, clocks.Now(tenant))], stop);
        }
        await index.Unmark(tenant, userId, stop);
        await Unlist(tenant, userId, stop);
    }

    /// <summary>Of an erasure that has begun and is not complete.</summary>
    async ValueTask<(UserProfile User, StoredProfile Stored, string ETag)?> Remaining(Tenant tenant, string userId, CancellationToken stop) =>
        await store.Read(Partition.Player(tenant, userId), StoredProfile.DocumentId, stop) is { } document
        && Json.Read<StoredProfile>(document.Body) is { Erasure.Remaining: { } user } stored ? (user, stored, document.ETag) : null;

    async ValueTask<int> Drop(Tenant tenant, string userId, string prefix, CancellationToken stop)
    {
        var partition = Partition.Player(tenant, userId);
        var dropped = 0;
        while (await store.Query(partition, DocumentQuery.Prefix(prefix, limit: StoreLimits.BatchWrites), stop) is { Items: { Count: > 0 } kept })
        {
            await store.Commit(partition, [.. kept.Select(document => Write.Delete(document.Id))], stop);
            dropped += kept.Count;
        }
        return dropped;
    }

    async ValueTask Unlist(Tenant tenant, string userId, CancellationToken stop) => await store.Commit(List, [Write.Delete(ListId(tenant, userId))], stop);

    static string ListId(Tenant tenant, string userId) => $"{ListPrefix}{tenant.AccountId}:{tenant.WorkspaceId}:{userId}";
}
