using System.ComponentModel.DataAnnotations;

namespace AWorld.Integrations;

/// <summary>Section <c>AWorld:Inbound</c>.</summary>
public sealed class InboundOptions
{
    public const string Section = "AWorld:Inbound";

    /// <summary>Users of one request whose events are taken side by side.</summary>
    [Range(1, 500)]
    public int UsersAtOnce { get; set; } = 64;

    /// <summary>How long the inbound log keeps what came in, with its content.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan LogKept { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Entries of the log that are stored as one document.</summary>
    [Range(1, 500)]
    public int EntriesPerDocument { get; set; } = 100;

    /// <summary>How long events of a user who is not known yet wait for them.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan HeldFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Events that may wait for one user; more are rejected.</summary>
    [Range(1, 10_000)]
    public int HeldPerUser { get; set; } = 1_000;

    /// <summary>Unknown users of a workspace, and known ones with retractions of actions that are not there, for whom events may wait; those of more are rejected. Each node counts anew every ten seconds, so they can become a few more.</summary>
    [Range(1, 1_000_000)]
    public int HeldUsers { get; set; } = 10_000;

    /// <summary>How often it is looked for held events whose time is over, or whose user appeared unnoticed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HeldCheckedEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long another node may still go by a workspace's settings as they were.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan SettingsFreshness { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Tries of a message before it is dead-lettered with what went wrong.</summary>
    [Range(1, 10)]
    public int Deliveries { get; set; } = 5;

    /// <summary>A message that has been in the queue for longer does not wait for a workspace that is not there.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan WorkspaceAwaitedFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Of one request to a hook.</summary>
    [Range(1, 6 * 1024)]
    public int HookKilobytes { get; set; } = 1024;

    /// <summary>Good requests a second of one hook; twice as many may come at once.</summary>
    [Range(1, 100_000)]
    public int HookPerSecond { get; set; } = 200;
}
