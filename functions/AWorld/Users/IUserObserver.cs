using AWorld.Platform;

namespace AWorld.Users;

/// <summary>Hears of users that can be found under a new name, before the request that made it so is answered. What a crash keeps from it, it must find by itself.</summary>
public interface IUserObserver
{
    /// <param name="email">Of a new user; null: an old one got another externalId.</param>
    ValueTask Appeared(Tenant tenant, UserProfile user, string? email, CancellationToken stop);
}

/// <summary>A user as it shall be.</summary>
/// <param name="Also">Other documents of the user to write in the same commit.</param>
sealed record DecidedUser(UserProfile User, params IReadOnlyList<Write> Also);
