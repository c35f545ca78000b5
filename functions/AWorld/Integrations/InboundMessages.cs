using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>
/// Takes events from the queue. What can never be applied goes to the dead letters with the reason, and can be
/// resubmitted when that is gone; what only failed is tried again.
/// </summary>
sealed class InboundMessages(InboundEvents events, SendEvents send, IOptions<InboundOptions> options, ILogger<InboundMessages> log) : IMessageHandler
{
    public const string Unreadable = "Unreadable", Rejected = "Rejected", Failed = "Failed";

    public async Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop)
    {
        var (body, tenant) = (message.Message, message.Tenant);
        // What many clients say when they are told nothing says nothing.
        var read = CloudEvents.Read(body.ContentType == "application/x-www-form-urlencoded" ? null : body.ContentType, body.Body, CloudEvents.PropertiesOf(body.Properties));
        if ((read.Error ?? (read.Value is [var only] ? only.Event.Error : null)) is { } unreadable)
        {
            await settlement.DeadLetter(Unreadable, $"it is no CloudEvent 1.0 in JSON: {Words(unreadable)}", stop);
            return;
        }
        var by = new Sender("queue", Attempt: message.DeliveryCount);
        IReadOnlyList<Error?> refusals;
        try
        {
            refusals = read.Value is [{ Event.Value: var sent }]
                ? [(await events.Take(tenant, sent, by, stop)).Result is { Status: InboundStatus.Rejected, Error: { } refused } ? refused : null]
                : [.. (await send.TakeAll(tenant, read.Value, by, stop)).Select(static one => one.Status is null ? throw new StoreBusyException(TimeSpan.FromSeconds(1)) : one.Error)];
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StoreBusyException) && message.DeliveryCount >= options.Value.Deliveries)
        {
            log.LogError(failure, "Message {MessageId} of {Tenant} failed {Deliveries} times and is dead-lettered", body.MessageId, tenant, message.DeliveryCount);
            await settlement.DeadLetter(Failed, $"handling it failed {message.DeliveryCount} times, at last with {failure.GetType().Name}: {failure.Message}", stop);
            return;
        }
        if (refusals.OfType<Error>().ToList() is [var first, ..] all)
        {
            await settlement.DeadLetter(Rejected, all.Count == 1 && refusals.Count == 1 ? Words(first) : $"{all.Count} of {refusals.Count} events were rejected, the first because of {Words(first)}", stop);
            return;
        }
        await settlement.Complete(stop);
    }

    static string Words(Error error) => error.Details is { Count: > 1 } details ? string.Join("; ", details.Select(static one => $"{one.Field} {one.Message}")) : error.Message;
}
