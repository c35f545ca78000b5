using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Workflows;

/// <summary>An instance: its id is unique in its tenant.</summary>
readonly record struct InstanceKey(Tenant Tenant, string Id)
{
    public Partition Partition => Partition.Workflows(Tenant);

    public override string ToString() => $"{Tenant}/{Id}";
}

[JsonConverter(typeof(JsonStringEnumConverter<EventKind>))]
enum EventKind
{
    // What the instance was told.
    Started, ActivityCompleted, ActivityFailed, ChildCompleted, ChildFailed, TimerFired, EventReceived, Suspended, Resumed, Terminated, Retried,
    // What its code asked for.
    ActivityScheduled, ChildStarted, TimerCreated, TimerCancelled, ContinuedAsNew, Completed, Failed,
}

/// <summary>One entry of a history.</summary>
/// <param name="Number">Of the call or timer that it is about; calls and timers of a run are numbered in the order the code asks for them.</param>
/// <param name="First">The number of a call's first attempt: what its idempotency key is made of.</param>
/// <param name="Child">A sub-workflow's id.</param>
sealed record HistoryEvent(EventKind Kind, int? Number = null, string? Name = null, JsonElement? Data = null, DateTimeOffset? Due = null,
    WorkflowFailure? Failure = null, int? Version = null, int? First = null, string? Child = null)
{
    /// <summary>Whether the code asks for the same; what it passes along may differ.</summary>
    public bool Asks(HistoryEvent other) => (Kind, Number, Name, Child) == (other.Kind, other.Number, other.Name, other.Child);

    public override string ToString() => $"{Kind}{(Number is { } number ? $" #{number}" : "")}{(Name is null ? "" : $" '{Name}'")}{(Child is null ? "" : $" as {Child}")}";
}

/// <summary>One step of an instance: what it was told, and what its code then asked for. One document.</summary>
/// <param name="Held">The code has not seen the inputs yet: the next step that is not held takes them first.</param>
sealed record Turn(DateTimeOffset At, bool Held, IReadOnlyList<HistoryEvent> Inputs, IReadOnlyList<HistoryEvent> Commands);

/// <summary>Who waits for a sub-workflow: an instance of the same tenant.</summary>
sealed record ParentCall(string Id, DateTimeOffset CreatedAt, int Run, int Number);

/// <summary>What is known of an instance without its history.</summary>
/// <param name="Run">Grows with each ContinueAsNew.</param>
/// <param name="Turns">Of this run.</param>
/// <param name="Events">Of this run's history, and their bytes.</param>
sealed record Head(string Workflow, int Version, WorkflowState State, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Run, int Turns, int Events, long Bytes)
{
    /// <summary>Turns at the end whose inputs the code has not seen.</summary>
    public int Held { get; init; }

    /// <summary>Activities and sub-workflows without a result.</summary>
    public int Outstanding { get; init; }

    /// <summary>The earliest timer.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    public ParentCall? Parent { get; init; }
    public JsonElement? Status { get; init; }
    public JsonElement? Output { get; init; }
    public WorkflowFailure? Failure { get; init; }
    public string? Reason { get; init; }

    public bool HasEnded => State is WorkflowState.Completed or WorkflowState.Failed or WorkflowState.Terminated;

    /// <summary>Its code does not run.</summary>
    public bool IsHeld => State is WorkflowState.Suspended or WorkflowState.Quarantined;

    /// <summary>Something is to be done without anything happening first.</summary>
    public bool HasWork => !IsHeld && !HasEnded && Held + Outstanding > 0;

    public Head Add(Turn turn, int bytes) => this with
    {
        Turns = Turns + 1,
        Held = turn.Held ? Held + 1 : 0,
        Events = Events + turn.Inputs.Count + turn.Commands.Count,
        Bytes = Bytes + bytes,
        UpdatedAt = turn.At,
    };

    public WorkflowInstance View(InstanceKey key) => new(key.Tenant, key.Id, Workflow, Version, State, CreatedAt, UpdatedAt)
    {
        Status = Status,
        Output = Output,
        Failure = Failure,
        Reason = Reason,
    };
}

