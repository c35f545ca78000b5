using System.Globalization;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations.Webhooks;

/// <summary>The endpoints of a workspace, and the deliveries of each in a partition of its own.</summary>
sealed class WebhookDocuments(IDocumentStore store, IMessagePublisher publisher, IOptions<WebhooksOptions> options, WorkspaceClocks clocks)
{
    const string DeliveryPrefix = "delivery:";
    const string EndpointPrefix = "endpoint:", RemovedPrefix = "removed:";
    const string Stamp = "yyyyMMddHHmmssfff";

    readonly RecentCache<Tenant, List<WebhookEndpoint>> recent = new(10_000, TimeSpan.FromSeconds(5), clocks);

    public static Partition Home(Tenant tenant) => Partition.Integrations(tenant, "webhooks");
    static Partition Log(Tenant tenant, string endpointId) => Partition.Integrations(tenant, $"webhook-{endpointId}");
    static string IdOf(string endpointId) => EndpointPrefix + endpointId;
    static string FailingId(string endpointId) => "failing:" + endpointId;

    /// <summary>As they are, or were some seconds ago on another node.</summary>
    public async ValueTask<IReadOnlyList<WebhookEndpoint>> Recent(Tenant tenant, CancellationToken stop) =>
        await recent.Get(tenant, async (tenant, stop) => [.. await All(tenant, stop)], stop) ?? [];

    public async ValueTask<IReadOnlyList<WebhookEndpoint>> All(Tenant tenant, CancellationToken stop) =>
        [.. (await store.Query(Home(tenant), DocumentQuery.Prefix(EndpointPrefix), stop)).Items.Select(document => Json.Read<WebhookEndpoint>(document.Body))];

    public async ValueTask<(WebhookEndpoint Endpoint, string ETag)?> Find(Tenant tenant, string endpointId, CancellationToken stop) =>
        await store.Read(Home(tenant), IdOf(endpointId), stop) is { } document ? (Json.Read<WebhookEndpoint>(document.Body), document.ETag) : null;

    /// <returns>False: there are as many as there may be.</returns>
    public ValueTask<bool> Make(Tenant tenant, WebhookEndpoint endpoint, CancellationToken stop) => Keep(tenant, endpoint.Status, () => store.Make(
        Home(tenant), "webhook-endpoints", async () => (await All(tenant, stop)).Count < options.Value.EndpointsPerWorkspace, [Write.Create(IdOf(endpoint.WebhookEndpointId), Json.Bytes(endpoint))], stop), stop);

    /// <returns>False when somebody else changed it.</returns>
    public ValueTask<bool> Save(Tenant tenant, WebhookEndpoint endpoint, string etag, CancellationToken stop) => Keep(tenant, endpoint.Status,
        async () => (await store.Commit(Home(tenant), [Write.Replace(IdOf(endpoint.WebhookEndpointId), Json.Bytes(endpoint), etag)], stop)).Committed, stop);

    /// <summary>Has events read before an endpoint is there, and again afterwards: who removed the last one may have seen none in between.</summary>
    /// <param name="status">Of the endpoint that is kept.</param>
    public async ValueTask<T> Keep<T>(Tenant tenant, WebhookStatus status, Func<ValueTask<T>> keep, CancellationToken stop)
    {
        var isRead = status == WebhookStatus.Enabled;
        if (isRead)
        {
            await Follow(tenant, true, stop);
        }
        var kept = await keep();
        recent.Remove(tenant);
        if (isRead)
        {
            await Follow(tenant, true, stop);
        }
        return kept;
    }

    /// <summary>As somebody changed it: an enabled one starts anew after failures.</summary>
    public async ValueTask Replace(Batch batch, Tenant tenant, WebhookEndpoint endpoint, string etag, CancellationToken stop)
    {
        batch.Replace(IdOf(endpoint.WebhookEndpointId), endpoint, etag);
        if (endpoint.Status == WebhookStatus.Enabled && await store.Read(Home(tenant), FailingId(endpoint.WebhookEndpointId), stop) is { } failing)
        {
            batch.Delete(failing.Id);
        }
    }

    /// <summary>Its log stays until it expires, and must be found until then.</summary>
    public void Remove(Batch batch, string endpointId, string etag)
    {
        batch.Delete(IdOf(endpointId), etag);
        batch.Upsert(RemovedPrefix + endpointId, new Removed(), clocks.Real.GetUtcNow() + options.Value.LogKept);
    }

    sealed record Removed;

    /// <summary>The endpoints that there are or were of which deliveries may be in the log.</summary>
    public async ValueTask<IReadOnlyList<string>> Logs(Tenant tenant, CancellationToken stop)
    {
        var logs = new List<string>();
        foreach (var prefix in new[] { EndpointPrefix, RemovedPrefix })
        {
            string? continuation = null;
            do
            {
                var page = await store.Query(Home(tenant), DocumentQuery.Prefix(prefix, continuation: continuation), stop);
                logs.AddRange(page.Items.Select(document => document.Id[prefix.Length..]));
                continuation = page.Continuation;
            }
            while (continuation is not null);
        }
        return logs;
    }

