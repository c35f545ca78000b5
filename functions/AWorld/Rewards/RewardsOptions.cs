using System.ComponentModel.DataAnnotations;

namespace AWorld.Rewards;

/// <summary>Section <c>AWorld:Rewards</c>.</summary>
public sealed class RewardsOptions
{
    /// <summary>A transfer between users that is older than this and still under way was left behind, and is brought to its end. Longer than any request may last.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TransfersResumedAfter { get; set; } = TimeSpan.FromSeconds(35);
}
