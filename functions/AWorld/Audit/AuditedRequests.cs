using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AWorld.Authorization;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Audit;

/// <summary>
/// Records requests: all of the dashboard, the portal and of signing in, and what changes something through the App but
/// actions, whose journal entry names who, when and through what. App reads are not recorded one by one; that a machine
/// began to act for a user is.
/// </summary>
public sealed class AuditedRequests(AuditTrail trail, IDocumentStore store, TimeProvider clock, IOptions<PlatformOptions> platform)
{
    const string KeyId = "audit-address-key";
    const int MostOfUserAgent = 256;
    static readonly Partition Home = Partition.Platform(Partition.PlatformAccount);

    sealed record StoredKey(byte[] Key);

    byte[]? addressKey;

    /// <summary>Makes the endpoints of a group record themselves.</summary>
    public static void Follow(IEndpointConventionBuilder endpoints) => endpoints.Add(static builder =>
    {
        if (builder is RouteEndpointBuilder { RoutePattern.RawText: { } path } && IsRecorded(path, builder.Metadata.OfType<HttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? []))
        {
            builder.FilterFactories.Add((_, next) =>
            {
                var operation = builder.Metadata.OfType<Operation>().LastOrDefault()?.Id ?? path;
                return context => context.HttpContext.RequestServices.GetRequiredService<AuditedRequests>().Run(context, next, $"{path.Split('/')[1]}/{operation}");
            });
        }
    });

    static bool IsRecorded(string path, IReadOnlyList<string> methods) => path.Split('/')[1] switch
    {
        "dashboard" or "portal" or "oauth2" or "auth" => true,
        "app" => path != "/app/v1/activity-logs" && !path.EndsWith("/submit", StringComparison.Ordinal) && methods.Any(static method => method != HttpMethods.Get),
        _ => false,
    };

    /// <summary>Of a request that was refused before it reached its endpoint, by somebody known.</summary>
    internal async ValueTask Refused(HttpContext http, Caller caller, int status)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { } operation && http.Request.Path.Value is { } path && IsRecorded(path, [http.Request.Method]))
        {
            trail.Note(caller.Tenant, await Of(http, $"{path.Split('/')[1]}/{operation.Id}", status, caller));
        }
    }

    /// <summary>A machine acts for a user, for the first time in a while with this token.</summary>
    internal ValueTask Delegated(HttpContext http, Caller caller)
    {
        var source = new DelegationSource(caller.Tenant, caller.TokenId, http.Connection.RemoteIpAddress, UserAgent(http));
        return trail.Joins(source, caller.User) ? ValueTask.CompletedTask : DelegatedFirst(http, source, caller);
    }

    async ValueTask DelegatedFirst(HttpContext http, DelegationSource source, Caller caller) =>
        trail.Note(source, await Of(http, "identity/delegate", StatusCodes.Status200OK, caller));

    async ValueTask<object?> Run(EndpointFilterInvocationContext context, EndpointFilterDelegate next, string operation)
    {
        var http = context.HttpContext;
        object? result;
        try
        {
            result = await next(context);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            trail.Note(TenantOf(http), await Of(http, operation, failure is StoreBusyException ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError));
            throw;
        }
        var status = result is IStatusCodeHttpResult { StatusCode: { } code } ? code : StatusCodes.Status200OK;
        var record = await Of(http, operation, status);
        if (status < 400 && Changes(http))
        {
            await trail.Record(TenantOf(http), record);
        }
        else
        {
            trail.Note(TenantOf(http), record);
        }
        return result;
    }

    static bool Changes(HttpContext http) => !HttpMethods.IsGet(http.Request.Method) || http.GetEndpoint()?.Metadata.GetMetadata<Changing>() is not null;

    static Tenant TenantOf(HttpContext http) =>
        http.Features.Get<Caller>() is { } caller ? caller.Context == ApiContext.Portal ? new(caller.Tenant.AccountId, WorkspaceIn(http)) : caller.Tenant
        : http.Features.Get<AuditSubject>()?.Tenant ?? new(Partition.PlatformAccount, "");

    static string WorkspaceIn(HttpContext http) => http.GetRouteValue("workspaceId") is string workspace && Ids.IsTenantId(workspace) ? workspace : "";

    async ValueTask<AuditRecord> Of(HttpContext http, string operation, int status, Caller? refused = null)
    {
        var (caller, subject) = (refused ?? http.Features.Get<Caller>(), http.Features.Get<AuditSubject>());
        var address = http.Connection.RemoteIpAddress;
        return new(
            Instants.Truncate(clock.GetUtcNow()), operation, status, RequestContext.RequestId(http),
            caller?.PrincipalId ?? subject?.PrincipalId,
            caller is null ? subject?.UserId : caller.IsMachine ? null : caller.UserId,
            caller?.ClientId ?? subject?.ClientId,
            caller is { IsMachine: true } ? caller.UserId : null,
            caller is { IsMachine: false } ? caller.Role : null,
            NamedIds(http), Network(address), address is null ? null : await Pseudonym(address, caller?.Tenant.AccountId ?? subject?.Tenant.AccountId ?? "", http.RequestAborted),
            UserAgent(http),
            platform.Value.SourceRegion);
    }

    static string? UserAgent(HttpContext http) =>
        http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent[..Math.Min(agent.Length, MostOfUserAgent)] : null;

    /// <summary>An externalId may be a person's name or number, so it is not among them.</summary>
    static Dictionary<string, string>? NamedIds(HttpContext http)
    {
        Dictionary<string, string>? ids = null;
        foreach (var (name, value) in http.Request.RouteValues)
        {
            if (name.EndsWith("Id", StringComparison.Ordinal) && name is not ("externalId" or "accountId" or "workspaceId") && value is string id && Ids.IsClientId(id))
            {
                (ids ??= []).Add(name, id);
            }
        }
        return ids;
    }

    internal static string? Network(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }
        var shown = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = shown.GetAddressBytes();
        var kept = shown.AddressFamily == AddressFamily.InterNetwork ? 3 : 6;
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }

    async ValueTask<string> Pseudonym(IPAddress address, string accountId, CancellationToken stop) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(addressKey ?? await Key(stop), Encoding.UTF8.GetBytes($"{accountId} {address}")).AsSpan(0, 8));

    async ValueTask<byte[]> Key(CancellationToken stop)
    {
        if (await store.Read(Home, KeyId, stop) is null)
        {
            // Of several nodes that start at once one creates it; all read that one.
            await store.Commit(Home, [Write.Create(KeyId, Json.Bytes(new StoredKey(RandomNumberGenerator.GetBytes(32))))], stop);
        }
        var document = await store.Read(Home, KeyId, stop) ?? throw new InvalidOperationException("the key of audited addresses is gone");
        return addressKey = Json.Read<StoredKey>(document.Body).Key;
    }
}
