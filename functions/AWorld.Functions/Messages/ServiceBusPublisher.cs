using System.Collections.Concurrent;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Messages;

/// <summary>Sends to Service Bus, in as few batches as hold the messages in their order.</summary>
sealed class ServiceBusPublisher(ServiceBusClient client, MessageEntities entities, IOptions<ServiceBusOptions> options, TimeProvider clock) : IMessagePublisher
{
    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, ServiceBusSender> senders = new(StringComparer.Ordinal);

    public async ValueTask Send(Tenant tenant, string entity, IReadOnlyList<Message> messages, CancellationToken stop)
    {
        var declared = entities.Find(entity) ?? throw new ArgumentException($"'{entity}' is not declared", nameof(entity));
        var bySession = declared.Receivers.Any(static receiver => receiver.RequiresSession);
        if (messages.FirstOrDefault(message => message.MessageId.Length is 0 or > MessageLimits.IdLength || message.SessionId is { Length: 0 or > MessageLimits.IdLength } || (bySession && message.SessionId is null)) is { } refused)
        {
            throw new ArgumentException($"a message of '{entity}' needs an id{(bySession ? " and a session" : "")} of 1 to {MessageLimits.IdLength} characters; this one has '{refused.MessageId}' and '{refused.SessionId}'", nameof(messages));
        }
        using var late = new CancellationTokenSource(options.Value.SentWithin, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            // The client ends a send when it is told to, but not the making of a connection, which it ends later by itself.
            await SendAll(senders.GetOrAdd(entity, client.CreateSender), tenant, messages, end.Token).WaitAsync(end.Token);
        }
        catch (Exception failure) when ((failure is OperationCanceledException && !stop.IsCancellationRequested) || failure is ServiceBusException { Reason: ServiceBusFailureReason.QuotaExceeded or ServiceBusFailureReason.ServiceBusy or ServiceBusFailureReason.ServiceTimeout or ServiceBusFailureReason.ServiceCommunicationProblem })
        {
            throw new MessagesUnavailableException(RetryAfter, failure);
        }
        Telemetry.MessagesSent.Add(messages.Count, new("entity", entity), new("account", tenant.AccountId));
    }

    static async Task SendAll(ServiceBusSender sender, Tenant tenant, IReadOnlyList<Message> messages, CancellationToken stop)
    {
        for (var sent = 0; sent < messages.Count;)
        {
            using var batch = await sender.CreateMessageBatchAsync(stop);
            var first = sent;
            while (sent < messages.Count && batch.TryAddMessage(Translate(tenant, messages[sent])))
            {
                sent++;
            }
            if (sent == first)
            {
                throw new ArgumentException($"message '{messages[sent].MessageId}' of {messages[sent].Size} bytes is larger than Service Bus takes", nameof(messages));
            }
            await sender.SendMessagesAsync(batch, stop);
        }
    }

    static ServiceBusMessage Translate(Tenant tenant, Message message)
    {
        var sent = new ServiceBusMessage(message.Body)
        {
            MessageId = message.MessageId,
            SessionId = message.SessionId,
            ContentType = message.ContentType,
            Subject = message.Subject,
            CorrelationId = message.CorrelationId,
        };
        if (message.TimeToLive is { } lives)
        {
            sent.TimeToLive = lives;
        }
        if (message.ScheduledEnqueueTime is { } at)
        {
            sent.ScheduledEnqueueTime = at;
        }
        foreach (var (name, value) in message.Properties)
        {
            sent.ApplicationProperties[name] = value;
        }
        // Last, so that a message cannot claim another tenant.
        (sent.ApplicationProperties[Message.AccountIdProperty], sent.ApplicationProperties[Message.WorkspaceIdProperty]) = (tenant.AccountId, tenant.WorkspaceId);
        return sent;
    }
}
