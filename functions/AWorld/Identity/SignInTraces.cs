using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Identity;

/// <summary>Ends all sign-ins of an erased user; their tokens stop working with it.</summary>
sealed class SignInTraces(IDocumentStore store, VerifiedTokens verified) : IUserTraces
{
    public string Module => "sign-ins";

    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        verified.Forget(caller => caller.UserId == user.UserId && caller.Tenant == tenant);
        var partition = Partition.Platform(tenant.AccountId);
        var page = await store.Query(partition, DocumentQuery.Prefix(SignIns.IdPrefix, continuation: from), stop);
        var deleted = 0;
        foreach (var document in page.Items)
        {
            if (Json.Read<SignIn>(document.Body) is { } signIn && signIn.UserId == user.UserId && signIn.Tenant == tenant)
            {
                await store.Commit(partition, [Write.Delete(document.Id)], stop);
                deleted++;
            }
        }
        return new(deleted, Next: page.Continuation);
    }
}
