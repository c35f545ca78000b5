using AWorld.Embedded.Messages;
using AWorld.Platform.Messages;
using FsCheck;
using FsCheck.Fluent;
using static AWorld.Embedded.Tests.Messages.BrokerBench;

namespace AWorld.Embedded.Tests.Messages;

/// <summary>Whatever senders, receivers, time and crashes do: nothing is lost, nothing is completed twice, no session is out of order.</summary>
public sealed class BrokerLaws
{
    enum Step { Send, SendAgain, Receive, Complete, Abandon, Pass, Crash }

    static readonly MessageEntity Plain = MessageEntity.Queue("work", new("") { MaxDeliveryCount = 1000 }) with { DuplicateDetection = TimeSpan.FromDays(1) };

    static readonly MessageEntity BySession = MessageEntity.Queue("work", new("") { MaxDeliveryCount = 1000, RequiresSession = true }) with { DuplicateDetection = TimeSpan.FromDays(1) };

    static Arbitrary<Step[]> Steps => Gen.Elements(Step.Send, Step.Send, Step.SendAgain, Step.Receive, Step.Receive, Step.Complete, Step.Complete, Step.Abandon, Step.Pass, Step.Crash).ArrayOf(60).ToArbitrary();

    [Fact]
    public void Every_message_is_completed_once_or_still_there() => Prop.ForAll(Steps, static steps => Run(steps, Plain)).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    [Fact]
    public void Sessions_keep_their_order() => Prop.ForAll(Steps, static steps => Run(steps, BySession)).Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    static void Run(Step[] steps, MessageEntity declared) => Task.Run(() => RunAsync(steps, declared)).Wait(Stop);

    static async Task RunAsync(Step[] steps, MessageEntity declared)
    {
        await using var bench = new BrokerBench(declared);
        var (sent, completed, held) = (0, new List<string>(), new List<ReceivedMessage>());
        SessionHold? session = null;
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Send:
                    await bench.Send(Numbered(sent), Numbered(sent + 1));
                    sent += 2;
                    break;
                case Step.SendAgain when sent > 0:
                    await bench.Send(Numbered(sent / 2), Numbered(sent - 1));
                    break;
                case Step.Receive:
                    var (messages, current) = await ReceiveOne(bench, session);
                    (session, _) = (current, held);
                    held.AddRange(messages);
                    break;
                case Step.Complete when held.Count > 0:
                    if (await bench.Complete(held[0]))
                    {
                        completed.Add(held[0].Message.MessageId);
                    }
                    held.RemoveAt(0);
                    break;
                case Step.Abandon when held.Count > 0:
                    // What is held after it goes back too, as one does who handles a session in order.
                    for (; held.Count > 0; held.RemoveAt(held.Count - 1))
                    {
                        await bench.Abandon(held[^1]);
                    }
                    break;
                case Step.Pass:
                    bench.Clock.Advance(TimeSpan.FromSeconds(40));
                    break;
                case Step.Crash:
                    bench.Crash();
                    session = null;
                    break;
            }
        }
        bench.Crash();
        session = null;
        (await bench.Entity()).Count.ShouldBe(sent - completed.Count);
        while (true)
        {
            var (messages, current) = await ReceiveOne(bench, session);
            session = current;
            if (messages is not [var message])
            {
                if (current is { } done && messages.Count == 0)
                {
                    (await bench.Entity()).Release(done);
                    session = null;
                    continue;
                }
                break;
            }
            (await bench.Complete(message)).ShouldBeTrue();
            completed.Add(message.Message.MessageId);
        }
        completed.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, sent).Select(Id));
        if (declared == BySession)
        {
            foreach (var one in completed.GroupBy(SessionOf))
            {
                one.ShouldBe(one.Order(StringComparer.Ordinal));
            }
        }
    }

    static string Id(int n) => $"{n:D4}";

    static string SessionOf(string id) => $"{id[^1] % 3}";

    static Message Numbered(int n) => Message(Id(n), SessionOf(Id(n)));

    static async Task<(IReadOnlyList<ReceivedMessage> Messages, SessionHold? Session)> ReceiveOne(BrokerBench bench, SessionHold? session)
    {
        var queue = await bench.Queue();
        if (!queue.BySession)
        {
            return (await queue.Entity.Receive(queue, 1, TimeSpan.Zero, Stop), null);
        }
        try
        {
            session ??= await queue.Entity.AcceptSession(queue, TimeSpan.Zero, Stop);
            return session is { } accepted ? (await queue.Entity.Receive(accepted, 1, Stop), session) : ([], null);
        }
        catch (MessageLockLostException)
        {
            return ([], null);
        }
    }
}
