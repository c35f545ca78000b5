using System.Runtime.CompilerServices;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>Whom events wait for: a user whom nobody knows yet, as events name them, or a user with an action that is not there.</summary>
/// <param name="Kind">userId, externalId or email; <see cref="Actions"/>: their userId.</param>
sealed record HeldUser(string Kind, string Value)
{
    public const string Actions = "actions";

    public static HeldUser ActionsOf(string userId) => new(Actions, userId);

    public static HeldUser Of(AboutUser about) =>
        about.UserId is { } userId ? new("userId", userId) : about.ExternalId is { } externalId ? new("externalId", externalId) : new("email", EmailAddress.Normalize(about.Email!));

    public AboutUser About => new WorkerData { UserId = Kind is "userId" or Actions ? Value : null, ExternalId = Kind == "externalId" ? Value : null, Email = Kind == "email" ? Value : null };

    /// <summary>The same for the same user, and tells nothing about them.</summary>
    public string Key => Ids.Derive("held-user", Kind, Value);
}

/// <param name="At">When it was held.</param>
/// <param name="Failures">How often it failed when its time had come.</param>
sealed record HeldEvent(InboundEvent Event, Sender By, DateTimeOffset At, int Failures = 0);

/// <summary>
/// Events that wait for their user, or for an action of theirs, in the order in which they happened. Each user is a
/// partition; a list of all of them tells the sweep where to look.
/// </summary>
sealed class HeldEvents(IDocumentStore store, IOptions<InboundOptions> options, WorkspaceClocks clocks)
{
    const int Attempts = 32;
    const string Prefix = "inbound-held:", ListPrefix = "inbound-waiting:", HeadId = "inbound-head";

    /// <summary>What is known of the user, and how many events wait.</summary>
    sealed record Head(HeldUser Who, int Count);

    sealed record Listed(Tenant Tenant, HeldUser Who);

    static Partition List => Partition.Platform(Partition.PlatformAccount);
    static Partition Of(Tenant tenant, HeldUser who) => Partition.Integrations(tenant, $"held-{who.Key}");
    static string ListId(Tenant tenant, string key) => $"{ListPrefix}{tenant.AccountId}:{tenant.WorkspaceId}:{key}";

    static string IdOf(HeldEvent waiting) => $"{Prefix}{(waiting.Event.Time ?? waiting.At).ToUnixTimeMilliseconds() + 62135596800000:D15}:{waiting.Event.Key}";

    /// <summary>About how many users of a workspace have events waiting.</summary>
    sealed class Count
    {
        public int Users;
    }

    static readonly TimeSpan CountedAnewAfter = TimeSpan.FromSeconds(10);
    readonly RecentCache<Tenant, Count> counts = new(capacity: 1_000, CountedAnewAfter, clocks);

    async ValueTask<Count> CountOf(Tenant tenant, CancellationToken stop) => (await counts.Get(tenant, async (tenant, stop) =>
    {
        var (count, page) = (new Count(), DocumentQuery.Prefix(ListId(tenant, "")));
        do
        {
            var some = await store.Query(List, page, stop);
            (count.Users, page) = (count.Users + some.Items.Count, page with { Continuation = some.Continuation });
        }
        while (page.Continuation is not null && count.Users < options.Value.HeldUsers);
        return count;
    }, stop))!;

