using System.ComponentModel.DataAnnotations;

namespace AWorld.Embedded.Messages;

/// <summary>Section <c>AWorld:Messages</c>.</summary>
public sealed record MessagesOptions
{
    public const string Section = "AWorld:Messages";

    /// <summary>Messages of one workspace that may be in one queue or subscription, dead-lettered ones included; sending more is refused with a 503.</summary>
    [Range(1, 10_000_000)]
    public int PerReceiver { get; init; } = 100_000;

    /// <summary>Of one message, with its properties.</summary>
    [Range(1, 256)]
    public int MessageKilobytes { get; init; } = 256;

    /// <summary>Messages, or sessions, that one handler has at once.</summary>
    [Range(1, 4096)]
    public int ConcurrentPerHandler { get; init; } = 64;

    /// <summary>How long a lock is renewed for a handler that still runs.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LockRenewedFor { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a message whose handler failed waits before it is received again: twice as long each time, up to half of its lock; zero: not at all.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RetryFailedAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long what the store refused waits before it is tried again, and a sender of what found no room.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
