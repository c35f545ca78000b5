using System.Text.Json;
using AWorld.Game;
using AWorld.Integrations.Webhooks;
using AWorld.Leaderboards;
using AWorld.Missions;
using AWorld.Rewards;
using AWorld.Users;

namespace AWorld.Integrations.Events;

/// <summary>All events of the product: one row each. Those of one step are told in the order of the rows.</summary>
static class ProductEvents
{
    const int MostDataCharacters = 64 * 1024;

    public static readonly IReadOnlyList<EventType> All =
    [
        EventType.OfWorkspace<UserCreated>(UserEvents.Created),
        EventType.OfWorkspace<UserUpdated>(UserEvents.Updated),
        EventType.OfWorkspace<UserErased>(UserEvents.Erased),
        EventType.OfJournal("activity.logged", static step => step.Entry.Activity is { } log
            ? [new ActivityLogged(step.Owner, log.ActivityLogId, log.ActivityId, log.Outcome, log.Value ?? 1, log.Tags, Bounded(log.AdditionalData), log.CompletedAt)]
            : Array.Empty<ActivityLogged>()),
        EventType.OfJournal("quiz.completed", static step => step.Entry.Quiz is { } log
            ? [new QuizCompleted(step.Owner, log.QuizLogId, log.QuizId, log.Outcome, log.Answer, log.Difficulty, log.Lang, log.Context, log.ParentId, log.ParentType, Bounded(log.AdditionalData), log.CompletedAt)]
            : Array.Empty<QuizCompleted>()),
        EventType.OfJournal("activity.retracted", static step => step.Entry.Retracted is { ActivityLogId: { } log } taken ? [new ActivityRetracted(step.Owner, log, taken.Reason)] : Array.Empty<ActivityRetracted>()),
        EventType.OfJournal("quiz.retracted", static step => step.Entry.Retracted is { Quiz: { } quiz } taken ? [new QuizRetracted(step.Owner, quiz.QuizLogId, taken.Reason)] : Array.Empty<QuizRetracted>()),
        EventType.OfJournal("mission.assigned", static step =>
            from one in step.Entry.Assigned
            let copy = one.Definition
            select new MissionGiven(
                step.UserId, step.GroupTagId, one.MissionId, copy.MissionType, copy.MissionConfigurationId, copy.MissionRuleId, copy.PeriodId, copy.StartsAt, copy.EndsAt, one.Current, one.Target)),
        EventType.OfJournal("mission.progressed", static step =>
            from log in step.Entry.MissionLogs
            where log.Amount != 0
            select new MissionProgressed(step.UserId, step.GroupTagId, log.MissionId, log.Amount, log.CurrentAmount, log.Completed, step.Entry.Activity?.ActivityLogId, step.Entry.Quiz?.QuizLogId)),
        EventType.OfJournal("mission.completed", static step =>
            from log in step.Entry.MissionLogs
            where log.Completed
            select new MissionCompleted(
                step.UserId, step.GroupTagId, log.MissionId, log.MissionConfigurationId, log.Of?.MissionRuleId, log.Of?.PeriodId, log.CurrentAmount, step.Entry.DoneAt)),
        EventType.OfJournal("reward.granted", static step =>
            from paid in step.Entry.Transactions
            where paid is { InitiatorType: InitiatorType.RewardRule, Direction: Direction.Credit, State: TransactionState.Completed or TransactionState.Pending }
            select new RewardGranted(step.Owner, paid.Initiator, paid.VirtualCurrencyId, paid.Amount, paid.VirtualTransactionId, paid.RedemptionMode, paid.State)),
        EventType.OfJournal("badge.awarded", static step =>
            from log in step.Entry.Badges
            select new BadgeAwarded(step.Owner, log.BadgeConfigurationId, log.BadgeLogId, log.SourceEntityType, log.SourceEntityId, log.RewardRuleId, log.Count)),
        EventType.OfJournal("badge.revoked", static step =>
            from taken in step.Entry.Retracted?.Badges ?? []
            select new BadgeRevoked(step.Owner, taken.BadgeConfigurationId, taken.BadgeLogIds, taken.Count)),
        Transactions("transaction.pending", TransactionState.Pending),
        Transactions("transaction.completed", TransactionState.Completed),
        Transactions("transaction.rejected", TransactionState.Rejected),
        Transactions("transaction.expired", TransactionState.Expired),
        EventType.OfWorkspace<RuleEvent>(RuleEvent.Activated),
        EventType.OfWorkspace<RuleEvent>(RuleEvent.PeriodStarted),
        EventType.OfWorkspace<RuleEvent>(RuleEvent.PeriodSettled),
        EventType.OfWorkspace<RuleEvent>(RuleEvent.Ended),
        EventType.OfWorkspace<LeaderboardEnded>(BoardLifecycle.Ended),
        EventType.OfWorkspace<WebhookEndpointDisabled>(WebhookEvents.Disabled),
        EventType.OfWorkspace<WebhookTested>(DeliveryLog.Tested),
    ];

    static EventType Transactions(string name, TransactionState state) => EventType.OfJournal(name, step =>
        (from born in step.Entry.Transactions
         where born.State == state
         select new TransactionMoved(
             step.Owner, born.VirtualTransactionId, born.VirtualCurrencyId, born.Direction, born.Amount,
             born.InitiatorType, born.Initiator, born.CounterpartType, born.Counterpart, born.VirtualTransactionGroupId, born.ExpiresAt, born.Reason))
        .Concat(
         from settled in step.Entry.Settled
         where settled.State == state
         select new TransactionMoved(
             step.Owner, settled.VirtualTransactionId, settled.VirtualCurrencyId, settled.Signed > 0 ? Direction.Credit : Direction.Debit, Math.Abs(settled.Signed),
             null, null, null, null, null, null, settled.Reason)));

    /// <summary>A message has a limit, and what a client adds to a log nearly none.</summary>
    static JsonElement? Bounded(JsonElement? data) => data is { } given && given.GetRawText().Length > MostDataCharacters ? null : data;
}
