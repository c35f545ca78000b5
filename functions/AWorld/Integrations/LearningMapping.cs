using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using AWorld.Activities;
using AWorld.Expressions;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Platform;

namespace AWorld.Integrations;

/// <summary>What something in a learning system is here: an activity or a quiz.</summary>
/// <param name="Type">The type of event.</param>
/// <param name="Source">Only of this source; null: of any.</param>
/// <param name="ObjectId">The learning system's id of the course or quiz; <c>*</c>: any.</param>
/// <param name="When">Sees <c>event</c> with its type, source, subject, time and data; null: always.</param>
/// <param name="Value">Of the activity log; null: 1.</param>
/// <param name="Answer">Of the quiz log: <c>opt1</c> to <c>opt4</c>, which the quiz judges. Null: only the outcome is known.</param>
/// <param name="Outcome">Of the quiz log where there is no answer: true or SUCCESS, false or FAIL. Null: what the event says.</param>
sealed record LearningMapping(
    [property: Required, AllowedValues(InboundTypes.CourseCompleted, InboundTypes.CourseFailed, InboundTypes.QuizAnswered, ErrorMessage = "must be a type of event of a learning system")] string? Type,
    [property: Text(InboundEvent.MostCharacters)] string? Source,
    [property: Required, Text(256)] string? ObjectId,
    [property: Id] string? ActivityId,
    [property: Id] string? QuizId,
    [property: ExpressionField("LearningMapping.when")] Expression? When,
    [property: ExpressionField("LearningMapping.value")] Expression? Value,
    [property: ExpressionField("LearningMapping.answer")] Expression? Answer,
    [property: ExpressionField("LearningMapping.outcome")] Expression? Outcome) : IChecked
{
    public const string Any = "*";

    public void Check(Problems problems) => problems
        .When(ActivityId is null == QuizId is null, "activityId", "name an activity by activityId or a quiz by quizId")
        .When(Value is not null && ActivityId is null, "value", "is of activities; a quiz has an outcome")
        .When(Answer is not null && QuizId is null, "answer", "is of quizzes")
        .When(Outcome is not null && QuizId is null, "outcome", "is of quizzes; an activity's is the event's");

    public Reference Mapped(string field) => QuizId is { } quizId
        ? new($"{field}.quizId", EntityType.Quiz, quizId)
        : new($"{field}.activityId", EntityType.Activity, ActivityId!);

    /// <summary>What the user did by it.</summary>
    /// <param name="said">The outcome that the event tells.</param>
    /// <param name="logId">The log's own id, whatever it is mapped to.</param>
    public Result<PlayerInput> Input(Variables seen, Outcome? said, JsonElement rest, string logId, DateTimeOffset? at)
    {
        if (QuizId is null)
        {
            var value = Value?.Evaluate(seen).AsAmount();
            return Checked(value, rest, at) is { } wrong ? wrong : new ActionInput(ActivityId!, said, value, null, rest, logId, at);
        }
        var (answer, outcome) = (Answer?.Evaluate(seen), Outcome?.Evaluate(seen));
        var (option, result) = (answer is { } given ? OptionOf(given) : null, outcome is { } judged ? OutcomeOf(judged) : OutcomeOf(said));
        return answer is not null && option is null ? Error.Invalid($"the mapping's answer gives {answer} for it; it must give opt1, opt2, opt3 or opt4")
            : outcome is not null && option is null && result is null ? Error.Invalid($"the mapping's outcome gives {outcome} for it; it must give true, false, SUCCESS or FAIL")
            : Checked(null, rest, at) is { } refused ? refused
            : new QuizInput(QuizId, option, option is null ? result : null, logId, AdditionalData: rest, CompletedAt: at);
    }

    static Error? Checked(decimal? value, JsonElement rest, DateTimeOffset? at)
    {
        var problems = new Problems();
        new LogActivity.Request(null, null, null, value, null, rest, null, at).Check(problems);
        return problems.Found.Count > 0 ? Error.Invalid(problems.Found) : null;
    }

    static QuizOption? OptionOf(Value value) => value.Kind != ValueKind.Text ? null : value.ToJson().GetString() switch
    {
        "opt1" => QuizOption.Opt1,
        "opt2" => QuizOption.Opt2,
        "opt3" => QuizOption.Opt3,
        "opt4" => QuizOption.Opt4,
        _ => null,
    };

    static QuizOutcome? OutcomeOf(Value value) => (value.Kind, value.IsTruthy) switch
    {
        (ValueKind.Boolean, true) => QuizOutcome.Success,
        (ValueKind.Boolean, false) => QuizOutcome.Fail,
        (ValueKind.Text, _) => value.ToJson().GetString() switch { "SUCCESS" => QuizOutcome.Success, "FAIL" => QuizOutcome.Fail, _ => null },
        _ => null,
    };

    static QuizOutcome? OutcomeOf(Outcome? said) => said switch
    {
        Activities.Outcome.Success => QuizOutcome.Success,
        Activities.Outcome.Failure => QuizOutcome.Fail,
        _ => null,
    };
}
