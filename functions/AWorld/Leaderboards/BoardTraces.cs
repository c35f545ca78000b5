using AWorld.Platform;
using AWorld.Users;

namespace AWorld.Leaderboards;

/// <summary>An erased user leaves every board of the workspace.</summary>
sealed class BoardTraces(Boards boards) : IUserTraces
{
    public string Module => "leaderboards";

    public ValueTask<ErasedPage> Erase(Tenant tenant, UserProfile user, string? from, CancellationToken stop) => boards.Erase(tenant, user.UserId, from, stop);
}
