using AWorld.Platform;
using NodaTime;

namespace AWorld.Missions;

/// <summary>How far the life of a rule has got: its one document, changed with the events it raises.</summary>
/// <param name="Reached">Every period that began until then has been begun.</param>
public sealed record RuleLifecycle(DateTimeOffset Reached)
{
    /// <summary>Of the rule that was last taken up; a newer one is taken up before anything else.</summary>
    public long RuleVersion { get; init; }

    public TimeframeState State { get; init; }

    /// <summary>Periods that have begun and are not settled, by their beginning.</summary>
    public IReadOnlyList<OpenPeriod> Open { get; init; } = [];

    /// <summary>What is being done, page by page.</summary>
    public RuleWork? Work { get; init; }

    /// <summary>How many events there are.</summary>
    public long Events { get; init; }
}

/// <summary>A period that has begun. It keeps what its settlement needs, whatever becomes of the rule.</summary>
/// <param name="EndsAt">When it has ended for everybody; null: never.</param>
/// <param name="Pushed">Its missions were brought to the users, so they are also taken leave of one by one.</param>
public sealed record OpenPeriod(string PeriodId, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, string? GroupTagId, bool Pushed);

public enum RuleWorkKind { Assign, Settle }

/// <param name="At">The beginning whose period is assigned, or the settlement's time.</param>
/// <param name="Current">The rule was just taken up: what is running at that moment is assigned, not only what begins.</param>
/// <param name="PeriodId">Of a settlement.</param>
/// <param name="Position">Of the walk past the users; null: at its beginning.</param>
public sealed record RuleWork(RuleWorkKind Kind, DateTimeOffset At, bool Current = false, string? PeriodId = null, string? Position = null);

/// <summary>Something that happened to a rule, numbered without gaps.</summary>
/// <param name="At">When it was due, which is before it was recorded if the workflow was late.</param>
public sealed record RuleEvent(long Number, string Type, DateTimeOffset At, string MissionRuleId, string? PeriodId = null, DateTimeOffset? StartsAt = null, DateTimeOffset? EndsAt = null)
{
    public const string Activated = "mission-rule.activated";
    public const string PeriodStarted = "mission-rule.period-started";
    public const string PeriodSettled = "mission-rule.period-settled";
    public const string Ended = "mission-rule.ended";

    /// <summary>When it was recorded.</summary>
    public DateTimeOffset RecordedAt { get; init; }

    /// <summary>Of a settlement: what the period came to.</summary>
    public Tally? Result { get; init; }
}

/// <summary>What the life of a rule asks for next.</summary>
public abstract record RuleMove
{
    /// <summary>Commit this, with these events (their numbers are given then).</summary>
    public sealed record Become(RuleLifecycle After, IReadOnlyList<RuleEvent> Events) : RuleMove;

    /// <summary>Do a page of <see cref="RuleLifecycle.Work"/>.</summary>
    public sealed record Work(RuleWork Of) : RuleMove;

    /// <summary>Nothing happens before; by the workspace's clock.</summary>
    public sealed record Wait(DateTimeOffset Until) : RuleMove;

    /// <summary>Nothing happens any more, unless the rule is changed.</summary>
    public sealed record Rest : RuleMove;
}

/// <summary>The life of a rule as a pure function: what is due, in the order in which it is.</summary>
public static class RuleMoves
{
    /// <summary>The last zone on earth leaves a local time this long after UTC has.</summary>
    static readonly TimeSpan LastZone = TimeSpan.FromHours(12), FirstZone = TimeSpan.FromHours(14);

