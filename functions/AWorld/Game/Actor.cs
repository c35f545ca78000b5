namespace AWorld.Game;

/// <summary>Who acted: the user of the token, the machine client or the principal, and the operation it came through.</summary>
/// <param name="Via">The operation's id, such as <c>activityLogs/create</c>.</param>
public sealed record Actor(string? UserId, string? ClientId, string? PrincipalId, string Via);

static class Actors
{
    public static Actor Of(Authorization.Caller caller, string operation) => new(caller.UserId, caller.ClientId, caller.PrincipalId, operation);

    /// <summary>Who asks for the operation that the request is.</summary>
    public static Actor Of(HttpContext http, string otherwise)
    {
        var (caller, operation) = (http.Features.Get<Authorization.Caller>(), http.GetEndpoint()?.Metadata.GetMetadata<Platform.Operation>());
        return new(caller?.UserId, caller?.ClientId, caller?.PrincipalId, operation?.Id ?? otherwise);
    }
}