/// <summary>The history is not what it should be, or its workflow is not here: nothing can be done for the instance but to keep it.</summary>
sealed class UnreadableHistoryException(string message) : Exception(message);

/// <summary>The documents of instances: heads, turns, and a marker for those that have not ended, which a start goes through.</summary>
sealed class HistoryDocuments(IDocumentStore store)
{
    const string HeadPrefix = "head:";
    const string LivePrefix = "live:";
    const string EndedPrefix = "ended:";
    const string WorkspacePrefix = "workflows:";

    /// <summary>Holds the workspaces that ever started a workflow.</summary>
    static readonly Partition Workspaces = Partition.Platform(Partition.PlatformAccount);

    static readonly byte[] Empty = "{}"u8.ToArray();

    public static string HeadId(string id) => HeadPrefix + id;
    public static string LiveId(string id) => LivePrefix + id;
    public static string EndedId(Head head, string id) => $"{EndedPrefix}{head.UpdatedAt.UtcDateTime:yyyyMMddHHmmssfff}:{id}";
    public static string TurnId(string id, int run, int turn) => string.Create(CultureInfo.InvariantCulture, $"{Run(id, run)}{turn:D6}");
    static string Run(string id, int run) => string.Create(CultureInfo.InvariantCulture, $"{Runs(id)}{run:D8}/");
    static string Runs(string id) => $"turn:{id}/";

    public static Write Live(string id) => Write.Create(LiveId(id), Empty);
    public static Write Ended(Head head, string id) => Write.Upsert(EndedId(head, id), Empty);

    public async Task<(Head Head, string ETag)?> Head(InstanceKey key, CancellationToken stop) =>
        await store.Read(key.Partition, HeadId(key.Id), stop) is { } found ? (Json.Read<Head>(found.Body), found.ETag) : null;

