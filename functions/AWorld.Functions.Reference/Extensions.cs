using AWorld.Functions.Reference;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions
{
    [AttributeUsage(AttributeTargets.Method)]
    public abstract class BindingAttribute : Attribute
    {
        public BindingAttribute()
        {
        }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public abstract class TriggerBindingAttribute : BindingAttribute
    {
        public TriggerBindingAttribute()
        {
        }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public abstract class InputBindingAttribute : BindingAttribute
    {
        public InputBindingAttribute()
        {
        }
    }
}

namespace Microsoft.Azure.Functions.Worker
{
    [AttributeUsage(AttributeTargets.Method)]
    public class FunctionAttribute(string name) : Attribute
    {
        public string Name { get; } = name;
    }

    [AttributeUsage(AttributeTargets.Method)]
    public abstract class RetryAttribute : Attribute
    {
        public RetryAttribute()
        {
        }

        public int MaxRetryCount { get; set; }
    }

    public sealed class ExponentialBackoffRetryAttribute : RetryAttribute
    {
        public ExponentialBackoffRetryAttribute(int maxRetryCount, string minimumInterval, string maximumInterval) =>
            (MaxRetryCount, MinimumInterval, MaximumInterval) = (maxRetryCount, minimumInterval, maximumInterval);

        public string MinimumInterval { get; }
        public string MaximumInterval { get; }
    }

    public enum AuthorizationLevel { Anonymous, User, Function, System, Admin }

    public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel) : TriggerBindingAttribute
    {
        public AuthorizationLevel AuthLevel { get; } = authLevel;
        public string? Route { get; set; }
    }

    public static class FunctionContextExtensions
    {
        public static HttpContext? GetHttpContext(this FunctionContext context) => context.Items.TryGetValue("HttpRequestContext", out var http) ? http as HttpContext : null;
    }

    public sealed class ServiceBusTriggerAttribute : TriggerBindingAttribute
    {
        public ServiceBusTriggerAttribute(string queueName) => QueueName = queueName;

        public ServiceBusTriggerAttribute(string topicName, string subscriptionName) => (TopicName, SubscriptionName) = (topicName, subscriptionName);

        public string? QueueName { get; }
        public string? TopicName { get; }
        public string? SubscriptionName { get; }
        public string? Connection { get; set; }
        public bool IsSessionsEnabled { get; set; }
        public bool AutoCompleteMessages { get; set; } = true;
    }

    public class ServiceBusMessageActions
    {
        protected ServiceBusMessageActions()
        {
        }

        public virtual Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => throw Unavailable.Here;
        public virtual Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) => throw Unavailable.Here;
        public virtual Task DeadLetterMessageAsync(ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = null, string? deadLetterReason = null, string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) => throw Unavailable.Here;
        public virtual Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => throw Unavailable.Here;
    }

    public class ServiceBusSessionMessageActions
    {
        protected ServiceBusSessionMessageActions()
        {
        }

        public virtual Task ReleaseSession(CancellationToken cancellationToken = default) => throw Unavailable.Here;
        public virtual Task RenewSessionLockAsync(CancellationToken cancellationToken = default) => throw Unavailable.Here;
    }

    public class ScheduleStatus
    {
        public DateTime Last { get; set; }
        public DateTime Next { get; set; }
    }

    public class TimerInfo
    {
        public ScheduleStatus? ScheduleStatus { get; set; }
    }

    public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
    {
        public string Schedule { get; } = schedule;
    }

    public enum CosmosDBChangeFeedMode { LatestVersion, AllVersionsAndDeletes }

    public sealed class CosmosDBTriggerAttribute(string databaseName, string containerName) : TriggerBindingAttribute
    {
        public string DatabaseName { get; } = databaseName;
        public string ContainerName { get; } = containerName;
        public string? Connection { get; set; }
        public CosmosDBChangeFeedMode ChangeFeedMode { get; set; }
        public bool CreateLeaseContainerIfNotExists { get; set; }
        public string? LeaseContainerName { get; set; }
        public string? LeaseContainerPrefix { get; set; }
        public int FeedPollDelay { get; set; }
        public int MaxItemsPerInvocation { get; set; }
    }

    public sealed class WarmupTrigger : TriggerBindingAttribute
    {
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class OrchestrationTriggerAttribute : TriggerBindingAttribute
    {
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class ActivityTriggerAttribute : TriggerBindingAttribute
    {
        public string? Activity { get; set; }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class DurableClientAttribute : InputBindingAttribute
    {
    }
}

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry
{
    using global::OpenTelemetry;

    public static class ConfigureFunctionsOpenTelemetry
    {
        public static IOpenTelemetryBuilder UseFunctionsWorkerDefaults(this IOpenTelemetryBuilder builder) => throw Unavailable.Here;
    }
}
