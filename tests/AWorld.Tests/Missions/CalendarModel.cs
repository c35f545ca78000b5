using System.Globalization;
using AWorld.Platform;
using NodaTime;

namespace AWorld.Tests.Missions;

/// <summary>
/// The periods of a timeframe as one would write them down with a calendar and a clock on the wall: every day's start,
/// every minute of a schedule, one after the other, and then cut to the timeframe. Slow, and without any of the product's code.
/// </summary>
static class CalendarModel
{
    public sealed record Span(string Id, DateTimeOffset StartsAt, DateTimeOffset EndsAt);

    static readonly LocalDate First = new(2025, 11, 20), Last = new(2027, 4, 20);

    public static IReadOnlyList<Span> Periods(Recurrence recurrence, Func<LocalDateTime, bool>? fires, DateTimeZone zone, DateTimeOffset from, DateTimeOffset to)
    {
        var marks = new List<(string Id, DateTimeOffset At)>();
        for (var date = First; date <= Last; date = date.PlusDays(1))
        {
            var id = recurrence switch
            {
                Recurrence.Daily => date.ToString("yyyy'-'MM'-'dd", CultureInfo.InvariantCulture),
                Recurrence.Weekly when date.DayOfWeek == IsoDayOfWeek.Monday => Week(date),
                Recurrence.Monthly when date.Day == 1 => date.ToString("yyyy'-'MM", CultureInfo.InvariantCulture),
                _ => null,
            };
            if (id is not null)
            {
                marks.Add((id, zone.AtStartOfDay(date).ToInstant().ToDateTimeOffset()));
            }
            for (var minute = 0; fires is not null && minute < 24 * 60; minute++)
            {
                var shown = date.AtMidnight().PlusMinutes(minute);
                if (fires(shown))
                {
                    marks.Add(("", When(shown, zone)));
                }
            }
        }
        var starts = marks.DistinctBy(mark => mark.At).OrderBy(mark => mark.At).Where(mark => fires is null || mark.At >= from).ToList();
        return
        [
            .. starts.Zip(starts.Skip(1), (mark, next) => new Span(fires is null ? mark.Id : Instants.Text(mark.At), mark.At, next.At))
                .Where(span => span.EndsAt > from && span.StartsAt < to)
                .Select(span => span with { StartsAt = span.StartsAt > from ? span.StartsAt : from, EndsAt = span.EndsAt < to ? span.EndsAt : to }),
        ];
    }

    /// <summary>When the clock on the wall shows it: for the first time, or, where it jumps over it, as much later as it jumps.</summary>
    public static DateTimeOffset When(LocalDateTime shown, DateTimeZone zone)
    {
        var mapped = zone.MapLocal(shown);
        return (mapped.Count > 0 ? mapped.First().ToInstant() : shown.WithOffset(mapped.EarlyInterval.WallOffset).ToInstant()).ToDateTimeOffset();
    }

    static string Week(LocalDate monday)
    {
        var day = monday.ToDateTimeUnspecified();
        return $"{ISOWeek.GetYear(day):0000}-W{ISOWeek.GetWeekOfYear(day):00}";
    }
}
