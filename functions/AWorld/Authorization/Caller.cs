using AWorld.Platform;

namespace AWorld.Authorization;

public enum ApiContext { App, Dashboard, Portal, Identity }

public enum Role { Viewer, Member, Manager, Admin, Owner }

/// <summary>Who is asking, and in which tenant; made by the Caller middleware from a verified token, never from a request's content.</summary>
/// <param name="Tenant">Account and workspace of the token. Portal tokens that name no workspace have an empty WorkspaceId.</param>
/// <param name="UserId">The user acted for: the token's, or for a machine the one in <c>x-user-id</c>.</param>
/// <param name="ClientId">The acting machine client, or the application through which a person signed in.</param>
/// <param name="Scopes">Of a machine token, such as <c>app/write</c>; empty for people.</param>
/// <param name="SessionId">The sign-in that the token belongs to, if it came from one.</param>
public sealed record Caller(
    Tenant Tenant,
    ApiContext Context,
    Role Role,
    string? UserId,
    string? PrincipalId,
    string? ClientId,
    bool IsMachine,
    IReadOnlySet<string> Scopes,
    string TokenId,
    string? SessionId = null)
{
    /// <summary>The user acted for; endpoints that need one are refused before their handler when there is none.</summary>
    public string User => UserId ?? throw new InvalidOperationException("this endpoint needs a user; declare it with RequiresUser()");

    /// <summary>Lets handlers take the Caller as a parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext http) => new(http.Features.Get<Caller>());

    /// <summary>The Caller that the middleware established; a request without one never reaches a handler.</summary>
    public static Caller Of(HttpContext http) =>
        http.Features.Get<Caller>() ?? throw new InvalidOperationException("no caller: the Caller middleware has not run");
}
