using System.Threading.Channels;
using AWorld.Platform;
using AWorld.Platform.Messages;
using Microsoft.Extensions.Options;

namespace AWorld.Embedded.Messages;

/// <summary>Gives messages to the handlers that are registered, as many at once as each may have.</summary>
sealed class MessagePump : BackgroundService
{
    /// <summary>Messages of one session in a row, so that others get their turn.</summary>
    const int PerSession = 100;

    sealed record Handling(MessageHandlerRegistration Handler, MessageEntity Entity, Receiver Receiver)
    {
        // A queue is in it at most once.
        public Channel<BrokerQueue> Offered { get; } = Channel.CreateUnbounded<BrokerQueue>();
    }

    readonly Broker broker;
    readonly IServiceScopeFactory scopes;
    readonly MessagesOptions options;
    readonly TimeProvider clock;
    readonly ILogger<MessagePump> log;
    readonly Dictionary<Receiver, Handling> handled;

    public MessagePump(Broker broker, MessageEntities entities, IEnumerable<MessageHandlerRegistration> handlers, IServiceScopeFactory scopes, IOptions<MessagesOptions> options, TimeProvider clock, ILogger<MessagePump> log)
    {
        (this.broker, this.scopes, this.options, this.clock, this.log) = (broker, scopes, options.Value, clock, log);
        handled = handlers.Select(handler => entities.Find(handler.Entity) is { } entity && entity.Find(handler.Subscription) is { } receiver
                ? new Handling(handler, entity, receiver)
                : throw new InvalidOperationException($"a handler is registered for '{handler.Entity}' {handler.Subscription}, which is not declared"))
            .ToDictionary(static handling => handling.Receiver, (IEqualityComparer<Receiver>)ReferenceEqualityComparer.Instance);
        broker.Ready = Offer;
    }

    void Offer(BrokerQueue queue)
    {
        if (!queue.IsDeadLetter && handled.TryGetValue(queue.Receiver, out var handling) && queue.Offer())
        {
            handling.Offered.Writer.TryWrite(queue);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var workers = handled.Values.SelectMany(handling => Enumerable.Range(0, options.ConcurrentPerHandler).Select(_ => Guard(() => Work(handling, stoppingToken), stoppingToken))).ToList();
        await Guard(() => Recover(stoppingToken), stoppingToken);
        await Task.WhenAll(workers);
    }

    static async Task Guard(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The host stops; what was not settled is received again after the next start.
        }
    }

    async Task Recover(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await broker.Recover([.. handled.Values.Select(static handling => handling.Entity).Distinct()], stop);
                return;
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                log.LogWarning(failure, "Messages left by the last run could not all be read; trying again");
                await Task.Delay(options.RetryAfter, clock, stop);
            }
        }
    }

    async Task Work(Handling handling, CancellationToken stop)
    {
        await foreach (var queue in handling.Offered.Reader.ReadAllAsync(stop))
        {
            queue.TakeBackOffer();
            try
            {
                await (queue.BySession ? HandleSession(handling, queue, stop) : HandleNext(handling, queue, stop));
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                log.LogWarning(failure, "Messages of {Entity} of {Tenant} could not be received; trying again", handling.Entity.Name, queue.Entity.Tenant);
                await Task.Delay(options.RetryAfter, clock, stop);
                Offer(queue);
            }
        }
    }

    async Task HandleNext(Handling handling, BrokerQueue queue, CancellationToken stop)
    {
        if (await queue.Entity.Receive(queue, 1, TimeSpan.Zero, stop) is [var message])
        {
            await Handle(handling, queue, message, stop);
        }
    }

    async Task HandleSession(Handling handling, BrokerQueue queue, CancellationToken stop)
    {
        if (await queue.Entity.AcceptSession(queue, TimeSpan.Zero, stop) is not { } session)
        {
            return;
        }
        var waits = false;
        try
        {
            for (var n = 0; !waits && n < PerSession && await queue.Entity.Receive(session, 1, stop) is [var message]; n++)
            {
                waits = await Handle(handling, queue, message, stop);
            }
        }
        catch (MessageLockLostException)
        {
            // Another goes on with it.
        }
        finally
        {
            if (!waits)
            {
                queue.Entity.Release(session);
            }
        }
    }

    /// <returns>It failed, and waits locked for another attempt.</returns>
    async Task<bool> Handle(Handling handling, BrokerQueue queue, ReceivedMessage message, CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var settlement = new Settlement(queue, message.LockToken);
        var renewing = KeepLocked(handling, settlement, ends);
        Exception? failed = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await handling.Handler.Make(scope.ServiceProvider).Handle(message, settlement, ends.Token);
            if (!settlement.IsSettled)
            {
                log.LogWarning("Message {MessageId} of {Entity} was not settled by its handler; it is abandoned", message.Message.MessageId, handling.Entity.Name);
            }
        }
        catch (Exception failure)
        {
            failed = failure;
            if (!stop.IsCancellationRequested)
            {
                log.LogWarning(failure, "Message {MessageId} of {Entity} failed in delivery {Delivery}; it is abandoned", message.Message.MessageId, handling.Entity.Name, message.DeliveryCount);
            }
        }
        finally
        {
            await ends.CancelAsync();
            await renewing;
        }
        if (!settlement.IsSettled)
        {
            queue.Entity.Abandon(queue, message.LockToken, handling.Receiver.WaitAfter(failed, options.RetryFailedAfter, message.DeliveryCount));
        }
        return queue.Entity.Held(queue, message.LockToken) is not null;
    }

    async Task KeepLocked(Handling handling, Settlement settlement, CancellationTokenSource handlerEnds)
    {
        var every = handling.Receiver.LockDuration / 2;
        try
        {
            // At once too: those before it may have used up most of their session's lock.
            for (var held = TimeSpan.Zero; held <= options.LockRenewedFor; held += every)
            {
                await settlement.Renew(handlerEnds.Token);
                await Task.Delay(every, clock, handlerEnds.Token);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or MessageLockLostException)
        {
            // It was handled, or somebody else has it.
        }
        await handlerEnds.CancelAsync();
    }

    sealed class Settlement(BrokerQueue queue, Guid lockToken) : MessageSettlement
    {
        public bool IsSettled { get; private set; }

        public override async Task Complete(CancellationToken stop) => Settled(await queue.Entity.Complete(queue, lockToken, stop));

        public override Task Abandon(CancellationToken stop)
        {
            Settled(queue.Entity.Abandon(queue, lockToken));
            return Task.CompletedTask;
        }

        public override async Task DeadLetter(string reason, string description, CancellationToken stop) =>
            Settled(await queue.Entity.DeadLetter(queue, lockToken, new(reason, description), stop));

        public override Task Renew(CancellationToken stop) =>
            IsSettled || queue.Entity.Renew(queue, lockToken) is not null ? Task.CompletedTask : throw new MessageLockLostException();

        void Settled(bool done) => IsSettled = done ? true : throw new MessageLockLostException();
    }
}
