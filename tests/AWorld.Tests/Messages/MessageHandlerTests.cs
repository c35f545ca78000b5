using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using AWorld.Embedded.Messages;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests.Integrations;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Tests.Messages;

/// <summary>Handlers as modules register them, in the host.</summary>
public sealed class MessageHandlerTests
{
    static readonly MessageEntity Work = MessageEntity.Queue("test-work", new("") { MaxDeliveryCount = 3 });
    static readonly MessageEntity Steps = MessageEntity.Topic("test-steps", new Receiver("ordered") { RequiresSession = true });

    /// <summary>What the handlers of one test do and have seen.</summary>
    sealed class Script
    {
        public Func<ReceivedMessage, MessageSettlement, CancellationToken, Task> Do { get; set; } = static (_, settlement, stop) => settlement.Complete(stop);
        public Channel<ReceivedMessage> Seen { get; } = Channel.CreateUnbounded<ReceivedMessage>();
    }

    sealed class Handler(Script script) : IMessageHandler
    {
        public async Task Handle(ReceivedMessage message, MessageSettlement settlement, CancellationToken stop)
        {
            await script.Seen.Writer.WriteAsync(message, stop);
            await script.Do(message, settlement, stop);
        }
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Task<TestPlatform> Start(Script script, string? data = null, params (string, string)[] settings) => TestPlatform.Start(data, settings: settings, configure: builder => builder.Services
        .AddSingleton(script).AddMessageEntity(Work).AddMessageEntity(Steps).AddMessageHandler<Handler>("test-work").AddMessageHandler<Handler>("test-steps", "ordered"));

    static ValueTask Send(TestPlatform platform, MessageEntity entity, params (string Id, string? Session)[] messages) => platform.Service<IMessagePublisher>().Send(
        platform.Tenant, entity.Name, [.. messages.Select(message => new Message(message.Id, Encoding.UTF8.GetBytes("{}")) { SessionId = message.Session })], Stop);

    static async Task<BrokerQueue> Queue(TestPlatform platform, MessageEntity entity, string? subscription = null, bool deadLetters = false) =>
        (await platform.Service<Broker>().Open(platform.Tenant, entity, Stop)).Find(subscription, deadLetters);

    [Fact]
    public async Task A_handler_gets_what_is_sent_while_the_host_runs_and_what_was_left_before_it_started()
    {
        var script = new Script { Do = static async (_, _, stop) => await Task.Delay(Timeout.Infinite, stop) };
        var platform = await Start(script);
        await Send(platform, Work, ("1", null));
        (await script.Seen.Reader.ReadAsync(Stop)).DeliveryCount.ShouldBe(1);
        await platform.Stop();

        script = new();
        await using var again = await Start(script, platform.Data);
        var left = await script.Seen.Reader.ReadAsync(Stop);
        (left.Message.MessageId, left.DeliveryCount, left.Tenant).ShouldBe(("1", 2, platform.Tenant));
        await Send(again, Work, ("2", null));
        (await script.Seen.Reader.ReadAsync(Stop)).Message.MessageId.ShouldBe("2");
    }

