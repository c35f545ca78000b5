using System.ComponentModel.DataAnnotations;
using System.Text;
using AWorld.Authorization;
using AWorld.Integrations.Events;
using AWorld.Platform;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations.Webhooks;

/// <summary>A delivery that was asked for, to see whether an endpoint works.</summary>
public sealed record WebhookTested(string WebhookEndpointId);

/// <summary>What was sent to an endpoint and what it answered; sending it again, or something to try.</summary>
sealed class DeliveryLog(WebhookDocuments documents, WebhookDeliveries deliveries, EventMapping mapping, Ids ids, WorkspaceClocks clocks)
{
    public const string Tested = "webhook.test";
    const string Path = WebhookEndpoints.One + "/deliveries";

    /// <param name="Since">The events of deliveries from then on.</param>
    /// <param name="OnlyFailed">Not those that succeeded or are still tried.</param>
    public sealed record ResendRequest([property: Required] DateTimeOffset? Since, bool? OnlyFailed);

    public sealed record ResendView(string WebhookEndpointId, DateTimeOffset Since, DateTimeOffset Until, bool OnlyFailed);

    /// <param name="State">FAILED: nothing more is tried.</param>
    /// <param name="ResendOf">The delivery whose event is sent again.</param>
    /// <param name="Body">Of the request, to the letter; only where one delivery is shown. Absent once the user whom it was about was erased.</param>
    public sealed record DeliveryView(
        string DeliveryId, string WebhookEndpointId, string EventId, string EventType, DeliveryState State, IReadOnlyList<WebhookAttempt> Attempts,
        DateTimeOffset? NextAttemptAt, string? ResendOf, DateTimeOffset CreatedAt, string? Body);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext http, Caller caller, string webhookEndpointId, DeliveryLog it, PageTokens pages) => it.List(http, caller.Tenant, webhookEndpointId, pages))
            .Operation("webhookEndpoints/listDeliveries").Requires(Permission.ReadWebhooks).TakesPage().Produces<Page<DeliveryView>>();
        routes.MapGet($"{Path}/{{deliveryId}}", (Caller caller, string webhookEndpointId, string deliveryId, DeliveryLog it, CancellationToken stop) => it.Get(caller.Tenant, webhookEndpointId, deliveryId, stop))
            .Operation("webhookEndpoints/getDelivery").Requires(Permission.ReadWebhooks).Produces<DeliveryView>();
        routes.MapPost($"{Path}/{{deliveryId}}/resend", (Caller caller, string webhookEndpointId, string deliveryId, DeliveryLog it, CancellationToken stop) => it.ResendOne(caller.Tenant, webhookEndpointId, deliveryId, stop))
            .Operation("webhookEndpoints/resendDelivery").Requires(Permission.ManageWebhooks).Produces<DeliveryView>(202);
        routes.MapPost($"{WebhookEndpoints.One}/resend", (Caller caller, string webhookEndpointId, Body<ResendRequest> body, DeliveryLog it, CancellationToken stop) => it.ResendSince(caller.Tenant, webhookEndpointId, body.Value, stop))
            .Operation("webhookEndpoints/resend").Requires(Permission.ManageWebhooks).Produces<ResendView>(202);
        routes.MapPost($"{WebhookEndpoints.One}/test", (Caller caller, string webhookEndpointId, DeliveryLog it, CancellationToken stop) => it.Test(caller.Tenant, webhookEndpointId, stop))
            .Operation("webhookEndpoints/test").Requires(Permission.ManageWebhooks).Produces<DeliveryView>();
    }

    async Task<IResult> List(HttpContext http, Tenant tenant, string endpointId, PageTokens pages)
    {
        var request = await pages.Read(http, descending: true);
        if (request.Error is { } wrong)
        {
            return new Problem(wrong);
        }
        if (await documents.Find(tenant, endpointId, http.RequestAborted) is null)
        {
            return WebhookEndpoints.Missing(endpointId);
        }
        var (limit, descending, after) = request.Value;
        var found = await documents.Deliveries(tenant, endpointId, after, descending, limit + 1, http.RequestAborted);
        var page = found.Take(limit).ToList();
        return Answer.Ok(await pages.Page(http, page.ConvertAll(static one => View(one, withBody: false)), found.Count > limit ? page[^1].DeliveryId : null));
    }

    async Task<IResult> Get(Tenant tenant, string endpointId, string deliveryId, CancellationToken stop) =>
        await Find(tenant, endpointId, deliveryId, stop) is { Succeeded: true, Value: var found } ? Answer.Hashed(View(found.Delivery)) : Missing(deliveryId);

    async Task<IResult> ResendOne(Tenant tenant, string endpointId, string deliveryId, CancellationToken stop)
    {
        var found = await Find(tenant, endpointId, deliveryId, stop);
        return !found.Succeeded ? Missing(deliveryId)
            : found.Value.Endpoint.Status == WebhookStatus.Disabled ? new Problem(IsDisabled)
            : found.Value.Delivery.Body is null ? new Problem(Error.InvalidOperation("the user whom it was about was erased, and what it told with them"))
            : Accepted(View(await deliveries.ResendNow(tenant, found.Value.Delivery, Now)));
    }

    async Task<IResult> ResendSince(Tenant tenant, string endpointId, ResendRequest request, CancellationToken stop)
    {
        if (await documents.Find(tenant, endpointId, stop) is not var (endpoint, _))
        {
            return WebhookEndpoints.Missing(endpointId);
        }
        if (endpoint.Status == WebhookStatus.Disabled)
        {
            return new Problem(IsDisabled);
        }
        var asked = new ResendView(endpointId, request.Since!.Value, Now, request.OnlyFailed ?? false);
        await deliveries.ResendSince(tenant, endpointId, new(WebhookDocuments.PositionOf(asked.Since), asked.Until, asked.OnlyFailed), stop);
        return Accepted(asked);
    }

    async Task<IResult> Test(Tenant tenant, string endpointId, CancellationToken stop)
    {
        if (await documents.Find(tenant, endpointId, stop) is not var (endpoint, _))
        {
            return WebhookEndpoints.Missing(endpointId);
        }
        var (id, now) = (ids.New(), Now);
        var message = mapping.Of(tenant, endpointId, id, WorkspaceEvent.Of(Tested, endpointId, clocks.Now(tenant), new WebhookTested(endpointId)));
        var delivery = new WebhookDelivery(WebhookDocuments.DeliveryId(now, id), endpointId, id, Tested, DeliveryState.Pending, [], null, null, now, Encoding.UTF8.GetString(message.Body.Span));
        return Answer.Ok(View(await deliveries.Try(tenant, endpoint, delivery, stop)));
    }

    async ValueTask<Result<(WebhookEndpoint Endpoint, WebhookDelivery Delivery)>> Find(Tenant tenant, string endpointId, string deliveryId, CancellationToken stop) =>
        await documents.Find(tenant, endpointId, stop) is var (endpoint, _) && await documents.Delivery(tenant, endpointId, deliveryId, stop) is { } delivery ? (endpoint, delivery) : Error.NotFound("delivery", deliveryId);

    DateTimeOffset Now => Instants.Truncate(clocks.Real.GetUtcNow());

    static Error IsDisabled => Error.InvalidOperation("the webhook endpoint is disabled; enable it first");

    static Problem Missing(string deliveryId) => new(Error.NotFound("delivery", deliveryId));

    static Answer Accepted<T>(T value) => new(StatusCodes.Status202Accepted, Json.Bytes(value));

    static DeliveryView View(WebhookDelivery delivery, bool withBody = true) => new(
        delivery.DeliveryId, delivery.WebhookEndpointId, delivery.EventId, delivery.EventType, delivery.State, delivery.Attempts, delivery.NextAttemptAt, delivery.ResendOf, delivery.CreatedAt,
        withBody ? delivery.Body : null);
}
