using System.Globalization;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace AWorld.Functions.Redis;

/// <summary>The session tokens of all instances, in Redis for as long as a replica might lag. Without Redis each instance has its own.</summary>
sealed class RedisSessionTokens(IRedis redis, IOptions<RedisOptions> options, ILogger<RedisSessionTokens> log) : ISessionTokens
{
    const string Get = "return redis.call('GET', KEYS[1])";

    // A token is range:version#sequence and more. A failover raises the version; the sequence outlives splits.
    const string KeepNewer = """
        local function at(token)
            local version, sequence = string.match(token, '^[^:]*:(-?%d+)#(%d+)')
            return tonumber(version) or -2, tonumber(sequence) or -1
        end
        local old = redis.call('GET', KEYS[1])
        if old then
            local oldVersion, oldSequence = at(old)
            local version, sequence = at(ARGV[1])
            if version < oldVersion or version == oldVersion and sequence < oldSequence then
                return nil
            end
        end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return nil
        """;

    public async ValueTask<string?> Find(Partition partition)
    {
        try
        {
            return await redis.Evaluate(Get, [Key(partition)]);
        }
        catch (Exception failure) when (IsLost(failure))
        {
            log.LogWarning(failure, "A read goes without the session token of {Partition}", partition);
            return null;
        }
    }

    public async ValueTask Keep(Partition partition, string token)
    {
        try
        {
            await redis.Evaluate(KeepNewer, [Key(partition)], token, options.Value.SessionsKept.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture));
        }
        catch (Exception failure)
        {
            // The write is done, whatever went wrong here.
            log.LogWarning(failure, "Other instances cannot know the last write of {Partition}", partition);
        }
    }

    internal static bool IsLost(Exception failure) => failure is RedisException or TimeoutException or IOException or ObjectDisposedException;

    static string Key(Partition partition) => $"session:{partition}";
}
