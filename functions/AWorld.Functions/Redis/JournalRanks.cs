using AWorld.Platform.Ranks;

namespace AWorld.Functions.Redis;

/// <summary>A board's ranks as the journals have them: a read first catches up with what all nodes have committed.</summary>
sealed class JournalRanks(Func<RankIndex> ranks, Func<CancellationToken, Task> catchUp) : IRanks
{
    public Task CatchUp(CancellationToken stop) => catchUp(stop);

    public ValueTask Heard(RankEntry entry) => ValueTask.CompletedTask;

    public ValueTask Journaled(IReadOnlyList<RankEntry> entries) => ValueTask.CompletedTask;

    public ValueTask Remove(string memberId) => ValueTask.CompletedTask;

    public async ValueTask<(Standing? Standing, int Count)> Find(string memberId, CancellationToken stop)
    {
        await catchUp(stop);
        return ranks().Find(memberId);
    }

    public async ValueTask<RankPage> Page(int offset, int limit, string? own, CancellationToken stop)
    {
        await catchUp(stop);
        return ranks().Page(offset, limit, own);
    }
}
