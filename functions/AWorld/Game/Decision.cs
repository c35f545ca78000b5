using AWorld.Platform;

namespace AWorld.Game;

/// <summary>What a step decided: the answer, and the entry to commit before it is given.</summary>
/// <param name="Entry">Null or empty: nothing is written, unless there is something in <see cref="Also"/>.</param>
public sealed record Decision(Answer Answer, JournalEntry? Entry = null)
{
    /// <summary>A create-only document whose existence means that this step was taken before.</summary>
    public Write? Marker { get; init; }

    /// <summary>Other documents of the partition that change with the entry; with any, the entry is written even if empty, and they are even without one.</summary>
    public IReadOnlyList<Write> Also { get; init; } = [];
}

/// <summary>One step of one user, decided on their state. A concurrent step makes it decide again.</summary>
/// <param name="Decide">Pure: the same state gives the same decision.</param>
public sealed record Step(Func<PlayerState, Result<Decision>> Decide)
{
    public Idempotency? Key { get; init; }

    /// <summary>Reads what the decision depends on besides the state; done again before each attempt.</summary>
    public Func<CancellationToken, ValueTask>? Prepare { get; init; }

    /// <summary>Ends what was begun before: taken even if the user is erased by now.</summary>
    public bool EvenIfClosed { get; init; }

    /// <summary>Finds the answer of the same step taken before; asked when its marker exists or it is refused. Null: it was not taken.</summary>
    public Func<CancellationToken, ValueTask<Result<Answer>?>>? TakenBefore { get; init; }
}
