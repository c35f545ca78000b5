using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Activities;
using AWorld.Learning;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Integrations;

/// <summary>Whom an event is about: the first of userId, externalId and email that is there says it.</summary>
abstract record AboutUser : IChecked
{
    /// <summary>The platform's own id.</summary>
    [Id] public string? UserId { get; init; }

    /// <summary>The customer's own id of the person.</summary>
    [Id] public string? ExternalId { get; init; }

    [Email] public virtual string? Email { get; init; }

    public virtual void Check(Problems problems) =>
        problems.When(UserId is null && ExternalId is null && Email is null, "externalId", "name the user: by externalId, email or userId, or by their externalId as the event's subject");
}

/// <summary>Data of <c>aworld.activity.completed</c>.</summary>
sealed record CompletedActivity : AboutUser
{
    [Required, Id] public string? ActivityId { get; init; }
    public Outcome? Outcome { get; init; }

    /// <summary>1 when there is none.</summary>
    public decimal? Value { get; init; }

    [MaxLength(50), Text(128)] public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Kept with the activity log; expressions see it.</summary>
    public JsonElement? AdditionalData { get; init; }

    /// <summary>When it was done; the event's time when there is none.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    public override void Check(Problems problems)
    {
        base.Check(problems);
        new LogActivity.Request(ActivityId, UserId, Outcome, Value, Tags, AdditionalData, null, CompletedAt).Check(problems);
    }
}

/// <summary>As quiz logs say it; FAILURE, as activities do, is FAIL.</summary>
enum ToldOutcome { Success, Fail, Failure }

/// <summary>Data of <c>aworld.quiz.completed</c>.</summary>
sealed record CompletedQuiz : AboutUser
{
    [Required, Id] public string? QuizId { get; init; }

    [Required] public ToldOutcome? Outcome { get; init; }

    /// <summary>Kept with the quiz log; expressions see it.</summary>
    public JsonElement? AdditionalData { get; init; }

    /// <summary>When it was answered; the event's time when there is none.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    public override void Check(Problems problems)
    {
        base.Check(problems);
        new LogActivity.Request(QuizId, UserId, null, null, null, AdditionalData, null, CompletedAt).Check(problems);
    }
}

/// <summary>Data of <c>aworld.activity.retracted</c>: the action is named by its log, or by the event that brought it.</summary>
sealed record RetractedActivity : AboutUser
{
    [Id] public string? ActivityLogId { get; init; }

    [Id] public string? QuizLogId { get; init; }

    /// <summary>The id of the event that brought the action.</summary>
    [Text(InboundEvent.MostCharacters)] public string? EventId { get; init; }

    /// <summary>Its source; this event's own when there is none.</summary>
    [Text(InboundEvent.MostCharacters)] public string? EventSource { get; init; }

    [StringLength(500, MinimumLength = 1)] public string? Reason { get; init; }

    /// <param name="source">Of this event.</param>
    public string LogId(string source) => ActivityLogId ?? QuizLogId ?? InboundEvent.KeyOf(EventSource ?? source, EventId!);

    [JsonIgnore]
    public EntityType? Of => ActivityLogId is not null ? EntityType.Activity : QuizLogId is not null ? EntityType.Quiz : null;

    public override void Check(Problems problems)
    {
        base.Check(problems);
        problems.When(new[] { ActivityLogId, QuizLogId, EventId }.Count(static name => name is not null) != 1, "activityLogId", "name the action by activityLogId, by quizLogId or by eventId");
    }
}

/// <summary>Data of <c>lms.course.completed</c> and <c>lms.course.failed</c>; whatever else it holds, mappings see.</summary>
sealed record EndedCourse : AboutUser
{
    /// <summary>The learning system's id of the course.</summary>
    [Required, Text(256)] public string? CourseId { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>Data of <c>lms.quiz.answered</c>; whatever else it holds, mappings see.</summary>
sealed record AnsweredQuiz : AboutUser
{
    /// <summary>The learning system's id of the quiz.</summary>
    [Required, Text(256)] public string? QuizId { get; init; }

    public Outcome? Outcome { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>
/// Data of <c>hr.worker.hired</c>, <c>hr.worker.changed</c> and <c>hr.worker.left</c>. A field that is not there stays as
/// it is; one that is null is taken away.
/// </summary>
record WorkerData : AboutUser
{
    [Text(50)] public string? FirstName { get; init; }
    [Text(50)] public string? LastName { get; init; }
    [Users.Nickname] public string? Nickname { get; init; }
    [Language] public string? Lang { get; init; }
    [TimeZoneName] public string? Timezone { get; init; }
    [Text(TextAttribute.Name)] public string? Department { get; init; }
    [Text(TextAttribute.Name)] public string? Location { get; init; }
    [Text(TextAttribute.Name)] public string? Manager { get; init; }
    [Text(TextAttribute.Name)] public string? CostCenter { get; init; }
}

/// <summary>A new worker needs an e-mail address, by which they sign in.</summary>
sealed record HiredWorker : WorkerData
{
    [Required, Email] public override string? Email { get; init; }
}

sealed record LeftWorker : WorkerData
{
    /// <summary>From when they are no user any more; the event's time when there is none.</summary>
    public DateTimeOffset? LeftAt { get; init; }
}
