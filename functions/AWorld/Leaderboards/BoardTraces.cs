using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Leaderboards;

/// <summary>An erased user leaves every board of the workspace.</summary>
sealed class BoardTraces(Boards boards) : IUserTraces
{
    public ValueTask Erase(Tenant tenant, UserProfile user, CancellationToken stop) => boards.Erase(tenant, user.UserId, stop);
}
