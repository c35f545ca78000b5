using AWorld.Platform;
using AWorld.Platform.Messages;
using static AWorld.Embedded.Tests.Messages.BrokerBench;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>What queues do as Service Bus's do.</summary>
public sealed class BrokerTests
{
    [Fact]
    public async Task A_message_arrives_as_it_was_sent_with_its_sender_s_workspace()
    {
        await using var bench = new BrokerBench(Plain);
        var sent = Message("1", "session", "héllo", ("type", "a"), ("AccountID", "another")) with { Subject = "subject", CorrelationId = "correlation", ContentType = "text/plain", TimeToLive = TimeSpan.FromHours(1) };
        await bench.Send(sent);
        var received = (await bench.Receive()).ShouldHaveSingleItem();
        received.Message.Body.ToArray().ShouldBe(sent.Body.ToArray());
        (received.Message with { Body = default, Properties = sent.Properties }).ShouldBe(sent with { Body = default });
        received.Message.Properties.ShouldBe(new Dictionary<string, string> { ["type"] = "a", ["accountId"] = Home.AccountId, ["workspaceId"] = Home.WorkspaceId }, ignoreOrder: true);
        (received.DeliveryCount, received.Tenant, received.EnqueuedTime).ShouldBe((1, Home, bench.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_held_message_is_nobody_else_s_until_it_is_abandoned_and_then_in_its_old_place()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("1"), Message("2"));
        var first = (await bench.Receive(1)).Single();
        (await bench.Receive(1)).Single().Message.MessageId.ShouldBe("2");
        (await bench.Receive()).ShouldBeEmpty();
        (await bench.Abandon(first)).ShouldBeTrue();
        var again = (await bench.Receive()).ShouldHaveSingleItem();
        (again.Message.MessageId, again.DeliveryCount, again.SequenceNumber).ShouldBe(("1", 2, first.SequenceNumber));
        (await bench.Complete(first)).ShouldBeFalse("its lock went with the abandon");
    }

    [Fact]
    public async Task A_completed_message_never_comes_back()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("1"));
        var received = (await bench.Receive()).Single();
        (await bench.Complete(received)).ShouldBeTrue();
        (await bench.Complete(received)).ShouldBeFalse();
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        (await bench.Receive()).ShouldBeEmpty();
        bench.Crash();
        (await bench.Receive()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lock_ends_by_itself_and_lasts_as_long_as_it_is_renewed()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("1"));
        var queue = await bench.Queue();
        var received = (await bench.Receive()).Single();
        for (var n = 0; n < 5; n++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(50));
            queue.Entity.Renew(queue, received.LockToken).ShouldBe(bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        }
        (await bench.Receive()).ShouldBeEmpty();
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        queue.Entity.Renew(queue, received.LockToken).ShouldBeNull();
        (await bench.Complete(received)).ShouldBeFalse();
        (await bench.Receive()).Single().DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_scheduled_message_is_received_from_its_time_on()
    {
        await using var bench = new BrokerBench(Plain);
        var due = bench.Clock.GetUtcNow() + TimeSpan.FromHours(3);
        await bench.Send(Message("later") with { ScheduledEnqueueTime = due }, Message("now"));
        Ids(await bench.Receive()).ShouldBe(["now"]);
        bench.Crash();
        bench.Clock.Advance(TimeSpan.FromHours(3) - TimeSpan.FromMilliseconds(1));
        (await bench.Receive()).Select(message => message.Message.MessageId).ShouldBe(["now"]);
        var queue = await bench.Queue();
        var waiting = queue.Entity.Receive(queue, 1, TimeSpan.FromMinutes(5), Stop);
        bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var received = (await waiting).Single();
        (received.Message.MessageId, received.EnqueuedTime).ShouldBe(("later", due));
    }

