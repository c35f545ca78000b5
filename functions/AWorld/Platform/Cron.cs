using System.Globalization;
using System.Numerics;
using NodaTime;

namespace AWorld.Platform;

/// <summary>
/// A schedule of five fields: minute, hour, day of month, month, day of week (0 or 7 is Sunday). A field is <c>*</c>,
/// a number, a name (JAN, MON), a range, a list, each with an optional step. When both days are restricted, either
/// fires it, as in cron. Local times: one that a change of clocks skips fires when the clocks have moved on; one that
/// it repeats fires once.
/// </summary>
public sealed class Cron
{
    sealed record Field(string Name, int Least, int Most, string[] Names);

    static readonly Field[] Fields =
    [
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day of month", 1, 31, []),
        new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        new("day of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    /// <summary>A date such as 29 February comes at least every eight years (1896 to 1904), so nothing later is searched.</summary>
    const int MostDays = 366 * 9;

    readonly ulong minutes, hours, days, months, weekdays;
    readonly bool eitherDay;

    Cron(string text, ulong[] sets)
    {
        Text = text;
        (minutes, hours, days, months) = (sets[0], sets[1], sets[2], sets[3]);
        weekdays = (sets[4] | sets[4] >> 7) & 0x7F;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        eitherDay = parts[2][0] != '*' && parts[4][0] != '*';
    }

    public string Text { get; }

    /// <summary>The schedule, or a 400 whose message says what is wrong and at which character (from 1).</summary>
    public static Result<Cron> Parse(string text)
    {
        var sets = new ulong[Fields.Length];
        var position = 0;
        for (var index = 0; index < Fields.Length; index++)
        {
            while (position < text.Length && text[position] == ' ')
            {
                position++;
            }
            var end = text.IndexOf(' ', position) is var space and >= 0 ? space : text.Length;
            if (position == end)
            {
                return Wrong(position, $"{Fields[index].Name} is missing; five fields are needed: minute hour day-of-month month day-of-week");
            }
            if (ParseField(text, position, end, Fields[index], out sets[index]) is { } wrong)
            {
                return wrong;
            }
            position = end;
        }
        if (text.AsSpan(position).TrimStart(' ') is { IsEmpty: false } rest)
        {
            return Wrong(text.Length - rest.Length, "only five fields are allowed");
        }
        var cron = new Cron(text, sets);
        return cron.NextDate(new LocalDate(2000, 1, 1)) is null ? Wrong(0, "names a date that never comes") : cron;
    }

    /// <summary>The first firing after an instant, in the zone's local time; null beyond the calendar's end.</summary>
    public DateTimeOffset? After(DateTimeOffset instant, DateTimeZone zone)
    {
        // A skipped time fires later than it reads, so look from a day before.
        for (var date = NextDate(LocalDateOf(instant, zone).PlusDays(-1)); date is { } day; date = NextDate(day.PlusDays(1)))
        {
            foreach (var firing in Firings(day, zone))
            {
                if (firing > instant)
                {
                    return firing;
                }
            }
        }
        return null;
    }

    /// <summary>The last firing at or before an instant and not before another; null when there is none.</summary>
    public DateTimeOffset? LastAt(DateTimeOffset instant, DateTimeOffset notBefore, DateTimeZone zone)
    {
        var first = LocalDateOf(notBefore, zone).PlusDays(-1);
        for (var day = LocalDateOf(instant, zone); day >= first; day = day.PlusDays(-1))
        {
            foreach (var firing in On(day) ? Firings(day, zone).Reverse() : [])
            {
                if (firing <= instant)
                {
                    return firing >= notBefore ? firing : null;
                }
            }
        }
        return null;
    }

    static LocalDate LocalDateOf(DateTimeOffset instant, DateTimeZone zone) => Instant.FromDateTimeOffset(instant).InZone(zone).Date;

    /// <summary>A day's firings in order; a change of clocks can reorder or merge them.</summary>
    IEnumerable<DateTimeOffset> Firings(LocalDate day, DateTimeZone zone) =>
        (from hour in Members(hours)
         from minute in Members(minutes)
         select day.At(new LocalTime(hour, minute)).InZoneLeniently(zone).ToInstant().ToDateTimeOffset()).Distinct().Order();

    static IEnumerable<int> Members(ulong set)
    {
        for (; set != 0; set &= set - 1)
        {
            yield return BitOperations.TrailingZeroCount(set);
        }
    }

    LocalDate? NextDate(LocalDate from)
    {
        for (var offset = 0; offset < MostDays && from.Year < 9990; offset++)
        {
            var day = from.PlusDays(offset);
            if (On(day))
            {
                return day;
            }
        }
        return null;
    }

    bool On(LocalDate day)
    {
        if ((months >> day.Month & 1) == 0)
        {
            return false;
        }
        var byDate = (days >> day.Day & 1) != 0;
        var byWeekday = (weekdays >> (int)day.DayOfWeek % 7 & 1) != 0;
        return eitherDay ? byDate || byWeekday : byDate && byWeekday;
    }

    static Error? ParseField(string text, int start, int end, Field field, out ulong set)
    {
        set = 0;
        for (var position = start; ;)
        {
            var comma = text.IndexOf(',', position, end - position) is var found and >= 0 ? found : end;
            if (ParseItem(text, position, comma, field, ref set) is { } wrong)
            {
                return wrong;
            }
            if (comma == end)
            {
                return null;
            }
            position = comma + 1;
        }
    }

    static Error? ParseItem(string text, int start, int end, Field field, ref ulong set)
    {
        var slash = text.IndexOf('/', start, end - start);
        var rangeEnd = slash < 0 ? end : slash;
        int from = field.Least, to = field.Most, step = 1;
        if (rangeEnd - start != 1 || text[start] != '*')
        {
            var dash = text.IndexOf('-', start, rangeEnd - start);
            if (ParseValue(text, start, dash < 0 ? rangeEnd : dash, field, out from) is { } wrongFrom)
            {
                return wrongFrom;
            }
            to = slash < 0 ? from : field.Most;
            if (dash >= 0 && ParseValue(text, dash + 1, rangeEnd, field, out to) is { } wrongTo)
            {
                return wrongTo;
            }
            if (to < from)
            {
                return Wrong(start, $"{field.Name} range ends before it starts");
            }
        }
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1, end - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out step) || step < 1 || step > field.Most))
        {
            return Wrong(slash + 1, $"{field.Name} step must be 1 to {field.Most}");
        }
        for (var value = from; value <= to; value += step)
        {
            set |= 1UL << value;
        }
        return null;
    }

    static Error? ParseValue(string text, int start, int end, Field field, out int value)
    {
        var part = text.AsSpan(start, end - start);
        if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= field.Least && value <= field.Most)
        {
            return null;
        }
        for (var index = 0; index < field.Names.Length; index++)
        {
            if (part.Equals(field.Names[index], StringComparison.OrdinalIgnoreCase))
            {
                value = index + field.Least;
                return null;
            }
        }
        return Wrong(start, $"{field.Name} must be {field.Least} to {field.Most}{(field.Names.Length > 0 ? $" or {field.Names[0]} to {field.Names[^1]}" : "")}, '*', a range, a list or a step");
    }

    static Error Wrong(int index, string why) => Error.Invalid("scheduleCron", $"at character {index + 1}: {why}");
}
