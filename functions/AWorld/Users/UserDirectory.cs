using AWorld.Game;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.Options;

namespace AWorld.Users;

sealed record UserPage(IReadOnlyList<UserProfile> Users, string? Position);

/// <summary>The users of every workspace: found by id, externalId and e-mail, created, changed, listed.</summary>
public sealed class UserDirectory
{
    readonly IDocumentStore store;
    readonly UserSteps steps;
    readonly IEnumerable<IUserObserver> observers;
    readonly WorkspaceClocks clocks;
    readonly ILogger<UserDirectory> log;
    readonly UserIndex index;
    readonly Reservations reservations;
    readonly ActiveUsers active;
    readonly NewUsers newUsers;
    readonly RecentCache<(Tenant Tenant, string UserId), StoredProfile> recent;
    readonly Func<(Tenant Tenant, string UserId), CancellationToken, ValueTask<StoredProfile?>> read;

    public UserDirectory(
        IDocumentStore store, UserSteps steps, Principals principals, IEnumerable<IUserObserver> observers, Ids ids, WorkspaceClocks clocks, IOptions<UsersOptions> options, ILogger<UserDirectory> log)
    {
        (this.store, this.steps, this.observers, this.clocks, this.log) = (store, steps, observers, clocks, log);
        index = new(store, ids, clocks);
        reservations = new(store, clocks);
        active = new(options.Value.RememberedActive);
        newUsers = new(index, reservations, active, principals, ids, clocks);
        recent = new(options.Value.CachedProfiles, options.Value.ProfileFreshness, clocks);
        read = async (key, stop) => await store.Read(Partition.Player(key.Tenant, key.UserId), StoredProfile.DocumentId, stop) is { } document ? Json.Read<StoredProfile>(document.Body) : null;
    }

    /// <summary>The user, null when there is none (any more). Usually answered from memory.</summary>
    public async ValueTask<UserProfile?> Find(Tenant tenant, string userId, CancellationToken stop) => (await FindStored(tenant, userId, stop))?.User;

    /// <summary>Whether the workspace has the user (by an id as clients may send) and they may act. On the only node answered from memory, once it was known, however many users there are.</summary>
    public ValueTask<bool> IsActive(Tenant tenant, string userId, CancellationToken stop)
    {
        var key = active.KeyOf(tenant, userId);
        return active.Contains(key, out var removed) ? new(true) : LookUp(tenant, userId, key, removed, stop);
    }

    async ValueTask<bool> LookUp(Tenant tenant, string userId, ulong key, int removed, CancellationToken stop)
    {
        var user = await Find(tenant, userId, stop);
        if (user is { DeactivatedAt: null })
        {
            active.Add(key, removed);
        }
        return user?.IsActive(clocks.Now(tenant)) == true;
    }

    public async ValueTask<UserProfile?> ByExternalId(Tenant tenant, string externalId, CancellationToken stop) =>
        await reservations.Holder(tenant, Reservations.External(externalId), stop) is { } userId
        && await Find(tenant, userId, stop) is { } user && user.ExternalId == externalId
            ? user
            : null;

    public async ValueTask<UserProfile?> ByEmail(Tenant tenant, string email, CancellationToken stop) =>
        await reservations.Holder(tenant, Reservations.Email(NewUsers.HashOf(tenant, email)), stop) is { } userId ? await Find(tenant, userId, stop) : null;

    /// <summary>All users that carry a tag, in no order.</summary>
    public IAsyncEnumerable<string> Tagged(Tenant tenant, string tagId, CancellationToken stop) => index.Tagged(tenant, tagId, stop);

    /// <summary>A stretch of a walk past all users, or those that carry a tag: in no order, but each once.</summary>
    /// <param name="position">Where the stretch before it ended; null: at the beginning.</param>
    public ValueTask<UserStretch> Walk(Tenant tenant, string? tagId, string? position, int limit, CancellationToken stop) => index.Walk(tenant, tagId, position, limit, stop);

    /// <summary>The time zones that users have or had; users without one live in UTC.</summary>
    public ValueTask<IReadOnlyList<string>> Zones(Tenant tenant, CancellationToken stop) => index.Zones(tenant, stop);

    /// <summary>A page of users by last change; a position is where an earlier page ended.</summary>
    internal async ValueTask<UserPage> Page(Tenant tenant, bool descending, string? position, int limit, CancellationToken stop)
    {
        var page = await index.Page(tenant, descending, position, limit, stop);
        var users = await Task.WhenAll(page.UserIds.Select(userId => Find(tenant, userId, stop).AsTask()));
        return new([.. users.OfType<UserProfile>()], page.Position);
    }

