using AWorld.Missions;
using AWorld.Platform;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using NodaTime.Calendars;

namespace AWorld.Tests.Game;

public class PeriodTests
{
    static readonly string[] Zones = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia", "America/Havana", "Africa/Casablanca"];
    static readonly DateTimeOffset Start = new(2005, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly Arbitrary<(string Zone, DateTimeOffset Moment)> Moments = (
        from zone in Gen.Elements(Zones)
        from near in Gen.Elements(true, false)
        from minutes in Gen.Choose(0, 20 * 366 * 24 * 60)
        from offset in Gen.Choose(-180, 180)
        select (zone, near ? NearTransition(zone, Start.AddMinutes(minutes)).AddMinutes(offset) : Start.AddMinutes(minutes + 1000))).ToArbitrary();

    static DateTimeOffset NearTransition(string zone, DateTimeOffset moment)
    {
        var interval = DateTimeZoneProviders.Tzdb[zone].GetZoneInterval(Instant.FromDateTimeOffset(moment));
        return interval.HasEnd ? interval.End.ToDateTimeOffset() : moment;
    }

    static Timeframe Recurring(Recurrence recurrence, string zone, string? cron = null) =>
        new(TimeframeType.Recurring, TimeframeTimezoneType.Fixed, zone, Start.AddYears(-1), Start.AddYears(60), recurrence, cron);

    /// <summary>The id as a plain calendar has it: what the clock on the wall shows.</summary>
    static string OnTheWall(Recurrence recurrence, string zone, DateTimeOffset moment)
    {
        var date = Instant.FromDateTimeOffset(moment).InZone(DateTimeZoneProviders.Tzdb[zone]).Date;
        return recurrence switch
        {
            Recurrence.Daily => date.ToString("yyyy'-'MM'-'dd", null),
            Recurrence.Weekly => $"{WeekYearRules.Iso.GetWeekYear(date):0000}-W{WeekYearRules.Iso.GetWeekOfWeekYear(date):00}",
            _ => date.ToString("yyyy'-'MM", null),
        };
    }

    [Theory]
    [InlineData(Recurrence.Daily)]
    [InlineData(Recurrence.Weekly)]
    [InlineData(Recurrence.Monthly)]
    public void The_period_is_the_one_the_wall_clock_shows(Recurrence recurrence) => Prop.ForAll(Moments, sample =>
        Periods.At(Recurring(recurrence, sample.Zone), null, sample.Moment)!.Id.ShouldBe(OnTheWall(recurrence, sample.Zone, sample.Moment))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Recurrence.Daily, null)]
    [InlineData(Recurrence.Weekly, null)]
    [InlineData(Recurrence.Monthly, null)]
    [InlineData(Recurrence.Custom, "30 2 * * *")]
    [InlineData(Recurrence.Custom, "0 0 1,15 * *")]
    public void Periods_follow_each_other_without_gap_or_overlap(Recurrence recurrence, string? cron) => Prop.ForAll(Moments, sample =>
    {
        var timeframe = Recurring(recurrence, sample.Zone, cron);
        var period = Periods.At(timeframe, null, sample.Moment)!;
        (period.StartsAt <= sample.Moment && sample.Moment < period.EndsAt).ShouldBeTrue();
        Periods.At(timeframe, null, period.StartsAt).ShouldBe(period);
        Periods.At(timeframe, null, period.EndsAt!.Value.AddMilliseconds(-1)).ShouldBe(period);
        var next = Periods.At(timeframe, null, period.EndsAt!.Value)!;
        next.StartsAt.ShouldBe(period.EndsAt!.Value);
        next.Id.ShouldNotBe(period.Id);
        var before = Periods.At(timeframe, null, period.StartsAt.AddMilliseconds(-1))!;
        before.EndsAt.ShouldBe(period.StartsAt);
        before.Id.ShouldNotBe(period.Id);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ids_are_those_of_the_domain()
    {
        var moment = new DateTimeOffset(2025, 9, 15, 22, 30, 0, TimeSpan.Zero);
        Periods.At(Recurring(Recurrence.Daily, "UTC"), null, moment)!.Id.ShouldBe("2025-09-15");
        Periods.At(Recurring(Recurrence.Daily, "Europe/Rome"), null, moment)!.Id.ShouldBe("2025-09-16");
        Periods.At(Recurring(Recurrence.Weekly, "UTC"), null, moment)!.Id.ShouldBe("2025-W38");
        Periods.At(Recurring(Recurrence.Weekly, "UTC"), null, new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero))!.Id.ShouldBe("2026-W53");
        Periods.At(Recurring(Recurrence.Monthly, "UTC"), null, moment)!.Id.ShouldBe("2025-09");
        Periods.At(Recurring(Recurrence.Custom, "Europe/Rome", "0 8 * * 1"), null, moment)!.Id.ShouldBe("2025-09-15T06:00:00.000Z");
        var range = new Timeframe(TimeframeType.Range, TimeframeTimezoneType.Fixed, "UTC", moment, moment.AddDays(1));
        Periods.At(range, null, moment)!.Id.ShouldBe("2025-09-15T22:30:00.000Z");
        Periods.At(range, null, moment.AddDays(1)).ShouldBeNull();
        Periods.At(range, null, moment.AddMilliseconds(-1)).ShouldBeNull();
        Periods.At(new(TimeframeType.Permanent, TimeframeTimezoneType.Fixed, "UTC", moment), null, moment)!.ShouldBe(new("PERMANENT", moment, null));
    }

    [Fact]
    public void A_timeframe_of_the_users_own_clock_differs_by_user()
    {
        var day = new Timeframe(TimeframeType.Recurring, TimeframeTimezoneType.User, null, new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero), new(2025, 10, 1, 0, 0, 0, TimeSpan.Zero), Recurrence.Daily);
        var moment = new DateTimeOffset(2025, 9, 15, 23, 0, 0, TimeSpan.Zero);
        Periods.At(day, "Asia/Tokyo", moment)!.Id.ShouldBe("2025-09-16");
        Periods.At(day, "America/New_York", moment)!.Id.ShouldBe("2025-09-15");
        Periods.At(day, null, moment)!.Id.ShouldBe("2025-09-15");
        Periods.At(day, "Asia/Tokyo", new(2025, 8, 31, 15, 0, 0, TimeSpan.Zero))!.Id.ShouldBe("2025-09-01");
        Periods.At(day, "America/New_York", new(2025, 9, 1, 3, 59, 0, TimeSpan.Zero)).ShouldBeNull();
    }
}
