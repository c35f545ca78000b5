using System.Text;
using System.Text.Json;
using AWorld.Platform;
using AWorld.Platform.Messages;

namespace AWorld.Integrations.Webhooks;

/// <summary>Takes an event from the topic to all endpoints of its workspace that want it.</summary>
sealed class WebhookEvents(WebhookDocuments documents, WebhookDeliveries deliveries) : IMessageHandler
{
    public const string Disabled = "webhook-endpoint.disabled";

    public async Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop)
    {
        var type = message.Message.Subject ?? "";
        var endpoints = (await documents.Recent(message.Tenant, stop)).Where(endpoint => endpoint.Wants(type)).ToList();
        if (endpoints.Count > 0)
        {
            var body = Encoding.UTF8.GetString(message.Message.Body.Span);
            await Task.WhenAll(endpoints.Select(endpoint => deliveries.Deliver(message.Tenant, endpoint, message.Message.MessageId, type, body, message.EnqueuedTime, stop)));
        }
        await settlement.Complete(stop);
    }
}

/// <summary>Makes further attempts and resends.</summary>
sealed class WebhookWorks(WebhookDeliveries deliveries) : IMessageHandler
{
    public async Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop)
    {
        WebhookWork work;
        try
        {
            work = Json.Read<WebhookWork>(message.Message.Body);
        }
        catch (JsonException unreadable)
        {
            await settlement.DeadLetter("Unreadable", unreadable.Message, stop);
            return;
        }
        await deliveries.Continue(message.Tenant, work, stop);
        await settlement.Complete(stop);
    }
}
