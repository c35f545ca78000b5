using AWorld.Functions.Redis;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Platform;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Tests.Redis;

/// <summary>Scripts and messages against a real redis-server.</summary>
public sealed class RedisTests
{
    static readonly Partition Ada = Partition.Player(new("account001", "workspace1"), "ada");

    static RedisSessionTokens Tokens(IRedis redis) => new(redis, Options.Create(new RedisOptions()), TimeProvider.System, NullLogger<RedisSessionTokens>.Instance);

    static RedisConfigurationSignal Signal(IRedis redis) => new(redis, NullLogger<RedisConfigurationSignal>.Instance);

    [Fact]
    public async Task A_session_token_reaches_other_instances_and_an_older_one_never_replaces_it()
    {
        await using var server = await RedisServer.Start();
        await using var here = await server.Connect();
        await using var there = await server.Connect();
        (await Tokens(there).Find(Ada)).ShouldBeNull();

        foreach (var (sent, kept) in ((string, string)[])[
            ("0:-1#9", "0:-1#9"), ("0:-1#10", "0:-1#10"), ("0:-1#9", "0:-1#10"), ("1:-1#11#1=4", "1:-1#11#1=4"), ("0:-1#10", "1:-1#11#1=4"), ("1:0#3", "1:0#3"), ("1:-1#12", "1:0#3")])
        {
            await Tokens(here).Keep(Ada, sent);
            (await Tokens(there).Find(Ada)).ShouldBe(kept);
        }
        (await Tokens(there).Find(Partition.Player(new("account001", "workspace1"), "eve"))).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_token_is_kept_for_its_time_only()
    {
        await using var server = await RedisServer.Start();
        await using var redis = await server.Connect();
        await Tokens(redis).Keep(Ada, "0:-1#9");
        long.Parse((await redis.Command("PTTL", $"session:{Ada}"))!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 600_000);
    }

    [Fact]
    public async Task Without_Redis_nothing_fails()
    {
        await using var server = await RedisServer.Start();
        await using var redis = await server.Connect();
        await Tokens(redis).Keep(Ada, "0:-1#9");
        await server.Stop();

        var tokens = Tokens(redis);
        (await tokens.Find(Ada)).ShouldBeNull();
        await tokens.Keep(Ada, "0:-1#10");
        (await tokens.Find(Ada)).ShouldBe("0:-1#10");
        Signal(redis).Send(new("account001", "workspace1"), "activities");
    }

    sealed class BrokenRedis : IRedis
    {
        public event Action? Lost { add { } remove { } }

        public Task<string?> Evaluate(string script, string[] keys, params string[] values) =>
            values.Length == 0 ? Task.FromResult<string?>(null) : throw new InvalidOperationException("nobody expected this");

        public Task Publish(string channel, string message) => Task.CompletedTask;
        public Task Subscribe(string channel, Action<string> received) => Task.CompletedTask;
    }

    [Fact]
    public async Task A_write_does_not_fail_because_its_token_could_not_be_kept()
    {
        await using var over = await StoreOverFake.Start();
        var store = over.Instance(Tokens(new BrokenRedis()));
        (await store.Commit(Ada, [Write.Create("a", StoreOverFake.Body("1"))], CancellationToken.None)).Committed.ShouldBeTrue();
        (await StoreOverFake.Text(store, "a")).ShouldBe("1");
    }

    [Fact]
    public async Task A_store_reads_what_another_wrote_by_the_token_in_Redis()
    {
        await using var server = await RedisServer.Start();
        await using var here = await server.Connect();
        await using var there = await server.Connect();
        await using var over = await StoreOverFake.Start();
        var (writer, reader) = (over.Instance(Tokens(here)), over.Instance(Tokens(there)));
        await writer.Commit(Ada, [Write.Create("a", StoreOverFake.Body("1"))], CancellationToken.None);
        over.Fake.Lag = 1;
        await writer.Commit(Ada, [Write.Upsert("a", StoreOverFake.Body("2"))], CancellationToken.None);
        (await StoreOverFake.Text(reader, "a")).ShouldBe("2");
    }

    [Fact]
    public async Task A_change_of_configuration_is_signalled_to_other_instances()
    {
        await using var server = await RedisServer.Start();
        await using var here = await server.Connect();
        await using var there = await server.Connect();
        var heard = new TaskCompletionSource<(Tenant, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Signal(there).Listen((tenant, kind) => heard.TrySetResult((tenant, kind)));

        // The subscription may take a moment.
        for (var attempt = 0; attempt < 300 && !heard.Task.IsCompleted; attempt++)
        {
            Signal(here).Send(new("account001", "workspace1"), "activities");
            await Task.WhenAny(heard.Task, Task.Delay(100));
        }

        (await heard.Task.WaitAsync(TimeSpan.FromSeconds(1))).ShouldBe((new Tenant("account001", "workspace1"), "activities"));
    }
}
