namespace AWorld.Platform.Workflows;

/// <summary>How often a failing call is tried. Delays are durable: they survive a restart.</summary>
/// <param name="MaxAttempts">1 tries once.</param>
/// <param name="FirstDelay">Between the first attempt and the second.</param>
/// <param name="Backoff">Each further delay is this many times the one before.</param>
/// <param name="MaxDelay">No delay is longer.</param>
/// <param name="Timeout">No attempt begins later than this after the first.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan FirstDelay, double Backoff = 1, TimeSpan? MaxDelay = null, TimeSpan? Timeout = null)
{
    public static readonly RetryPolicy None = new(1, TimeSpan.Zero);

    /// <summary>Ten attempts in about twenty minutes: what a lost dependency usually needs to come back.</summary>
    public static readonly RetryPolicy Default = new(10, TimeSpan.FromSeconds(1), 2, TimeSpan.FromMinutes(5));

    /// <param name="failed">Attempts so far, at least one.</param>
    /// <param name="elapsed">Since the first attempt began.</param>
    /// <returns>How long to wait before the next attempt, or null when there is none.</returns>
    public TimeSpan? Next(int failed, TimeSpan elapsed)
    {
        if (failed >= MaxAttempts)
        {
            return null;
        }
        var most = MaxDelay ?? TimeSpan.FromDays(365);
        var delay = TimeSpan.FromTicks((long)Math.Min(FirstDelay.Ticks * Math.Pow(Backoff, failed - 1), most.Ticks));
        return elapsed + delay > Timeout ? null : delay;
    }
}

/// <summary>Why a call or an instance failed.</summary>
/// <param name="Type">The exception's type name.</param>
public sealed record WorkflowFailure(string Type, string Message);

/// <summary>An activity or sub-workflow failed for good; thrown where the workflow awaits it.</summary>
public sealed class WorkflowTaskFailedException(string task, WorkflowFailure failure) : Exception($"{task} failed: {failure.Message}")
{
    public string Task { get; } = task;
    public WorkflowFailure Failure { get; } = failure;
}

/// <summary>An external event that came in time.</summary>
public sealed record Signal<T>(T Value);

/// <summary>
/// All that an orchestration may use. Each member does in a replay what it did the first time. Combine the tasks with
/// Task.WhenAll and Task.WhenAny; await nothing else.
/// </summary>
public abstract class WorkflowContext
{
    /// <summary>Account and workspace of the instance.</summary>
    public abstract Tenant Tenant { get; }

    public abstract string InstanceId { get; }

    /// <summary>When the events that are being handled were received; whole milliseconds, UTC. It stands still between two awaits.</summary>
    public abstract DateTimeOffset Now { get; }

    public abstract bool IsReplaying { get; }

    /// <summary>Silent while replaying.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>A new id, the same in every replay.</summary>
    public abstract string NewId();

    /// <param name="retry">Null: <see cref="RetryPolicy.Default"/>.</param>
    /// <exception cref="WorkflowTaskFailedException">The last attempt failed.</exception>
    public abstract Task<TOut> CallActivity<TIn, TOut>(WorkflowActivity<TIn, TOut> activity, TIn input, RetryPolicy? retry = null);

    /// <summary>Starts an instance of the same tenant and gives its result.</summary>
    /// <param name="id">Null: derived from this instance's.</param>
    /// <exception cref="WorkflowTaskFailedException">It failed or was terminated, or another workflow has its id.</exception>
    public abstract Task<TOut> CallWorkflow<TIn, TOut>(Workflow<TIn, TOut> workflow, TIn input, string? id = null);

    /// <summary>Completes at that time, or with the next step when it has passed. Cancel timers that are needed no longer: an instance ends without waiting for them, but each one wakes it.</summary>
    public abstract Task Timer(DateTimeOffset due, CancellationToken cancel = default);

    /// <summary>Completes with the next event of this name. Events that came before are kept for it, in their order; each is given once.</summary>
    public abstract Task<T> WaitFor<T>(string name, CancellationToken cancel = default);

    /// <summary>
    /// The last thing before returning: the instance begins again with this input and an empty history, under the same
    /// id, and the returned value is ignored. Events that nobody waited for are kept.
    /// </summary>
    /// <param name="version">Null: the version that runs.</param>
    public abstract void ContinueAsNew<TIn>(TIn input, int? version = null);

    /// <summary>What <see cref="WorkflowInstance.Status"/> shows from now on.</summary>
    public abstract void SetStatus<T>(T status);

    public Task Timer(TimeSpan delay, CancellationToken cancel = default) => Timer(Now + delay, cancel);

    /// <returns>Null when the event did not come in time.</returns>
    public async Task<Signal<T>?> WaitFor<T>(string name, DateTimeOffset until)
    {
        using var other = new CancellationTokenSource();
        var signal = WaitFor<T>(name, other.Token);
        if (!signal.IsCompleted)
        {
            await Task.WhenAny(signal, Timer(until, other.Token));
        }
        var came = signal.IsCompleted;
        // CancelAsync would leave the one thread on which a workflow runs.
#pragma warning disable CA1849, MA0042
        other.Cancel();
#pragma warning restore CA1849, MA0042
        return came ? new(await signal) : null;
    }

    public Task<Signal<T>?> WaitFor<T>(string name, TimeSpan timeout) => WaitFor<T>(name, Now + timeout);
}
