using System.Collections.Concurrent;
using AWorld.Platform;
using AWorld.Platform.Ranks;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Redis;

/// <summary>
/// The ranks of all boards: in Redis where there is one, else read from the journals. Regions that replicate their Redis
/// write keys of their own, since both write at once; each takes what the other committed from the change feed.
/// </summary>
sealed class SharedRanks : ISharedRanks
{
    readonly ConcurrentDictionary<string, RedisRanks> boards = new(StringComparer.Ordinal);
    readonly IRedis? redis;
    readonly string region;
    readonly Ids ids;
    readonly TimeProvider clock;
    readonly ILogger<RedisRanks> log;

    public SharedRanks(IOptions<PlatformOptions> platform, Ids ids, TimeProvider clock, ILogger<RedisRanks> log, IRedis? redis = null)
    {
        (this.redis, region, this.ids, this.clock, this.log) = (redis, platform.Value.SourceRegion, ids, clock, log);
        redis?.Lost += () =>
        {
            foreach (var board in boards.Values)
            {
                board.Doubt();
            }
        };
    }

    public IRanks Open(string board, bool ranksZero, Func<RankIndex> own, Func<CancellationToken, Task> catchUp)
    {
        var journal = new JournalRanks(own, catchUp);
        return redis is null ? journal : boards[board] = new(redis, $"{region}/{board}", ranksZero, own, journal, ids, clock, log);
    }

    public ValueTask Close(string board) => boards.TryRemove(board, out var closed) ? closed.Close() : ValueTask.CompletedTask;
}
