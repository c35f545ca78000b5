using System.Globalization;
using System.Text.Json;
using AWorld.Platform;
using AWorld.Platform.Workflows;

namespace AWorld.Embedded.Workflows;

/// <summary>
/// The code of one instance in memory. It runs on one logical thread, one step after the other, and everything it
/// learns comes as an input of a step; so the same steps make it ask for the same commands again.
/// </summary>
sealed class Execution(InstanceKey key, Head head, Workflow workflow, ILogger logger, Action foreign) : WorkflowContext
{
    /// <summary>A loop that never waits would ask for ever.</summary>
    const int CommandsPerStep = 20_000;

    readonly WorkflowThread thread = new(foreign);
    readonly Dictionary<int, TaskCompletionSource<JsonElement>> calls = [];
    readonly Dictionary<int, (TaskCompletionSource Fired, DateTimeOffset Due)> timers = [];
    readonly AwaitedEvents events = new();
    readonly List<HistoryEvent> held = [];
    List<HistoryEvent> commands = [];
    Task<JsonElement>? main;
    HistoryEvent? next;
    DateTimeOffset now;
    int numbers;
    int ids;
    bool replaying;
    SilentInReplay? silent;

    public override Tenant Tenant => key.Tenant;
    public override string InstanceId => key.Id;
    public override DateTimeOffset Now => now;
    public override bool IsReplaying => replaying;
    public override ILogger Logger => silent ??= new(this, logger);
    public JsonElement? Status { get; private set; }
    public int Outstanding => calls.Count;
    public DateTimeOffset? WakeAt => timers.Count == 0 ? null : timers.Values.Min(timer => timer.Due);

    /// <summary>The code went on outside of a step: it awaited something of its own.</summary>
    public bool WasLeft => thread.WasLeft;

    /// <summary>Inputs that wait for the next step.</summary>
    public bool HasHeld => held.Count > 0;

    public IReadOnlyList<HistoryEvent> Arrived => events.Arrived;

    public bool Expects(int number) => calls.ContainsKey(number);

    public IEnumerable<HistoryEvent> Due(DateTimeOffset at) =>
        from timer in timers where timer.Value.Due <= at orderby timer.Value.Due, timer.Key select new HistoryEvent(EventKind.TimerFired, timer.Key);

    public void Hold(IEnumerable<HistoryEvent> inputs) => held.AddRange(inputs);

    /// <summary>Takes the recorded steps again and returns the calls that have no result yet.</summary>
    public IReadOnlyList<HistoryEvent> Replay(IReadOnlyList<Turn> turns)
    {
        var open = new Dictionary<int, HistoryEvent>();
        for (var step = 0; step < turns.Count; step++)
        {
            var turn = turns[step];
            if (turn.Held)
            {
                Hold(turn.Inputs);
                continue;
            }
            replaying = true;
            var again = Advance(turn.At, turn.Inputs);
            replaying = false;
            Determinism.Check(step + 1, turn.Commands, again);
            foreach (var call in turn.Commands.Where(command => command.Kind is EventKind.ActivityScheduled or EventKind.ChildStarted))
            {
                open.Add(call.Number!.Value, call);
            }
        }
        return [.. open.Values.Where(call => calls.ContainsKey(call.Number!.Value))];
    }

    /// <summary>Takes one step: gives the inputs to the code and returns what it asks for until it waits again.</summary>
    public IReadOnlyList<HistoryEvent> Advance(DateTimeOffset at, IReadOnlyList<HistoryEvent> inputs)
    {
        now = at;
        commands = [];
        HistoryEvent[] all = [.. held, .. inputs];
        held.Clear();
        thread.Run(all, Apply);
        if (main is { IsCompleted: true })
        {
            End();
        }
        else if (main is not null && (thread.WasLeft || calls.Count + timers.Count + events.Awaited == 0))
        {
            commands.Add(Failure(new InvalidOperationException("the workflow awaits something that its context did not give; only activities may do so")));
        }
        return commands;
    }

    void Apply(HistoryEvent input)
    {
        switch (input.Kind)
        {
            case EventKind.Started:
                main = workflow.Run(this, input.Data ?? default);
                break;
            case EventKind.TimerFired when timers.Remove(input.Number!.Value, out var timer):
                timer.Fired.SetResult();
                break;
            case EventKind.ActivityCompleted or EventKind.ChildCompleted when calls.Remove(input.Number!.Value, out var call):
                call.SetResult(input.Data ?? default);
                break;
            case EventKind.ActivityFailed or EventKind.ChildFailed when calls.Remove(input.Number!.Value, out var call):
                call.SetException(new WorkflowTaskFailedException(input.Name ?? "", input.Failure!));
                break;
            case EventKind.EventReceived:
                events.Receive(input);
                break;
        }
    }

    void End() => commands.Add(main switch
    {
        { IsFaulted: true } => Failure(main.Exception!.InnerException!),
        { IsCanceled: true } => Failure(new OperationCanceledException("the workflow awaited a timer or event that it had cancelled")),
        _ when next is not null => next,
        _ => new(EventKind.Completed, Data: main!.GetAwaiter().GetResult()),
    });

