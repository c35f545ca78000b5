using AWorld.Missions;
using AWorld.Platform;
using NodaTime;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Missions;

/// <summary>A year of periods, through both changes of the clocks, against a calendar.</summary>
public sealed class RuleYearTests
{
    static readonly string[] Zones = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
    static readonly DateTimeOffset Published = new(2025, 12, 20, 7, 30, 0, TimeSpan.Zero), From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), To = From.AddYears(1);
    static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    /// <summary>Schedules, among them times that changes of the clocks skip or repeat, and what they mean.</summary>
    static readonly (Recurrence Recurrence, string? Cron, Func<LocalDateTime, bool>? Fires)[] Recurrences =
    [
        (Recurrence.Daily, null, null), (Recurrence.Weekly, null, null), (Recurrence.Monthly, null, null),
        (Recurrence.Custom, "30 2 * * *", static at => at is { Hour: 2, Minute: 30 }),
        (Recurrence.Custom, "15,45 1-3 * * SUN", static at => at is { DayOfWeek: IsoDayOfWeek.Sunday, Hour: 1 or 2 or 3, Minute: 15 or 45 }),
        (Recurrence.Custom, "0 0 1,15 * *", static at => at is { Hour: 0, Minute: 0, Day: 1 or 15 }),
        (Recurrence.Custom, "0 */6 * JAN-MAR,OCT MON-FRI", static at => at is { Minute: 0, Hour: 0 or 6 or 12 or 18, Month: 1 or 2 or 3 or 10, DayOfWeek: not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday) }),
    ];

    public static TheoryData<int, string?> All
    {
        get
        {
            var all = new TheoryData<int, string?>();
            foreach (var recurrence in Enumerable.Range(0, Recurrences.Length))
            {
                foreach (var zone in Zones.Append(null))
                {
                    all.Add(recurrence, zone);
                }
            }
            return all;
        }
    }

    sealed record Assigned(string PeriodId, DateTimeOffset StartsAt, DateTimeOffset EndsAt);

    [Theory]
    [MemberData(nameof(All))]
    public void A_year_of_periods_is_that_of_the_calendar(int index, string? zone)
    {
        var (recurrence, cron, fires) = Recurrences[index];
        var (assigned, events) = OnTime(index, zone);
        var everywhere = zone is null ? null : Expected(recurrence, fires, zone, zone);
        foreach (var user in Zones)
        {
            var expected = everywhere ?? Expected(recurrence, fires, zone, user);
            assigned[user].Select(one => one.What).ShouldBe(expected, $"{recurrence} {cron} in {zone ?? user}");
            assigned[user].ShouldAllBe(one => one.At == one.What.StartsAt);
        }
        // Each period begins once and is settled once, and all are.
        var begun = events.Where(one => one.Type == RuleEvent.PeriodStarted).Select(one => one.PeriodId!).ToList();
        begun.ShouldBeUnique();
        events.Where(one => one.Type == RuleEvent.PeriodSettled).Select(one => one.PeriodId!).Order(StringComparer.Ordinal).ShouldBe(begun.Order(StringComparer.Ordinal));
        assigned.Values.SelectMany(user => user.Select(one => one.What.PeriodId)).Distinct().Except(begun).ShouldBeEmpty();
        events.Select(one => one.At).ShouldBeInOrder();
        events.Count(one => one.Type == RuleEvent.Activated).ShouldBe(1);
        events.Count(one => one.Type == RuleEvent.Ended).ShouldBe(1);
        foreach (var settled in events.Where(one => one.Type == RuleEvent.PeriodSettled))
        {
            var ends = Zones.SelectMany(user => assigned[user]).Where(one => one.What.PeriodId == settled.PeriodId).Max(one => (DateTimeOffset?)one.What.EndsAt);
            (settled.At >= (ends ?? From) + Grace).ShouldBeTrue($"{settled.PeriodId} was settled before it had ended for everybody");
            (zone is null || settled.At == ends + Grace).ShouldBeTrue($"{settled.PeriodId} was settled late");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_workflow_that_was_away_catches_up_period_by_period(int index, string? zone)
    {
        var (onTime, late) = (OnTime(index, zone), Live(RuleOf(index, zone), onTime: false));
        foreach (var user in Zones)
        {
            late.Assigned[user].Select(one => one.What).ShouldBe(onTime.Assigned[user].Select(one => one.What));
        }
        late.Events.ShouldBe(onTime.Events);
    }

    static MissionRule RuleOf(int index, string? zone) => Rule("r", AssignmentMode.ScheduledPush, TimeframeType.Recurring, Recurrences[index].Recurrence,
        starts: From, ends: To, zone: zone, cron: Recurrences[index].Cron);

    /// <summary>Led once for both tests, which take turns.</summary>
    static (IReadOnlyDictionary<string, List<(DateTimeOffset At, Assigned What)>> Assigned, List<RuleEvent> Events) OnTime(int index, string? zone)
    {
        if (!Led.TryGetValue((index, zone), out var life))
        {
            Led.Add((index, zone), life = Live(RuleOf(index, zone), onTime: true));
        }
        return life;
    }

    static readonly Dictionary<(int, string?), (IReadOnlyDictionary<string, List<(DateTimeOffset At, Assigned What)>> Assigned, List<RuleEvent> Events)> Led = [];

    static IReadOnlyList<Assigned> Expected(Recurrence recurrence, Func<LocalDateTime, bool>? fires, string? zone, string user)
    {
        var clock = DateTimeZoneProviders.Tzdb[zone ?? user];
        // Where each user's own clock counts, the timeframe's bounds are what it shows.
        var (from, to) = zone is null
            ? (CalendarModel.When(LocalDateTime.FromDateTime(From.UtcDateTime), clock), CalendarModel.When(LocalDateTime.FromDateTime(To.UtcDateTime), clock))
            : (From, To);
        return [.. CalendarModel.Periods(recurrence, fires, clock, from, to).Select(span => new Assigned(span.Id, span.StartsAt, span.EndsAt))];
    }

    /// <summary>Leads the life of a rule with one user in each zone, waking when it asks for it or only once long after.</summary>
    static (IReadOnlyDictionary<string, List<(DateTimeOffset At, Assigned What)>> Assigned, List<RuleEvent> Events) Live(MissionRule rule, bool onTime)
    {
        var assigned = Zones.ToDictionary(zone => zone, _ => new List<(DateTimeOffset, Assigned)>());
        var events = new List<RuleEvent>();
        RuleLifecycle? life = null;
        var now = Published;
        while (true)
        {
            switch (RuleMoves.Next(rule.Id, rule, life, Zones, now, Grace))
            {
                case RuleMove.Become(var after, var raised):
                    life = after;
                    events.AddRange(raised);
                    break;
                case RuleMove.Work({ Kind: RuleWorkKind.Assign } work):
                    foreach (var user in Zones)
                    {
                        if (Periods.At(rule.Timeframe, user, work.At) is { } period && (work.Current || period.StartsAt == work.At))
                        {
                            assigned[user].Add((now, new(period.Id, period.StartsAt, period.EndsAt!.Value)));
                        }
                    }
                    life = life! with { Work = null };
                    break;
                case RuleMove.Work(var work):
                    events.Add(new(0, RuleEvent.PeriodSettled, work.At, rule.Id, work.PeriodId));
                    life = life! with { Work = null, Open = [.. life.Open.Where(period => period.PeriodId != work.PeriodId)] };
                    break;
                case RuleMove.Wait(var until):
                    until.ShouldBeGreaterThan(now);
                    now = onTime ? until : To.AddYears(1);
                    break;
                default:
                    return (assigned, events);
            }
        }
    }
}
