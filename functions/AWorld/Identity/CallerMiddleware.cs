using AWorld.Audit;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Identity;

/// <summary>
/// Lets a request reach its endpoint only with what the endpoint declares: a token of the right tenant and context
/// whose holder has the permission, and a user where one is needed. An endpoint that declares nothing is refused.
/// </summary>
sealed class CallerMiddleware(RequestDelegate next, VerifiedTokens verified, TokenVerification verification, People people, AuditedRequests audit, TimeProvider clock, IOptions<IdentityOptions> options, ILogger<CallerMiddleware> log)
{
    public const string UserHeader = "x-user-id";

    readonly TimeSpan recheck = options.Value.StandingRecheck;

    public Task InvokeAsync(HttpContext http)
    {
        // Routing's own refusals (405, 415) are endpoints too, but not of ours.
        if (http.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return next(http);
        }
        if (endpoint.Metadata.GetMetadata<Requirement>() is not { } requirement)
        {
            log.LogError("{Endpoint} declares neither a permission nor that it is public, so it is refused", endpoint.DisplayName);
            return new Problem(new Error(500, "server/internal_error", "this endpoint is not available")).ExecuteAsync(http);
        }
        if (requirement.Permission is not { } permission)
        {
            return next(http);
        }
        var established = Establish(http, endpoint, Permissions.Table[permission]);
        return established.IsCompletedSuccessfully ? Proceed(http, established.Result) : ProceedLater(http, established);
    }

    async Task ProceedLater(HttpContext http, ValueTask<Result<Caller>> established) => await Proceed(http, await established);

    Task Proceed(HttpContext http, Result<Caller> established)
    {
        if (!established.Succeeded)
        {
            return new Problem(established.Error).ExecuteAsync(http);
        }
        foreach (var (name, value) in http.Request.RouteValues)
        {
            if (value is string id && name.EndsWith("Id", StringComparison.Ordinal) && !Ids.IsClientId(id))
            {
                return new Problem(Error.Invalid(name, IdAttribute.Rule)).ExecuteAsync(http);
            }
        }
        http.Features.Set(established.Value);
        return established.Value is { Context: ApiContext.Portal, Tenant.AccountId: not Partition.PlatformAccount and var account } && !HttpMethods.IsGet(http.Request.Method)
            ? ProceedToChange(http, account)
            : next(http);
    }

    /// <summary>The portal changes what tokens stand on: clients, memberships, trusted issuers. So the account's are verified anew.</summary>
    async Task ProceedToChange(HttpContext http, string accountId)
    {
        await next(http);
        verified.Forget(caller => caller.Tenant.AccountId == accountId);
    }

    ValueTask<Result<Caller>> Establish(HttpContext http, RouteEndpoint endpoint, Grant grant)
    {
        if (http.Request.Headers.Authorization is not [{ Length: > 0 } authorization])
        {
            return new(Error.InvalidToken("this endpoint needs one access token, as 'Authorization: Bearer ...'"));
        }
        var named = NamedTenant.Of(http);
        var token = verified.Tokens.Find(authorization, clock.GetUtcNow());
        return token is not null && (token.Named is null || token.Named == named)
            ? Authorize(http, endpoint, grant, token, named)
            : VerifyFirst(http, endpoint, grant, authorization, named);
    }

    async ValueTask<Result<Caller>> VerifyFirst(HttpContext http, RouteEndpoint endpoint, Grant grant, string authorization, NamedTenant named)
    {
        var token = await verification.Verify(authorization, named, http.RequestAborted);
        return token.Succeeded ? await Authorize(http, endpoint, grant, token.Value, named) : token.Error;
    }

    ValueTask<Result<Caller>> Authorize(HttpContext http, RouteEndpoint endpoint, Grant grant, VerifiedToken token, NamedTenant named)
    {
        var decided = Decide(http, endpoint, grant, token, named);
        if (!decided.IsCompletedSuccessfully)
        {
            return Note(http, token, decided);
        }
        var result = decided.Result;
        return result.Succeeded ? new(result) : Note(http, token, new(result));
    }

