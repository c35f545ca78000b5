using System.Text.Json;
using AWorld.Game;
using AWorld.Platform;

namespace AWorld.Learning;

/// <summary>How somebody says a user answered a quiz, checked but not yet applied.</summary>
/// <param name="Answer">Judged by the quiz. Null: the outcome is given.</param>
/// <param name="Outcome">Counts where there is no answer.</param>
/// <param name="QuizLogId">Chosen by who reports it: the same one is applied once, for ever. Null: the quiz is answered once in its context.</param>
public sealed record QuizInput(
    string QuizId,
    QuizOption? Answer = null,
    QuizOutcome? Outcome = null,
    string? QuizLogId = null,
    string Context = QuizLog.DefaultContext,
    string? ParentId = null,
    LearningParent? ParentType = null,
    JsonElement? AdditionalData = null,
    DateTimeOffset? CompletedAt = null) : PlayerInput(CompletedAt)
{
    internal override string? ChosenId => QuizLogId;

    internal override string? MarkerId => QuizLogId is { } id ? PlayerDocuments.Action(id) : LastMarkerId;

    /// <summary>What was reported from outside closes the context, too.</summary>
    internal override string? LastMarkerId => PlayerDocuments.Quiz(QuizId, Context);

    internal override Error TakenOtherwise => QuizLogId is { } id
        ? Error.AlreadyExists("quiz log", id) with { Message = $"quiz log '{id}' already exists with other content" }
        : Error.AlreadyExists("quiz", QuizId) with { Message = $"quiz '{QuizId}' was already answered otherwise in the context '{Context}'" };

    internal override Result<string[]> EntityTags(GameConfiguration game) =>
        game.Snapshot.Find<Quiz>(QuizId) is not { } quiz || game.QuizTags(QuizId) is not { } tags ? Error.Invalid("quizId", "is not a published quiz of this workspace")
        : Answer is null && Outcome is null ? Error.Invalid("outcome", "is required when there is no answer")
        : Answer is { } answer && !quiz.Translations.Any(text => text.Has(answer)) ? Error.Invalid("answer", "is not an option of this quiz")
        : tags;

    internal override Logged Log(GameConfiguration game, Subject user, string[] tags, string derivedId, DateTimeOffset now)
    {
        var quiz = game.Snapshot.Find<Quiz>(QuizId)!;
        var outcome = Answer is { } answer ? answer == quiz.CorrectAnswer ? QuizOutcome.Success : QuizOutcome.Fail : Outcome!.Value;
        var log = new QuizLog(QuizLogId ?? derivedId, QuizId, Answer, outcome, quiz.Difficulty, quiz.Translations.Choose(user.Lang, quiz.DefaultLang).Lang,
            Context, ParentId, ParentType, AdditionalData, CompletedAt ?? now);
        return new(Engine.EventOf(log, user.Id, tags), Quiz: log);
    }

    internal override Answer AnswerOf(Tenant tenant, string userId, JournalEntry entry, string sourceRegion) => Platform.Answer.Ok(QuizLogView.Of(tenant, userId, entry, sourceRegion));
}
