using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Workflows;

/// <summary>The activities that instances have called and that have no result yet.</summary>
sealed class ActivityCalls(WorkflowEngine engine, InstanceQueue queue)
{
    // A call is in it as long as it has no result: bounded by what is admitted.
    readonly Channel<ActivityCall> calls = Channel.CreateUnbounded<ActivityCall>();
    readonly ConcurrentDictionary<ActivityCall, bool> underWay = new();

    /// <summary>Calls that wait for a worker.</summary>
    public int Waiting => calls.Reader.Count;

    /// <summary>Has an activity run, unless it does already.</summary>
    public void Run(ActivityCall call)
    {
        if (underWay.TryAdd(call, true))
        {
            queue.Begin();
            calls.Writer.TryWrite(call);
        }
    }

    /// <summary>One worker, until the host stops.</summary>
    public async Task Work(CancellationToken stop)
    {
        await foreach (var call in calls.Reader.ReadAllAsync(stop))
        {
            var outcome = await Outcome(call, stop);
            Telemetry.WorkflowActivities.Add(1, new("activity", call.Name), new KeyValuePair<string, object?>("result", outcome.Failure is null ? "completed" : "failed"));
            engine.Deliver(call.Key, new Told(outcome, call.Scope));
            underWay.TryRemove(call, out _);
            queue.End();
        }
    }

    async Task<HistoryEvent> Outcome(ActivityCall call, CancellationToken stop)
    {
        var options = engine.Options;
        try
        {
            using var timeout = new CancellationTokenSource(options.ActivityTimeout, engine.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
            JsonElement result;
            try
            {
                // One that ignores its token is left to itself.
                result = await engine.Registry.Run(call.Name, call.Context, call.Input, either.Token).WaitAsync(either.Token);
            }
            catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                throw new TimeoutException($"it did not end within {options.ActivityTimeout}", late);
            }
            return HistoryDocuments.Size(result) is var size && size <= options.PayloadKilobytes * 1024
                ? new(EventKind.ActivityCompleted, call.Number, call.Name, result)
                : throw new InvalidOperationException($"its result has {size} bytes; at most {options.PayloadKilobytes} KB are allowed");
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            engine.Log.LogWarning(failure, "Activity {Activity} of workflow {Instance} failed", call.Name, call.Key);
            return new(EventKind.ActivityFailed, call.Number, call.Name, Failure: Execution.Describe(failure.GetType().Name, failure.Message));
        }
    }
}