    /// <returns>Held, or a duplicate when it is held already; an error: too many are.</returns>
    public async ValueTask<Result<InboundStatus>> Hold(Tenant tenant, HeldUser who, InboundEvent sent, Sender by, CancellationToken stop)
    {
        var (partition, waiting) = (Of(tenant, who), new HeldEvent(sent, by, clocks.Now(tenant)));
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var document = await store.Read(partition, HeadId, stop);
            var head = document is null ? new(who, 0) : Json.Read<Head>(document.Body);
            var enlist = Write.Upsert(ListId(tenant, who.Key), Json.Bytes(new Listed(tenant, who)));
            if (document is null)
            {
                if (await CountOf(tenant, stop) is { Users: var users } && users >= options.Value.HeldUsers)
                {
                    return Error.RateLimited(options.Value.HeldCheckedEvery) with { Message = $"events of {users} users wait already whom this workspace does not know, or for actions of theirs; create them, or send it again later" };
                }
                await store.Commit(List, [enlist], stop);
            }
            if (head.Count >= options.Value.HeldPerUser)
            {
                return await store.Read(partition, IdOf(waiting), stop) is not null ? InboundStatus.Duplicate
                    : Error.InvalidOperation($"{options.Value.HeldPerUser} events wait for this user or their actions already");
            }
            var counted = Json.Bytes(head with { Count = head.Count + 1 });
            var commit = await store.Commit(partition,
                [Write.Create(IdOf(waiting), Json.Bytes(waiting)), document is null ? Write.Create(HeadId, counted) : Write.Replace(HeadId, counted, document.ETag)], stop);
            if (commit.Committed)
            {
                if (document is null)
                {
                    // Whoever took the last user of this name off the list may have come in between.
                    await store.Commit(List, [enlist], stop);
                    var count = await CountOf(tenant, stop);
                    Interlocked.Increment(ref count.Users);
                }
                return InboundStatus.Held;
            }
            if (commit is { Status: CommitStatus.Conflict, Failed: 0 })
            {
                return InboundStatus.Duplicate;
            }
            if (commit.Status == CommitStatus.TooLarge)
            {
                // Trying again would not make it smaller.
                throw new InvalidOperationException("an event that is to wait is larger than the store takes");
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    public async ValueTask<bool> Any(Tenant tenant, HeldUser who, CancellationToken stop) => await store.Read(Of(tenant, who), HeadId, stop) is not null;

    /// <summary>Whether this event waits.</summary>
    public async ValueTask<bool> Has(Tenant tenant, HeldUser who, InboundEvent sent, CancellationToken stop) =>
        await store.Read(Of(tenant, who), IdOf(new(sent, new("held"), clocks.Now(tenant))), stop) is not null;

    /// <summary>Hands over what waits, in its order, and takes off what was handled.</summary>
    /// <param name="handle">False: not now; it stays.</param>
    /// <param name="giveUp">Told of one that has failed too often, and goes so that those behind it can; null: it stays.</param>
    public async ValueTask Release(
        Tenant tenant, HeldUser who, Func<HeldEvent, CancellationToken, ValueTask<bool>> handle, CancellationToken stop, Func<HeldEvent, Exception, ValueTask>? giveUp = null)
    {
        var next = DocumentQuery.Prefix(Prefix, limit: 100);
        while (await store.Query(Of(tenant, who), next, stop) is { Items: { Count: > 0 } some })
        {
            foreach (var document in some)
            {
                var waiting = Json.Read<HeldEvent>(document.Body);
                bool isHandled;
                try
                {
                    isHandled = await handle(waiting, stop);
                }
                catch (Exception failure) when (giveUp is not null && failure is not (OperationCanceledException or StoreBusyException))
                {
                    if (waiting.Failures + 1 < options.Value.Deliveries)
                    {
                        await store.Commit(Of(tenant, who), [Write.Replace(document.Id, Json.Bytes(waiting with { Failures = waiting.Failures + 1 }), document.ETag)], stop);
                        throw;
                    }
                    await giveUp(waiting, failure);
                    isHandled = true;
                }
                if (isHandled)
                {
                    await Remove(tenant, who, document, stop);
                }
                // No id goes on with a space.
                next = next with { From = document.Id + " " };
            }
        }
        await Close(tenant, who, stop);
    }

    /// <summary>Takes off what waited too long.</summary>
    public async ValueTask Expire(Tenant tenant, HeldUser who, Func<HeldEvent, ValueTask> reject, CancellationToken stop)
    {
        var before = clocks.Now(tenant) - options.Value.HeldFor;
        var left = false;
        string? continuation = null;
        do
        {
            var page = await store.Query(Of(tenant, who), DocumentQuery.Prefix(Prefix, limit: 100, continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                if (Json.Read<HeldEvent>(document.Body) is var waiting && waiting.At > before)
                {
                    left = true;
                    continue;
                }
                await reject(waiting);
                await Remove(tenant, who, document, stop);
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
        if (!left)
        {
            await Close(tenant, who, stop);
        }
    }

    /// <summary>All for whom events wait.</summary>
    public async IAsyncEnumerable<(Tenant Tenant, HeldUser Who)> All([EnumeratorCancellation] CancellationToken stop)
    {
        string? continuation = null;
        do
        {
            var page = await store.Query(List, DocumentQuery.Prefix(ListPrefix, continuation: continuation), stop);
            foreach (var listed in page.Items.Select(document => Json.Read<Listed>(document.Body)))
            {
                yield return (listed.Tenant, listed.Who);
            }
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>Drops what waits for a user who is erased.</summary>
    public async ValueTask<int> Drop(Tenant tenant, HeldUser who, CancellationToken stop)
    {
        var dropped = 0;
        await Release(tenant, who, (_, _) => new(++dropped > 0), stop);
        return dropped;
    }

    async ValueTask Remove(Tenant tenant, HeldUser who, Document handled, CancellationToken stop)
    {
        var partition = Of(tenant, who);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var head = await store.Read(partition, HeadId, stop);
            var writes = head is null ? [] : new[] { Write.Replace(HeadId, Json.Bytes(Json.Read<Head>(head.Body) is var counted ? counted with { Count = counted.Count - 1 } : null), head.ETag) };
            var commit = await store.Commit(partition, [Write.Delete(handled.Id, handled.ETag), .. writes], stop);
            // Somebody else took it off, and it may have come again.
            if (commit.Committed || commit is { Status: CommitStatus.NotFound or CommitStatus.PreconditionFailed, Failed: 0 })
            {
                return;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    /// <summary>Takes the user off the list, unless something came meanwhile: then head and listing are others.</summary>
    async ValueTask Close(Tenant tenant, HeldUser who, CancellationToken stop)
    {
        if (await store.Read(List, ListId(tenant, who.Key), stop) is not { } listed)
        {
            return;
        }
        var head = await store.Read(Of(tenant, who), HeadId, stop);
        if (head is null || Json.Read<Head>(head.Body).Count <= 0 && (await store.Commit(Of(tenant, who), [Write.Delete(HeadId, head.ETag)], stop)).Committed)
        {
            await store.Commit(List, [Write.Delete(listed.Id, listed.ETag)], stop);
        }
    }
}
