using AWorld.Platform.Ranks;

namespace AWorld.Tests.Platform;

/// <summary>Ranks in memory are ranks; what only they do is in RankIndexTests.</summary>
public sealed class MemoryRanksTests : RanksConformance
{
    protected override Task<IRanks> Open(bool ranksZero = true) => Task.FromResult<IRanks>(new RankIndex(ranksZero));

    [Fact]
    public async Task They_answer_at_once()
    {
        var ranks = await Open();
        ranks.Heard(new("ada", 1, 1, 1)).AsTask().IsCompleted.ShouldBeTrue();
        ranks.Find("ada", None).AsTask().IsCompleted.ShouldBeTrue();
        ranks.Page(0, 10, "ada", None).AsTask().IsCompleted.ShouldBeTrue();
    }
}
