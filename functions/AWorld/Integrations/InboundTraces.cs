using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;

namespace AWorld.Integrations;

/// <summary>
/// What systems outside said of a user: it goes from the log and from what is held. That an event was applied stays
/// known, by hashes that lead to nobody.
/// </summary>
sealed class InboundTraces(InboundLog log, HeldEvents held, Principals principals, IDocumentStore store) : IUserTraces
{
    public string Module => "inbound";

    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        var email = (await principals.Find(user.PrincipalId, stop))?.Email;
        var deleted = 0;
        if (from is null)
        {
            foreach (var who in new[] { new HeldUser("userId", user.UserId), HeldUser.ActionsOf(user.UserId), user.ExternalId is { } externalId ? new("externalId", externalId) : null, email is null ? null : new("email", email) }.OfType<HeldUser>())
            {
                deleted += await held.Drop(tenant, who, stop);
            }
            deleted += (await store.Commit(Partition.Player(tenant, user.UserId), [Write.Delete(WorkerEvents.DocumentId)], stop)).Committed ? 1 : 0;
        }
        var (stripped, next) = await log.Strip(tenant, text => text is not null
            && (text == user.UserId || text == user.ExternalId || email is not null && EmailAddress.Normalize(text) == EmailAddress.Normalize(email)), from, stop);
        return new(deleted, stripped, next);
    }
}
