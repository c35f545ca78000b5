using System.Text.Json;
using AWorld.Authorization;
using AWorld.Expressions;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Users;

namespace AWorld.Activities;

/// <summary>
/// Why an action, be it an activity or a quiz, did, or did not, count and pay. The journal keeps which rules were met, at which version, and what
/// came of each; their operands are computed again from the versions and the event of then. Of the user only the
/// present state is known, so the answer tells when that has changed since.
/// </summary>
static class ExplainActivityLog
{
    sealed record Explained(JsonElement Expression, JsonElement Result, IReadOnlyList<ExplainedStep> Steps, string? Problem);

    sealed record Paid(string VirtualTransactionId, string VirtualCurrencyId, Direction Direction, decimal Amount, TransactionState State, string? Reason);

    sealed record Awarded(string BadgeLogId, string BadgeConfigurationId);

    /// <param name="Event">The mission whose completion it met; null: the action itself.</param>
    /// <param name="Condition">Null when the version it had then cannot be read any more.</param>
    sealed record ExplainedRule(
        ConsideredKind Kind, string Id, long? Version, string? Name, Verdict Verdict, string? Event, Explained? Condition, IReadOnlyList<Explained>? Amounts, IReadOnlyList<Paid>? Transactions,
        IReadOnlyList<Awarded>? Badges = null);

    sealed record ExplainedMission(string MissionId, string MissionConfigurationId, decimal Amount, decimal CurrentAmount, decimal? TargetAmount, bool Completed, Explained? Increment);

