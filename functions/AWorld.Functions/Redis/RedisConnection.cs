using Azure.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace AWorld.Functions.Redis;

/// <summary>The connection to Redis, by the app's identity: its token is the password, renewed before it expires.</summary>
sealed class RedisConnection(IOptions<RedisOptions> options, TokenCredential credential, TimeProvider clock, ILogger<RedisConnection> log) : BackgroundService, IRedis
{
    static readonly TokenRequestContext Scope = new(["https://redis.azure.com/.default"]);
    static readonly TimeSpan Retry = TimeSpan.FromSeconds(10);

    readonly TaskCompletionSource<ConnectionMultiplexer> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public event Action? Lost;

    public async Task<string?> Evaluate(string script, string[] keys, params string[] values) =>
        (string?)await (await Open()).GetDatabase().ScriptEvaluateAsync(script, Array.ConvertAll(keys, static key => (RedisKey)key), Array.ConvertAll(values, static value => (RedisValue)value));

    public async Task Publish(string channel, string message) => await (await Open()).GetSubscriber().PublishAsync(RedisChannel.Literal(channel), message);

    public async Task Subscribe(string channel, Action<string> received) =>
        await (await connected.Task).GetSubscriber().SubscribeAsync(RedisChannel.Literal(channel), (_, message) => received((string?)message ?? ""));

    /// <summary>Until the first connection is made Redis is as good as lost.</summary>
    Task<ConnectionMultiplexer> Open() => connected.Task.WaitAsync(options.Value.Timeout, clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var identity = options.Value.IsLocal ? null : new RedisIdentity();
        ConnectionMultiplexer? connection = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Timeout.InfiniteTimeSpan;
            try
            {
                if (identity is not null)
                {
                    var left = identity.Take(await credential.GetTokenAsync(Scope, stoppingToken)) - clock.GetUtcNow();
                    wait = left > Retry ? left : Retry;
                }
                if (connection is null)
                {
                    connection = await ConnectionMultiplexer.ConnectAsync(Configuration(identity));
                    connection.ConnectionFailed += (_, failed) => Failed(failed);
                    connected.TrySetResult(connection);
                }
                else
                {
                    // Who is connected stays so only by the new token; who connects anew takes it by itself.
                    await Task.WhenAll(connection.GetServers().Select(server => server.ExecuteAsync("AUTH", identity!.User!, identity.Password!)));
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                log.LogWarning(failure, "Redis is not in reach; trying again");
                wait = Retry;
            }
            await Task.Delay(wait, clock, stoppingToken);
        }
    }

    /// <summary>Values go over the interactive connection. The one for subscriptions ends with every token, and what it misses is looked for anyway.</summary>
    void Failed(ConnectionFailedEventArgs failed)
    {
        if (failed.ConnectionType == ConnectionType.Interactive)
        {
            Lost?.Invoke();
        }
    }

    ConfigurationOptions Configuration(RedisIdentity? identity)
    {
        var configuration = new ConfigurationOptions
        {
            // What cannot be answered now is not needed later.
            BacklogPolicy = BacklogPolicy.FailFast,
            AbortOnConnectFail = false,
            AsyncTimeout = (int)options.Value.Timeout.TotalMilliseconds,
            Ssl = identity is not null,
        };
        configuration.EndPoints.Add(options.Value.Endpoint);
        if (identity is not null)
        {
            configuration.Defaults = identity;
        }
        return configuration;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (connected.Task.IsCompletedSuccessfully)
        {
            await (await connected.Task).DisposeAsync();
        }
    }
}
