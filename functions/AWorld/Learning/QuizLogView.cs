using System.ComponentModel.DataAnnotations;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Learning;

public enum LearningProgress { Start, InProgress, Complete }

/// <summary>A quiz log as the API shows it.</summary>
public sealed record QuizLogView(
    string QuizLogId,
    string QuizId,
    string UserId,
    Difficulty Difficulty,
    [property: Required] QuizOption? Answer,
    string Lang,
    LearningProgress Progress,
    QuizOutcome Outcome,
    string Context,
    string? ParentId,
    LearningParent? ParentType,
    DateTimeOffset CompletedAt,
    string AccountId,
    string WorkspaceId,
    string SourceRegion)
{
    /// <summary>When it was taken back.</summary>
    public DateTimeOffset? RetractedAt { get; init; }

    /// <param name="entry">One that logs a quiz.</param>
    public static QuizLogView Of(Tenant tenant, string userId, JournalEntry entry, string sourceRegion)
    {
        var log = entry.Quiz ?? throw new ArgumentException("the entry logs no quiz", nameof(entry));
        return new(log.QuizLogId, log.QuizId, userId, log.Difficulty, log.Answer, log.Lang, LearningProgress.Complete, log.Outcome, log.Context,
            log.ParentId, log.ParentType, log.CompletedAt, tenant.AccountId, tenant.WorkspaceId, sourceRegion);
    }
}
