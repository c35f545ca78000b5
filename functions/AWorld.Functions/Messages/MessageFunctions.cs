using AWorld.Functions.Workflows;
using Azure.Messaging.ServiceBus;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Messages;

/// <summary>A function for each entity that the product handles messages of.</summary>
public sealed class MessageFunctions(MessageReceiver receiver, DurableConnection durable)
{
    const string Inbound = "aworld-inbound", Events = "aworld-events", Webhooks = "webhooks", Deliveries = "aworld-webhooks";

    [Function("InboundMessages")]
    public Task InboundMessages(
        [ServiceBusTrigger(Inbound, Connection = ServiceBusConnection.Name, AutoCompleteMessages = false, IsSessionsEnabled = true)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions, ServiceBusSessionMessageActions session, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        return receiver.Handle(Inbound, null, message, actions, session, context);
    }

    [Function("WebhookMessages")]
    public Task WebhookMessages(
        [ServiceBusTrigger(Events, Webhooks, Connection = ServiceBusConnection.Name, AutoCompleteMessages = false, IsSessionsEnabled = true)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions, ServiceBusSessionMessageActions session, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        return receiver.Handle(Events, Webhooks, message, actions, session, context);
    }

    [Function("WebhookDeliveries")]
    public Task WebhookDeliveries(
        [ServiceBusTrigger(Deliveries, Connection = ServiceBusConnection.Name, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        return receiver.Handle(Deliveries, null, message, actions, null, context);
    }
}
