using AWorld.Leaderboards;
using AWorld.Platform;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;

namespace AWorld.Tests.Leaderboards;

/// <summary>The periods of recurring boards beside a calendar on the wall.</summary>
public sealed class BoardPeriodTests
{
    static readonly string[] Zones = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "Africa/Cairo"];

    static readonly Arbitrary<(string Zone, Recurrence Recurrence, DateTimeOffset Start)> Series = (
        from zone in Gen.Elements(Zones)
        from recurrence in Gen.Elements(Recurrence.Daily, Recurrence.Weekly, Recurrence.Monthly)
        from minute in Gen.Choose(0, 60 * 24 * 400)
        select (zone, recurrence, new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute))).ToArbitrary();

    static RuntimeLeaderboard Board(Timeframe timeframe, BoardSeries? series = null) =>
        new("board", "configuration", timeframe, new("points", false), 1, default, default, Series: series);

    static IEnumerable<Timeframe> Turns(Timeframe first, int count)
    {
        var board = Board(BoardPeriods.Complete(first));
        for (var turn = 0; turn < count; turn++)
        {
            yield return board.Timeframe;
            var (next, series) = BoardPeriods.After(board)!.Value;
            board = Board(next, series);
        }
    }

    static LocalDateTime Wall(DateTimeOffset instant, string zone) => Instant.FromDateTimeOffset(instant).InZone(DateTimeZoneProviders.Tzdb[zone]).LocalDateTime;

    [Fact]
    public void They_follow_each_other_without_gap_and_begin_when_the_wall_says_so() => Prop.ForAll(Series, one =>
    {
        var periods = Turns(new(TimeframeType.Recurring, TimeframeTimezoneType.Fixed, one.Zone, one.Start, null, one.Recurrence), 40).ToList();
        var first = Wall(periods[0].EndsAt!.Value, one.Zone);
        foreach (var (turn, period) in periods.Index())
        {
            (turn == 0 || period.StartsAt == periods[turn - 1].EndsAt).ShouldBeTrue();
            var expected = one.Recurrence switch
            {
                Recurrence.Daily => first.PlusDays(turn),
                Recurrence.Weekly => first.PlusWeeks(turn),
                _ => first.PlusMonths(turn),
            };
            var shown = Wall(period.EndsAt!.Value, one.Zone);
            // Where the clocks skip that time, as much later as they skip
            (shown == expected || DateTimeZoneProviders.Tzdb[one.Zone].MapLocal(expected).Count == 0 && shown.Date == expected.Date).ShouldBeTrue($"{shown} instead of {expected}");
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_month_without_the_day_does_not_move_the_months_after_it() =>
        Turns(new(TimeframeType.Recurring, TimeframeTimezoneType.Fixed, "UTC", At("2025-12-31"), At("2026-01-31"), Recurrence.Monthly), 4).Select(period => period.EndsAt).ShouldBe(
            [At("2026-01-31"), At("2026-02-28"), At("2026-03-31"), At("2026-04-30")]);

    [Fact]
    public void CUSTOM_repeats_the_length_of_the_first_on_the_wall() =>
        Turns(new(TimeframeType.Recurring, TimeframeTimezoneType.Fixed, "Europe/Rome", At("2026-03-20T23:00:00Z"), At("2026-03-25T23:00:00Z"), Recurrence.Custom), 3).Select(period => period.EndsAt).ShouldBe(
            [At("2026-03-25T23:00:00Z"), At("2026-03-30T22:00:00Z"), At("2026-04-04T22:00:00Z")]);

    [Fact]
    public void In_users_zones_a_day_is_a_day_and_the_next_opens_before_this_one_closes()
    {
        var periods = Turns(new(TimeframeType.Recurring, TimeframeTimezoneType.User, null, At("2026-03-28"), null, Recurrence.Daily), 3).ToList();
        periods.Select(period => period.EndsAt).ShouldBe([At("2026-03-29"), At("2026-03-30"), At("2026-03-31")]);
        Board(periods[1]).OpensAt().ShouldBe(At("2026-03-28T10:00:00Z"));
        Board(periods[0]).ClosesAt().ShouldBe(At("2026-03-29T12:00:00Z"));
    }

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text.Length == 10 ? $"{text}T00:00:00Z" : text, null);
}
