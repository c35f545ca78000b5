using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Workflows;

/// <summary>Which life of an id, and which run of it, something belongs to; what belongs to another is void.</summary>
readonly record struct Scope(DateTimeOffset CreatedAt, int Run)
{
    public static Scope Of(Head head) => new(head.CreatedAt, head.Run);
}

/// <summary>Something for an instance to do.</summary>
abstract record Work
{
    /// <summary>Answered once it is durable.</summary>
    public TaskCompletionSource<Result<WorkflowInstance>>? Done { get; init; }
}

/// <summary>Look whether a timer is due or something was left to do.</summary>
sealed record Wake : Work
{
    public static readonly Wake Up = new();
}

/// <param name="Scope">Null: for whatever run there is.</param>
sealed record Told(HistoryEvent Input, Scope? Scope = null) : Work;

enum OrderKind { Suspend, Resume, Terminate, Retry, Purge }

sealed record Order(OrderKind Kind, string Reason) : Work;

/// <summary>A call of an activity.</summary>
sealed record ActivityCall(InstanceKey Key, Scope Scope, int Number)
{
    public required string Name { get; init; }
    public required ActivityContext Context { get; init; }
    public required System.Text.Json.JsonElement Input { get; init; }

    public bool Equals(ActivityCall? other) => other is not null && (Key, Scope, Number) == (other.Key, other.Scope, other.Number);

    public override int GetHashCode() => HashCode.Combine(Key, Scope, Number);
}
