using AWorld.Platform;

namespace AWorld.Functions.Redis;

/// <summary>Publishes what was changed to all instances.</summary>
sealed class RedisConfigurationSignal(IRedis redis, ILogger<RedisConfigurationSignal> log) : IConfigurationSignal
{
    const string Channel = "configuration";

    public void Send(Tenant tenant, string kind) => _ = TrySend($"{tenant}/{kind}");

    public void Listen(Action<Tenant, string> changed) => _ = TryListen(changed);

    async Task TrySend(string message)
    {
        try
        {
            await redis.Publish(Channel, message);
        }
        catch (Exception failure) when (RedisSessionTokens.IsLost(failure))
        {
            log.LogDebug(failure, "Other instances find the change of {Message} in the change feed", message);
        }
    }

    async Task TryListen(Action<Tenant, string> changed)
    {
        try
        {
            await redis.Subscribe(Channel, message =>
            {
                if (message.Split('/', 3) is [var account, var workspace, var kind])
                {
                    changed(new(account, workspace), kind);
                }
            });
        }
        catch (Exception failure) when (RedisSessionTokens.IsLost(failure))
        {
            log.LogWarning(failure, "Changes of configuration are found in the change feed only");
        }
    }
}
