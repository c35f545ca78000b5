using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Leaderboards;

/// <param name="ScoreLabel">What the score counts, such as "kilometres".</param>
public sealed record LeaderboardTranslation(string Label, string? Description = null, [property: Text(TextAttribute.Name)] string? ScoreLabel = null) : LabelTranslation(Label, Description);

/// <summary>What is ranked and how it is shown; a runtime leaderboard is one period of it.</summary>
/// <param name="Query">See <see cref="LeaderboardQuery"/>; boards that exist keep the one they were made with.</param>
/// <param name="Prizes">Paid when a board has ended; boards that exist keep those they were made with.</param>
/// <param name="DisplayTopN">Places a client should show.</param>
public sealed record RuntimeLeaderboardConfiguration(
    [property: Required, Text(TextAttribute.Name)] string Name,
    JsonElement Query,
    [property: Text(TextAttribute.Prose, Lines = true)] string? Description = null,
    [property: Range(1, 100)] int DisplayTopN = 10,
    bool ShowRank = true,
    bool ShowScore = true,
    [property: MaxLength(20)] IReadOnlyList<Prize>? Prizes = null) : Configured<LeaderboardTranslation>;

static class LeaderboardConfigurations
{
    public static readonly Resource<RuntimeLeaderboardConfiguration> Resource = new("runtime-leaderboard-configurations", EntityType.RuntimeLeaderboardConfiguration)
    {
        Lifecycle = Lifecycle.None,
        ChosenId = true,
        Check = static (configuration, problems) =>
        {
            foreach (var wrong in LeaderboardQuery.Parse(configuration.Query).Error?.Details ?? [])
            {
                problems.When(true, wrong.Field, wrong.Message);
            }
        },
        References = static configuration =>
        [
            .. LeaderboardQuery.Parse(configuration.Query) is { Succeeded: true, Value: var plan } ? [new("query", EntityType.VirtualCurrency, plan.VirtualCurrencyId)] : Array.Empty<Reference>(),
            .. (configuration.Prizes ?? []).Select(static (prize, index) => new Reference($"prizes[{index}].virtualCurrencyId", EntityType.VirtualCurrency, prize.VirtualCurrencyId)),
        ],
    };
}
