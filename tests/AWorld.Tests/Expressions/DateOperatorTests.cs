using System.Text.Json;
using AWorld.Expressions;

namespace AWorld.Tests.Expressions;

public sealed class DateOperatorTests
{
    [Theory]
    [InlineData("""{"Date.year": ["2026-03-29T00:30:00Z"]}""", "2026")]
    [InlineData("""{"Date.month": "2026-03-29"}""", "3")]
    [InlineData("""{"Date.day": ["2026-03-28T23:30:00Z", "Europe/Rome"]}""", "29")]
    [InlineData("""{"Date.hour": ["2026-03-29T01:30:00Z", "Europe/Rome"]}""", "3")]
    [InlineData("""{"Date.minute": ["2026-03-29T01:30:15+05:30"]}""", "0")]
    [InlineData("""{"Date.second": [1000]}""", "1")]
    [InlineData("""{"Date.weekday": ["2026-03-29"]}""", "7")]
    [InlineData("""{"Date.weekday": ["2026-03-30"]}""", "1")]
    [InlineData("""{"Date.week": ["2027-01-01"]}""", "53")]
    [InlineData("""{"Date.weekYear": ["2027-01-01"]}""", "2026")]
    [InlineData("""{"Date.dayOfYear": ["2024-12-31"]}""", "366")]
    [InlineData("""{"Date.epoch": ["1970-01-02"]}""", "86400000")]
    [InlineData("""{"Date.date": ["2026-03-28T23:30:00Z", "Europe/Rome"]}""", "\"2026-03-29\"")]
    [InlineData("""{"Date.date": ["2026-03-28T23:30:00Z", null]}""", "\"2026-03-28\"")]
    [InlineData("""{"Date.diff": ["2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00", "days", "Europe/Rome"]}""", "1")]
    [InlineData("""{"Date.diff": ["2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00", "hours"]}""", "23")]
    [InlineData("""{"Date.diff": ["2026-03-10", "2026-03-01", "weeks"]}""", "-1")]
    [InlineData("""{"Date.diff": ["2024-01-31", "2024-02-28", "months"]}""", "0")]
    [InlineData("""{"Date.diff": ["2000-02-29", "2026-02-27", "years"]}""", "25")]
    [InlineData("""{"Date.add": ["2026-03-28T12:00:00+01:00", 1, "days", "Europe/Rome"]}""", "\"2026-03-29T10:00:00.000Z\"")]
    [InlineData("""{"Date.add": ["2026-03-28T12:00:00+01:00", 24, "hours", "Europe/Rome"]}""", "\"2026-03-29T11:00:00.000Z\"")]
    [InlineData("""{"Date.add": ["2024-01-31", 1, "months"]}""", "\"2024-02-29T00:00:00.000Z\"")]
    [InlineData("""{"Date.add": ["2026-01-01", -1, "seconds"]}""", "\"2025-12-31T23:59:59.000Z\"")]
    [InlineData("""{"Date.year": ["yesterday"]}""", "null")]
    [InlineData("""{"Date.year": ["2026-03-29T00:30:00"]}""", "null")]
    [InlineData("""{"Date.year": [1e300]}""", "null")]
    [InlineData("""{"Date.year": [{"/": [0, 0]}]}""", "null")]
    [InlineData("""{"Date.year": [null]}""", "null")]
    [InlineData("""{"Date.add": ["2026-01-01", 1e300, "years"]}""", "null")]
    [InlineData("""{"Date.add": ["2026-01-01", 9e9, "minutes"]}""", "null")]
    [InlineData("""{"Date.add": ["2026-01-01", 8000, "years"]}""", "null")]
    [InlineData("""{"Date.add": ["0001-01-02", -1, "years"]}""", "null")]
    [InlineData("""{"Date.day": ["2026-01-01", {"cat": ["No", "where"]}]}""", "null")]
    public void A_date_is_read_in_its_zone(string expression, string result)
    {
        // through a variable, so that constants are not checked
        var value = Expression.Parse($$"""{"if": [{"var": "on"}, {{expression}}]}""");
        if (expression.Contains("where", StringComparison.Ordinal))
        {
            ExpressionCheck.Check(value).ShouldNotBeEmpty();
            return;
        }
        value.Evaluate(Variables.Of(JsonElement.Parse("""{"on": 1}"""))).ToString().ShouldBe(result);
    }

    [Fact]
    public void Dates_at_the_ends_of_time_never_throw()
    {
        string[] zones = ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"];
        string[] dates = ["\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "\"9997-12-31\"", "\"0002-01-01\"", "-62135596800000", "253402300799999", "9e15"];
        foreach (var zone in zones)
        {
            foreach (var date in dates)
            {
                foreach (var unit in (string[])["seconds", "minutes", "hours", "days", "weeks", "months", "years"])
                {
                    foreach (var amount in (string[])["-1e9", "-1", "1", "1e9", "3e6", "-3e6"])
                    {
                        Expression.Parse($$"""{"Date.add": [{{date}}, {{amount}}, "{{unit}}", "{{zone}}"]}""").Evaluate(Variables.None).IsError.ShouldBeFalse();
                    }
                    Expression.Parse($$"""{"Date.diff": [{{date}}, "2026-01-01", "{{unit}}", "{{zone}}"]}""").Evaluate(Variables.None).IsError.ShouldBeFalse();
                }
                Expression.Parse($$"""{"Date.week": [{{date}}, "{{zone}}"]}""").Evaluate(Variables.None).IsError.ShouldBeFalse();
            }
        }
    }
}
