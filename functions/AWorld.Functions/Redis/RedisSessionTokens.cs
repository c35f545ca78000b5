using System.Collections.Concurrent;
using System.Globalization;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace AWorld.Functions.Redis;

/// <summary>
/// The session tokens of all instances, in Redis for as long as a replica might lag. What Redis could not be told is known
/// here, so that an instance never reads behind its own writes. After a failure Redis is left alone for a moment.
/// </summary>
sealed class RedisSessionTokens(IRedis redis, IOptions<RedisOptions> options, TimeProvider clock, ILogger<RedisSessionTokens> log) : ISessionTokens
{
    /// <summary>Tokens that Redis lacks; beyond it the older half goes.</summary>
    internal const int MostOwn = 10_000;

    const string Get = "return redis.call('GET', KEYS[1])";

    // As SessionToken compares them.
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

    readonly ConcurrentDictionary<Partition, (string Token, long At)> own = [];
    readonly Lock gate = new();
    bool isLost;
    long triedAt;

    public async ValueTask<string?> Find(Partition partition)
    {
        string? shared = null;
        if (MayTry())
        {
            try
            {
                shared = await redis.Evaluate(Get, [Key(partition)]);
                Reached();
            }
            catch (Exception failure) when (IsLost(failure))
            {
                Failed(failure);
            }
        }
        return own.TryGetValue(partition, out var kept) && clock.GetElapsedTime(kept.At) < options.Value.SessionsKept ? SessionToken.Newer(kept.Token, shared) : shared;
    }

    public async ValueTask Keep(Partition partition, string token)
    {
        if (MayTry())
        {
            try
            {
                await redis.Evaluate(KeepNewer, [Key(partition)], token, options.Value.SessionsKept.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture));
                Reached();
                return;
            }
            // Whatever it is: the write was made, and its caller must hear so.
            catch (Exception failure)
            {
                Failed(failure);
            }
        }
        if (own.Count >= MostOwn)
        {
            foreach (var (older, _) in own.OrderBy(static one => one.Value.At).Take(MostOwn / 2))
            {
                own.TryRemove(older, out _);
            }
        }
        own.AddOrUpdate(partition, static (_, made) => made, static (_, old, made) => (SessionToken.Newer(made.Token, old.Token), made.At), (Token: token, At: clock.GetTimestamp()));
    }

    /// <summary>While Redis is lost one call asks for it now and then, and the others do not wait for it.</summary>
    bool MayTry()
    {
        if (!Volatile.Read(ref isLost))
        {
            return true;
        }
        lock (gate)
        {
            if (clock.GetElapsedTime(triedAt) < options.Value.LeftAloneFor)
            {
                return false;
            }
            triedAt = clock.GetTimestamp();
            return true;
        }
    }

    void Failed(Exception failure)
    {
        lock (gate)
        {
            triedAt = clock.GetTimestamp();
            if (!isLost)
            {
                isLost = true;
                log.LogWarning(failure, "Redis does not answer; reads see what other instances write a little later");
            }
        }
    }

    void Reached()
    {
        if (Volatile.Read(ref isLost))
        {
            lock (gate)
            {
                if (isLost)
                {
                    isLost = false;
                    log.LogInformation("Redis answers again");
                }
            }
        }
    }

    internal static bool IsLost(Exception failure) => failure is RedisException or TimeoutException or IOException or ObjectDisposedException;

    static string Key(Partition partition) => $"session:{partition}";
}
