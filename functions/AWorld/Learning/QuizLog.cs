using System.Text.Json;

namespace AWorld.Learning;

public enum QuizOutcome { Success, Fail }

/// <summary>A user answered a quiz. Its user is the partition it is journaled in.</summary>
/// <param name="Answer">Null when only the outcome was reported.</param>
/// <param name="Difficulty">As it was then.</param>
/// <param name="Lang">Of the translation that the user reads.</param>
/// <param name="Context">Where it was answered; in each a quiz can be answered anew.</param>
/// <param name="CompletedAt">When it was answered, which may be before it was reported.</param>
public sealed record QuizLog(
    string QuizLogId,
    string QuizId,
    QuizOption? Answer,
    QuizOutcome Outcome,
    Difficulty Difficulty,
    string Lang,
    string Context,
    string? ParentId,
    LearningParent? ParentType,
    JsonElement? AdditionalData,
    DateTimeOffset CompletedAt)
{
    public const string DefaultContext = "default";
}
