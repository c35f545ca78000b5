using System.Collections.Concurrent;
using AWorld.Functions.Redis;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Platform;
using AWorld.Tests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests.Redis;

/// <summary>What session tokens are worth while Redis is not in reach.</summary>
public sealed class RedisSessionTokensTests
{
    static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Holds one token for all, as a server that a partition was told of before it went away.</summary>
    sealed class Server : IRedis
    {
        public event Action? Lost { add { } remove { } }

        public string? Held { get; set; }
        public Exception? Fails { get; set; }
        public Action Before { get; set; } = static () => { };
        public int Asked { get; private set; }

        public Task<string?> Evaluate(string script, string[] keys, params string[] values)
        {
            Asked++;
            var fails = Fails;
            Before();
            return fails is { } failure ? Task.FromException<string?>(failure) : Task.FromResult(values.Length > 0 ? Held = values[0] : Held);
        }

        public Task Publish(string channel, string message) => Task.CompletedTask;
        public Task Subscribe(string channel, Action<string> received) => Task.CompletedTask;
    }

    sealed class Lines : ILogger<RedisSessionTokens>
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Said { get; } = [];
        public Action<LogLevel> Before { get; set; } = static _ => { };

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Before(logLevel);
            Said.Enqueue((logLevel, formatter(state, exception)));
        }
    }

    static RedisSessionTokens Tokens(Server server, TimeProvider clock, Lines? lines = null) => new(server, Options.Create(new RedisOptions()), clock, lines ?? new());

    [Fact]
    public async Task An_instance_reads_its_own_write_though_Redis_could_not_be_told_of_it()
    {
        await using var over = await StoreOverFake.Start();
        var server = new Server();
        var store = over.Instance(Tokens(server, over.Clock));
        await store.Commit(StoreOverFake.Ada, [Write.Create("a", StoreOverFake.Body("1"))], None);
        server.Fails = new TimeoutException();
        over.Fake.Lag = 1;
        await store.Commit(StoreOverFake.Ada, [Write.Upsert("a", StoreOverFake.Body("2"))], None);

        (await StoreOverFake.Text(store, "a")).ShouldBe("2");
        server.Fails = null;
        over.Clock.Advance(TimeSpan.FromMinutes(1));
        (await StoreOverFake.Text(store, "a")).ShouldBe("2");
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_known_by_its_mark_though_Redis_holds_an_older_token()
    {
        await using var over = await StoreOverFake.Start();
        var server = new Server();
        var store = over.Instance(Tokens(server, over.Clock));
        var etag = (await store.Commit(StoreOverFake.Ada, [Write.Create("a", StoreOverFake.Body("1"))], None)).ETags[0];
        server.Fails = new InvalidOperationException("not one of those that are expected");
        over.Fake.Lag = 1;
        over.Fail("batch", new Fault(Applied: true));

        (await store.Commit(StoreOverFake.Ada, [Write.Replace("a", StoreOverFake.Body("2"), etag)], None)).Committed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_others_wrote_later_wins_over_what_was_kept_here()
    {
        var (server, clock) = (new Server { Fails = new TimeoutException() }, new FakeClock(DateTimeOffset.UnixEpoch));
        var tokens = Tokens(server, clock);
        await tokens.Keep(StoreOverFake.Ada, "0:-1#9");
        await tokens.Keep(StoreOverFake.Ada, "0:-1#8");
        (await tokens.Find(StoreOverFake.Ada)).ShouldBe("0:-1#9");

        (server.Fails, server.Held) = (null, "0:-1#10#1=4");
        clock.Advance(TimeSpan.FromSeconds(1));
        (await tokens.Find(StoreOverFake.Ada)).ShouldBe("0:-1#10#1=4");
        server.Held = "0:-1#7";
        (await tokens.Find(StoreOverFake.Ada)).ShouldBe("0:-1#9");
        clock.Advance(new RedisOptions().SessionsKept);
        (await tokens.Find(StoreOverFake.Ada)).ShouldBe("0:-1#7");
    }

    [Fact]
    public async Task An_outage_is_logged_once_and_asked_about_once_a_second()
    {
        var (server, clock, lines) = (new Server { Fails = new TimeoutException() }, new FakeClock(DateTimeOffset.UnixEpoch), new Lines());
        var tokens = Tokens(server, clock, lines);
        for (var second = 0; second < 3; second++)
        {
            for (var n = 0; n < 10; n++)
            {
                await tokens.Find(StoreOverFake.Ada);
                await tokens.Keep(StoreOverFake.Ada, $"0:-1#{second}");
            }
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        server.Asked.ShouldBe(3);
        server.Fails = null;
        await tokens.Find(StoreOverFake.Ada);
        await tokens.Find(StoreOverFake.Ada);
        server.Asked.ShouldBe(5);
        lines.Said.Select(static line => line.Level).ShouldBe([LogLevel.Warning, LogLevel.Information]);
    }

    [Fact]
    public async Task Redis_answers_again_once_though_several_hear_it_at_the_same_time()
    {
        var (server, lines, answered) = (new Server(), new Lines(), 0);
        using var answers = new ManualResetEventSlim();
        var asking = new ConcurrentBag<Thread>();
        var tokens = Tokens(server, new FakeClock(DateTimeOffset.UnixEpoch), lines);
        server.Before = () =>
        {
            asking.Add(Thread.CurrentThread);
            answers.Wait(None);
            Interlocked.Increment(ref answered);
        };
        Task[] callers = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() => tokens.Find(StoreOverFake.Ada).AsTask(), None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap())];
        SpinWait.SpinUntil(() => asking.Count == callers.Length, TimeSpan.FromMinutes(1)).ShouldBeTrue();

        // They are answered while a third notes the outage, so that both find it noted and wait for each other.
        (server.Fails, server.Before) = (new TimeoutException(), static () => { });
        lines.Before = level =>
        {
            if (level == LogLevel.Warning)
            {
                answers.Set();
                SpinWait.SpinUntil(() => answered == callers.Length && asking.All(static thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)), TimeSpan.FromSeconds(10));
            }
        };
        await tokens.Find(StoreOverFake.Ada);
        await Task.WhenAll(callers);
        lines.Said.Select(static line => line.Level).ShouldBe([LogLevel.Warning, LogLevel.Information]);
    }

    [Fact]
    public async Task Tokens_kept_here_are_bounded_and_the_latest_stay()
    {
        var (server, clock) = (new Server { Fails = new TimeoutException() }, new FakeClock(DateTimeOffset.UnixEpoch));
        var tokens = Tokens(server, clock);
        static Partition User(int n) => Partition.Player(StoreOverFake.Workspace, $"user{n}");
        for (var n = 0; n <= RedisSessionTokens.MostOwn; n++)
        {
            await tokens.Keep(User(n), "0:-1#1");
            clock.Advance(TimeSpan.FromTicks(1));
        }
        (await tokens.Find(User(0))).ShouldBeNull();
        (await tokens.Find(User(RedisSessionTokens.MostOwn))).ShouldBe("0:-1#1");
    }
}