    public async Task<IReadOnlyList<Turn>> Turns(InstanceKey key, Head head, CancellationToken stop)
    {
        var turns = new List<Turn>(head.Turns);
        for (string? continuation = null; ;)
        {
            var page = await store.Query(key.Partition, DocumentQuery.Prefix(Run(key.Id, head.Run), continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                if (document.Id != TurnId(key.Id, head.Run, turns.Count + 1))
                {
                    throw new UnreadableHistoryException($"step {turns.Count + 1} of the history is missing");
                }
                turns.Add(Read(document, turns.Count + 1));
            }
            if ((continuation = page.Continuation) is null)
            {
                return turns.Count == head.Turns ? turns : throw new UnreadableHistoryException($"the history has {turns.Count} steps of {head.Turns}");
            }
        }
    }

    public async Task<Turn> Turn(InstanceKey key, Head head, int turn, CancellationToken stop) =>
        await store.Read(key.Partition, TurnId(key.Id, head.Run, turn), stop) is { } found ? Read(found, turn) : throw new UnreadableHistoryException($"step {turn} of the history is missing");

    static Turn Read(Document document, int number)
    {
        try
        {
            return Json.Read<Turn>(document.Body);
        }
        catch (JsonException failure)
        {
            throw new UnreadableHistoryException($"step {number} of the history cannot be read: {failure.Message}");
        }
    }

    public async Task<WorkflowHistory> History(InstanceKey key, Head head, string? continuation, CancellationToken stop)
    {
        var page = await store.Query(key.Partition, DocumentQuery.Prefix(Run(key.Id, head.Run), limit: 100, continuation: continuation), stop);
        return new([.. page.Items.Select((document, n) => Read(document, n)).SelectMany(turn => turn.Inputs.Concat(turn.Commands).Select(one => View(turn.At, one)))], page.Continuation);
    }

    static WorkflowEvent View(DateTimeOffset at, HistoryEvent one) =>
        new(at, one.Kind.ToString(), one.Name ?? one.Child, one.Data ?? (one.Failure is { } failure ? Json.Element(failure) : one.Due is { } due ? Json.Element(due) : null));

    /// <summary>One page of the instances of an account, at most one workspace's.</summary>
    public async Task<WorkflowPage> List(string accountId, WorkflowState? state, int limit, string? continuation, CancellationToken stop)
    {
        var (workspaceId, after) = continuation?.Split('/', 2) is [var workspace, var inner] ? (workspace, inner) : ("", "");
        var tenants = (await WithWorkflows(accountId, stop)).SkipWhile(tenant => string.CompareOrdinal(tenant.WorkspaceId, workspaceId) < 0).ToList();
        if (tenants is [])
        {
            return new([], null);
        }
        var tenant = tenants[0];
        var page = await store.Query(Partition.Workflows(tenant), DocumentQuery.Prefix(HeadPrefix, limit: limit, continuation: tenant.WorkspaceId == workspaceId && after.Length > 0 ? after : null), stop);
        var found = page.Items.Select(document => Json.Read<Head>(document.Body).View(new(tenant, document.Id[HeadPrefix.Length..]))).Where(instance => state is null || instance.State == state);
        return new([.. found], page.Continuation is { } next ? $"{tenant.WorkspaceId}/{next}" : tenants.Count > 1 ? $"{tenants[1].WorkspaceId}/" : null);
    }

    /// <summary>Instances that have not ended.</summary>
    public async IAsyncEnumerable<InstanceKey> Unfinished(Tenant tenant, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        for (string? continuation = null; ;)
        {
            var page = await store.Query(Partition.Workflows(tenant), DocumentQuery.Prefix(LivePrefix, continuation: continuation), stop);
            foreach (var document in page.Items)
            {
                yield return new(tenant, document.Id[LivePrefix.Length..]);
            }
            if ((continuation = page.Continuation) is null)
            {
                yield break;
            }
        }
    }

    /// <summary>The instances that ended before; at most a page.</summary>
    public async Task<IReadOnlyList<InstanceKey>> EndedBefore(Tenant tenant, DateTimeOffset before, CancellationToken stop)
    {
        var page = await store.Query(Partition.Workflows(tenant), new(EndedPrefix, $"{EndedPrefix}{before.UtcDateTime:yyyyMMddHHmmssfff}", Limit: 100), stop);
        return [.. page.Items.Select(document => new InstanceKey(tenant, document.Id[(EndedPrefix.Length + 18)..]))];
    }

    /// <summary>Removes the turns of earlier runs, or of all.</summary>
    public async Task RemoveTurns(InstanceKey key, int? before, CancellationToken stop)
    {
        var all = before is { } run ? new DocumentQuery(Runs(key.Id), Run(key.Id, run)) : DocumentQuery.Prefix(Runs(key.Id), limit: StoreLimits.BatchWrites);
        while (true)
        {
            var page = await store.Query(key.Partition, all, stop);
            if (page.Items.Count == 0)
            {
                return;
            }
            await store.Commit(key.Partition, [.. page.Items.Select(document => Write.Delete(document.Id))], stop);
        }
    }

    public async Task<IReadOnlyList<Tenant>> WithWorkflows(string? accountId, CancellationToken stop)
    {
        var tenants = new List<Tenant>();
        for (string? continuation = null; ;)
        {
            var page = await store.Query(Workspaces, DocumentQuery.Prefix(accountId is null ? WorkspacePrefix : $"{WorkspacePrefix}{accountId}:", continuation: continuation), stop);
            tenants.AddRange(page.Items.Select(document => document.Id.Split(':') is [_, var account, var workspace] ? new Tenant(account, workspace) : throw new UnreadableHistoryException(document.Id)));
            if ((continuation = page.Continuation) is null)
            {
                return tenants;
            }
        }
    }

    public async Task Remember(Tenant tenant, CancellationToken stop) =>
        await store.Commit(Workspaces, [Write.Upsert($"{WorkspacePrefix}{tenant.AccountId}:{tenant.WorkspaceId}", Empty)], stop);

    public static int Size(JsonElement? data) => data is { ValueKind: not JsonValueKind.Undefined } element ? JsonMarshal.GetRawUtf8Value(element).Length : 0;
}