    /// <param name="rule">Null: it is not published (any more).</param>
    /// <param name="life">Null: nothing has been done yet.</param>
    /// <param name="zones">Of the users; asked for where each user's own clock counts.</param>
    /// <param name="grace">How long after its end a mission accepts late actions.</param>
    public static RuleMove Next(string missionRuleId, MissionRule? rule, RuleLifecycle? life, IEnumerable<string> zones, DateTimeOffset now, TimeSpan grace)
    {
        if (life?.Work is { Kind: RuleWorkKind.Settle } settling)
        {
            return new RuleMove.Work(settling);
        }
        if (rule is null)
        {
            return life is null ? new RuleMove.Rest() : LetGo(missionRuleId, life, now, grace);
        }
        if (life is null || life.RuleVersion != rule.Version)
        {
            return TakeUp(rule, life ?? new(now), Clocks(rule, zones), now);
        }
        if (life.Work is { } assigning)
        {
            return new RuleMove.Work(assigning);
        }
        var (begins, ends) = Bounds(rule);
        var next = NextStart(rule, Clocks(rule, zones), life.Reached);
        var settles = NextSettlement(life, grace);
        if (life.State == TimeframeState.Pending && begins <= now)
        {
            return new RuleMove.Become(life with { State = TimeframeState.Active }, [Event(rule.Id, RuleEvent.Activated, begins)]);
        }
        if (next <= now && !(settles < next) && !(ends < next))
        {
            return Begin(rule, life, Clocks(rule, zones), next.Value);
        }
        if (life.State != TimeframeState.Ended && ends <= now && !(settles < ends))
        {
            return new RuleMove.Become(life with { State = TimeframeState.Ended }, [Event(rule.Id, RuleEvent.Ended, ends.Value)]);
        }
        if (settles <= now)
        {
            return Settle(life, grace);
        }
        // Also the beginnings of zones in which nobody lives yet: somebody may by then.
        next = rule.Timeframe.TimezoneType == TimeframeTimezoneType.User ? NextStart(rule, Everywhere(rule), now) : next;
        return Earliest(life.State == TimeframeState.Pending ? begins : life.State == TimeframeState.Active ? ends : null, next, settles) is { } until
            ? new RuleMove.Wait(until)
            : new RuleMove.Rest();
    }

    /// <summary>A new or changed rule is in force from now on, the period that is running included; what has begun under the old one is settled as it was.</summary>
    static RuleMove.Become TakeUp(MissionRule rule, RuleLifecycle life, IReadOnlyList<DateTimeZone> clocks, DateTimeOffset now)
    {
        var (begins, ends) = Bounds(rule);
        var state = now < begins ? TimeframeState.Pending : ends <= now ? TimeframeState.Ended : TimeframeState.Active;
        var events = new List<RuleEvent>();
        if (state == TimeframeState.Active && life.State != TimeframeState.Active)
        {
            events.Add(Event(rule.Id, RuleEvent.Activated, now));
        }
        var running = rule.AssignmentMode == AssignmentMode.Disabled ? [] : Running(rule, clocks, now).ToList();
        var (open, began) = Opened(rule, life.Open, running, now);
        events.AddRange(began);
        if (state == TimeframeState.Ended && life.State == TimeframeState.Active)
        {
            events.Add(Event(rule.Id, RuleEvent.Ended, now));
        }
        return new(life with
        {
            RuleVersion = rule.Version,
            Reached = now,
            State = state,
            Open = open,
            Work = rule.AssignmentMode == AssignmentMode.ScheduledPush && running.Count > 0 ? new(RuleWorkKind.Assign, now, Current: true) : null,
        }, events);
    }

    static RuleMove.Become Begin(MissionRule rule, RuleLifecycle life, IReadOnlyList<DateTimeZone> clocks, DateTimeOffset at)
    {
        var starting = Running(rule, clocks, at).Where(one => one.Period.StartsAt == at);
        var (open, began) = Opened(rule, life.Open, starting, at);
        return new(life with { Reached = at, Open = open, Work = rule.AssignmentMode == AssignmentMode.ScheduledPush ? new(RuleWorkKind.Assign, at) : null }, began);
    }

    /// <summary>A rule that is out of the game brings nothing new; what it has brought is still settled.</summary>
    static RuleMove LetGo(string missionRuleId, RuleLifecycle life, DateTimeOffset now, TimeSpan grace) =>
        life.State == TimeframeState.Active ? new RuleMove.Become(life with { State = TimeframeState.Ended, Work = null, RuleVersion = 0 }, [Event(missionRuleId, RuleEvent.Ended, now)])
        : life.Work is not null || life.RuleVersion != 0 ? new RuleMove.Become(life with { Work = null, RuleVersion = 0 }, [])
        : NextSettlement(life, grace) is not { } settles ? new RuleMove.Rest()
        : settles <= now ? Settle(life, grace)
        : new RuleMove.Wait(settles);

