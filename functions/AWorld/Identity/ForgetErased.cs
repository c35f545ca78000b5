using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Identity;

/// <summary>An erased user's tokens, and machines' leave to act for the user, end at once.</summary>
sealed class ForgetErased(VerifiedTokens verified) : IUserTraces
{
    public ValueTask Erase(Tenant tenant, UserProfile user, CancellationToken stop)
    {
        verified.Forget(caller => caller.UserId == user.UserId && caller.Tenant == tenant);
        return ValueTask.CompletedTask;
    }
}