    [Fact]
    public async Task A_second_message_of_the_same_id_is_dropped_for_as_long_as_the_window()
    {
        await using var bench = new BrokerBench(Plain with { DuplicateDetection = TimeSpan.FromMinutes(10) });
        await bench.Send(Message("1"), Message("2"), Message("1"));
        await bench.Send(Message("3"), Message("1"), Message("2"), Message("4"));
        var received = await bench.Receive();
        Ids(received).ShouldBe(["1", "2", "3", "4"]);
        foreach (var one in received)
        {
            await bench.Complete(one);
        }
        bench.Crash();
        await bench.Send(Message("1"));
        (await bench.Receive()).ShouldBeEmpty("completed ones are remembered too");
        await bench.SendAs(Neighbour, Message("1"));
        (await bench.Receive(tenant: Neighbour)).ShouldHaveSingleItem();
        bench.Clock.Advance(TimeSpan.FromMinutes(10));
        await bench.Send(Message("1"));
        (await bench.Receive()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task More_messages_than_the_store_takes_at_once_arrive_in_their_order()
    {
        await using var bench = new BrokerBench(Plain with { DuplicateDetection = TimeSpan.FromMinutes(10) });
        await bench.Send([.. Enumerable.Range(0, 333).Select(n => Message($"{n}"))]);
        Ids(await bench.Receive(1000)).ShouldBe(Enumerable.Range(0, 333).Select(n => $"{n}"));
    }

    [Fact]
    public async Task A_full_queue_refuses_more_and_takes_them_again_when_there_is_room()
    {
        await using var bench = new BrokerBench(Plain, new() { PerReceiver = 2 });
        await bench.Send(Message("1"), Message("2"));
        await Should.ThrowAsync<StoreBusyException>(() => bench.Send(Message("3")));
        await bench.SendAs(Neighbour, Message("3"));
        await bench.Complete((await bench.Receive(1)).Single());
        await bench.Send(Message("3"));
        Ids(await bench.Receive()).ShouldBe(["2", "3"]);
    }

    [Fact]
    public async Task What_the_store_refuses_is_as_if_it_had_not_been_tried()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("1"));
        bench.Refuses = static _ => true;
        await Should.ThrowAsync<StoreBusyException>(() => bench.Send(Message("2")));
        await Should.ThrowAsync<StoreBusyException>(() => bench.Receive());
        bench.Refuses = static _ => false;
        var received = (await bench.Receive()).Single();
        received.DeliveryCount.ShouldBe(1);
        bench.Refuses = static _ => true;
        await Should.ThrowAsync<StoreBusyException>(() => bench.Complete(received));
        bench.Refuses = static _ => false;
        (await bench.Complete(received)).ShouldBeTrue("the lock is kept");
    }

    [Fact]
    public async Task Who_waits_is_woken_by_a_send_and_gets_nothing_when_the_time_is_over()
    {
        await using var bench = new BrokerBench(Plain);
        var queue = await bench.Queue();
        var waiting = Enumerable.Range(0, 3).Select(_ => queue.Entity.Receive(queue, 1, TimeSpan.FromMinutes(1), Stop)).ToList();
        await bench.Send(Message("1"), Message("2"));
        while (waiting.Count(one => one.IsCompleted) < 2)
        {
            await Task.WhenAny(waiting.Where(one => !one.IsCompleted));
        }
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Task.WhenAll(waiting)).Sum(received => received.Count).ShouldBe(2);
    }

    [Fact]
    public async Task Each_subscription_gets_a_copy_of_what_its_filter_accepts()
    {
        var topic = MessageEntity.Topic("events", new Receiver("all"), new Receiver("users") { Filter = PropertyFilter.In("type", "user.created", "user.erased") }, new Receiver("none") { Filter = PropertyFilter.In("workspaceId", "elsewhere1") });
        await using var bench = new BrokerBench(topic);
        await bench.Send(Message("1", properties: ("type", "user.created")), Message("2", properties: ("type", "mission.completed")), Message("3"));
        Ids(await bench.Receive(subscription: "all")).ShouldBe(["1", "2", "3"]);
        Ids(await bench.Receive(subscription: "none")).ShouldBeEmpty();
        var user = (await bench.Receive(subscription: "users")).ShouldHaveSingleItem();
        await bench.Complete(user, "users");
        bench.Crash();
        Ids(await bench.Receive(subscription: "all")).ShouldBe(["1", "2", "3"]);
        Ids(await bench.Receive(subscription: "users")).ShouldBeEmpty();
        topic.Receivers[1].Filter!.Sql.ShouldBe("""user."type" IN ('user.created', 'user.erased')""");
    }

    [Fact]
    public async Task Workspaces_do_not_see_each_other_s_messages()
    {
        await using var bench = new BrokerBench(Plain);
        await bench.Send(Message("mine"));
        await bench.SendAs(Neighbour, Message("theirs"));
        Ids(await bench.Receive(tenant: Neighbour)).ShouldBe(["theirs"]);
        var mine = (await bench.Receive()).Single();
        mine.Message.MessageId.ShouldBe("mine");
        var theirs = await bench.Queue(tenant: Neighbour);
        (await theirs.Entity.Complete(theirs, mine.LockToken, Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task Sequence_numbers_grow_and_never_come_twice()
    {
        await using var bench = new BrokerBench(Plain);
        var last = 0L;
        for (var n = 0; n < 3; n++)
        {
            await bench.Send(Message($"{n}"));
            var received = (await bench.Receive()).Single();
            received.SequenceNumber.ShouldBeGreaterThan(last);
            last = received.SequenceNumber;
            await bench.Complete(received);
            bench.Crash();
        }
    }
}
