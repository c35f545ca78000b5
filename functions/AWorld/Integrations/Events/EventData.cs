using System.Text.Json;
using AWorld.Activities;
using AWorld.Badges;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Rewards;

namespace AWorld.Integrations.Events;

/// <summary>A user did an activity, or somebody logged it for them.</summary>
/// <param name="Value">1 when the client gave none.</param>
/// <param name="AdditionalData">As the client gave it; left out when it is larger than 64 kB.</param>
/// <param name="CompletedAt">When it was done, which may be before it was logged.</param>
public sealed record ActivityLogged(
    string UserId, string ActivityLogId, string ActivityId, Outcome? Outcome, decimal Value, IReadOnlyList<string>? Tags, JsonElement? AdditionalData, DateTimeOffset CompletedAt);

/// <summary>An activity was taken back, with what it had caused: transactions, badges and missions tell of that by themselves.</summary>
/// <param name="Reason">As the client gave it.</param>
public sealed record ActivityRetracted(string UserId, string ActivityLogId, string? Reason);

/// <summary>A user answered a quiz, or somebody logged that for them.</summary>
/// <param name="Answer">Null: only the outcome was reported.</param>
/// <param name="Context">Where it was answered.</param>
/// <param name="AdditionalData">As the client gave it; left out when it is larger than 64 kB.</param>
/// <param name="CompletedAt">When it was answered, which may be before it was logged.</param>
public sealed record QuizCompleted(
    string UserId, string QuizLogId, string QuizId, QuizOutcome Outcome, QuizOption? Answer, Difficulty Difficulty, string Lang, string Context, string? ParentId, LearningParent? ParentType,
    JsonElement? AdditionalData, DateTimeOffset CompletedAt);

/// <summary>The answer to a quiz was taken back, with what it had caused: transactions, badges and missions tell of that by themselves.</summary>
/// <param name="Reason">As the client gave it.</param>
public sealed record QuizRetracted(string UserId, string QuizLogId, string? Reason);

/// <summary>A mission came to a user or to a group; one of <paramref name="UserId"/> and <paramref name="GroupTagId"/> says to whom.</summary>
/// <param name="MissionRuleId">Null: it was given by hand.</param>
/// <param name="EndsAt">Exclusive; null: never.</param>
/// <param name="TargetAmount">Null until the mission becomes active.</param>
public sealed record MissionGiven(
    string? UserId, string? GroupTagId, string MissionId, MissionType MissionType, string MissionConfigurationId, string? MissionRuleId, string PeriodId,
    DateTimeOffset StartsAt, DateTimeOffset? EndsAt, decimal CurrentAmount, decimal? TargetAmount);

/// <summary>A mission of a user or a group moved on.</summary>
/// <param name="Amount">What was added, in the mission's own unit.</param>
/// <param name="CurrentAmount">Where it stands then.</param>
/// <param name="ActivityLogId">The activity that moved it; null: it was several, or something else.</param>
/// <param name="QuizLogId">The quiz that moved it; null likewise.</param>
public sealed record MissionProgressed(string? UserId, string? GroupTagId, string MissionId, decimal Amount, decimal CurrentAmount, bool IsCompleted, string? ActivityLogId, string? QuizLogId);

/// <summary>A mission reached its target: once. A group's does when its period has ended and its count is final.</summary>
/// <param name="MissionRuleId">Null: the mission had been given by hand.</param>
public sealed record MissionCompleted(
    string? UserId, string? GroupTagId, string MissionId, string? MissionConfigurationId, string? MissionRuleId, string? PeriodId, decimal CurrentAmount, DateTimeOffset CompletedAt);

/// <summary>A reward rule paid a user. The transaction's own events tell of it too.</summary>
/// <param name="Amount">In the currency's own unit.</param>
/// <param name="State">PENDING: the user has to redeem it.</param>
public sealed record RewardGranted(string UserId, string RewardRuleId, string VirtualCurrencyId, decimal Amount, string VirtualTransactionId, RedemptionMode RedemptionMode, TransactionState State);

/// <summary>A reward rule awarded a user a badge: once for each mission, activity or quiz that was completed.</summary>
/// <param name="SourceEntityId">The mission, or the log of the activity or quiz.</param>
/// <param name="Count">How often the user has the badge with it.</param>
public sealed record BadgeAwarded(string UserId, string BadgeConfigurationId, string BadgeLogId, BadgeSource SourceEntityType, string SourceEntityId, string RewardRuleId, long Count);

/// <summary>What a badge had been awarded for was taken back, so the badge was too.</summary>
/// <param name="BadgeLogIds">Those of the awards that count no more.</param>
/// <param name="Count">How often the user still has the badge; 0: they have it no more.</param>
public sealed record BadgeRevoked(string UserId, string BadgeConfigurationId, IReadOnlyList<string> BadgeLogIds, long Count);

/// <summary>A movement of a currency began to wait, was carried out, was turned down or has expired; the event's type says which.</summary>
/// <param name="Amount">Positive, in the currency's own unit.</param>
/// <param name="InitiatorType">With the fields that follow: of a transaction that did not wait before.</param>
/// <param name="Reason">Why it was rejected.</param>
public sealed record TransactionMoved(
    string UserId, string VirtualTransactionId, string VirtualCurrencyId, Direction Direction, decimal Amount,
    InitiatorType? InitiatorType, string? Initiator, CounterpartType? CounterpartType, string? Counterpart, string? VirtualTransactionGroupId, DateTimeOffset? ExpiresAt, string? Reason);