    [Fact]
    public async Task A_message_whose_handler_fails_or_leaves_it_is_handled_again_and_in_the_end_dead_lettered()
    {
        var deliveries = new ConcurrentQueue<int>();
        var script = new Script
        {
            Do = (message, _, _) =>
            {
                deliveries.Enqueue(message.DeliveryCount);
                return message.DeliveryCount == 1 ? throw new InvalidOperationException("it fails") : Task.CompletedTask;
            },
        };
        await using var platform = await Start(script);
        await Send(platform, Work, ("1", null));
        var dead = await Queue(platform, Work, deadLetters: true);
        (await dead.Entity.Receive(dead, 1, TimeSpan.FromMinutes(1), Stop)).Single().DeadLetter!.Reason.ShouldBe(DeadLetterReason.TooManyDeliveries);
        deliveries.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_handler_can_dead_letter_and_a_lost_lock_tells_it_so()
    {
        var lost = new TaskCompletionSource<Exception?>();
        var script = new Script
        {
            Do = async (_, settlement, stop) =>
            {
                await settlement.DeadLetter("Poison", "it cannot be read", stop);
                lost.SetResult(await Record.ExceptionAsync(() => settlement.Complete(stop)));
            },
        };
        await using var platform = await Start(script);
        await Send(platform, Work, ("1", null));
        (await lost.Task.WaitAsync(Stop)).ShouldBeOfType<MessageLockLostException>();
        var dead = await Queue(platform, Work, deadLetters: true);
        (await dead.Entity.Receive(dead, 1, TimeSpan.FromMinutes(1), Stop)).Single().DeadLetter.ShouldBe(new("Poison", "it cannot be read"));
    }

    [Fact]
    public async Task Messages_of_a_session_are_handled_one_after_the_other_in_their_order()
    {
        var (order, underWay) = (new ConcurrentQueue<string>(), new ConcurrentDictionary<string, bool>());
        var done = new TaskCompletionSource();
        var script = new Script
        {
            Do = async (message, settlement, stop) =>
            {
                underWay.TryAdd(message.Message.SessionId!, true).ShouldBeTrue();
                await Task.Yield();
                order.Enqueue(message.Message.MessageId);
                underWay.TryRemove(message.Message.SessionId!, out _);
                await settlement.Complete(stop);
                if (order.Count == 60)
                {
                    done.TrySetResult();
                }
            },
        };
        await using var platform = await Start(script);
        for (var n = 0; n < 60; n += 3)
        {
            await Send(platform, Steps, ($"a-{n:D2}", "a"), ($"b-{n:D2}", "b"), ($"c-{n:D2}", "c"));
        }
        await done.Task.WaitAsync(Stop);
        foreach (var session in order.GroupBy(id => id[0]))
        {
            session.ShouldBe(session.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task The_lock_of_a_message_is_renewed_while_its_handler_runs()
    {
        var finish = new TaskCompletionSource();
        var script = new Script
        {
            Do = async (_, settlement, stop) =>
            {
                await finish.Task;
                await settlement.Complete(stop);
            },
        };
        await using var platform = await Start(script);
        await Send(platform, Work, ("1", null));
        var message = await script.Seen.Reader.ReadAsync(Stop);
        var queue = await Queue(platform, Work);
        platform.Clock.Advance(TimeSpan.FromSeconds(30));
        while (queue.Entity.Held(queue, message.LockToken).ShouldNotBeNull().LockedUntil == message.LockedUntil)
        {
            await Task.Yield();
        }
        finish.SetResult();
        script.Seen.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_stays_with_its_handler_for_longer_than_a_lock_when_each_message_takes_less()
    {
        using var go = new SemaphoreSlim(0);
        var script = new Script
        {
            Do = async (_, settlement, stop) =>
            {
                await go.WaitAsync(stop);
                await settlement.Complete(stop);
            },
        };
        await using var platform = await Start(script);
        await Send(platform, Steps, [.. Enumerable.Range(1, 5).Select(n => ($"{n}", (string?)"a"))]);
        var seen = new List<string>();
        for (var n = 1; n <= 5; n++)
        {
            var message = await script.Seen.Reader.ReadAsync(Stop);
            seen.Add($"{message.Message.MessageId} {message.DeliveryCount}");
            platform.Clock.Advance(TimeSpan.FromSeconds(25));
            go.Release();
        }
        seen.ShouldBe(["1 1", "2 1", "3 1", "4 1", "5 1"]);
        var queue = await Queue(platform, Steps, "ordered");
        await InboundWorld.Until(() => queue.Count == 0);
        script.Seen.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_failed_waits_longer_each_time_with_its_session_and_holds_up_no_other()
    {
        var script = new Script
        {
            Do = static (message, settlement, stop) => (message.Message.MessageId, message.DeliveryCount) switch
            {
                ("a1", 1) => throw new StoreBusyException(TimeSpan.FromSeconds(5)),
                ("a1", 2) => throw new InvalidOperationException("it fails"),
                _ => settlement.Complete(stop),
            },
        };
        await using var platform = await Start(script, settings: ("AWorld:Messages:RetryFailedAfter", "00:00:01"));
        var queue = await Queue(platform, Steps, "ordered");
        DateTimeOffset? LockOf(ReceivedMessage message) => queue.Entity.Held(queue, message.LockToken)?.LockedUntil;
        await Send(platform, Steps, ("a1", "a"), ("a2", "a"));
        var first = await script.Seen.Reader.ReadAsync(Stop);
        await InboundWorld.Until(() => LockOf(first) == platform.Clock.GetUtcNow().AddSeconds(5));
        await Send(platform, Steps, ("b1", "b"));
        (await script.Seen.Reader.ReadAsync(Stop)).Message.MessageId.ShouldBe("b1");

        platform.Clock.Advance(TimeSpan.FromSeconds(4.5));
        LockOf(first).ShouldNotBeNull();
        platform.Clock.Advance(TimeSpan.FromSeconds(0.5));
        var second = await script.Seen.Reader.ReadAsync(Stop);
        await InboundWorld.Until(() => LockOf(second) == platform.Clock.GetUtcNow().AddSeconds(2));
        platform.Clock.Advance(TimeSpan.FromSeconds(2));
        var seen = new List<string>();
        while (seen.Count < 2)
        {
            var message = await script.Seen.Reader.ReadAsync(Stop);
            seen.Add($"{message.Message.MessageId} {message.DeliveryCount}");
        }
        seen.ShouldBe(["a1 3", "a2 1"]);
        await InboundWorld.Until(() => queue.Count == 0);
    }
}