    public static HistoryEvent Failure(Exception failure) =>
        new(EventKind.Failed, Failure: Describe(failure is WorkflowTaskFailedException task ? task.Failure.Type : failure.GetType().Name, failure.Message));

    /// <summary>Messages can quote whatever went wrong, at any length.</summary>
    public static WorkflowFailure Describe(string type, string message) => new(type, message.Length <= 2000 ? message : message[..2000]);

    HistoryEvent Ask(HistoryEvent command)
    {
        thread.Demand();
        if (commands.Count >= CommandsPerStep)
        {
            throw new InvalidOperationException($"the workflow asked for more than {CommandsPerStep} things without waiting for one");
        }
        commands.Add(command);
        return command;
    }

    Task<JsonElement> Call(HistoryEvent command)
    {
        Ask(command);
        var call = new TaskCompletionSource<JsonElement>();
        calls.Add(command.Number!.Value, call);
        return call.Task;
    }

    public override string NewId()
    {
        thread.Demand();
        return Key("id", ++ids);
    }

    /// <summary>The same in every replay of this run, and of no other.</summary>
    string Key(string kind, int number) => IdempotencyKey(key, head, kind, number);

    public static string IdempotencyKey(InstanceKey key, Head head, string kind, int number) =>
        Ids.Derive(key.Tenant.AccountId, key.Tenant.WorkspaceId, key.Id, Instants.Text(head.CreatedAt), head.Run.ToString(CultureInfo.InvariantCulture), kind, number.ToString(CultureInfo.InvariantCulture));

    public override async Task<TOut> CallActivity<TIn, TOut>(WorkflowActivity<TIn, TOut> activity, TIn input, RetryPolicy? retry = null)
    {
        var (data, began, first) = (Json.Element(input), now, 0);
        for (var attempt = 1; ; attempt++)
        {
            var number = ++numbers;
            first = attempt == 1 ? number : first;
            WorkflowTaskFailedException failed;
            try
            {
                return WorkflowJson.Read<TOut>(await Call(new(EventKind.ActivityScheduled, number, activity.Name, data, First: first)));
            }
            catch (WorkflowTaskFailedException failure)
            {
                failed = failure;
            }
            if ((retry ?? RetryPolicy.Default).Next(attempt, now - began) is not { } delay)
            {
                throw failed;
            }
            await Timer(delay);
        }
    }

    public override async Task<TOut> CallWorkflow<TIn, TOut>(Workflow<TIn, TOut> child, TIn input, string? id = null)
    {
        var number = ++numbers;
        if (id is not null && !IsId(id))
        {
            throw new ArgumentException($"'{id}' cannot be the id of a workflow", nameof(id));
        }
        id ??= key.Id.Length + 9 <= WorkflowLimits.IdLength ? $"{key.Id}:{head.Run}.{number}" : Key("child", number);
        return WorkflowJson.Read<TOut>(await Call(new(EventKind.ChildStarted, number, child.Name, Json.Element(input), Version: child.Version, Child: id)));
    }

    public static bool IsId(string id) => Ids.IsClientId(id) && id.Length <= WorkflowLimits.IdLength;

    public override Task Timer(DateTimeOffset due, CancellationToken cancel = default)
    {
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled(cancel);
        }
        var number = ++numbers;
        due = Instants.Truncate(due.ToUniversalTime());
        Ask(new(EventKind.TimerCreated, number, Due: due));
        var fired = new TaskCompletionSource();
        timers.Add(number, (fired, due));
        OnCancel(() =>
        {
            if (timers.Remove(number))
            {
                Ask(new(EventKind.TimerCancelled, number));
                fired.SetCanceled(cancel);
            }
        }, cancel);
        return fired.Task;
    }

    public override async Task<T> WaitFor<T>(string name, CancellationToken cancel = default)
    {
        thread.Demand();
        cancel.ThrowIfCancellationRequested();
        if (events.Take(name) is { } arrived)
        {
            return WorkflowJson.Read<T>(arrived.Data ?? default);
        }
        var place = events.Await(name);
        OnCancel(() =>
        {
            if (events.Leave(name, place))
            {
                place.Value.SetCanceled(cancel);
            }
        }, cancel);
        return WorkflowJson.Read<T>(await place.Value.Task);
    }

    void OnCancel(Action cancelled, CancellationToken cancel)
    {
        if (cancel.CanBeCanceled)
        {
            cancel.UnsafeRegister(_ =>
            {
                thread.Demand();
                cancelled();
            }, null);
        }
    }

    public override void ContinueAsNew<TIn>(TIn input, int? version = null)
    {
        thread.Demand();
        next = new(EventKind.ContinuedAsNew, Data: Json.Element(input), Version: version ?? head.Version);
    }

    public override void SetStatus<T>(T status)
    {
        thread.Demand();
        Status = Json.Element(status);
    }

    sealed class SilentInReplay(Execution execution, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => !execution.replaying && logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!execution.replaying)
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