    /// <summary>Makes this node read the user anew.</summary>
    internal void Forget(Tenant tenant, string userId)
    {
        recent.Remove((tenant, userId));
        active.Remove(active.KeyOf(tenant, userId));
    }

    /// <summary>Creates a user; 409 naming the field when the workspace has one with this e-mail or externalId.</summary>
    public ValueTask<Result<UserProfile>> Create(Tenant tenant, UserDraft draft, CancellationToken stop) =>
        Create(tenant, draft, new(null, null, null, "users/create"), static (user, _) => new(new DecidedUser(user)), stop);

    /// <param name="refine">Completes the new user; called again after a conflict.</param>
    internal async ValueTask<Result<UserProfile>> Create(
        Tenant tenant, UserDraft draft, Actor by, Func<UserProfile, CancellationToken, ValueTask<Result<DecidedUser>>> refine, CancellationToken stop)
    {
        var creation = await newUsers.Begin(tenant, draft, stop);
        UserProfile? user = null;
        try
        {
            var created = await steps.Take(tenant, creation.UserId, by, null, async stop =>
            {
                var begun = await Decide(creation, stop);
                return begun.Succeeded
                    ? (await refine(begun.Value.User!, stop)).Map(refined => Changed(begun.Value with { User = user = refined.User }, user, null, null, Answer.NoContent, refined.Also))
                    : begun.Error;
            }, stop);
            return created.Map(_ => creation.Created = user!);
        }
        finally
        {
            await Settle(creation);
        }
    }

    internal async ValueTask<IResult> Create(HttpContext http, Tenant tenant, UserDraft draft, Func<StoredProfile, Answer> answer)
    {
        var key = Idempotency.Of(http);
        if (key.Error is { } malformed)
        {
            return new Problem(malformed);
        }
        if (key.Value is { } sent && !await reservations.Remember(tenant, sent, http.RequestAborted))
        {
            return new Problem(Error.Conflict($"{Idempotency.Header} was used for another request; use a new key for a new request"));
        }
        var creation = await newUsers.Begin(tenant, draft, http.RequestAborted);
        IResult? result = null;
        try
        {
            StoredProfile? made = null;
            var created = await steps.Take(tenant, creation.UserId, Actors.Of(http, "users/create"), key.Value,
                async stop => (await Decide(creation, stop)).Map(stored => Changed(made = stored, stored.User!, null, null, answer(stored), [])), http.RequestAborted);
            creation.Created = created is { Succeeded: true, Value.Replayed: false } ? made?.User : null;
            result = created.Respond();
            return result;
        }
        finally
        {
            if (key.Value is { } unused && result is Problem)
            {
                await reservations.Unremember(tenant, unused, CancellationToken.None);
            }
            await Settle(creation);
        }
    }

    /// <summary>Changes a user: the decision gives the user as it shall be, or the same one when there is nothing to do.</summary>
    internal async ValueTask<IResult> Change(HttpContext http, Tenant tenant, string userId, Func<UserProfile, Result<UserProfile>> decide, Func<StoredProfile, Answer> answer)
    {
        var key = Idempotency.Of(http);
        return key.Error is { } malformed ? new Problem(malformed) : (await Change(tenant, userId, Actors.Of(http, "users/update"), key.Value, stored => Preconditions.Check(http, stored.ETag),
            (user, _) => new(decide(user).Map(static decided => new DecidedUser(decided))), answer, http.RequestAborted)).Respond();
    }

    /// <summary>Changes a user by what is no request of its own.</summary>
    /// <param name="decide">Called again after a conflict.</param>
    internal async ValueTask<Result<UserProfile>> Change(
        Tenant tenant, string userId, Actor by, Func<UserProfile, CancellationToken, ValueTask<Result<DecidedUser>>> decide, CancellationToken stop)
    {
        UserProfile? after = null;
        return (await Change(tenant, userId, by, null, static _ => null, decide, changed =>
        {
            after = changed.User;
            return Answer.NoContent;
        }, stop)).Map(_ => after!);
    }

