using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Activities;

/// <summary>An activity log as the API shows it.</summary>
public sealed record ActivityLogView(
    string ActivityLogId,
    string ActivityId,
    string UserId,
    Outcome? Outcome,
    decimal Value,
    IReadOnlyList<string>? Tags,
    JsonElement? AdditionalData,
    DateTimeOffset CompletedAt,
    string AccountId,
    string WorkspaceId,
    string SourceRegion,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    /// <summary>When it was taken back.</summary>
    public DateTimeOffset? RetractedAt { get; init; }

    /// <param name="entry">One that logs an activity.</param>
    public static ActivityLogView Of(Tenant tenant, string userId, JournalEntry entry, string sourceRegion)
    {
        var log = entry.Activity ?? throw new ArgumentException("the entry logs no activity", nameof(entry));
        return new(log.ActivityLogId, log.ActivityId, userId, log.Outcome, log.Value ?? 1, log.Tags, log.AdditionalData, log.CompletedAt,
            tenant.AccountId, tenant.WorkspaceId, sourceRegion, entry.At, entry.At);
    }
}
