using AWorld.Embedded.Replay;

namespace AWorld.Embedded.Tests;

public sealed class ReplayEventTests
{
    const string Valid = """
        {"specversion":"1.0","id":"7","source":"//lms/oulad","type":"aworld.activity.completed","subject":"s:11391","time":"2013-10-18T00:00:00Z","data":{"activity":"hand-in","outcome":"SUCCESS","value":78,"tags":["AAA"]}}
        """;

    [Fact]
    public void An_event_becomes_an_action_whose_id_comes_from_its_source_and_id()
    {
        var action = ReplayEvent.Parse(Valid).Value;
        action.ExternalId.ShouldBe("s:11391");
        action.ActivityId.ShouldBe("hand-in");
        action.Value.ShouldBe(78);
        action.Tags.ShouldBe(["AAA"]);
        action.CompletedAt.ShouldBe(new DateTimeOffset(2013, 10, 18, 0, 0, 0, TimeSpan.Zero));
        action.ActivityLogId.ShouldBe(ReplayEvent.Parse(Valid).Value.ActivityLogId);
        action.ActivityLogId.ShouldNotBe(ReplayEvent.Parse(Valid.Replace("\"7\"", "\"8\"", StringComparison.Ordinal)).Value.ActivityLogId);
    }

    [Theory]
    [InlineData("\"1.0\"", "\"0.3\"", "specversion")]
    [InlineData("\"7\"", "\"\"", "id")]
    [InlineData("//lms/oulad", "", "source")]
    [InlineData("activity.completed", "activity.begun", "type")]
    [InlineData("s:11391", "a b", "subject")]
    [InlineData("\"hand-in\"", "null", "data.activity")]
    [InlineData("SUCCESS", "MAYBE", "data.outcome")]
    [InlineData("78", "\"many\"", "data.value")]
    [InlineData("00Z", "00", "time")]
    public void What_is_wrong_is_named(string valid, string wrong, string field)
    {
        var refused = ReplayEvent.Parse(Valid.Replace(valid, wrong, StringComparison.Ordinal));
        refused.Error.ShouldNotBeNull().Details!.Select(detail => detail.Field).ShouldContain(field);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"specversion\":\"1.0\"")]
    public void What_is_no_event_is_refused(string line) => ReplayEvent.Parse(line).Succeeded.ShouldBeFalse();
}
