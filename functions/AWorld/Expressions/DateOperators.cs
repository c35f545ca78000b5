using System.Globalization;
using AWorld.Platform;
using NodaTime;

namespace AWorld.Expressions;

/// <summary>
/// <c>Date.*</c>. A date is an ISO 8601 text with an offset, a plain <c>yyyy-MM-dd</c> (its midnight in the zone) or
/// milliseconds since 1970; what is none gives null. The last operand is an IANA time zone, UTC when left out. The
/// clock cannot be asked: the same action must always give the same result.
/// </summary>
static class DateOperators
{
    /// <summary>Zone conversions and calendar arithmetic take a few hundred nanoseconds.</summary>
    const int Steps = 10;

    static readonly Instant Earliest = Instant.FromUtc(2, 1, 1, 0, 0);
    static readonly Instant Latest = Instant.FromUtc(9998, 12, 31, 0, 0);
    static readonly string[] Units = ["seconds", "minutes", "hours", "days", "weeks", "months", "years"];

    public static readonly Dictionary<string, Operator> All = new(StringComparer.Ordinal)
    {
        ["Date.year"] = Part(static moment => moment.Year),
        ["Date.month"] = Part(static moment => moment.Month),
        ["Date.day"] = Part(static moment => moment.Day),
        ["Date.weekday"] = Part(static moment => (int)moment.DayOfWeek),
        ["Date.dayOfYear"] = Part(static moment => moment.DayOfYear),
        ["Date.week"] = Part(static moment => NodaTime.Calendars.WeekYearRules.Iso.GetWeekOfWeekYear(moment.Date)),
        ["Date.weekYear"] = Part(static moment => NodaTime.Calendars.WeekYearRules.Iso.GetWeekYear(moment.Date)),
        ["Date.hour"] = Part(static moment => moment.Hour),
        ["Date.minute"] = Part(static moment => moment.Minute),
        ["Date.second"] = Part(static moment => moment.Second),
        ["Date.epoch"] = Part(static moment => moment.ToInstant().ToUnixTimeMilliseconds()),
        ["Date.date"] = Of(1, static (date, _) => Value.Of(date.Date.ToString("uuuu'-'MM'-'dd", CultureInfo.InvariantCulture)), Zone(1)),
        ["Date.diff"] = Of(3, Diff, Check(2)),
        ["Date.add"] = Of(3, Add, Check(2)),
    };

    delegate Value Apply(ZonedDateTime date, ReadOnlySpan<Value> operands);

    static Operator Part(Func<ZonedDateTime, double> part) => Of(1, (date, _) => Value.Of(part(date)), Zone(1));

    /// <param name="zone">The index of the optional zone, which comes last.</param>
    static Operator Of(int zone, Apply apply, Func<Operand[], string?> check) =>
        Operator.Many(zone, zone + 1, (ref run, operands) =>
            run.Spend(Steps) && ZoneOf(operands, zone) is { } place && Read(operands[0], place) is { } date ? apply(date, operands) : Value.Null) with
        { Check = check };

    static Value Diff(ZonedDateTime from, ReadOnlySpan<Value> operands)
    {
        if (Read(operands[1], from.Zone) is not { } to)
        {
            return Value.Null;
        }
        var elapsed = to.ToInstant() - from.ToInstant();
        return operands[2].Text switch
        {
            "seconds" => Value.Of(Math.Truncate(elapsed.TotalSeconds)),
            "minutes" => Value.Of(Math.Truncate(elapsed.TotalMinutes)),
            "hours" => Value.Of(Math.Truncate(elapsed.TotalHours)),
            "days" => Value.Of(Between(PeriodUnits.Days).Days),
            "weeks" => Value.Of(Between(PeriodUnits.Weeks).Weeks),
            "months" => Value.Of(Between(PeriodUnits.Months).Months),
            "years" => Value.Of(Between(PeriodUnits.Years).Years),
            _ => Value.Null,
        };

        Period Between(PeriodUnits unit) => Period.Between(from.LocalDateTime, to.LocalDateTime, unit);
    }

    static Value Add(ZonedDateTime date, ReadOnlySpan<Value> operands)
    {
        var (amount, unit) = (Math.Truncate(operands[1].AsNumber()), operands[2].Text);
        var days = amount * unit switch { "years" => 366, "months" => 31, "weeks" => 7, "days" => 1, "hours" => 1 / 24.0, "minutes" => 1 / 1440.0, "seconds" => 1 / 86_400.0, _ => double.NaN };
        var (back, ahead) = ((Earliest - date.ToInstant()).TotalDays, (Latest - date.ToInstant()).TotalDays);
        if (!(days >= back && days <= ahead))   // NaN too
        {
            return Value.Null;
        }
        var moved = unit switch
        {
            "seconds" => date.Plus(Duration.FromSeconds(amount)),
            "minutes" => date.Plus(Duration.FromMinutes(amount)),
            "hours" => date.Plus(Duration.FromHours(amount)),
            "days" => Shifted(Period.FromDays((int)amount)),
            "weeks" => Shifted(Period.FromWeeks((int)amount)),
            "months" => Shifted(Period.FromMonths((int)amount)),
            _ => Shifted(Period.FromYears((int)amount)),
        };
        return Value.Of(Instants.Text(moved.ToDateTimeOffset()));

        ZonedDateTime Shifted(Period period) => date.Zone.AtLeniently(date.LocalDateTime + period);
    }

    static ZonedDateTime? Read(in Value value, DateTimeZone zone)
    {
        switch (value.Kind)
        {
            case ValueKind.Number when value.Number >= Earliest.ToUnixTimeMilliseconds() && value.Number <= Latest.ToUnixTimeMilliseconds():
                return Instant.FromUnixTimeMilliseconds((long)value.Number).InZone(zone);
            case ValueKind.Text when Instants.TryParse(value.Text, out var instant) && Instant.FromDateTimeOffset(instant) is var moment && moment >= Earliest && moment <= Latest:
                return moment.InZone(zone);
            case ValueKind.Text when DateOnly.TryParseExact(value.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1 and < 9998:
                return zone.AtStartOfDay(new LocalDate(day.Year, day.Month, day.Day));
            default:
                return null;
        }
    }

    static DateTimeZone? ZoneOf(ReadOnlySpan<Value> operands, int index) =>
        operands.Length <= index || operands[index].Kind == ValueKind.Null ? DateTimeZone.Utc
        : operands[index].Kind == ValueKind.Text ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(operands[index].Text)
        : null;

    static Func<Operand[], string?> Zone(int zone) => operands =>
        operands.Length > zone && operands[zone].Constant is { } name && ZoneOf([name], 0) is null ? $"{name} is no IANA time zone" : null;

    static Func<Operand[], string?> Check(int unit) => operands =>
        operands[unit].Constant is { } name && !Units.Contains(name.Text, StringComparer.Ordinal) ? $"{name} is no unit; take one of {string.Join(", ", Units)}" : Zone(unit + 1)(operands);
}
