using AWorld.Functions.Reference;
using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask
{
    public abstract class AsyncPageable<T> : IAsyncEnumerable<T>
    {
        public abstract IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null);

        public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (var page in AsPages().WithCancellation(cancellationToken))
            {
                foreach (var value in page.Values)
                {
                    yield return value;
                }
            }
        }
    }

    public sealed class Page<T>(IReadOnlyList<T> values, string? continuationToken = null)
    {
        public IReadOnlyList<T> Values { get; } = values;
        public string? ContinuationToken { get; } = continuationToken;
    }

    public static class Pageable
    {
        public static AsyncPageable<T> Create<T>(Func<string?, CancellationToken, Task<Page<T>>> pageFunc) where T : notnull => new Pages<T>(pageFunc);

        sealed class Pages<T>(Func<string?, CancellationToken, Task<Page<T>>> page) : AsyncPageable<T> where T : notnull
        {
            public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
            {
                for (var next = continuationToken; ;)
                {
                    var found = await page(next, CancellationToken.None);
                    yield return found;
                    if ((next = found.ContinuationToken) is null)
                    {
                        yield break;
                    }
                }
            }
        }
    }

    public class ContinueAsNewOptions
    {
        public object? NewInput { get; set; }
        public string? NewVersion { get; set; }
        public bool PreserveUnprocessedEvents { get; set; } = true;
    }

    public record ParentOrchestrationInstance(TaskName Name, string InstanceId);

    public class RetryPolicy(int maxNumberOfAttempts, TimeSpan firstRetryInterval, double backoffCoefficient = 1, TimeSpan? maxRetryInterval = null, TimeSpan? retryTimeout = null)
    {
        public int MaxNumberOfAttempts { get; } = maxNumberOfAttempts;
        public TimeSpan FirstRetryInterval { get; } = firstRetryInterval;
        public double BackoffCoefficient { get; } = backoffCoefficient;
        public TimeSpan MaxRetryInterval { get; } = maxRetryInterval ?? TimeSpan.FromHours(1);
        public TimeSpan RetryTimeout { get; } = retryTimeout ?? Timeout.InfiniteTimeSpan;
    }

    public sealed class TaskRetryOptions(RetryPolicy policy)
    {
        public RetryPolicy? Policy { get; } = policy;
    }

    public record TaskOptions
    {
        public TaskOptions(TaskRetryOptions? retry) => Retry = retry;

        public TaskOptions(TaskOptions options) => (Retry, Version) = (options.Retry, options.Version);

        public TaskRetryOptions? Retry { get; init; }
        public TaskVersion? Version { get; init; }

        public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(new TaskRetryOptions(policy));
    }

    public record SubOrchestrationOptions : TaskOptions
    {
        public SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null) : base(retry) => InstanceId = instanceId;

        public SubOrchestrationOptions(SubOrchestrationOptions options) : base(options) => (InstanceId, Version) = (options.InstanceId, options.Version);

        public string? InstanceId { get; init; }
        public new TaskVersion? Version { get; init; }
    }

    public record StartOrchestrationOptions
    {
        public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null) => this.InstanceId = InstanceId;

        public StartOrchestrationOptions(StartOrchestrationOptions options) =>
            (InstanceId, Version, DedupeStatuses) = (options.InstanceId, options.Version, options.DedupeStatuses);

        public string? InstanceId { get; init; }
        public TaskVersion? Version { get; init; }
        public IReadOnlyList<string>? DedupeStatuses { get; init; }
    }

    public sealed class TaskFailedException : Exception
    {
        public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails) : base($"{taskName} failed: {failureDetails.ErrorMessage}") =>
            (TaskName, FailureDetails) = (taskName, failureDetails);

        public string TaskName { get; }
        public TaskFailureDetails FailureDetails { get; }
    }

    public record TaskFailureDetails(string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties);

    public readonly struct TaskName(string name)
    {
        public string Name { get; } = name;

        public override string ToString() => Name;
        public static implicit operator string(TaskName value) => value.Name;
        public static implicit operator TaskName(string value) => new(value);
    }

    public readonly struct TaskVersion(string? version)
    {
        public string Version { get; } = version ?? "";

        public static implicit operator string(TaskVersion value) => value.Version;
        public static implicit operator TaskVersion(string? value) => new(value);
    }

    public abstract class TaskOrchestrationContext
    {
        public abstract TaskName Name { get; }
        public abstract string InstanceId { get; }
        public virtual string Version => "";
        public abstract ParentOrchestrationInstance? Parent { get; }
        public abstract DateTime CurrentUtcDateTime { get; }
        public abstract bool IsReplaying { get; }
        protected abstract ILoggerFactory LoggerFactory { get; }

        public abstract T? GetInput<T>();
        public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);
        public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null);
        public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);
        public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);
        public abstract void SendEvent(string instanceId, string eventName, object payload);
        public abstract void SetCustomStatus(object? customStatus);
        public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);
        public virtual void ContinueAsNew(ContinueAsNewOptions options) => throw Unavailable.Here;
        public abstract Guid NewGuid();
        public virtual ILogger CreateReplaySafeLogger(string categoryName) => throw Unavailable.Here;
    }
}

