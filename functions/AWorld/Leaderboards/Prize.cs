using System.ComponentModel.DataAnnotations;
using AWorld.Platform;

namespace AWorld.Leaderboards;

/// <summary>What each user on one of these ranks is paid when a board has ended. Who ties shares the best rank, and its prizes.</summary>
public sealed record Prize(
    [property: Range(1, Prize.LastRank)] int FromRank,
    [property: Range(1, Prize.LastRank)] int ToRank,
    [property: Required, Id] string VirtualCurrencyId,
    decimal Amount) : IChecked
{
    public const int LastRank = 10_000;
    const decimal MostAmount = 1_000_000_000_000m;

    public bool Covers(int rank) => rank >= FromRank && rank <= ToRank;

    public void Check(Problems problems) => problems
        .When(ToRank < FromRank, "toRank", "must not be before fromRank")
        .When(Amount is <= 0 or > MostAmount, "amount", $"must be above 0 and at most {MostAmount}");
}
