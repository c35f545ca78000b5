namespace AWorld.Embedded.Workflows;

/// <summary>The code asks for something else than it did when the history was written.</summary>
sealed class NonDeterministicWorkflowException(string message) : Exception(message);

static class Determinism
{
    /// <summary>Throws unless the code asks again for what the history has.</summary>
    public static void Check(int step, IReadOnlyList<HistoryEvent> recorded, IReadOnlyList<HistoryEvent> again)
    {
        for (var n = 0; n < Math.Max(recorded.Count, again.Count); n++)
        {
            var (was, isNow) = (recorded.ElementAtOrDefault(n), again.ElementAtOrDefault(n));
            if (was is null || isNow is null || !was.Asks(isNow))
            {
                throw new NonDeterministicWorkflowException(
                    $"step {step}: the history has {was?.ToString() ?? "nothing more"}, the code now asks for {isNow?.ToString() ?? "nothing more"}; changed code needs a new version of the workflow");
            }
        }
    }
}