namespace Microsoft.DurableTask.Client
{
    public abstract class DurableTaskClient(string name) : IAsyncDisposable
    {
        public string Name { get; } = name;

        public abstract ValueTask DisposeAsync();
        public abstract Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default);
        public abstract Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);
        public abstract Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);
        public abstract Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);
        public virtual Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) => throw Unavailable.Here;
        public abstract Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);
        public abstract Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);
        public virtual Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default) => throw Unavailable.Here;
        public virtual Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => GetInstancesAsync(instanceId, getInputsAndOutputs, cancellation);
        public abstract Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);
        public abstract AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null);
        public virtual Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) => throw Unavailable.Here;
        public virtual Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) => throw Unavailable.Here;
    }

    public sealed class OrchestrationMetadata(string name, string instanceId)
    {
        public string Name { get; } = name;
        public string InstanceId { get; } = instanceId;
        public OrchestrationRuntimeStatus RuntimeStatus { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset LastUpdatedAt { get; init; }
        public string? SerializedInput { get; init; }
        public string? SerializedOutput { get; init; }
        public string? SerializedCustomStatus { get; init; }
        public TaskFailureDetails? FailureDetails { get; init; }
        public bool IsCompleted => RuntimeStatus is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
    }

    public record OrchestrationQuery(
        DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null, IEnumerable<string>? TaskHubNames = null,
        string? InstanceIdPrefix = null, int PageSize = 100, bool FetchInputsAndOutputs = false, string? ContinuationToken = null);

    public enum OrchestrationRuntimeStatus
    {
        Running = 0, Completed = 1,
        ContinuedAsNew = 2,
        Failed = 3,
        Canceled = 4,
        Terminated = 5, Pending = 6, Suspended = 7,
    }

    public record PurgeInstanceOptions(bool Recursive = false);

    public record PurgeInstancesFilter(DateTimeOffset? CreatedFrom = null, DateTimeOffset? CreatedTo = null, IEnumerable<OrchestrationRuntimeStatus>? Statuses = null);

    public class PurgeResult(int count)
    {
        public int PurgedInstanceCount { get; } = count;
    }

    public static class StartOrchestrationOptionsExtensions
    {
        public static readonly IReadOnlyList<OrchestrationRuntimeStatus> ValidDedupeStatuses =
            [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated, OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

        public static StartOrchestrationOptions WithDedupeStatuses(this StartOrchestrationOptions options, params OrchestrationRuntimeStatus[] dedupeStatuses) =>
            options with { DedupeStatuses = [.. dedupeStatuses.Select(static status => status.ToString())] };
    }

    public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
}
