using AWorld.Platform.Messages;
using static AWorld.Embedded.Tests.Messages.BrokerBench;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>What is received too often, given up or too late, as Service Bus has it.</summary>
public sealed class DeadLetterTests
{
    [Fact]
    public async Task What_was_received_too_often_is_dead_lettered_with_the_reason_and_can_be_received_there()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("1"), Message("2"));
        for (var n = 0; n < 3; n++)
        {
            (await bench.Abandon((await bench.Receive(1)).Single())).ShouldBeTrue();
        }
        var dead = await bench.DeadLetter();
        (dead.Message.MessageId, dead.DeadLetter!.Reason).ShouldBe(("1", DeadLetterReason.TooManyDeliveries));
        Ids(await bench.Receive()).ShouldBe(["2"]);
        bench.Crash();
        dead = (await bench.Receive(deadLetters: true)).ShouldHaveSingleItem("it was held when the process ended");
        dead.DeadLetter!.Reason.ShouldBe(DeadLetterReason.TooManyDeliveries);
        (await bench.Complete(dead, deadLetters: true)).ShouldBeTrue();
        (await bench.Receive(deadLetters: true)).ShouldBeEmpty();
        bench.Crash();
        (await bench.Receive(deadLetters: true)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_receiver_can_dead_letter_a_message_with_its_own_reason()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("1"));
        var queue = await bench.Queue();
        (await queue.Entity.DeadLetter(queue, (await bench.Receive()).Single().LockToken, new("NoSuchUser", "nobody is called eve"), Stop)).ShouldBeTrue();
        bench.Crash();
        (await bench.Receive()).ShouldBeEmpty();
        (await bench.Receive(deadLetters: true)).Single().DeadLetter.ShouldBe(new("NoSuchUser", "nobody is called eve"));
    }

    [Fact]
    public async Task Deliveries_are_counted_through_crashes_so_a_message_that_kills_the_process_ends_among_the_dead_letters()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("poison"));
        for (var n = 1; n <= 3; n++)
        {
            (await bench.Receive()).Single().DeliveryCount.ShouldBe(n);
            bench.Crash();
        }
        (await bench.Receive()).ShouldBeEmpty();
        (await bench.DeadLetter()).Message.MessageId.ShouldBe("poison");
    }

    [Fact]
    public async Task What_expires_is_dropped_or_dead_lettered_as_the_queue_says()
    {
        foreach (var keeps in new[] { false, true })
        {
            await using var bench = new BrokerBench(MessageEntity.Queue("work", new("") { DeadLetterExpired = keeps, TimeToLive = TimeSpan.FromHours(2) }));
            await bench.Send(Message("short") with { TimeToLive = TimeSpan.FromMinutes(1) }, Message("long") with { TimeToLive = TimeSpan.FromDays(9) });
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            var left = await bench.Receive();
            Ids(left).ShouldBe(["long"]);
            (await bench.Abandon(left[0])).ShouldBeTrue();
            bench.Clock.Advance(TimeSpan.FromHours(2));
            (await bench.Receive()).ShouldBeEmpty("the queue's time counts where it is shorter");
            if (keeps)
            {
                (await bench.DeadLetter()).DeadLetter!.Reason.ShouldBe(DeadLetterReason.Expired);
                (await bench.DeadLetter()).Message.MessageId.ShouldBe("long");
            }
            bench.Crash();
            (await bench.Receive()).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_message_does_not_expire_in_the_hands_of_its_receiver()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("1") with { TimeToLive = TimeSpan.FromSeconds(10) });
        var received = (await bench.Receive()).Single();
        bench.Clock.Advance(TimeSpan.FromSeconds(30));
        (await bench.Complete(received)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_dead_letter_that_the_store_refuses_is_moved_later()
    {
        await using var bench = new BrokerBench(MessageEntity.Queue("work", new("") { MaxDeliveryCount = 1 }));
        await bench.Send(Message("1"));
        var received = (await bench.Receive()).Single();
        var refused = new TaskCompletionSource();
        bench.Refuses = _ =>
        {
            refused.TrySetResult();
            return true;
        };
        await bench.Abandon(received);
        await refused.Task.WaitAsync(Stop);
        bench.Refuses = static _ => false;
        var arrived = bench.DeadLetter();
        while (!arrived.IsCompleted)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        (await arrived).Message.MessageId.ShouldBe("1");
    }
}
