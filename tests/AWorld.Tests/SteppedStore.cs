using AWorld.Platform;

namespace AWorld.Tests;

/// <summary>What becomes of one call of a store.</summary>
enum StepOutcome
{
    Done,

    /// <summary>The connection is lost before the call takes effect, or after it.</summary>
    LostBefore, LostAfter,

    /// <summary>The process dies: nobody hears of the call any more. It may have taken effect.</summary>
    DiedBefore, DiedAfter,
}

/// <summary>One process's way to a store that others share: each of its calls waits until a schedule lets it through.</summary>
sealed class SteppedStore(IDocumentStore store) : IDocumentStore
{
    volatile Func<StepOutcome, Task>? waiting;

    /// <summary>Lets everything through, for what comes before the schedule.</summary>
    public bool IsOpen { get; set; } = true;

    public bool IsWaiting => waiting is not null;

    /// <summary>Carries out the call that waits.</summary>
    public Task Step(StepOutcome outcome)
    {
        var step = waiting ?? throw new InvalidOperationException("no call waits");
        waiting = null;
        return step(outcome);
    }

    public ValueTask<Document?> Read(Partition partition, string id, CancellationToken stop) => Turn(() => store.Read(partition, id, stop));
    public ValueTask<DocumentPage> Query(Partition partition, DocumentQuery query, CancellationToken stop) => Turn(() => store.Query(partition, query, stop));
    public ValueTask<CommitResult> Commit(Partition partition, IReadOnlyList<Write> writes, CancellationToken stop) => Turn(() => store.Commit(partition, writes, stop));
    public ValueTask<ChangePage> Changes(Container container, string cursor, int limit, IReadOnlyList<string> prefixes, CancellationToken stop) => Turn(() => store.Changes(container, cursor, limit, prefixes, stop));

    ValueTask<T> Turn<T>(Func<ValueTask<T>> call)
    {
        if (IsOpen)
        {
            return call();
        }
        if (IsWaiting)
        {
            throw new InvalidOperationException("the schedule is not deterministic: two calls of one process wait");
        }
        var answer = new TaskCompletionSource<T>();
        waiting = async outcome =>
        {
            var result = outcome is StepOutcome.LostBefore or StepOutcome.DiedBefore ? default : await call();
            switch (outcome)
            {
                case StepOutcome.Done:
                    answer.SetResult(result!);
                    break;
                case StepOutcome.LostBefore or StepOutcome.LostAfter:
                    answer.SetException(new IOException("the connection was lost"));
                    break;
                default:
                    break;
            }
        };
        return new(answer.Task);
    }
}
