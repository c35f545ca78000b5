using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Embedded.Workflows;

/// <summary>How much one step of an instance may ask for, and how long its history may become.</summary>
static class TurnLimits
{
    /// <summary>Room for what a turn's document holds beside its payloads.</summary>
    const int TurnBytes = StoreLimits.DocumentBytes * 3 / 4;

    /// <summary>Why a turn is too much; null: it is not.</summary>
    public static string? Excess(Turn turn, Head head, JsonElement? status, WorkflowsOptions options)
    {
        var (limit, bytes) = (options.PayloadKilobytes * 1024, 0);
        foreach (var command in turn.Commands)
        {
            var carried = HistoryDocuments.Size(command.Data);
            bytes += carried + 128;
            if (carried > limit)
            {
                return $"{command} carries {carried} bytes; at most {limit} are allowed: pass an id of it";
            }
        }
        var events = head.Events + turn.Inputs.Count + turn.Commands.Count;
        return HistoryDocuments.Size(status) is var size && size > limit ? $"the status has {size} bytes; at most {limit} are allowed"
            : bytes > TurnBytes / 2 ? $"one step asks for {turn.Commands.Count} things with {bytes} bytes; at most {TurnBytes / 2} are allowed: ask for them in several steps"
            : events > options.HistoryEvents ? $"the history has {events} entries; at most {options.HistoryEvents} are allowed: use ContinueAsNew"
            : head.Bytes + bytes > options.HistoryMegabytes * 1024L * 1024 ? $"the history exceeds {options.HistoryMegabytes} MB: use ContinueAsNew"
            : null;
    }
}
