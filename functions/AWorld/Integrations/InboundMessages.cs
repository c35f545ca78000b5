using System.Collections.Concurrent;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tenancy;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>
/// Takes events from the queue. What can never be applied goes to the dead letters with the reason, and can be
/// resubmitted when that is gone; what only failed is tried again. On Service Bus a message says itself whose it is, so one
/// for a workspace that is not there is to write nothing.
/// </summary>
sealed class InboundMessages(InboundEvents events, SendEvents send, KnownWorkspaces known, IOptions<InboundOptions> options, WorkspaceClocks clocks, ILogger<InboundMessages> log) : IMessageHandler
{
    public const string Unreadable = "Unreadable", Rejected = "Rejected", Failed = "Failed", UnknownWorkspace = "UnknownWorkspace";

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
        IReadOnlyList<Error?>? refusals;
        try
        {
            refusals = await Take(message, read.Value, stop);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or StoreBusyException) && message.DeliveryCount >= options.Value.Deliveries)
        {
            log.LogError(failure, "Message {MessageId} of {Tenant} failed {Deliveries} times and is dead-lettered", body.MessageId, tenant, message.DeliveryCount);
            await settlement.DeadLetter(Failed, $"handling it failed {message.DeliveryCount} times, at last with {failure.GetType().Name}: {failure.Message}", stop);
            return;
        }
        if (refusals is null)
        {
            known.IsMissing(tenant);
            await settlement.DeadLetter(UnknownWorkspace, Unknown(tenant), stop);
            return;
        }
        if (refusals.OfType<Error>().ToList() is [var first, ..] all)
        {
            await settlement.DeadLetter(Rejected, all.Count == 1 && refusals.Count == 1 ? Words(first) : $"{all.Count} of {refusals.Count} events were rejected, the first because of {Words(first)}", stop);
            return;
        }
        await settlement.Complete(stop);
    }

    /// <returns>Why each event was rejected, if it was; null: there is no such workspace.</returns>
    async Task<IReadOnlyList<Error?>?> Take(ReceivedMessage message, IReadOnlyList<ReadEvent> read, CancellationToken stop)
    {
        var (tenant, by) = (message.Tenant, new Sender("queue", Attempt: message.DeliveryCount));
        if (!await known.Has(tenant, stop))
        {
            return MayAppear(message) ? throw new InvalidOperationException(Unknown(tenant)) : null;
        }
        return read is [{ Event.Value: var sent }]
            ? [(await events.Take(tenant, sent, by, stop)).Result is { Status: InboundStatus.Rejected, Error: { } refused } ? refused : null]
            : [.. (await send.TakeAll(tenant, read, by, stop)).Select(static one => one.Status is null ? throw new StoreBusyException(TimeSpan.FromSeconds(1)) : one.Error)];
    }

    /// <summary>
    /// It may have been made in another region, and be on its way here; meanwhile the message is received again, each time
    /// after a longer wait. Whoever waits holds up others, so after one that did so in vain no more do.
    /// </summary>
    bool MayAppear(ReceivedMessage message) =>
        message.DeliveryCount < options.Value.Deliveries && clocks.Real.GetUtcNow() - message.EnqueuedTime < options.Value.WorkspaceAwaitedFor && !known.WasMissing(message.Tenant);

    static string Unknown(Tenant tenant) => $"there is no workspace {tenant}";

    static string Words(Error error) => error.Details is { Count: > 1 } details ? string.Join("; ", details.Select(static one => $"{one.Field} {one.Message}")) : error.Message;
}

/// <summary>Which workspaces are there. One that is not is looked for every time; one that was deleted is known for a minute more.</summary>
sealed class KnownWorkspaces(Workspaces workspaces, WorkspaceClocks clocks)
{
    const int Most = 10_000;
    static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    readonly RecentCache<Tenant, Workspace> recent = new(Most, Remembered, clocks);
    readonly ConcurrentDictionary<Tenant, long> missing = [];

    public async ValueTask<bool> Has(Tenant tenant, CancellationToken stop) => await recent.Get(tenant, workspaces.Find, stop) is not null;

    /// <summary>A message was given up since there is none. The next ones say so anew, so that many for a wrong one wait only once.</summary>
    public void IsMissing(Tenant tenant)
    {
        if (missing.Count >= Most)
        {
            missing.Clear();
        }
        missing[tenant] = clocks.Real.GetTimestamp();
    }

    public bool WasMissing(Tenant tenant) => missing.TryGetValue(tenant, out var at) && clocks.Real.GetElapsedTime(at) < Remembered;
}
