using System.ComponentModel.DataAnnotations;

namespace AWorld.Embedded.Workflows;

/// <summary>Section <c>AWorld:Workflows</c>.</summary>
public sealed record WorkflowsOptions
{
    public const string Section = "AWorld:Workflows";

    /// <summary>Steps that are taken or wait for the disk at once.</summary>
    [Range(1, 4096)]
    public int ConcurrentSteps { get; init; } = 128;

    /// <summary>Activities that run at once.</summary>
    [Range(1, 4096)]
    public int ConcurrentActivities { get; init; } = 64;

    /// <summary>Steps and activities that may wait for their turn; beyond it starts and events are refused with a 503.</summary>
    [Range(1, 10_000_000)]
    public int QueuedWork { get; init; } = 100_000;

    /// <summary>Instances kept in memory between their steps; the least recently used go first and are replayed when something happens to them.</summary>
    [Range(1, 1_000_000)]
    public int InstancesInMemory { get; init; } = 2_000;

    /// <summary>Events and results that one step takes; the others wait for the next.</summary>
    [Range(1, 10_000)]
    public int EventsPerStep { get; init; } = 1_000;

    /// <summary>Events that may wait for one instance; beyond it more are refused with a 503.</summary>
    [Range(1, 100_000)]
    public int EventsPerInstance { get; init; } = 10_000;

    /// <summary>Entries of one run's history; an instance that exceeds it fails. ContinueAsNew begins a new run.</summary>
    [Range(100, 1_000_000)]
    public int HistoryEvents { get; init; } = 50_000;

    [Range(1, 1024)]
    public int HistoryMegabytes { get; init; } = 32;

    /// <summary>Of one input, result, event or status.</summary>
    [Range(1, 512)]
    public int PayloadKilobytes { get; init; } = 128;

    /// <summary>How long an activity may run before it has failed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a step that the store refused waits before it is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Tries of one step after which its instance is quarantined.</summary>
    [Range(1, 1000)]
    public int StepAttempts { get; init; } = 10;

    /// <summary>How long ended instances and their history are kept.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan EndedKept { get; init; } = TimeSpan.FromDays(90);
}
