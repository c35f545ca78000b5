using AWorld.Platform;

namespace AWorld.Learning;

/// <summary>A quiz as the App shows it: the right answer is not among its fields.</summary>
public sealed record QuizView(
    string QuizId, Difficulty Difficulty, Origin Origin, string? CatalogWorkspaceId, string? CatalogQuizId, bool? SyncWithCatalog, Placement Placement, string? StoryId, string? Source,
    string DefaultLang, IReadOnlyList<string> Langs, string? ParentId, LearningParent? ParentType, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public IReadOnlyList<TagAssignment>? Tags { get; init; }
    public QuizText? Translation { get; init; }
    public QuizProgress? Progress { get; init; }

    public static QuizView Of(Quiz quiz) => new(
        quiz.Id, quiz.Difficulty, quiz.Origin, quiz.CatalogWorkspaceId, quiz.CatalogQuizId, quiz.SyncWithCatalog, quiz.Placement, quiz.StoryId, quiz.Source,
        quiz.DefaultLang, [.. quiz.Translations.Select(text => text.Lang)], quiz.ParentId, quiz.ParentType, quiz.CreatedAt, quiz.UpdatedAt);
}

/// <summary>The question and its options in one language.</summary>
public sealed record QuizText(string QuizId, string Lang, string Question, string Opt1, string Opt2, string? Opt3, string? Opt4, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>In the language that the user reads.</summary>
    public static QuizText Of(Quiz quiz, string? lang)
    {
        var text = quiz.Translations.Choose(lang, quiz.DefaultLang);
        return new(quiz.Id, text.Lang, text.Question, text.Opt1, text.Opt2, text.Opt3, text.Opt4, text.CreatedAt, text.UpdatedAt);
    }
}

public enum ProgressStatus { NotStarted, InProgress, Completed }

/// <summary>What the user made of a quiz; the right answer only once they have given theirs.</summary>
public sealed record QuizProgress(ProgressStatus Status, QuizOutcome? Outcome = null, QuizOption? Answer = null, QuizOption? CorrectAnswer = null, DateTimeOffset? CompletedAt = null)
{
    /// <param name="log">Null: they have not answered it.</param>
    public static QuizProgress Of(Quiz quiz, QuizLog? log) => log is null
        ? new(ProgressStatus.NotStarted)
        : new(ProgressStatus.Completed, log.Outcome, log.Answer, quiz.CorrectAnswer, log.CompletedAt);
}
