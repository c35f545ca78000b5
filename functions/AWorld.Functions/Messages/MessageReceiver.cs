using System.Globalization;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Messages;

/// <summary>Gives a message that a function was triggered by to the handler that the product registered for its entity.</summary>
public sealed class MessageReceiver(IEnumerable<MessageHandlerRegistration> handlers, MessageEntities entities, IOptions<AzureOptions> options, TimeProvider clock, ILogger<MessageReceiver> log)
{
    readonly Dictionary<(string, string?), MessageHandlerRegistration> handlers = handlers.ToDictionary(static handler => (handler.Entity, handler.Subscription));

    /// <summary>
    /// A handler that throws makes the invocation fail, and the host abandons the message; one that leaves it unsettled has it
    /// abandoned here. One of no tenant is handed to nobody. Service Bus gives an abandoned message again at once, so who failed waits here, where the lock is renewed.
    /// </summary>
    /// <param name="session">Where the entity is received by session, whose lock is renewed then.</param>
    public async Task Handle(string entity, string? subscription, ServiceBusReceivedMessage message, ServiceBusMessageActions actions, ServiceBusSessionMessageActions? session, FunctionContext context)
    {
        var tenant = context.Features.Get<Tenant>();
        var settlement = new Settlement(message, actions, session, outcome => Telemetry.MessagesSettled.Add(1,
            new("entity", entity), new("outcome", outcome), new("account", tenant?.AccountId)), log);
        try
        {
            if (tenant is null)
            {
                log.LogWarning("Message {MessageId} of {Entity} names no tenant; it is dead-lettered", message.MessageId, entity);
                await settlement.DeadLetter("NoTenant", $"its properties {Message.AccountIdProperty} and {Message.WorkspaceIdProperty} do not name a workspace", context.CancellationToken);
                return;
            }
            await handlers[(entity, subscription)].Make(context.InstanceServices).Handle(Translate(tenant, message), settlement, context.CancellationToken);
            if (!settlement.IsSettled)
            {
                log.LogWarning("Message {MessageId} of {Entity} was not settled by its handler; it is abandoned", message.MessageId, entity);
                await settlement.Abandon(context.CancellationToken);
            }
        }
        catch (Exception failure) when (!settlement.IsSettled && !context.CancellationToken.IsCancellationRequested)
        {
            if (failure is not MessageLockLostException)
            {
                await Task.Delay(entities.Find(entity)!.Find(subscription)!.WaitAfter(failure, options.Value.RetryFailedAfter, message.DeliveryCount), clock, context.CancellationToken);
            }
            await Release(session, message);
            throw;
        }
    }

    /// <summary>
    /// Whose connection was lost while a message was handled holds on to the session for ever and takes no other in its
    /// place (Azure.Messaging.ServiceBus 7.21.0), unless it is told to let go.
    /// </summary>
    async Task Release(ServiceBusSessionMessageActions? session, ServiceBusReceivedMessage message)
    {
        if (session is null)
        {
            return;
        }
        try
        {
            await session.ReleaseSession(CancellationToken.None);
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "The session of message {MessageId} could not be released", message.MessageId);
        }
    }

    static ReceivedMessage Translate(Tenant tenant, ServiceBusReceivedMessage message) => new(
        tenant,
        new(message.MessageId, message.Body.ToMemory())
        {
            SessionId = message.SessionId,
            ContentType = message.ContentType,
            Subject = message.Subject,
            CorrelationId = message.CorrelationId,
            TimeToLive = message.TimeToLive,
            Properties = message.ApplicationProperties.ToDictionary(static property => property.Key, static property => Convert.ToString(property.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal),
        },
        message.SequenceNumber, message.EnqueuedTime, message.DeliveryCount, Guid.Parse(message.LockToken), message.LockedUntil)
    {
        DeadLetter = message.DeadLetterReason is { } reason ? new(reason, message.DeadLetterErrorDescription ?? "") : null,
    };

    /// <summary>The host renews the lock while a handler runs (host.json: maxAutoLockRenewalDuration).</summary>
    sealed class Settlement(ServiceBusReceivedMessage message, ServiceBusMessageActions actions, ServiceBusSessionMessageActions? session, Action<string> count, ILogger log) : MessageSettlement
    {
        public bool IsSettled { get; private set; }

        public override Task Complete(CancellationToken stop) => Settle(actions.CompleteMessageAsync(message, stop), "completed", stop);

        public override Task Abandon(CancellationToken stop) => Settle(actions.AbandonMessageAsync(message, null, stop), "abandoned", stop);

        public override Task DeadLetter(string reason, string description, CancellationToken stop) =>
            Settle(actions.DeadLetterMessageAsync(message, null, Cut(reason), Cut(description), stop), "deadLettered", stop);

        public override Task Renew(CancellationToken stop) => Ask(session is null ? actions.RenewMessageLockAsync(message, stop) : session.RenewSessionLockAsync(stop), stop);

        static string Cut(string text) => text.Length <= MessageLimits.DeadLetterTextLength ? text : text[..MessageLimits.DeadLetterTextLength];

        async Task Settle(Task settling, string outcome, CancellationToken stop)
        {
            await Ask(settling, stop);
            IsSettled = true;
            count(outcome);
        }

        async Task Ask(Task asked, CancellationToken stop)
        {
            try
            {
                await asked;
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                // The host answers a lost lock and a lost connection alike; either way the message is received again.
                log.LogWarning(failure, "Message {MessageId} in delivery {Delivery} could not be settled", message.MessageId, message.DeliveryCount);
                throw new MessageLockLostException();
            }
        }
    }
}
