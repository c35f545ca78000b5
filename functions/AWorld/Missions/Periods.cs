using System.Globalization;
using AWorld.Platform;
using NodaTime;
using NodaTime.Calendars;
using NodaTime.TimeZones;

namespace AWorld.Missions;

/// <summary>One turn of a timeframe.</summary>
/// <param name="Id">The same for each moment of the period, and of no other period of its timeframe.</param>
/// <param name="EndsAt">Exclusive; null: never.</param>
public sealed record Period(string Id, DateTimeOffset StartsAt, DateTimeOffset? EndsAt);

/// <summary>
/// Which period of a timeframe a moment is in. Days start when the zone's clocks first show midnight or, where that
/// is skipped, the first time after it; so the periods of a zone follow each other without gap or overlap whatever
/// its clocks do.
/// </summary>
public static class Periods
{
    static readonly ZoneLocalMappingResolver FirstOrAfterGap = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    /// <summary>Every zone on earth, once.</summary>
    public static readonly IReadOnlyList<DateTimeZone> Earth =
        [.. TzdbDateTimeZoneSource.Default.CanonicalIdMap.Values.Distinct(StringComparer.Ordinal).Select(static id => DateTimeZoneProviders.Tzdb[id])];

    /// <summary>Null outside the timeframe, and before a schedule's first firing in it.</summary>
    /// <param name="userTimezone">The user's own; counts where the timeframe follows each user's clock. Null: UTC.</param>
    public static Period? At(Timeframe timeframe, string? userTimezone, DateTimeOffset moment) =>
        In(timeframe, Zone(timeframe.TimezoneType == TimeframeTimezoneType.User ? userTimezone : timeframe.Timezone), moment);

    /// <param name="zone">The timeframe's own, or the user's where it follows each user's clock.</param>
    public static Period? In(Timeframe timeframe, DateTimeZone zone, DateTimeOffset moment)
    {
        var (start, end) = Bounds(timeframe, zone);
        if (moment < start || moment >= end)
        {
            return null;
        }
        var period = timeframe.Type switch
        {
            TimeframeType.Permanent => new Period("PERMANENT", start, null),
            TimeframeType.Range => new(Instants.Text(start), start, end),
            _ => Recurring(timeframe, zone, moment, start),
        };
        return period is null ? null : period with
        {
            StartsAt = period.StartsAt < start ? start : period.StartsAt,
            EndsAt = period.EndsAt is null || period.EndsAt > end ? end : period.EndsAt,
        };
    }

    /// <summary>When the first period begins that begins after a moment; null: none does.</summary>
    public static DateTimeOffset? NextStart(Timeframe timeframe, DateTimeZone zone, DateTimeOffset after)
    {
        var (start, end) = Bounds(timeframe, zone);
        var from = after < start ? start : after;
        var next = In(timeframe, zone, from) is { } period ? (after < start ? start : period.EndsAt)
            : timeframe.Recurrence == Recurrence.Custom ? Crons.GetOrAdd(timeframe.ScheduleCron!).After(from, zone)
            : null;
        return next >= end ? null : next;
    }

    public static DateTimeZone Zone(string? name) => name is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? DateTimeZone.Utc;

    static (DateTimeOffset Start, DateTimeOffset? End) Bounds(Timeframe timeframe, DateTimeZone zone) => timeframe.TimezoneType == TimeframeTimezoneType.User
        ? (Timeframe.Local(timeframe.StartsAt, zone), timeframe.EndsAt is { } last ? Timeframe.Local(last, zone) : null)
        : (timeframe.StartsAt, timeframe.EndsAt);

    static Period? Recurring(Timeframe timeframe, DateTimeZone zone, DateTimeOffset moment, DateTimeOffset start)
    {
        if (timeframe.Recurrence == Recurrence.Custom)
        {
            return Scheduled(timeframe.ScheduleCron!, zone, moment, start);
        }
        var date = Day(moment, zone);
        var first = timeframe.Recurrence switch
        {
            Recurrence.Weekly => date.PlusDays(1 - (int)date.DayOfWeek),
            Recurrence.Monthly => new LocalDate(date.Year, date.Month, 1),
            _ => date,
        };
        var (id, next) = timeframe.Recurrence switch
        {
            Recurrence.Weekly => (string.Create(CultureInfo.InvariantCulture, $"{WeekYearRules.Iso.GetWeekYear(first):0000}-W{WeekYearRules.Iso.GetWeekOfWeekYear(first):00}"), first.PlusWeeks(1)),
            Recurrence.Monthly => (string.Create(CultureInfo.InvariantCulture, $"{first.Year:0000}-{first.Month:00}"), first.PlusMonths(1)),
            _ => (string.Create(CultureInfo.InvariantCulture, $"{first.Year:0000}-{first.Month:00}-{first.Day:00}"), first.PlusDays(1)),
        };
        return new(id, Start(first, zone), Start(next, zone));
    }

    static Period? Scheduled(string schedule, DateTimeZone zone, DateTimeOffset moment, DateTimeOffset start)
    {
        var cron = Crons.GetOrAdd(schedule);
        return cron.LastAt(moment, start, zone) is { } fired ? new(Instants.Text(fired), fired, cron.After(fired, zone)) : null;
    }

    /// <summary>The day a moment is in. Where clocks go back over midnight, the date they then show again is over already.</summary>
    static LocalDate Day(DateTimeOffset moment, DateTimeZone zone)
    {
        var shown = Instant.FromDateTimeOffset(moment).InZone(zone).Date;
        return moment >= Start(shown.PlusDays(1), zone) ? shown.PlusDays(1) : shown;
    }

    static DateTimeOffset Start(LocalDate date, DateTimeZone zone) =>
        zone.ResolveLocal(date.AtMidnight(), FirstOrAfterGap).ToInstant().ToDateTimeOffset();

    /// <summary>Schedules were checked when saved; the few that are in use are parsed once.</summary>
    static class Crons
    {
        const int Most = 10_000;
        static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Cron> Parsed = new(StringComparer.Ordinal);

        public static Cron GetOrAdd(string schedule)
        {
            if (Parsed.Count > Most)
            {
                Parsed.Clear();
            }
            return Parsed.GetOrAdd(schedule, static text => Cron.Parse(text).Value);
        }
    }
}
