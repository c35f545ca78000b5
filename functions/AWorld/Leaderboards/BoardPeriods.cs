using AWorld.Platform;
using NodaTime;

namespace AWorld.Leaderboards;

/// <summary>
/// The periods of a recurring board: the first is what was asked for, each next one begins where the one before ends
/// and lasts a day, a week or a month of the zone's calendar, or (CUSTOM) as long as the first. All are counted from
/// the first, so that a month that is too short for a day, or a change of clocks, does not move those after it.
/// </summary>
static class BoardPeriods
{
    const int LastYear = 9900;

    /// <summary>A recurring period without an end lasts one turn.</summary>
    public static Timeframe Complete(Timeframe asked) =>
        asked is { Type: TimeframeType.Recurring, EndsAt: null, Recurrence: { } recurrence and not Recurrence.Custom }
            ? asked with { EndsAt = Turn(asked, asked.StartsAt, recurrence, default, 1) }
            : asked;

    /// <summary>The period after a board's own; null: none follows.</summary>
    public static (Timeframe Timeframe, BoardSeries Series)? After(RuntimeLeaderboard board)
    {
        if (board.Timeframe is not { Type: TimeframeType.Recurring, Recurrence: { } recurrence, EndsAt: { Year: < LastYear } end })
        {
            return null;
        }
        var series = board.Series ?? new(board.Timeframe.StartsAt, end, 0);
        var length = Local(board.Timeframe, series.EndsAt) - Local(board.Timeframe, series.StartsAt);
        var next = series with { Turn = series.Turn + 1 };
        return (board.Timeframe with { StartsAt = end, EndsAt = Turn(board.Timeframe, series.EndsAt, recurrence, length, next.Turn) }, next);
    }

    static DateTimeOffset Turn(Timeframe timeframe, DateTimeOffset from, Recurrence recurrence, TimeSpan length, int turns)
    {
        var local = Local(timeframe, from);
        var then = recurrence switch
        {
            Recurrence.Daily => local.AddDays(turns),
            Recurrence.Weekly => local.AddDays(7 * turns),
            Recurrence.Monthly => local.AddMonths(turns),
            _ => local + length * turns,
        };
        return LocalDateTime.FromDateTime(then).InZoneLeniently(Zone(timeframe)).ToInstant().ToDateTimeOffset();
    }

    static DateTime Local(Timeframe timeframe, DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(Zone(timeframe)).ToDateTimeUnspecified();

    /// <summary>With the type USER the instants' UTC fields are the local ones.</summary>
    static DateTimeZone Zone(Timeframe timeframe) =>
        timeframe is { TimezoneType: TimeframeTimezoneType.Fixed, Timezone: { } name } ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? DateTimeZone.Utc : DateTimeZone.Utc;
}
