using System.Text.Json;
using AWorld.Platform;

namespace AWorld.Embedded.Replay;

/// <summary>One action of a replay file, as the API takes it, except for who did it.</summary>
/// <param name="ExternalId">The subject of the event: the user's id in the system the file comes from.</param>
/// <param name="ActivityLogId">Derived from the event's source and id, so sending it again changes nothing.</param>
sealed record ReplayEvent(
    string ExternalId, string ActivityLogId, string ActivityId, string? Outcome, decimal? Value,
    IReadOnlyList<string>? Tags, DateTimeOffset? CompletedAt, JsonElement? AdditionalData)
{
    public const string Type = "aworld.activity.completed";

    sealed record CloudEvent(string? Specversion, string? Id, string? Source, string? Type, string? Subject, DateTimeOffset? Time, ActionData? Data);

    sealed record ActionData(string? Activity, string? Outcome, decimal? Value, IReadOnlyList<string>? Tags, DateTimeOffset? CompletedAt, JsonElement? AdditionalData);

    /// <summary>Reads a line; what is wrong with it is an error that names the attribute.</summary>
    public static Result<ReplayEvent> Parse(string line)
    {
        CloudEvent? read;
        try
        {
            read = JsonSerializer.Deserialize<CloudEvent>(line, Json.Options);
        }
        catch (JsonException bad)
        {
            return UnreadableJson.Of(bad, typeof(CloudEvent));
        }
        var problems = new Problems()
            .When(read?.Specversion != "1.0", "specversion", "must be 1.0")
            .When(read?.Type != Type, "type", $"must be {Type}")
            .When(string.IsNullOrEmpty(read?.Id), "id", "is required")
            .When(string.IsNullOrEmpty(read?.Source), "source", "is required")
            .When(read?.Subject is not { } subject || !Ids.IsClientId(subject), "subject", "must be the user's externalId")
            .When(string.IsNullOrEmpty(read?.Data?.Activity), "data.activity", "is required")
            .When(read?.Data?.Outcome is not (null or "SUCCESS" or "FAILURE"), "data.outcome", "must be SUCCESS or FAILURE");
        return problems.Found.Count > 0
            ? Error.Invalid(problems.Found)
            : new ReplayEvent(read!.Subject!, Ids.Derive(read.Source!, read.Id!), read.Data!.Activity!, read.Data.Outcome, read.Data.Value,
                read.Data.Tags, read.Data.CompletedAt ?? read.Time, read.Data.AdditionalData);
    }
}
