using System.Text.Json;
using AWorld.Platform;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AWorld.Functions.Tests;

/// <summary>An orchestration's context that notes what it is asked for. Inputs and results go through JSON, as they do on the way to the task hub.</summary>
sealed class FakeOrchestration(string name, string instanceId, object? input = null) : TaskOrchestrationContext
{
    readonly List<Guid> guids = [];

    public List<(string Kind, string Name, JsonElement Input, TaskOptions? Options)> Asked { get; } = [];
    public Func<string, JsonElement, object?> Answer { get; set; } = static (_, _) => null;
    public Dictionary<string, Queue<object?>> Events { get; } = [];
    public JsonElement? Status { get; private set; }
    public ContinueAsNewOptions? Next { get; private set; }
    public bool Replays { get; set; }
    public DateTime Time { get; set; } = new(2026, 3, 1, 12, 0, 0, 123, 456, DateTimeKind.Utc);

    public override TaskName Name => name;
    public override string InstanceId => instanceId;
    public override ParentOrchestrationInstance? Parent => null;
    public override DateTime CurrentUtcDateTime => Time;
    public override bool IsReplaying => Replays;
    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public override T? GetInput<T>() where T : default => JsonSerializer.SerializeToElement(input, Json.Options).Deserialize<T>(Json.Options);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) => Call<TResult>("activity", name, input, options);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) => Call<TResult>("workflow", orchestratorName, input, options);

    Task<TResult> Call<TResult>(string kind, string name, object? input, TaskOptions? options)
    {
        var sent = JsonSerializer.SerializeToElement(input, Json.Options);
        Asked.Add((kind, name, sent, options));
        return Answer(name, sent) is TaskFailureDetails failure
            ? Task.FromException<TResult>(new TaskFailedException(name, 1, failure))
            : Task.FromResult(JsonSerializer.SerializeToElement(Answer(name, sent), Json.Options).Deserialize<TResult>(Json.Options)!);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        Asked.Add(("timer", $"{fireAt:O}", default, null));
        if (fireAt > Time)
        {
            Time = fireAt;
        }
        return Task.CompletedTask;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Asked.Add(("event", eventName, default, null));
        return Events.TryGetValue(eventName, out var queue) && queue.TryDequeue(out var value)
            ? Task.FromResult(JsonSerializer.SerializeToElement(value, Json.Options).Deserialize<T>(Json.Options)!)
            : new TaskCompletionSource<T>().Task;
    }

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => Status = JsonSerializer.SerializeToElement(customStatus, Json.Options);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

    public override void ContinueAsNew(ContinueAsNewOptions options) => Next = options;

    public override Guid NewGuid()
    {
        guids.Add(new Guid(guids.Count + 1, 0, 0, new byte[8]));
        return guids[^1];
    }

    public override ILogger CreateReplaySafeLogger(string categoryName) => NullLogger.Instance;
}