    /// <summary>Who may not is recorded too.</summary>
    async ValueTask<Result<Caller>> Note(HttpContext http, VerifiedToken token, ValueTask<Result<Caller>> decided)
    {
        var result = await decided;
        if (result.Error is { } refused)
        {
            await audit.Refused(http, token.Callers[0], refused.Status);
        }
        return result;
    }

    ValueTask<Result<Caller>> Decide(HttpContext http, RouteEndpoint endpoint, Grant grant, VerifiedToken token, NamedTenant named)
    {
        if (token.In(grant.Context) is not { } caller)
        {
            return new(Error.WorkspaceMismatch($"the token is not for the {AccessTokens.Wire(grant.Context)} API"));
        }
        if (named.AccountId is { } account && account != caller.Tenant.AccountId || named.WorkspaceId is { } workspace && workspace != caller.Tenant.WorkspaceId)
        {
            return new(Error.WorkspaceMismatch("the token is for another account or workspace than the request's headers name"));
        }
        if (caller.Context == ApiContext.Portal && http.Request.RouteValues["accountId"] is string of && (of != caller.Tenant.AccountId || of == Partition.PlatformAccount))
        {
            return InAccount(http, grant, caller, of);
        }
        if (Refusal(caller, grant) is { } refused)
        {
            return new(refused);
        }
        if (http.Request.Headers[UserHeader] is { Count: > 0 } header && header != caller.UserId)
        {
            return Delegate(http, caller, header.ToString());
        }
        return new(caller.UserId is null && endpoint.Metadata.GetMetadata<UserRequired>() is not null
            ? Error.Invalid(UserHeader, "this endpoint acts for one user, so a machine's request must name the user in this header")
            : caller);
    }

    static Error? Refusal(Caller caller, Grant grant)
    {
        if (caller.IsMachine)
        {
            return grant.Scope is { } scope && caller.Scopes.Contains(scope) ? null : Error.Forbidden(grant.Scope is null ? "only people may do this" : $"this needs the scope {grant.Scope}");
        }
        return caller.Role >= grant.Least ? null : Error.Forbidden($"this needs the role {AccessTokens.Wire(grant.Least)}");
    }

    /// <summary>
    /// A principal's portal token is of no account: in each it has the role of the principal's memberships there. Where
    /// there are none it cannot be told whether the account exists.
    /// </summary>
    async ValueTask<Result<Caller>> InAccount(HttpContext http, Grant grant, Caller caller, string accountId)
    {
        var unknown = new Error(404, "resource/not_found", "this account or workspace does not exist");
        if (caller.Tenant.AccountId != Partition.PlatformAccount)
        {
            return Refusal(caller, grant) ?? unknown;
        }
        if (accountId == Partition.PlatformAccount || !Ids.IsTenantId(accountId) || caller.PrincipalId is not { } principalId)
        {
            return unknown;
        }
        var tenant = new Tenant(accountId, http.Request.RouteValues["workspaceId"] as string ?? "");
        if (await people.RoleOf(principalId, tenant, http.RequestAborted) is not { } role)
        {
            return unknown;
        }
        var there = caller with { Tenant = tenant with { WorkspaceId = "" }, Role = role };
        return Refusal(there, grant) is { } refused ? refused : there;
    }

    /// <summary>A machine acts for a user of its own workspace; that the user exists is remembered like a token.</summary>
    ValueTask<Result<Caller>> Delegate(HttpContext http, Caller caller, string userId)
    {
        if (!caller.IsMachine)
        {
            return new(Error.Forbidden($"only machines act for others; leave out {UserHeader}"));
        }
        return verified.Delegations.Find((caller.TokenId, userId), clock.GetUtcNow()) is { } known ? new(known) : DelegateFirst(http, caller, userId);
    }

    async ValueTask<Result<Caller>> DelegateFirst(HttpContext http, Caller caller, string userId)
    {
        var (generation, now) = (verified.Delegations.Generation, clock.GetUtcNow());
        if (!Ids.IsClientId(userId) || !await people.Exists(caller.Tenant, userId, http.RequestAborted))
        {
            return Error.NotFound("user", userId);
        }
        var acting = caller with { UserId = userId };
        await audit.Delegated(http, acting);
        verified.Delegations.Add((caller.TokenId, userId), acting, now + recheck, now, generation);
        return acting;
    }
}
