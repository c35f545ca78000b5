using System.Text.Json;
using AWorld.Activities;
using AWorld.Learning;
using AWorld.Platform;

namespace AWorld.Game;

/// <summary>What a client says a user did, checked but not yet applied: an activity, or a quiz.</summary>
/// <param name="CompletedAt">Null: now.</param>
public abstract record PlayerInput(DateTimeOffset? CompletedAt)
{
    /// <summary>The id that the client chose for the log. Null: one is derived.</summary>
    internal abstract string? ChosenId { get; }

    /// <summary>The document whose existence says that it was taken, so that it is once for ever. Null: it is whenever it is said.</summary>
    internal abstract string? MarkerId { get; }

    /// <summary>Another marker that it leaves, in place of one that is there.</summary>
    internal virtual string? LastMarkerId => null;

    /// <summary>The marker is another one's.</summary>
    internal abstract Error TakenOtherwise { get; }

    /// <summary>The tags of what was done, or why it cannot be.</summary>
    internal abstract Result<string[]> EntityTags(GameConfiguration game);

    /// <summary>Once <see cref="EntityTags"/> has found that it can be done.</summary>
    internal abstract Logged Log(GameConfiguration game, Subject user, string[] tags, string derivedId, DateTimeOffset now);

    internal abstract Answer AnswerOf(Tenant tenant, string userId, JournalEntry entry, string sourceRegion);
}

/// <summary>What was done as the rules see it and as it is journaled.</summary>
readonly record struct Logged(GameEvent Event, ActivityLog? Activity = null, QuizLog? Quiz = null);

/// <summary>An activity that a user did.</summary>
/// <param name="ActivityLogId">Chosen by the client: the same one is applied once, for ever. Null: one is derived.</param>
public sealed record ActionInput(
    string ActivityId,
    Outcome? Outcome = null,
    decimal? Value = null,
    IReadOnlyList<string>? Tags = null,
    JsonElement? AdditionalData = null,
    string? ActivityLogId = null,
    DateTimeOffset? CompletedAt = null) : PlayerInput(CompletedAt)
{
    internal override string? ChosenId => ActivityLogId;

    internal override string? MarkerId => ActivityLogId is { } id ? PlayerDocuments.Action(id) : null;

    internal override Error TakenOtherwise => Error.AlreadyExists("activity log", ActivityLogId!) with { Message = $"activity log '{ActivityLogId}' already exists with other content" };

    internal override Result<string[]> EntityTags(GameConfiguration game) =>
        game.ActivityTags(ActivityId) is { } tags ? tags : Error.Invalid("activityId", "is not a published activity of this workspace");

    internal override Logged Log(GameConfiguration game, Subject user, string[] tags, string derivedId, DateTimeOffset now)
    {
        var log = new ActivityLog(ActivityLogId ?? derivedId, ActivityId, Outcome, Value, Tags, AdditionalData, CompletedAt ?? now);
        return new(Engine.EventOf(log, user.Id, tags), log);
    }

    internal override Answer AnswerOf(Tenant tenant, string userId, JournalEntry entry, string sourceRegion) => Answer.Created(ActivityLogView.Of(tenant, userId, entry, sourceRegion));
}
