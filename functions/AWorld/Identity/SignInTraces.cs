using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Identity;

/// <summary>Ends all sign-ins of an erased user; their tokens stop working with it.</summary>
sealed class SignInTraces(IDocumentStore store, VerifiedTokens verified) : IUserTraces
{
    public string Module => "sign-ins";

    public async ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop)
    {
        var deleted = 0;
        verified.Forget(caller => caller.UserId == user.UserId && caller.Tenant == tenant);
        var partition = Partition.Platform(tenant.AccountId);
        var query = DocumentQuery.Prefix(SignIns.IdPrefix);
        do
        {
            var page = await store.Query(partition, query, stop);
            foreach (var document in page.Items)
            {
                if (Json.Read<SignIn>(document.Body) is { } signIn && signIn.UserId == user.UserId && signIn.Tenant == tenant)
                {
                    await store.Commit(partition, [Write.Delete(document.Id)], stop);
                    deleted++;
                }
            }
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
        return new(deleted);
    }
}
