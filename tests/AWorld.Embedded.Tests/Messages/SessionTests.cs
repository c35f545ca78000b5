using AWorld.Embedded.Messages;
using AWorld.Platform.Messages;
using static AWorld.Embedded.Tests.Messages.BrokerBench;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>Messages of one session go to one receiver at a time, in their order.</summary>
public sealed class SessionTests
{
    static readonly MessageEntity BySession = MessageEntity.Queue("work", new("") { RequiresSession = true, MaxDeliveryCount = 2 });

    static async Task<SessionHold?> Accept(BrokerBench bench)
    {
        var queue = await bench.Queue();
        return await queue.Entity.AcceptSession(queue, TimeSpan.Zero, Stop);
    }

    static async Task<ReceivedMessage?> Next(BrokerBench bench, SessionHold? session) => (await (await bench.Entity()).Receive(session!.Value, 1, Stop)).SingleOrDefault();

    [Fact]
    public async Task Each_receiver_gets_a_session_of_its_own_and_its_messages_in_order()
    {
        await using var bench = new BrokerBench(BySession);
        await bench.Send(Message("a1", "a"), Message("b1", "b"), Message("a2", "a"));
        var (a, b) = (await Accept(bench), await Accept(bench));
        (await Accept(bench)).ShouldBeNull();
        (await Next(bench, a))!.Message.MessageId.ShouldBe("a1");
        (await Next(bench, b))!.Message.MessageId.ShouldBe("b1");
        await bench.Send(Message("b2", "b"));
        (await Next(bench, a))!.Message.MessageId.ShouldBe("a2");
        (await Next(bench, b))!.Message.MessageId.ShouldBe("b2");
        (await Next(bench, a)).ShouldBeNull();
        (await Accept(bench)).ShouldBeNull("both are held");
    }

    [Fact]
    public async Task A_released_session_goes_to_the_next_receiver_with_what_was_not_completed()
    {
        await using var bench = new BrokerBench(BySession);
        await bench.Send(Message("a1", "a"), Message("a2", "a"), Message("a3", "a"));
        var first = await Accept(bench);
        await bench.Complete((await Next(bench, first))!);
        var left = (await Next(bench, first))!;
        (await bench.Entity()).Release(first!.Value);
        (await bench.Complete(left)).ShouldBeFalse();
        await Should.ThrowAsync<MessageLockLostException>(() => Next(bench, first));
        var second = await Accept(bench);
        var again = (await Next(bench, second))!;
        (again.Message.MessageId, again.DeliveryCount).ShouldBe(("a2", 2));
    }

    [Fact]
    public async Task The_lock_of_a_session_ends_unless_a_message_of_it_is_renewed()
    {
        await using var bench = new BrokerBench(BySession);
        await bench.Send(Message("a1", "a"), Message("a2", "a"));
        var queue = await bench.Queue();
        var session = await Accept(bench);
        var held = (await Next(bench, session))!;
        bench.Clock.Advance(TimeSpan.FromSeconds(50));
        queue.Entity.Renew(queue, held.LockToken).ShouldNotBeNull();
        bench.Clock.Advance(TimeSpan.FromSeconds(50));
        (await Next(bench, session))!.Message.MessageId.ShouldBe("a2");
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        queue.Entity.Renew(queue, held.LockToken).ShouldBeNull();
        (await Next(bench, await Accept(bench)))!.Message.MessageId.ShouldBe("a1");
    }

    [Fact]
    public async Task An_abandoned_message_comes_before_those_after_it_until_it_is_dead_lettered()
    {
        await using var bench = new BrokerBench(BySession);
        await bench.Send(Message("a1", "a"), Message("a2", "a"));
        var session = await Accept(bench);
        for (var n = 0; n < 2; n++)
        {
            var message = (await Next(bench, session))!;
            message.Message.MessageId.ShouldBe("a1");
            await bench.Abandon(message);
        }
        (await bench.DeadLetter()).Message.MessageId.ShouldBe("a1");
        (await Next(bench, session))!.Message.MessageId.ShouldBe("a2");
    }

    [Fact]
    public async Task A_message_without_a_session_is_refused_where_one_is_needed()
    {
        await using var bench = new BrokerBench(BySession);
        (await Should.ThrowAsync<ArgumentException>(() => bench.Send(Message("1")))).Message.ShouldContain("SessionId");
    }
}
