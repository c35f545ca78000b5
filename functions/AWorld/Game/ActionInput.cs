using System.Text.Json;
using AWorld.Activities;

namespace AWorld.Game;

/// <summary>What a client says a user did, checked but not yet applied.</summary>
/// <param name="ActivityLogId">Chosen by the client: the same one is applied once, for ever. Null: one is derived.</param>
/// <param name="CompletedAt">Null: now.</param>
public sealed record ActionInput(
    string ActivityId,
    Outcome? Outcome = null,
    decimal? Value = null,
    IReadOnlyList<string>? Tags = null,
    JsonElement? AdditionalData = null,
    string? ActivityLogId = null,
    DateTimeOffset? CompletedAt = null);
