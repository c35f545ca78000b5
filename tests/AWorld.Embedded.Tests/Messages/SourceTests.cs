using System.Globalization;
using AWorld.Platform;
using AWorld.Platform.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>Subscriptions whose messages are made when they are received.</summary>
public sealed class SourceTests
{
    static readonly MessageEntity Topic = MessageEntity.Topic("news", new Receiver("made") { OnDemand = true, DropsOldest = true, MaxDeliveryCount = 1000 }, new Receiver("sent"));

    /// <summary>Numbers, of which only every third is a message.</summary>
    sealed class Numbers(int atOnce = 10) : IMessageSource
    {
        public int Last { get; set; }
        public int Asked { get; private set; }
        public string Entity => "news";
        public string Subscription => "made";
        public Action<Tenant>? Grew { get; set; }
        public bool Makes(Message message) => message.Subject == "number";
        public ValueTask<string> End(CancellationToken stop) => new(Text(Last));

        public ValueTask<SourcePage> Next(Tenant tenant, string cursor, CancellationToken stop)
        {
            Asked++;
            var from = int.Parse(cursor, CultureInfo.InvariantCulture);
            var to = Math.Min(from + atOnce, Last);
            return new(new SourcePage([.. Enumerable.Range(from + 1, to - from).Where(static n => n % 3 == 0).Select(static n => BrokerBench.Message(Text(n)) with { Subject = "number" })], Text(to), to < Last));
        }

        public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    enum Step { Grow, Take, GiveBack, Crash, Busy, Free }

    [Fact]
    public void Whatever_fails_between_each_is_received_in_order_and_completed_once() =>
        Prop.ForAll(Gen.Elements(Enum.GetValues<Step>()).ArrayOf(40).ToArbitrary(), static steps => Task.Run(() => Run(steps)).Wait(BrokerBench.Stop)).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    static async Task Run(Step[] steps)
    {
        var numbers = new Numbers { Last = 7 };
        await using var bench = new BrokerBench(Topic, null, numbers);
        await bench.Follow("made");
        var (completed, isBusy) = (new List<int>(), false);
        bench.Refuses = _ => isBusy;
        foreach (var step in steps)
        {
            try
            {
                await Do(step);
            }
            catch (StoreBusyException)
            {
                isBusy.ShouldBeTrue();
            }
        }
        isBusy = false;
        while (await Next() is { } left)
        {
            await Complete(left);
        }
        completed.ShouldBe(Enumerable.Range(8, numbers.Last - 7).Where(static n => n % 3 == 0));

        async Task<ReceivedMessage?> Next() => (await bench.Receive(1, "made")).SingleOrDefault();

        async Task Complete(ReceivedMessage message)
        {
            var queue = await bench.Queue("made");
            (await queue.Entity.Complete(queue, message.LockToken, BrokerBench.Stop)).ShouldBeTrue();
            completed.Add(int.Parse(message.Message.MessageId, CultureInfo.InvariantCulture));
        }

        async Task Do(Step step)
        {
            switch (step)
            {
                case Step.Grow:
                    numbers.Last += 17;
                    break;
                case Step.Take when await Next() is { } message:
                    try
                    {
                        await Complete(message);
                    }
                    catch (StoreBusyException)
                    {
                        var queue = await bench.Queue("made");
                        _ = queue.Entity.Abandon(queue, message.LockToken);
                        throw;
                    }
                    break;
                case Step.GiveBack when await Next() is { } message:
                    var from = await bench.Queue("made");
                    from.Entity.Abandon(from, message.LockToken).ShouldBeTrue();
                    break;
                case Step.Crash:
                    bench.Crash();
                    break;
                case Step.Busy or Step.Free:
                    isBusy = step == Step.Busy;
                    break;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_the_store_takes_at_once_is_not_stored_twice_when_it_stops_between(bool crashes)
    {
        var numbers = new Numbers(1000);
        await using var bench = new BrokerBench(Topic, null, numbers);
        await bench.Follow("made");
        numbers.Last = 750;
        var commits = 0;
        bench.Refuses = _ => ++commits == 2;
        await Should.ThrowAsync<StoreBusyException>(async () => await bench.Receive(1, "made"));
        if (crashes)
        {
            bench.Crash();
        }
        var received = new List<string>();
        while (await bench.Receive(1000, "made") is { Count: > 0 } some)
        {
            received.AddRange(some.Select(static one => one.Message.MessageId));
        }
        received.ShouldBe(Enumerable.Range(1, 250).Select(static n => Numbers.Text(n * 3)));
    }

    [Fact]
    public async Task What_it_makes_is_not_sent_to_it_and_what_others_send_is()
    {
        var numbers = new Numbers();
        await using var bench = new BrokerBench(Topic, null, numbers);
        await bench.Follow("made");
        await bench.Send(BrokerBench.Message("3") with { Subject = "number" }, BrokerBench.Message("other"));
        (await bench.Receive(subscription: "made")).Select(one => one.Message.MessageId).ShouldBe(["other"]);
        (await bench.Receive(subscription: "sent")).Select(one => one.Message.MessageId).ShouldBe(["3", "other"]);
    }

    [Fact]
    public async Task Who_waits_is_woken_when_it_grows()
    {
        var numbers = new Numbers();
        await using var bench = new BrokerBench(Topic, null, numbers);
        await bench.Follow("made");
        var queue = await bench.Queue("made");
        var waiting = queue.Entity.Receive(queue, 1, TimeSpan.FromDays(1), BrokerBench.Stop);
        waiting.IsCompleted.ShouldBeFalse();
        numbers.Last = 4;
        numbers.Grew!(BrokerBench.Home);
        (await waiting).Select(one => one.Message.MessageId).ShouldBe(["3"]);
        var asked = numbers.Asked;
        (await bench.Receive(subscription: "made")).ShouldBeEmpty();
        numbers.Asked.ShouldBe(asked + 1, "where nothing grew it looks once");
    }
}
