using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AWorld.Platform;

/// <summary>The product's own traces and metrics; docs/operations.md lists them. They cost next to nothing until a host listens.</summary>
public static class Telemetry
{
    public const string Name = "AWorld";

    public static readonly ActivitySource Source = new(Name);
    public static readonly Meter Meter = new(Name);

    /// <summary>Actions by <c>result</c>: applied, replayed or refused.</summary>
    public static readonly Counter<long> Actions = Meter.CreateCounter<long>("aworld.actions", "{action}", "Actions received");

    /// <summary>Requests answered by <c>account</c> and <c>status</c>; 429 are the throttled ones.</summary>
    public static readonly Counter<long> Requests = Meter.CreateCounter<long>("aworld.requests", "{request}", "Requests of known callers answered");

    /// <summary>Batches by <c>status</c> of <see cref="CommitStatus"/>.</summary>
    public static readonly Counter<long> Commits = Meter.CreateCounter<long>("aworld.store.commits", "{batch}", "Batches answered by the store");

    public static readonly Counter<long> DocumentsWritten = Meter.CreateCounter<long>("aworld.store.documents", "{document}", "Documents written by committed batches");
    public static readonly Counter<long> BytesWritten = Meter.CreateCounter<long>("aworld.store.bytes", "By", "Bytes of the documents written by committed batches");
    public static readonly Histogram<double> CommitDuration = Meter.CreateHistogram<double>("aworld.store.commit.duration", "s", "From the call of a commit to its durability");

    /// <summary>Batches handed to the store and not durable yet.</summary>
    public static readonly UpDownCounter<long> QueueDepth = Meter.CreateUpDownCounter<long>("aworld.store.queue.depth", "{batch}", "Batches waiting to become durable");

    public static readonly Counter<long> WorkflowSteps = Meter.CreateCounter<long>("aworld.workflows.steps", "{step}", "Steps of workflows taken");

    /// <summary>Runs of activities by <c>activity</c> and <c>result</c>: completed or failed.</summary>
    public static readonly Counter<long> WorkflowActivities = Meter.CreateCounter<long>("aworld.workflows.activities", "{run}", "Runs of workflow activities");

    /// <summary>Instances by <c>workflow</c> and <c>state</c>: Completed, Failed, Terminated or Quarantined.</summary>
    public static readonly Counter<long> WorkflowsEnded = Meter.CreateCounter<long>("aworld.workflows.ended", "{instance}", "Workflows that ended or were quarantined");

    /// <summary>By <c>workflow</c> and <c>account</c>. A host that stands still records none.</summary>
    public static readonly Histogram<double> WorkflowLag = Meter.CreateHistogram<double>("aworld.workflows.lag", "s", "From when a workflow's timer was due to when it went on");

    /// <summary>Messages sent by <c>entity</c>, duplicates left out.</summary>
    public static readonly Counter<long> MessagesSent = Meter.CreateCounter<long>("aworld.messages.sent", "{message}", "Messages sent");

    /// <summary>Messages by <c>entity</c> and <c>outcome</c>: completed, abandoned, deadLettered or dropped.</summary>
    public static readonly Counter<long> MessagesSettled = Meter.CreateCounter<long>("aworld.messages.settled", "{message}", "Messages settled or expired");

    /// <summary>Events from outside by <c>status</c> (accepted, duplicate, held or rejected) and <c>channel</c>: http, queue, hook, held or replay.</summary>
    public static readonly Counter<long> InboundEvents = Meter.CreateCounter<long>("aworld.inbound.events", "{event}", "Events that came in");

    /// <summary>By <c>vault</c>; one of several may fail without anybody noticing.</summary>
    public static readonly Counter<long> KeysOutOfReach = Meter.CreateCounter<long>("aworld.keys.out_of_reach", "{call}", "Calls to a vault of keys that failed");

    /// <summary>Makes a commit of a store, within its span, and records what became of it.</summary>
    public static async ValueTask<CommitResult> Measure(Func<Task<CommitResult>> commit, int documents, long bytes)
    {
        using var activity = Source.StartActivity("store commit", ActivityKind.Client);
        var started = Stopwatch.GetTimestamp();
        QueueDepth.Add(1);
        try
        {
            var result = await commit();
            Commits.Add(1, new KeyValuePair<string, object?>("status", (int)result.Status));
            if (result.Committed)
            {
                DocumentsWritten.Add(documents);
                BytesWritten.Add(bytes);
            }
            return result;
        }
        finally
        {
            QueueDepth.Add(-1);
            CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}
