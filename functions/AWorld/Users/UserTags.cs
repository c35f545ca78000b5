using AWorld.Authorization;
using AWorld.Platform;

namespace AWorld.Users;

/// <summary>The tags of users are kept in their profiles, where every action finds them.</summary>
static class UserTags
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var users = routes.ServiceProvider.GetRequiredService<UserDirectory>();
        routes.MapTags(new("/dashboard/v1/users/{userId}", "users", EntityType.User, TagStyle.Plain, Permission.ReadUsers, Permission.WriteUsers,
            async (http, userId) => (await users.Find(Caller.Of(http).Tenant, userId, http.RequestAborted))?.Tags,
            (http, userId, decide) => Change(users, http, userId, decide)));
    }

    static ValueTask<IResult> Change(UserDirectory users, HttpContext http, string userId, Func<IReadOnlyList<TagAssignment>, Result<TagsChanged>> decide)
    {
        Answer? answer = null;
        return users.Change(http, Caller.Of(http).Tenant, userId, user =>
        {
            var changed = decide(user.Tags);
            answer = changed.Succeeded ? changed.Value.Answer : null;
            return changed.Map(tags => user with { Tags = tags.Tags });
        }, _ => answer!);
    }
}

/// <summary>Lets configuration refer to users.</summary>
sealed class ReferableUsers(UserDirectory users) : IReferable
{
    public EntityType Type => EntityType.User;
    public async ValueTask<bool> Exists(Tenant tenant, string id, CancellationToken stop) => await users.Find(tenant, id, stop) is not null;
}
