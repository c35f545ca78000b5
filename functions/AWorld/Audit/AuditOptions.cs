using System.ComponentModel.DataAnnotations;

namespace AWorld.Audit;

public sealed class AuditOptions
{
    public const string Section = "AWorld:Audit";

    /// <summary>How long a day's records are kept after it.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Kept { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How long a record of what changed nothing may wait to be written with others. What a crash can lose of them.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan WriteWithin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Records of what changed nothing that may wait at once; beyond it they are counted, not kept. A record is about 0.5 kB, one that names 50 users 2 kB.</summary>
    [Range(100, 1_000_000)]
    public int Queued { get; set; } = 20_000;

    /// <summary>Records that one document holds at most.</summary>
    [Range(1, 1000)]
    public int PerDocument { get; set; } = 200;
}
