using System.Runtime.InteropServices;
using System.Text.Json;
using AWorld.Activities;
using AWorld.Expressions;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Platform;
using AWorld.Tenancy;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Integrations;

/// <summary>What an event asks for, read and checked.</summary>
/// <param name="Apply">Applies it to the user, null where it makes one.</param>
sealed record Intent(AboutUser About, Func<UserProfile?, CancellationToken, ValueTask<Result<Applied>>> Apply)
{
    /// <summary>Why it would be refused, as things are.</summary>
    public Func<UserProfile?, CancellationToken, ValueTask<Error?>> Check { get; init; } = static (_, _) => new((Error?)null);

    /// <summary>It is taken though nobody knows the user.</summary>
    public bool MakesUser { get; init; }

    /// <summary>The log of the action that it takes back; null: it takes none back.</summary>
    public string? TakesBack { get; init; }
}

/// <summary>What an event did.</summary>
/// <param name="Now">False: it had been applied.</param>
/// <param name="UserId">Of the user it made or found by other names; null: the one it is about.</param>
/// <param name="Overtaken">What it says though a later event had spoken of it, and so did not do.</param>
sealed record Applied(bool Now, string? UserId = null, IReadOnlyList<string>? Overtaken = null);

/// <summary>The types of events that come in, and what each asks for.</summary>
sealed class InboundTypes(Actions actions, Retractions retractions, WorkerEvents workers, WorkspaceClocks clocks, IOptions<GameOptions> options)
{
    public const string ActivityCompleted = "aworld.activity.completed", ActivityRetracted = "aworld.activity.retracted", QuizCompleted = "aworld.quiz.completed";
    public const string WorkerHired = "hr.worker.hired", WorkerChanged = "hr.worker.changed", WorkerLeft = "hr.worker.left";
    public const string CourseCompleted = "lms.course.completed", CourseFailed = "lms.course.failed", QuizAnswered = "lms.quiz.answered";

    /// <summary>The shape of each type's data.</summary>
    public static readonly IReadOnlyDictionary<string, Type> Data = new Dictionary<string, Type>
    {
        [ActivityCompleted] = typeof(CompletedActivity),
        [ActivityRetracted] = typeof(RetractedActivity),
        [QuizCompleted] = typeof(CompletedQuiz),
        [WorkerHired] = typeof(HiredWorker),
        [WorkerChanged] = typeof(WorkerData),
        [WorkerLeft] = typeof(LeftWorker),
        [CourseCompleted] = typeof(EndedCourse),
        [CourseFailed] = typeof(EndedCourse),
        [QuizAnswered] = typeof(AnsweredQuiz),
    };

    public Result<Intent> Read(Tenant tenant, InboundSettings settings, InboundEvent sent, Sender by) =>
        Untimely(tenant, sent) is { } wrong ? wrong : ReadType(tenant, settings, sent, by);

    /// <summary>What is said of the future would stay the latest word until then.</summary>
    Error? Untimely(Tenant tenant, InboundEvent sent) =>
        sent.Time < LogActivity.Request.Earliest ? Error.Invalid("time", LogActivity.Request.TooEarly)
        : sent.Time > clocks.Now(tenant) + options.Value.ClockSkew ? Error.Invalid("time", "is in the future")
        : null;

    Result<Intent> ReadType(Tenant tenant, InboundSettings settings, InboundEvent sent, Sender by) => sent.Type switch
    {
        ActivityCompleted => Parse<CompletedActivity>(sent).Map(data => Acts(tenant, data, by, InData,
            new ActionInput(data.ActivityId!, data.Outcome, data.Value, data.Tags, data.AdditionalData, sent.Key, data.CompletedAt ?? sent.Time))),
        ActivityRetracted => Parse<RetractedActivity>(sent).Map(data => new Intent(data, async (user, stop) => Taken(await retractions.Retract(
            tenant, user!.UserId, data.LogId(sent.Source), data.Of, data.Reason, by.Actor, null, stop), static error => error)) { TakesBack = data.LogId(sent.Source) }),
        QuizCompleted => Parse<CompletedQuiz>(sent).Map(data => Acts(tenant, data, by, InData,
            new QuizInput(data.QuizId!, Outcome: data.Outcome == ToldOutcome.Success ? QuizOutcome.Success : QuizOutcome.Fail, QuizLogId: sent.Key, AdditionalData: data.AdditionalData, CompletedAt: data.CompletedAt ?? sent.Time))),
        CourseCompleted => Parse<EndedCourse>(sent) is var read && read.Error is { } wrong ? wrong : Learned(tenant, settings, sent, by, read.Value, read.Value.CourseId!, Outcome.Success, read.Value.CompletedAt),
        CourseFailed => Parse<EndedCourse>(sent) is var read && read.Error is { } wrong ? wrong : Learned(tenant, settings, sent, by, read.Value, read.Value.CourseId!, Outcome.Failure, read.Value.CompletedAt),
        QuizAnswered => Parse<AnsweredQuiz>(sent) is var read && read.Error is { } wrong ? wrong : Learned(tenant, settings, sent, by, read.Value, read.Value.QuizId!, read.Value.Outcome, read.Value.CompletedAt),
        WorkerHired or WorkerChanged or WorkerLeft when sent.Time is null => Error.Invalid("time", $"is required of {sent.Type}: what is said last, wins"),
        WorkerHired => Parse<HiredWorker>(sent).Map(data => new Intent(data, (user, stop) => workers.Hired(tenant, user, sent, data, by, stop))
        {
            MakesUser = true, Check = (user, stop) => workers.Refusal(tenant, user, data, stop),
        }),
        WorkerChanged => Parse<WorkerData>(sent).Map(data => new Intent(data, (user, stop) => workers.Changed(tenant, user!, sent, data, by, stop))),
        WorkerLeft => Parse<LeftWorker>(sent).Map(data => new Intent(data, (user, stop) => workers.Left(tenant, user!, sent, data, by, stop))),
        _ => Error.Invalid("type", $"'{sent.Type}' is not one of {string.Join(", ", Data.Keys)}"),
    };

