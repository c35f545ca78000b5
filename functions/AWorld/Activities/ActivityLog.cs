using System.Text.Json;

namespace AWorld.Activities;

public enum Outcome { Success, Failure }

/// <summary>A user did an activity. Its user is the partition it is journaled in.</summary>
/// <param name="Value">1 when the client gave none.</param>
/// <param name="CompletedAt">When it was done, which may be before it was logged.</param>
public sealed record ActivityLog(
    string ActivityLogId,
    string ActivityId,
    Outcome? Outcome,
    decimal? Value,
    IReadOnlyList<string>? Tags,
    JsonElement? AdditionalData,
    DateTimeOffset CompletedAt);