    /// <summary>Nobody is told of events any more once the last enabled endpoint has gone.</summary>
    public async ValueTask Settle(Tenant tenant, CancellationToken stop)
    {
        recent.Remove(tenant);
        if (await AnyEnabled(tenant, stop))
        {
            return;
        }
        await Follow(tenant, false, stop);
        if (await AnyEnabled(tenant, stop))
        {
            // Somebody made or enabled one in between.
            await Follow(tenant, true, stop);
        }
    }

    async ValueTask<bool> AnyEnabled(Tenant tenant, CancellationToken stop) => (await All(tenant, stop)).Any(static endpoint => endpoint.Status == WebhookStatus.Enabled);

    ValueTask Follow(Tenant tenant, bool isRead, CancellationToken stop) => publisher.Follow(tenant, MessageEntities.Events.Name, MessageEntities.Webhooks, isRead, stop);

    public async ValueTask<DateTimeOffset?> FailingSince(Tenant tenant, string endpointId, CancellationToken stop) =>
        await store.Read(Home(tenant), FailingId(endpointId), stop) is { } document ? Json.Read<FailingSince>(document.Body).At : null;

    public async ValueTask Fails(Tenant tenant, string endpointId, DateTimeOffset at, CancellationToken stop) =>
        await store.Commit(Home(tenant), [Write.Create(FailingId(endpointId), Json.Bytes(new FailingSince(at)))], stop);

    public async ValueTask Succeeds(Tenant tenant, string endpointId, CancellationToken stop) =>
        await store.Commit(Home(tenant), [Write.Delete(FailingId(endpointId))], stop);

    /// <summary>Once, however often it is told.</summary>
    public async ValueTask Tell(Tenant tenant, WebhookEndpoint disabled, CancellationToken stop) =>
        await store.Commit(Partition.EventsAbout(tenant, disabled.WebhookEndpointId),
            [WorkspaceEvent.Of(WebhookEvents.Disabled, disabled.WebhookEndpointId, disabled.UpdatedAt, new WebhookEndpointDisabled(disabled.WebhookEndpointId, disabled.Url, disabled.Reason!))
                .Write($"{WebhookEvents.Disabled}:{disabled.UpdatedAt.ToString(Stamp, CultureInfo.InvariantCulture)}")], stop);

    /// <summary>The same each time for the same event and time.</summary>
    public static string DeliveryId(DateTimeOffset at, string eventId) => $"{at.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture)}-{eventId}";

    public static string PositionOf(DateTimeOffset at) => at.UtcDateTime.ToString(Stamp, CultureInfo.InvariantCulture);

    public async ValueTask<WebhookDelivery?> Delivery(Tenant tenant, string endpointId, string deliveryId, CancellationToken stop) =>
        await store.Read(Log(tenant, endpointId), DeliveryPrefix + deliveryId, stop) is { } document ? Json.Read<WebhookDelivery>(document.Body) : null;

    public async ValueTask Save(Tenant tenant, WebhookDelivery delivery, CancellationToken stop) =>
        await store.Commit(Log(tenant, delivery.WebhookEndpointId), [Write.Upsert(DeliveryPrefix + delivery.DeliveryId, Json.Bytes(delivery), delivery.CreatedAt + options.Value.LogKept)], stop);

    /// <returns>Its ETag; null: there is one of its id, which stays.</returns>
    public async ValueTask<string?> Add(Tenant tenant, WebhookDelivery delivery, CancellationToken stop) =>
        await store.Commit(Log(tenant, delivery.WebhookEndpointId), [Write.Create(DeliveryPrefix + delivery.DeliveryId, Json.Bytes(delivery), delivery.CreatedAt + options.Value.LogKept)], stop) is { Committed: true } added ? added.ETags[0] : null;

    /// <summary>Unless it was changed since.</summary>
    public async ValueTask Remove(Tenant tenant, WebhookDelivery delivery, string etag, CancellationToken stop) =>
        await store.Commit(Log(tenant, delivery.WebhookEndpointId), [Write.Delete(DeliveryPrefix + delivery.DeliveryId, etag)], stop);

    /// <summary>Deliveries by age.</summary>
    /// <param name="after">Exclusive; null: all.</param>
    public async ValueTask<IReadOnlyList<WebhookDelivery>> Deliveries(Tenant tenant, string endpointId, string? after, bool descending, int limit, CancellationToken stop)
    {
        var all = DocumentQuery.Prefix(DeliveryPrefix, descending, limit);
        var rest = after is null ? all : descending ? all with { To = DeliveryPrefix + after } : all with { From = DeliveryPrefix + after + '\0' };
        return [.. (await store.Query(Log(tenant, endpointId), rest, stop)).Items.Select(document => Json.Read<WebhookDelivery>(document.Body))];
    }
}
