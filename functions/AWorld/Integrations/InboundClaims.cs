using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <param name="Made">It made a user: once, even when that user is erased and their marker lies in nobody's way.</param>
/// <param name="UserId">Who it is of: also when another goes by that externalId or address later.</param>
sealed record InboundClaim(string ContentHash, bool? Made = null, string? UserId = null)
{
    /// <summary>It was made by who holds this now.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }
}

/// <summary>Binds the (source, id) of events to their content, and to the user they were applied to, for ever.</summary>
sealed class InboundClaims(IDocumentStore store)
{
    const int Buckets = 64, Attempts = 8;

    static (Partition Partition, string Id) PlaceOf(Tenant tenant, InboundEvent sent) =>
        (Partition.Integrations(tenant, $"events-{(sent.Key[0] * 31 + sent.Key[1]) % Buckets:00}"), $"inbound-event:{sent.Key}");

    public async ValueTask<InboundClaim?> Find(Tenant tenant, InboundEvent sent, CancellationToken stop)
    {
        var (partition, id) = PlaceOf(tenant, sent);
        return await store.Read(partition, id, stop) is { } document ? Json.Read<InboundClaim>(document.Body) : null;
    }

    /// <summary>Null: the id is taken by other content.</summary>
    public async ValueTask<InboundClaim?> Bind(Tenant tenant, InboundEvent sent, string? userId, CancellationToken stop)
    {
        var (partition, id) = PlaceOf(tenant, sent);
        var claim = new InboundClaim(sent.ContentHash(), UserId: userId);
        if ((await store.Commit(partition, [Write.Create(id, Json.Bytes(claim))], stop)).Committed)
        {
            return claim with { IsNew = true };
        }
        return await Find(tenant, sent, stop) is { } before && before.ContentHash == claim.ContentHash ? before : null;
    }

    /// <summary>Makes it an event of this user. False: it was applied to another one.</summary>
    /// <param name="wasApplied">Whether it did something to a user.</param>
    public async ValueTask<bool> BindUser(Tenant tenant, InboundEvent sent, string userId, Func<string, ValueTask<bool>> wasApplied, CancellationToken stop)
    {
        var (partition, id) = PlaceOf(tenant, sent);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var document = await store.Read(partition, id, stop);
            var claim = document is null ? new(sent.ContentHash()) : Json.Read<InboundClaim>(document.Body);
            if (claim.UserId == userId)
            {
                return true;
            }
            if (claim.UserId is { } other && await wasApplied(other))
            {
                return false;
            }
            var bound = Json.Bytes(claim with { UserId = userId });
            if ((await store.Commit(partition, [document is null ? Write.Create(id, bound) : Write.Replace(id, bound, document.ETag)], stop)).Committed)
            {
                return true;
            }
        }
        throw new StoreBusyException(TimeSpan.FromSeconds(1));
    }

    /// <summary>Leaves the id of an event that was refused to the event as it may be sent again, unless it did something before.</summary>
    /// <param name="wasApplied">Whether it did something to a user.</param>
    public async ValueTask Free(Tenant tenant, InboundEvent sent, Func<string, ValueTask<bool>> wasApplied, CancellationToken stop)
    {
        var (partition, id) = PlaceOf(tenant, sent);
        if (await store.Read(partition, id, stop) is { } document && Json.Read<InboundClaim>(document.Body) is var claim && claim.ContentHash == sent.ContentHash() && claim.Made != true
            && !(claim.UserId is { } of && await wasApplied(of)))
        {
            await store.Commit(partition, [Write.Delete(id, document.ETag)], stop);
        }
    }

    public async ValueTask MadeUser(Tenant tenant, InboundEvent sent, InboundClaim claim, string? userId, CancellationToken stop)
    {
        var (partition, id) = PlaceOf(tenant, sent);
        await store.Commit(partition, [Write.Upsert(id, Json.Bytes(claim with { Made = true, UserId = userId }))], stop);
    }
}
