using AWorld.Functions.Messages;
using AWorld.Functions.Triggers;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests;

public sealed class MessageReceiverTests
{
    static readonly Tenant Acme = new("acme000001", "main000001");
    static readonly Guid Token = new("11111111-2222-3333-4444-555555555555");

    sealed class Actions(bool lockIsLost = false) : ServiceBusMessageActions
    {
        public List<string> Done { get; } = [];

        Task Do(string what)
        {
            Done.Add(what);
            return lockIsLost ? Task.FromException(new InvalidOperationException("the lock is lost")) : Task.CompletedTask;
        }

        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => Do("completed");
        public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) => Do("abandoned");
        public override Task DeadLetterMessageAsync(ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = null, string? deadLetterReason = null, string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) =>
            Do($"dead-lettered: {deadLetterReason}, {deadLetterErrorDescription?.Length}");
        public override Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => Do("renewed");
    }

    sealed class SessionActions(bool isLost = false) : ServiceBusSessionMessageActions
    {
        public int Renewed { get; private set; }
        public int Released { get; private set; }

        public override Task ReleaseSession(CancellationToken cancellationToken = default)
        {
            Released++;
            return isLost ? Task.FromException(new InvalidOperationException("nobody has it")) : Task.CompletedTask;
        }

        public override Task RenewSessionLockAsync(CancellationToken cancellationToken = default)
        {
            Renewed++;
            return Task.CompletedTask;
        }
    }

    sealed class Handler(Func<ReceivedMessage, MessageSettlement, CancellationToken, Task> handle) : IMessageHandler
    {
        public Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop) => handle(message, settlement, stop);
    }

    static Task Receive(Func<ReceivedMessage, MessageSettlement, CancellationToken, Task> handle, ServiceBusMessageActions actions, ServiceBusSessionMessageActions? session = null, Dictionary<string, object>? properties = null, FakeClock? clock = null, int deliveryCount = 3, Tenant? tenant = null, CancellationToken stop = default)
    {
        var invocation = new FakeInvocation("Hires", "serviceBusTrigger") { Stop = stop };
        invocation.Features.Set(tenant ?? Acme);
        return Receive(handle, actions, invocation, session, properties, clock, deliveryCount);
    }

    static Task Receive(Func<ReceivedMessage, MessageSettlement, CancellationToken, Task> handle, ServiceBusMessageActions actions, FunctionContext invocation, ServiceBusSessionMessageActions? session = null, Dictionary<string, object>? properties = null, FakeClock? clock = null, int deliveryCount = 3)
    {
        var message = ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: new("hello"u8.ToArray()), messageId: "1", sessionId: "user", subject: "hired", correlationId: "c", contentType: "text/plain", timeToLive: TimeSpan.FromDays(1),
            properties: properties ?? [], lockTokenGuid: Token, deliveryCount: deliveryCount, lockedUntil: new(2026, 3, 1, 0, 1, 0, TimeSpan.Zero), sequenceNumber: 42, enqueuedTime: new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        var receiver = new MessageReceiver([new("hires", null, _ => new Handler(handle))], new([MessageEntity.Queue("hires")]), Options.Create(new AzureOptions()), clock ?? new FakeClock(default), NullLogger<MessageReceiver>.Instance);
        return receiver.Handle("hires", null, message, actions, session, invocation);
    }

    [Fact]
    public async Task A_handler_gets_the_message_of_the_invocations_tenant_and_settles_it()
    {
        var actions = new Actions();
        ReceivedMessage? seen = null;
        await Receive(async (message, settlement, stop) =>
        {
            seen = message;
            await settlement.Complete(stop);
        }, actions, properties: new() { ["kind"] = "a", ["number"] = 7 });
        actions.Done.ShouldBe(["completed"]);
        seen.ShouldNotBeNull();
        (seen.Tenant, seen.SequenceNumber, seen.DeliveryCount, seen.LockToken).ShouldBe((Acme, 42, 3, Token));
        (seen.Message.MessageId, seen.Message.SessionId, seen.Message.Subject, seen.Message.CorrelationId, seen.Message.ContentType).ShouldBe(("1", "user", "hired", "c", "text/plain"));
        System.Text.Encoding.UTF8.GetString(seen.Message.Body.Span).ShouldBe("hello");
        seen.Message.Properties["number"].ShouldBe("7");
    }

    [Fact]
    public async Task A_message_of_no_tenant_is_dead_lettered_at_once_and_its_handler_does_not_get_it()
    {
        var actions = new Actions();
        await new TenantMiddleware(NullLogger<TenantMiddleware>.Instance).Invoke(new FakeInvocation("Hires", "serviceBusTrigger", ("ApplicationProperties", "{}")), context =>
            Receive(static (_, _, _) => throw new InvalidOperationException("it is nobody's"), actions, context, deliveryCount: 1));
        actions.Done.ShouldHaveSingleItem().ShouldStartWith("dead-lettered: NoTenant");
    }

    [Fact]
    public async Task What_a_handler_leaves_is_abandoned()
    {
        var actions = new Actions();
        await Receive(static (_, _, _) => Task.CompletedTask, actions);
        actions.Done.ShouldBe(["abandoned"]);
    }

    [Fact]
    public async Task Each_settlement_is_counted_once_by_its_outcome_and_account()
    {
        var tenant = new Tenant("accountMR1", "main000001");
        using var settled = new Counted("aworld.messages.settled", tenant.AccountId);
        await Receive(static (_, settlement, stop) => settlement.Complete(stop), new Actions(), tenant: tenant);
        await Receive(static (_, settlement, stop) => settlement.DeadLetter("Unreadable", "it is", stop), new Actions(), tenant: tenant);
        await Receive(static (_, _, _) => Task.CompletedTask, new Actions(), tenant: tenant);
        settled.Seen.ShouldBe([(1, "hires completed"), (1, "hires deadLettered"), (1, "hires abandoned")]);
    }

    [Fact]
    public async Task What_a_handler_fails_on_fails_the_invocation_and_is_not_completed()
    {
        var (actions, clock) = (new Actions(), new FakeClock(default));
        var receiving = Receive(static (_, _, _) => throw new TimeoutException(), actions, clock: clock);
        clock.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<TimeoutException>(receiving);
        actions.Done.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(9, 30)]
    public async Task A_message_that_met_a_busy_store_is_given_back_only_after_a_while(int delivery, int seconds)
    {
        var (actions, clock) = (new Actions(), new FakeClock(default));
        var receiving = Receive(static (_, _, _) => throw new StoreBusyException(TimeSpan.FromSeconds(5)), actions, clock: clock, deliveryCount: delivery);
        clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        receiving.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromTicks(1));
        await Should.ThrowAsync<StoreBusyException>(receiving);
        actions.Done.ShouldBeEmpty();
    }

    [Fact]
    public void Ten_deliveries_outlast_a_store_that_is_busy_for_two_minutes()
    {
        var receiver = MessageEntities.Inbound.Receivers[0];
        Enumerable.Range(1, receiver.MaxDeliveryCount - 1).Sum(delivery => receiver.WaitAfter(new StoreBusyException(TimeSpan.FromSeconds(1)), TimeSpan.FromSeconds(1), delivery).TotalSeconds).ShouldBeGreaterThan(120);
    }

    [Fact]
    public async Task Nobody_waits_whose_message_is_settled_or_lost_or_whose_host_stops()
    {
        await Should.ThrowAsync<StoreBusyException>(() => Receive(static async (_, settlement, stop) =>
        {
            await settlement.Complete(stop);
            throw new StoreBusyException(TimeSpan.FromSeconds(5));
        }, new Actions()));
        await Should.ThrowAsync<StoreBusyException>(() => Receive(static (_, _, _) => throw new StoreBusyException(TimeSpan.FromSeconds(5)), new Actions(), stop: new(canceled: true)));
        await Should.ThrowAsync<MessageLockLostException>(() => Receive(static (_, _, _) => throw new MessageLockLostException(), new Actions()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_is_let_go_when_its_message_s_lock_is_lost(bool isLost)
    {
        var session = new SessionActions(isLost);
        await Should.ThrowAsync<MessageLockLostException>(() => Receive(static (_, settlement, stop) => settlement.Complete(stop), new Actions(lockIsLost: true), session));
        session.Released.ShouldBe(1);
    }

    [Fact]
    public async Task A_session_is_let_go_when_its_handler_fails_and_kept_when_it_does_not()
    {
        var (session, clock) = (new SessionActions(), new FakeClock(default));
        await Receive(static (_, settlement, stop) => settlement.Complete(stop), new Actions(), session);
        session.Released.ShouldBe(0);
        var receiving = Receive(static (_, _, _) => throw new TimeoutException(), new Actions(), session, clock: clock);
        session.Released.ShouldBe(0, "its lock is needed while the message waits");
        clock.Advance(TimeSpan.FromMinutes(1));
        await Should.ThrowAsync<TimeoutException>(receiving);
        session.Released.ShouldBe(1);
    }

    [Fact]
    public async Task A_reason_for_dead_letters_is_cut_to_what_Service_Bus_takes()
    {
        var actions = new Actions();
        await Receive(static (_, settlement, stop) => settlement.DeadLetter("Unreadable", new('x', 10_000), stop), actions);
        actions.Done.ShouldBe(["dead-lettered: Unreadable, 4096"]);
    }

    [Fact]
    public async Task A_settlement_that_fails_is_a_lost_lock() =>
        await Should.ThrowAsync<MessageLockLostException>(() => Receive(static (_, settlement, stop) => settlement.Complete(stop), new Actions(lockIsLost: true)));

    [Fact]
    public async Task A_lock_is_the_sessions_where_there_is_one()
    {
        var (actions, session) = (new Actions(), new SessionActions());
        await Receive(static async (_, settlement, stop) =>
        {
            await settlement.Renew(stop);
            await settlement.Complete(stop);
        }, actions, session);
        session.Renewed.ShouldBe(1);
        actions.Done.ShouldBe(["completed"]);
    }
}
