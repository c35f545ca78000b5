using AWorld.Game;
using AWorld.Platform;
using AWorld.Platform.Workflows;
using AWorld.Users;
using Microsoft.Extensions.Options;

namespace AWorld.Missions;

/// <summary>Whose life it is.</summary>
public sealed record RuleInput(string MissionRuleId);

/// <summary>How a rule's life goes on after a step.</summary>
/// <param name="After">Until the next step, in real time; null: there is none before the rule changes.</param>
public sealed record RuleNext(TimeSpan? After)
{
    public static readonly RuleNext AtOnce = new(TimeSpan.Zero), Rest = new((TimeSpan?)null);
}

/// <summary>
/// Takes the steps of rules' lives: a bounded piece of work each, from what is stored and the workspace's clock. A
/// step taken twice, or by two at once, has the effect of one.
/// </summary>
sealed class RuleSteps(
    RuleDocuments documents, Snapshots snapshots, UserDirectory users, Players players, PlayerFeed feed, Outbox outbox, RuleTallies tallies,
    IOptions<GameOptions> game, IOptions<LifecyclesOptions> options, WorkspaceClocks clocks)
{
    static readonly Actor Assigner = new(null, null, null, "missionRules/assign"), Settler = new(null, null, null, "missionRules/settle");

    public static readonly WorkflowActivity<RuleInput, RuleNext> Step = WorkflowActivity.Of<RuleSteps, RuleInput, RuleNext>("mission-rule/step", static steps => steps.Take);

    async Task<RuleNext> Take(ActivityContext context, RuleInput input, CancellationToken stop)
    {
        var next = RuleNext.AtOnce;
        for (var page = 0; page < options.Value.PagesPerStep && next == RuleNext.AtOnce; page++)
        {
            next = await Take(context.Tenant, input.MissionRuleId, stop);
        }
        return next;
    }

    public async ValueTask<RuleNext> Take(Tenant tenant, string ruleId, CancellationToken stop)
    {
        var snapshot = await snapshots.Get(tenant, stop);
        var rule = snapshot.Find<MissionRule>(ruleId);
        var stored = await documents.Life(tenant, ruleId, stop);
        IReadOnlyList<string> zones = rule?.TimeframeTimezoneType == TimeframeTimezoneType.User ? await users.Zones(tenant, stop) : [];
        var now = clocks.Now(tenant);
        switch (RuleMoves.Next(ruleId, rule, stored?.Life, zones, now, game.Value.LateActionsAcceptedFor))
        {
            case RuleMove.Become(var after, var events):
                await documents.Save(tenant, ruleId, after, stored?.ETag, events, stop);
                return RuleNext.AtOnce;
            case RuleMove.Work(var work):
                var (life, etag) = stored!.Value;
                var configuration = GameConfiguration.Of(snapshot);
                var position = work.Kind == RuleWorkKind.Assign
                    ? await Assign(configuration, rule!, work, stop)
                    : await Settle(configuration, life.Open.First(period => period.PeriodId == work.PeriodId), new(ruleId, work.PeriodId!), work.Position, stop);
                if (position is not null)
                {
                    await documents.Save(tenant, ruleId, life with { Work = work with { Position = position } }, etag, [], stop);
                }
                else if (work.Kind == RuleWorkKind.Assign)
                {
                    await documents.Save(tenant, ruleId, life with { Work = null }, etag, [], stop);
                }
                else
                {
                    await Conclude(tenant, ruleId, life, work, etag, stop);
                }
                return RuleNext.AtOnce;
            case RuleMove.Wait(var until):
                return new(until - now);
            default:
                return RuleNext.Rest;
        }
    }

    /// <returns>Where to go on; null: everybody has been seen.</returns>
    async ValueTask<string?> Assign(GameConfiguration configuration, MissionRule rule, RuleWork work, CancellationToken stop)
    {
        if (rule.GroupTagId is { } tag)
        {
            // Missions that are over leave a state with its next step; what a crash kept from the group's count belongs to them.
            await feed.CatchUp(outbox, stop);
            await Push(configuration, rule, Subject.Group(tag), work, stop);
            return null;
        }
        return await Walk(configuration.Tenant, null, work.Position, user => Begins(rule, work, user.Timezone), async (user, stop) => await Push(configuration, rule, user, work, stop), stop);
    }

    static bool Begins(MissionRule rule, RuleWork work, string? timezone) =>
        Periods.At(rule.Timeframe, timezone, work.At) is { } period && (work.Current || period.StartsAt == work.At);

    async ValueTask Push(GameConfiguration configuration, MissionRule rule, Subject subject, RuleWork work, CancellationToken stop)
    {
        if (!Begins(rule, work, subject.Timezone))
        {
            return;
        }
        var tenant = configuration.Tenant;
        var period = Periods.At(rule.Timeframe, subject.Timezone, work.At)!;
        var brought = new HashSet<string>(StringComparer.Ordinal);
        // What other rules brought is in the state for as long as the period counts; afterwards their marks tell.
        var others = period.EndsAt <= clocks.Now(tenant) ? OfSamePeriod(configuration.Snapshot, rule, subject, work.At, period) : [];
        Done(await players.Once(tenant, subject.Id, PlayerDocuments.Evaluated(new(rule.Id, period.Id)), state =>
        {
            var entry = Engine.Push(configuration, subject, state, rule, work.At, brought, Assigner, clocks.Now(tenant), game.Value);
            // One who is not eligible now may be when the rule is taken up anew; that leaves no mark.
            return entry.Evaluated.Count > 0 ? entry : JournalEntry.Empty(entry);
        }, stop, async stop =>
        {
            foreach (var other in others)
            {
                brought.UnionWith(await players.Brought(tenant, subject.Id, new(other.Id, period.Id), stop));
            }
        }));
    }

    static List<MissionRule> OfSamePeriod(Snapshot snapshot, MissionRule rule, Subject subject, DateTimeOffset at, Period period) =>
    [
        .. from other in snapshot.AtAnyStage<MissionRule>()
           where other.Id != rule.Id && other.AssignmentMode == AssignmentMode.ScheduledPush && other.GroupTagId == rule.GroupTagId && Periods.At(other.Timeframe, subject.Timezone, at) == period
           select other,
    ];

    /// <returns>Where to go on; null: all is settled.</returns>
    async ValueTask<string?> Settle(GameConfiguration configuration, OpenPeriod period, RulePeriod of, string? position, CancellationToken stop)
    {
        var tenant = configuration.Tenant;
        if (period.GroupTagId is not { } tag)
        {
            return period.Pushed ? await Walk(tenant, null, position, static _ => true, async (user, stop) => await TakeLeave(configuration, user, of, stop), stop) : null;
        }
        if (position is null)
        {
            // As above.
            await feed.CatchUp(outbox, stop);
            await TakeLeave(configuration, Subject.Group(tag), of, stop);
        }
        var completed = (await players.Ended(tenant, tag, of, stop)).Where(static mission => mission.CompletedAt is not null).ToList();
        return completed.Count == 0 ? null : await Walk(tenant, tag, position, static _ => true, async (member, stop) =>
        {
            foreach (var mission in completed)
            {
                Done(await players.Once(tenant, member.Id, PlayerDocuments.Shared(mission.MissionId),
                    state => Engine.Share(configuration, member, state, mission, Settler, clocks.Now(tenant), game.Value), stop));
            }
        }, stop);
    }

    /// <summary>The missions of the period leave the state, if they are still in it.</summary>
    async ValueTask TakeLeave(GameConfiguration configuration, Subject subject, RulePeriod of, CancellationToken stop)
    {
        while (await players.Read(configuration.Tenant, subject.Id, stop) is { IsClosed: false } held && held.Missions.Any(mission => mission.Definition.Of == of && Over(mission.Definition)))
        {
            Done(await players.Change(configuration.Tenant, subject.Id, new Step(state =>
                new Decision(Answer.NoContent, Engine.Settle(configuration, subject, state, Settler, clocks.Now(configuration.Tenant), game.Value))), stop));
        }

        bool Over(MissionDefinition mission) => mission.EndsAt + game.Value.LateActionsAcceptedFor <= clocks.Now(configuration.Tenant);
    }

    async ValueTask Conclude(Tenant tenant, string ruleId, RuleLifecycle life, RuleWork work, string etag, CancellationToken stop)
    {
        await tallies.CatchUp(stop);
        var period = life.Open.First(period => period.PeriodId == work.PeriodId);
        var result = await documents.Tally(tenant, ruleId, RuleDocuments.TallyId(period.PeriodId), stop);
        await documents.Save(tenant, ruleId, life with { Work = null, Open = [.. life.Open.Where(one => one != period)] }, etag,
            [new(0, RuleEvent.PeriodSettled, work.At, ruleId, period.PeriodId, period.StartsAt, period.EndsAt) { Result = result with { Batch = 0 } }], stop);
    }

    async ValueTask<string?> Walk(Tenant tenant, string? tagId, string? position, Func<WalkedUser, bool> concerned, Func<Subject, CancellationToken, ValueTask> each, CancellationToken stop)
    {
        var stretch = await users.Walk(tenant, tagId, position, options.Value.UsersPerPage, stop);
        await Parallel.ForEachAsync(stretch.Users.Where(concerned), new ParallelOptions { MaxDegreeOfParallelism = options.Value.UsersAtOnce, CancellationToken = stop }, async (walked, stop) =>
        {
            if (await users.Find(tenant, walked.UserId, stop) is { } user)
            {
                await each(Subject.Of(user), stop);
            }
        });
        return stretch.Position;
    }

    /// <summary>A step that was not taken fails the page, which is done again; unless the user was erased meanwhile.</summary>
    static void Done(Result<Answer> taken)
    {
        if (taken.Error is { Status: not StatusCodes.Status404NotFound } error)
        {
            throw error.RetryAfter is { } after ? new StoreBusyException(after) : new InvalidOperationException(error.Message);
        }
    }
}