    static Result<T> Parse<T>(InboundEvent sent) where T : AboutUser
    {
        var parsed = Body<T>.Parse(JsonMarshal.GetRawUtf8Value(WithUser(sent)).ToArray());
        return parsed.Error is { } wrong ? InData(wrong) : parsed;
    }

    /// <summary>By what data names a user; the first that is there says who it is.</summary>
    public static readonly string[] Naming = ["userId", "externalId", "email"];

    /// <summary>All names that an event, which may be wrong otherwise, gives its user.</summary>
    public static List<HeldUser> NamesOf(InboundEvent sent) => WithUser(sent) is { ValueKind: JsonValueKind.Object } data
        ? [.. from kind in Naming where data.TryGetProperty(kind, out var value) && value.ValueKind == JsonValueKind.String let text = data.GetProperty(kind).GetString()!
              where kind == "email" ? EmailAddress.IsValid(text) : Ids.IsClientId(text)
              select new HeldUser(kind, kind == "email" ? EmailAddress.Normalize(text) : text)]
        : [];

    /// <summary>Where the data names nobody, the event's subject is the customer's own id of the person.</summary>
    static JsonElement WithUser(InboundEvent sent) =>
        sent.Data.ValueKind != JsonValueKind.Object || sent.Subject is not { } subject || !Ids.IsClientId(subject) || Array.Exists(Naming, name => sent.Data.TryGetProperty(name, out _))
            ? sent.Data
            : Json.Element(new Dictionary<string, JsonElement>(Distinct(sent.Data)) { ["externalId"] = Json.Element(subject) });

    static Dictionary<string, JsonElement> Distinct(JsonElement data) =>
        data.EnumerateObject().GroupBy(static one => one.Name).ToDictionary(static one => one.Key, static one => one.Last().Value);

    /// <summary>An error of a request, as one of the data that was made into it.</summary>
    public static Error InData(Error error) => error switch
    {
        { Details: { } details } => Error.Invalid([.. details.Select(static one => one with { Field = $"data.{one.Field}" })]) with { Status = error.Status, Code = error.Code },
        { Status: StatusCodes.Status400BadRequest, Code: "validation/invalid_input" } => Error.Invalid("data", error.Message),
        _ => error,
    };

    Intent Acts(Tenant tenant, AboutUser about, Sender by, Func<Error, Error> explain, PlayerInput action) =>
        new(about, async (user, stop) => Taken(await actions.Take(tenant, user!.UserId, action, by.Actor, null, stop), explain))
        {
            Check = async (user, stop) => await actions.Refusal(tenant, user, action, stop) is { } refused ? explain(refused) : null,
        };

    static Result<Applied> Taken(Result<Answer> taken, Func<Error, Error> explain) => taken.Error switch
    {
        null => new Applied(!taken.Value.Replayed),
        // Its content is the same, so what was made of it then was another mapping's, be it an activity or a quiz.
        { Status: StatusCodes.Status409Conflict, Code: "resource/already_exists" } => new Applied(false),
        { Status: < 500, Code: not "resource/conflict" } refused => explain(refused),
        { } busy => throw new StoreBusyException(busy.RetryAfter ?? TimeSpan.FromSeconds(1)),
    };

    Result<Intent> Learned(Tenant tenant, InboundSettings settings, InboundEvent sent, Sender by, AboutUser about, string objectId, Outcome? outcome, DateTimeOffset? completedAt)
    {
        var variables = new Variables().Set("event", () => Json.Element(new { sent.Type, sent.Source, sent.Subject, sent.Time, sent.Data }));
        var mapping = settings.MappingsOf(sent.Type, objectId)
            .FirstOrDefault(one => (one.Source is null || one.Source == sent.Source) && one.When?.Evaluate(variables).IsTruthy != false);
        if (mapping is null)
        {
            return Error.Invalid("data", $"no mapping of the workspace fits {sent.Type} of '{objectId}'; add one to the inbound settings");
        }
        return mapping.Input(variables, outcome, Rest(sent.Data), sent.Key, completedAt ?? sent.Time) is var input && input.Error is { } wrong
            ? InData(wrong)
            : Acts(tenant, about, by, ByMapping, input.Value);

        Error ByMapping(Error error) => error.Details switch
        {
            [{ Field: "activityId" }, ..] => Error.Invalid("data", $"'{objectId}' is mapped to activity '{mapping.ActivityId}', which is not a published activity of this workspace"),
            [{ Field: "quizId" }, ..] => Error.Invalid("data", $"'{objectId}' is mapped to quiz '{mapping.QuizId}', which is not a published quiz of this workspace"),
            _ => InData(error),
        };
    }

    static readonly HashSet<string> NotKept = ["userId", "externalId", "email", "outcome", "completedAt"];

    /// <summary>What the learning system told besides, for the expressions of missions and rewards.</summary>
    static JsonElement Rest(JsonElement data) =>
        Json.Element(Distinct(data).Where(static one => !NotKept.Contains(one.Key)).ToDictionary());
}
