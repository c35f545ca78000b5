using System.ComponentModel.DataAnnotations;

namespace AWorld.Functions;

/// <summary>What only the host on Azure is told.</summary>
public sealed record AzureOptions
{
    public const string Section = "AWorld:Azure";

    /// <summary>
    /// Proxies before this host that add the sender's address to X-Forwarded-For: 1 is the platform's front end, 2 is
    /// Front Door before it. What stands further left in the header was written by the client, and is not believed.
    /// </summary>
    [Range(0, 10)]
    public int Proxies { get; init; } = 1;

    /// <summary>How long a message that failed waits before it is received again, if no busy store says longer; doubled with each delivery.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryFailedAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long workflows that ended are kept, counted from their beginning.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan WorkflowsKept { get; init; } = TimeSpan.FromDays(30);
}