    static RuleMove.Become Settle(RuleLifecycle life, TimeSpan grace)
    {
        var period = life.Open.Where(period => period.EndsAt is not null).MinBy(period => period.EndsAt)!;
        return new(life with { Work = new(RuleWorkKind.Settle, period.EndsAt!.Value + grace, PeriodId: period.PeriodId) }, []);
    }

    static IEnumerable<(DateTimeZone Zone, Period Period)> Running(MissionRule rule, IReadOnlyList<DateTimeZone> clocks, DateTimeOffset at) =>
        from zone in clocks
        let period = Periods.In(rule.Timeframe, zone, at)
        where period is not null
        select (zone, period);

    static (IReadOnlyList<OpenPeriod> Open, IReadOnlyList<RuleEvent> Events) Opened(MissionRule rule, IReadOnlyList<OpenPeriod> before, IEnumerable<(DateTimeZone Zone, Period Period)> periods, DateTimeOffset at)
    {
        var open = before.ToList();
        var events = new List<RuleEvent>();
        foreach (var (zone, period) in periods.OrderBy(one => one.Period.StartsAt).ThenBy(one => one.Period.Id, StringComparer.Ordinal))
        {
            var ends = EndsForAll(rule, zone, period);
            var index = open.FindIndex(one => one.PeriodId == period.Id);
            if (index < 0)
            {
                open.Add(new(period.Id, period.StartsAt, ends, rule.GroupTagId, rule.AssignmentMode == AssignmentMode.ScheduledPush));
                events.Add(Event(rule.Id, RuleEvent.PeriodStarted, at) with { PeriodId = period.Id, StartsAt = period.StartsAt, EndsAt = period.EndsAt });
            }
            else if (ends > open[index].EndsAt)
            {
                open[index] = open[index] with { EndsAt = ends };
            }
        }
        return (open, events);
    }

    /// <summary>A day, week or month of each user's own clock is over when the last zone on earth has left it.</summary>
    static DateTimeOffset? EndsForAll(MissionRule rule, DateTimeZone zone, Period period) =>
        period.EndsAt is { } end && FollowsUsers(rule) && rule.Recurrence is not (null or Recurrence.Custom)
            ? end + zone.GetUtcOffset(Instant.FromDateTimeOffset(end)).ToTimeSpan() + LastZone
            : period.EndsAt;

    static (DateTimeOffset Begins, DateTimeOffset? Ends) Bounds(MissionRule rule) => FollowsUsers(rule)
        ? (rule.TimeframeStartsAt - FirstZone, rule.TimeframeEndsAt + LastZone)
        : (rule.TimeframeStartsAt, rule.TimeframeEndsAt);

    /// <summary>A group has no clock of its own and goes by UTC.</summary>
    static bool FollowsUsers(MissionRule rule) => rule is { TimeframeTimezoneType: TimeframeTimezoneType.User, MissionType: MissionType.Individual };

    /// <summary>Whose time decides when periods begin.</summary>
    static IReadOnlyList<DateTimeZone> Clocks(MissionRule rule, IEnumerable<string> zones) =>
        FollowsUsers(rule) ? [.. zones.Append("UTC").Distinct(StringComparer.Ordinal).Select(Periods.Zone)] : [Periods.Zone(rule.TimeframeTimezone)];

    static IReadOnlyList<DateTimeZone> Everywhere(MissionRule rule) => FollowsUsers(rule) ? Periods.Earth : Clocks(rule, []);

    static DateTimeOffset? NextStart(MissionRule rule, IReadOnlyList<DateTimeZone> clocks, DateTimeOffset after) =>
        rule.AssignmentMode == AssignmentMode.Disabled ? null : clocks.Min(zone => Periods.NextStart(rule.Timeframe, zone, after));

    static DateTimeOffset? NextSettlement(RuleLifecycle life, TimeSpan grace) => life.Open.Min(period => period.EndsAt) + grace;

    static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> instants)
    {
        DateTimeOffset? earliest = null;
        foreach (var instant in instants)
        {
            earliest = earliest is null || instant < earliest ? instant ?? earliest : earliest;
        }
        return earliest;
    }

    static RuleEvent Event(string missionRuleId, string type, DateTimeOffset at) => new(0, type, at, missionRuleId);
}