    async ValueTask<Result<Answer>> Change(
        Tenant tenant, string userId, Actor by, Idempotency? key, Func<StoredProfile, Error?> precondition, Func<UserProfile, CancellationToken, ValueTask<Result<DecidedUser>>> decide,
        Func<StoredProfile, Answer> answer, CancellationToken stop)
    {
        string? mark = null;
        string? claimed = null;
        UserProfile? renamed = null;
        try
        {
            var result = await steps.Take(tenant, userId, by, key, async stop =>
            {
                renamed = null;
                var document = await store.Read(Partition.Player(tenant, userId), StoredProfile.DocumentId, stop);
                if (document is null || Json.Read<StoredProfile>(document.Body) is not { User: { } user } stored)
                {
                    return Error.NotFound("user", userId);
                }
                if (precondition(stored) is { } stale)
                {
                    return stale;
                }
                var decision = await decide(user, stop);
                if (!decision.Succeeded)
                {
                    return decision.Error;
                }
                if (decision.Value.User == user)
                {
                    return new ChangedUser(user, stored.ETag, null, answer(stored)) { Also = decision.Value.Also };
                }
                var changed = stored with { Version = stored.Version + 1, User = decision.Value.User with { UpdatedAt = After(tenant, user.UpdatedAt) } };
                if (changed.User.ExternalId is { } externalId && externalId != user.ExternalId)
                {
                    if (!await reservations.Claim(tenant, externalId, userId, stop))
                    {
                        return NewUsers.Taken("externalId");
                    }
                    (claimed, renamed) = (externalId, changed.User);
                }
                mark ??= await index.Announce(tenant, userId, stop);
                return Changed(changed, changed.User, user, document.ETag, answer(changed), decision.Value.Also);
            }, stop);
            renamed = result is { Succeeded: true, Value.Replayed: false } ? renamed : null;
            return result;
        }
        finally
        {
            Forget(tenant, userId);
            await Settle(tenant, userId, mark, claimed);
            await Tell(tenant, renamed, null);
        }
    }

    internal ValueTask<StoredProfile?> FindStored(Tenant tenant, string userId, CancellationToken stop) =>
        recent.Get((tenant, userId), read, stop);

    /// <summary>What follows a commit, also one whose caller has gone: what fails here is found by the mark and done before the next listing.</summary>
    async ValueTask Settle(Tenant tenant, string userId, string? mark, string? claimed)
    {
        recent.Remove((tenant, userId));
        if (mark is null && claimed is null)
        {
            return;
        }
        try
        {
            var before = mark is null ? null : await index.Sync(tenant, userId, mark, CancellationToken.None);
            foreach (var externalId in new[] { before?.ExternalId, claimed }.OfType<string>().Distinct())
            {
                await reservations.Release(tenant, externalId, userId, CancellationToken.None);
            }
        }
        catch (StoreBusyException)
        {
            log.LogWarning("The directory entry of user {UserId} of {Tenant} is updated before the next listing", userId, tenant);
        }
    }

    /// <param name="before">Null: the user is new.</param>
    /// <param name="etag">Of the document that it replaces; null: there is none.</param>
    static ChangedUser Changed(StoredProfile stored, UserProfile user, UserProfile? before, string? etag, Answer answer, IReadOnlyList<Write> also)
    {
        var body = Json.Bytes(stored);
        var write = etag is null ? Write.Create(StoredProfile.DocumentId, body) : Write.Replace(StoredProfile.DocumentId, body, etag);
        return new(user, stored.ETag, write, answer) { Also = [UserEvents.Of(before, user, stored.Version), .. also] };
    }

    async ValueTask<Result<StoredProfile>> Decide(Creation creation, CancellationToken stop) =>
        await newUsers.Decide(creation, await read((creation.Tenant, creation.UserId), stop), stop);

    async ValueTask Settle(Creation creation)
    {
        await Settle(creation.Tenant, creation.UserId, creation.Mark, creation.Claimed);
        if (creation.Created is not null)
        {
            active.Add(creation.Key, creation.Removed);
        }
        await Tell(creation.Tenant, creation.Created, creation.Draft.Email);
    }

    /// <summary>Those who wait for a user under one of its names; what fails here they find by themselves.</summary>
    async ValueTask Tell(Tenant tenant, UserProfile? user, string? email)
    {
        foreach (var observer in user is null ? [] : observers)
        {
            try
            {
                await observer.Appeared(tenant, user!, email, CancellationToken.None);
            }
            catch (Exception failure)
            {
                log.LogWarning(failure, "{Observer} failed on user {UserId} of {Tenant}", observer.GetType().Name, user!.UserId, tenant);
            }
        }
    }

    /// <summary>Now, but later than the last change, so that every change moves the user in the listing.</summary>
    DateTimeOffset After(Tenant tenant, DateTimeOffset last)
    {
        var now = clocks.Now(tenant);
        return now > last ? now : last.AddMilliseconds(1);
    }
}
