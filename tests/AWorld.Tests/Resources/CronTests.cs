using AWorld.Platform;
using NodaTime;

namespace AWorld.Tests.Resources;

public sealed class CronTests
{
    static readonly DateTimeZone Rome = DateTimeZoneProviders.Tzdb["Europe/Rome"], Utc = DateTimeZone.Utc;

    [Theory]
    [InlineData("", 1)]
    [InlineData("* * * *", 8)]
    [InlineData("* * * * * *", 11)]
    [InlineData("60 * * * *", 1)]
    [InlineData("0 25 * * *", 3)]
    [InlineData("0 9 0 * *", 5)]
    [InlineData("0 9 * MAI *", 7)]
    [InlineData("0 9 * * 8", 9)]
    [InlineData("0 9 * * 1,x", 11)]
    [InlineData("5-1 * * * *", 1)]
    [InlineData("*/0 * * * *", 3)]
    [InlineData("0,, * * * *", 3)]
    [InlineData("0 0 31 2 *", 1)]
    public void A_wrong_schedule_tells_where(string text, int position) =>
        Cron.Parse(text).Error!.Details![0].Message.ShouldStartWith($"at character {position}:");

    [Theory]
    [InlineData("*/15 * * * *", "2026-03-10T09:00:00Z", "2026-03-10T09:15:00Z")]
    [InlineData("0 9 * * MON", "2026-03-10T09:00:00Z", "2026-03-16T09:00:00Z")]
    [InlineData("0 0 1 1 *", "2026-03-10T09:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-03-10T09:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 13 * FRI", "2026-03-10T09:00:00Z", "2026-03-13T00:00:00Z")]
    [InlineData("0 0 15 * FRI", "2026-03-14T00:00:00Z", "2026-03-15T00:00:00Z")]
    [InlineData("30 8-10/2 * * 1-5", "2026-03-13T10:30:00Z", "2026-03-16T08:30:00Z")]
    [InlineData("0 12 * * 7", "2026-03-10T09:00:00Z", "2026-03-15T12:00:00Z")]
    public void The_next_firing_is_found(string text, string from, string next)
    {
        var cron = Cron.Parse(text).Value;
        var expected = DateTimeOffset.Parse(next);
        cron.After(DateTimeOffset.Parse(from), Utc).ShouldBe(expected);
        cron.LastAt(expected.AddSeconds(59), DateTimeOffset.Parse(from), Utc).ShouldBe(expected);
    }

    [Fact]
    public void A_time_that_the_clocks_skip_fires_once_later_and_one_they_repeat_fires_once()
    {
        var cron = Cron.Parse("30 2 * * *").Value;
        Firings("2026-03-28T00:00:00Z", 3).ShouldBe(["2026-03-28T01:30Z", "2026-03-29T01:30Z", "2026-03-30T00:30Z"]);
        Firings("2026-10-24T00:00:00Z", 3).ShouldBe(["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]);

        List<string> Firings(string from, int count)
        {
            List<string> found = [];
            for (DateTimeOffset? at = DateTimeOffset.Parse(from); found.Count < count;)
            {
                at = cron.After(at!.Value, Rome);
                found.Add($"{at:yyyy-MM-ddTHH:mm}Z");
            }
            return found;
        }
    }

    [Fact]
    public void There_is_no_last_firing_before_the_start() =>
        Cron.Parse("0 9 * * *").Value.LastAt(DateTimeOffset.Parse("2026-03-10T08:00:00Z"), DateTimeOffset.Parse("2026-03-09T10:00:00Z"), Utc).ShouldBeNull();
}