    sealed record Response(
        ActivityLogView? ActivityLog, QuizLogView? QuizLog, bool UserChangedSince, IReadOnlyList<ExplainedRule> Rules, IReadOnlyList<ExplainedMission> Missions, IReadOnlyList<MissionView> AssignedMissions,
        RetractionView? Retraction);

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, operation) in new[] { ("activity-logs/{activityLogId}", "activityLogs"), ("quiz-logs/{quizLogId}", "quizLogs") })
        {
            routes.MapGet($"/app/v1/{path}/explanation", Handle).Operation($"{operation}/explain").Requires(Permission.ReadOwn).RequiresUser().Produces<Response>();
        }
    }

    static async Task<IResult> Handle(
        HttpContext http, Caller caller, Players players, Retractions retractions, UserDirectory users, Snapshots snapshots, IDocumentStore store,
        Microsoft.Extensions.Options.IOptions<PlatformOptions> platform, CancellationToken stop)
    {
        var tenant = caller.Tenant;
        var (activityLogId, quizLogId) = (http.GetRouteValue("activityLogId") as string, http.GetRouteValue("quizLogId") as string);
        if (await users.Find(tenant, caller.User, stop) is not { } user
            || await players.Journal.ActionEntry(tenant, caller.User, activityLogId ?? quizLogId!, stop) is not { } entry || entry.Quiz is null != quizLogId is null)
        {
            return new Problem(quizLogId is null ? Error.NotFound("activity log", activityLogId!) : Error.NotFound("quiz log", quizLogId));
        }
        var snapshot = await snapshots.Get(tenant, stop);
        var missions = new Dictionary<string, MissionProgress>(StringComparer.Ordinal);
        foreach (var missionId in entry.MissionLogs.Select(log => log.MissionId).Concat(entry.Considered.Where(one => one.Kind == ConsideredKind.Mission).Select(one => one.Id)).Distinct())
        {
            if (await players.Mission(tenant, caller.User, missionId, stop) is { } mission)
            {
                missions[missionId] = mission;
            }
        }
        var retraction = await retractions.Of(tenant, caller.User, entry.Seq, stop);
        var told = new Telling(entry, Subject.Of(user), missions);
        var rules = new List<ExplainedRule>();
        foreach (var considered in entry.Considered)
        {
            rules.Add(considered.Kind switch
            {
                ConsideredKind.RewardRule => told.Reward(considered, await Then(snapshot, RewardRules.Resource, considered)),
                ConsideredKind.MissionRule => told.Assignment(considered, await Then(snapshot, MissionRules.Resource, considered)),
                _ => told.Mission(considered),
            });
        }
        return Answer.Ok(new Response(
            entry.Activity is null ? null : ActivityLogView.Of(tenant, caller.User, entry, platform.Value.SourceRegion) with { RetractedAt = retraction?.At },
            entry.Quiz is null ? null : QuizLogView.Of(tenant, caller.User, entry, platform.Value.SourceRegion) with { RetractedAt = retraction?.At }, user.UpdatedAt > entry.At, rules,
            [.. entry.MissionLogs.Where(log => missions.ContainsKey(log.MissionId)).Select(told.Progress)],
            [.. entry.Assigned.Select(assigned => MissionView.Of(
                new(assigned.MissionId, assigned.Definition.Key, assigned.Current, assigned.Target, null, entry.At, entry.At) { Definition = assigned.Definition }, caller.User, entry.At))],
            retraction is null ? null : RetractionView.Of(caller.User, retraction)));

        // The rule as it was when the action met it.
        async ValueTask<T?> Then<T>(Snapshot snapshot, Resource<T> resource, Consideration considered) where T : Configured =>
            snapshot.FindAtAnyStage<T>(considered.Id) is { } now && now.Version == considered.Version ? now
            : await store.Read(resource.In(tenant), DocumentIds.Version(considered.Id, considered.Version), stop) is { } document ? Json.Read<HistoryEntry>(document.Body).Head.Entity<T>()
            : null;
    }

    /// <summary>One entry, its events and operands.</summary>
    sealed class Telling(JournalEntry entry, Subject user, Dictionary<string, MissionProgress> missions)
    {
        public ExplainedRule Reward(Consideration considered, RewardRule? rule)
        {
            var variables = Variables(considered.Event);
            return new(considered.Kind, considered.Id, considered.Version, rule?.Name, considered.Verdict, considered.Event,
                rule is null ? null : Explain(rule.MatchCondition, variables),
                rule is null || considered.Verdict is Verdict.ConditionFalse or Verdict.NotNeeded ? null : [.. rule.Rewards.Select(reward => reward.Expression).OfType<Expression>().Select(amount => Explain(amount, variables))],
                [.. from transaction in entry.Transactions
                    where transaction.InitiatorType == InitiatorType.RewardRule && transaction.Initiator == considered.Id
                    select new Paid(transaction.VirtualTransactionId, transaction.VirtualCurrencyId, transaction.Direction, transaction.Amount, transaction.State, transaction.Reason)],
                [.. from badge in entry.Badges
                    where badge.RewardRuleId == considered.Id && badge.CompletedMission == considered.Event
                    select new Awarded(badge.BadgeLogId, badge.BadgeConfigurationId)]);
        }

        public ExplainedRule Assignment(Consideration considered, MissionRule? rule) => new(
            considered.Kind, considered.Id, considered.Version, rule?.Name, considered.Verdict, considered.Event,
            rule?.EventMatchCondition is { } condition ? Explain(condition, Variables(considered.Event)) : null, null, null);

        public ExplainedRule Mission(Consideration considered)
        {
            var mission = missions.GetValueOrDefault(considered.Id);
            return new(considered.Kind, considered.Id, null, null, considered.Verdict, considered.Event,
                mission is null ? null : Explain(mission.Definition.MatchCondition, Variables(considered.Event).Set("mission", () => MissionView.ForExpressions(Before(mission), entry.At))), null, null);
        }

        public ExplainedMission Progress(MissionLog log)
        {
            var mission = missions[log.MissionId];
            return new(log.MissionId, mission.Definition.MissionConfigurationId, log.Amount, log.CurrentAmount, mission.Target, log.Completed,
                Explain(mission.Definition.IncrementExpression, Variables(null)));
        }

        /// <summary>What a rule saw: of the action, or of the mission that it completed.</summary>
        Variables Variables(string? missionId)
        {
            var variables = new Variables().Set("user", user.Shown);
            if (missionId is not null && missions.TryGetValue(missionId, out var mission))
            {
                return variables
                    .Set("event", () => MissionView.ForExpressions(After(mission), entry.At))
                    .Set("previousEvent", () => MissionView.ForExpressions(Before(mission), entry.At));
            }
            return variables.Set("event", (entry.Quiz is { } quiz ? Engine.EventOf(quiz, user.Id, []) : Engine.EventOf(entry.Activity!, user.Id, [])).Content).Set("previousEvent", JsonElement.Parse("null"));
        }

        MissionProgress After(MissionProgress mission) =>
            entry.MissionLogs.LastOrDefault(log => log.MissionId == mission.MissionId) is { } log
                ? mission with { Current = log.CurrentAmount, CompletedAt = log.Completed ? entry.DoneAt : null }
                : mission;

        MissionProgress Before(MissionProgress mission) =>
            entry.MissionLogs.FirstOrDefault(log => log.MissionId == mission.MissionId) is { } log
                ? mission with { Current = log.CurrentAmount - log.Amount, CompletedAt = null }
                : mission;

        static Explained Explain(Expression expression, Variables variables)
        {
            var (result, steps) = expression.Explain(variables);
            return new(JsonElement.Parse(expression.Source), result.ToJson(), steps, result.Problem);
        }
    }
}
