using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text;
using AWorld.Authorization;
using AWorld.Integrations.Events;
using AWorld.Platform;
using AWorld.Tenancy;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations.Webhooks;

/// <summary>The endpoints of a workspace. A secret is answered once, by the request that made it, so those answers are not kept for idempotency keys.</summary>
sealed class WebhookEndpoints(WebhookDocuments documents, Mutations mutations, IKeyProtection protection, Ids ids, IOptions<WebhooksOptions> options, WorkspaceClocks clocks)
{
    public const string Path = "/dashboard/v1/webhook-endpoints";
    public const string One = Path + "/{webhookEndpointId}";
    const int DefaultOverlapSeconds = 24 * 3600;

    /// <param name="Status">Absent: ENABLED.</param>
    public sealed record Request(
        [property: Required, StringLength(2000, MinimumLength = 8)] string? Url,
        [property: StringLength(500)] string? Description,
        [property: MinLength(1), MaxLength(50), Text(100)] IReadOnlyList<string>? EventTypes,
        [property: Email] string? NotificationEmail,
        WebhookStatus? Status) : IChecked
    {
        public void Check(Problems problems)
        {
            var url = Uri.TryCreate(Url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" ? parsed : null;
            problems.When(url is null, "url", "must be an absolute URL, such as https://example.org/events")
                .When(url is not null && (url.UserInfo.Length > 0 || url.Fragment.Length > 0), "url", "must have no user name, password or fragment");
            foreach (var (index, type) in (EventTypes ?? []).Index())
            {
                problems.When(!ProductEvents.All.Any(one => one.Name == type), $"eventTypes[{index}]", "is no event; /schemas/events lists all");
            }
        }
    }

    /// <param name="OverlapSeconds">How long the secret so far stays valid; up to 30 days, a day when absent.</param>
    public sealed record RotateRequest([property: Range(0, 30 * 24 * 3600)] int? OverlapSeconds);

    public sealed record SecretView(DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

    /// <param name="Reason">Why the platform disabled it.</param>
    /// <param name="FailingSince">Absent while it works.</param>
    public sealed record EndpointView(
        string WebhookEndpointId, string AccountId, string WorkspaceId, string Url, string? Description, IReadOnlyList<string>? EventTypes, string? NotificationEmail,
        WebhookStatus Status, string? Reason, DateTimeOffset? FailingSince, IReadOnlyList<SecretView> Secrets, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
    {
        /// <summary>Only in the answer to the request that made it.</summary>
        public string? Secret { get; init; }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, (Caller caller, Body<Request> body, WebhookEndpoints it, CancellationToken stop) => it.Create(caller.Tenant, body.Value, stop))
            .Operation("webhookEndpoints/create").Requires(Permission.ManageWebhooks).Produces<EndpointView>(201);
        routes.MapGet(Path, (HttpContext http, Caller caller, WebhookEndpoints it, PageTokens pages) => it.List(http, caller.Tenant, pages))
            .Operation("webhookEndpoints/list").Requires(Permission.ReadWebhooks).TakesPage().Produces<Page<EndpointView>>();
        routes.MapGet(One, (Caller caller, string webhookEndpointId, WebhookEndpoints it, CancellationToken stop) => it.Get(caller.Tenant, webhookEndpointId, stop))
            .Operation("webhookEndpoints/get").Requires(Permission.ReadWebhooks).Produces<EndpointView>();
        routes.MapPut(One, (HttpContext http, Caller caller, string webhookEndpointId, Body<Request> body, WebhookEndpoints it) => it.Update(http, caller.Tenant, webhookEndpointId, body.Value))
            .Operation("webhookEndpoints/update").Requires(Permission.ManageWebhooks).Produces<EndpointView>();
        routes.MapDelete(One, (HttpContext http, Caller caller, string webhookEndpointId, WebhookEndpoints it) => it.Delete(http, caller.Tenant, webhookEndpointId))
            .Operation("webhookEndpoints/delete").Requires(Permission.ManageWebhooks).Produces(204);
        routes.MapPost($"{One}/rotate-secret", (Caller caller, string webhookEndpointId, Body<RotateRequest> body, WebhookEndpoints it, CancellationToken stop) => it.Rotate(caller.Tenant, webhookEndpointId, body.Value, stop))
            .Operation("webhookEndpoints/rotateSecret").Requires(Permission.ManageWebhooks).Produces<EndpointView>();
    }

    async Task<IResult> Create(Tenant tenant, Request request, CancellationToken stop)
    {
        if (Refused(request) is { } refused)
        {
            return new Problem(refused);
        }
        var (id, now) = (ids.New(), Now);
        var (secret, kept) = NewSecret(tenant, id, now);
        var endpoint = new WebhookEndpoint(id, request.Url!, request.Description, request.EventTypes, request.NotificationEmail, request.Status ?? WebhookStatus.Enabled, null, [kept], now, now);
        return await documents.Make(tenant, endpoint, stop)
            ? Answer.Created(View(tenant, endpoint, null) with { Secret = secret })
            : new Problem(Error.InvalidOperation($"a workspace has at most {options.Value.EndpointsPerWorkspace} webhook endpoints"));
    }

    async Task<IResult> List(HttpContext http, Tenant tenant, PageTokens pages)
    {
        var request = await pages.Read(http);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        var page = await pages.Page(http, request.Value, await documents.All(tenant, http.RequestAborted), static endpoint => endpoint.WebhookEndpointId);
        var shown = new List<EndpointView>();
        foreach (var endpoint in page.Items)
        {
            shown.Add(await Show(tenant, endpoint, http.RequestAborted));
        }
        return Answer.Hashed(new Page<EndpointView>(shown, page.NextToken));
    }

    async Task<IResult> Get(Tenant tenant, string endpointId, CancellationToken stop) =>
        await documents.Find(tenant, endpointId, stop) is var (endpoint, etag) ? Answer.Ok(await Show(tenant, endpoint, stop), etag) : Missing(endpointId);

    async Task<IResult> Update(HttpContext http, Tenant tenant, string endpointId, Request request)
    {
        var status = request.Status ?? WebhookStatus.Enabled;
        var result = await documents.Keep(tenant, status, () => mutations.Run(http, WebhookDocuments.Home(tenant), async (batch, stop) =>
        {
            if (await documents.Find(tenant, endpointId, stop) is not var (before, etag))
            {
                return Unknown(endpointId);
            }
            if ((Preconditions.Check(http, etag) ?? Refused(request)) is { } refused)
            {
                return refused;
            }
            var endpoint = before with
            {
                Url = request.Url!, Description = request.Description, EventTypes = request.EventTypes, NotificationEmail = request.NotificationEmail, Status = status,
                Reason = status == before.Status ? before.Reason : null, UpdatedAt = Now,
            };
            await documents.Replace(batch, tenant, endpoint, etag, stop);
            return Answer.Ok(View(tenant, endpoint, status == WebhookStatus.Enabled ? null : await documents.FailingSince(tenant, endpointId, stop)));
        }), http.RequestAborted);
        await documents.Settle(tenant, http.RequestAborted);
        return result;
    }

    async Task<IResult> Delete(HttpContext http, Tenant tenant, string endpointId)
    {
        var result = await mutations.Run(http, WebhookDocuments.Home(tenant), async (batch, stop) =>
        {
            if (await documents.Find(tenant, endpointId, stop) is not var (_, etag))
            {
                return Unknown(endpointId);
            }
            if (Preconditions.Check(http, etag) is { } stale)
            {
                return stale;
            }
            documents.Remove(batch, endpointId, etag);
            return Answer.NoContent;
        });
        await documents.Settle(tenant, http.RequestAborted);
        return result;
    }

    async Task<IResult> Rotate(Tenant tenant, string endpointId, RotateRequest request, CancellationToken stop)
    {
        if (await documents.Find(tenant, endpointId, stop) is not var (before, etag))
        {
            return Missing(endpointId);
        }
        var now = Now;
        var (secret, kept) = NewSecret(tenant, endpointId, now);
        var old = before.Secrets[^1] with { ExpiresAt = now + TimeSpan.FromSeconds(request.OverlapSeconds ?? DefaultOverlapSeconds) };
        var endpoint = before with { Secrets = old.ExpiresAt > now ? [old, kept] : [kept], UpdatedAt = now };
        return await documents.Save(tenant, endpoint, etag, stop)
            ? Answer.Ok(await Show(tenant, endpoint, stop) with { Secret = secret })
            : new Problem(Error.Conflict("somebody else changed the webhook endpoint; look whether it has the secret you want, then try again"));
    }

    DateTimeOffset Now => Instants.Truncate(clocks.Real.GetUtcNow());

    (string Secret, WebhookSecret Kept) NewSecret(Tenant tenant, string endpointId, DateTimeOffset now)
    {
        var secret = WebhookSignature.NewSecret();
        return (secret, new(protection.Protect(WebhookSender.Purpose(tenant, endpointId), Encoding.UTF8.GetBytes(secret)), now, null));
    }

    /// <summary>What this deployment does not allow, as far as it can be told before connecting.</summary>
    Error? Refused(Request request)
    {
        var url = new Uri(request.Url!);
        return url.Scheme != Uri.UriSchemeHttps && !options.Value.AllowHttp ? Error.Invalid("url", "must begin with https://")
            : !options.Value.AllowPrivateAddresses && (url.IsLoopback || (IPAddress.TryParse(url.DnsSafeHost, out var address) && !PublicAddresses.Contains(address))) ? Error.Invalid("url", "must be on the public internet")
            : null;
    }

    async ValueTask<EndpointView> Show(Tenant tenant, WebhookEndpoint endpoint, CancellationToken stop) =>
        View(tenant, endpoint, await documents.FailingSince(tenant, endpoint.WebhookEndpointId, stop));

    EndpointView View(Tenant tenant, WebhookEndpoint endpoint, DateTimeOffset? failingSince) => new(
        endpoint.WebhookEndpointId, tenant.AccountId, tenant.WorkspaceId, endpoint.Url, endpoint.Description, endpoint.EventTypes, endpoint.NotificationEmail, endpoint.Status, endpoint.Reason, failingSince,
        [.. endpoint.Secrets.Where(secret => !(secret.ExpiresAt <= Now)).Select(static secret => new SecretView(secret.CreatedAt, secret.ExpiresAt))], endpoint.CreatedAt, endpoint.UpdatedAt);

    static Error Unknown(string endpointId) => Error.NotFound("webhook endpoint", endpointId);
    public static Problem Missing(string endpointId) => new(Unknown(endpointId));
}
