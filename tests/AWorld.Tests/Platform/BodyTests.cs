using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AWorld.Platform;

namespace AWorld.Tests.Platform;

public sealed class BodyTests
{
    sealed record Free(string? Name, JsonElement? Data);

    [Theory]
    [InlineData("""{"data":{"a":["x","\ud800"]}}""", "data.a[1]")]
    [InlineData("""{"data":{"\uDFFF":1}}""", "data")]
    [InlineData("""{"name":"\udc00\ud83d"}""", "name")]
    public void Half_a_surrogate_pair_is_refused_by_the_name_of_its_field(string json, string field)
    {
        var error = Parse(json).Error.ShouldNotBeNull();
        error.Status.ShouldBe(400);
        error.Details.ShouldNotBeNull().ShouldHaveSingleItem().Field.ShouldBe(field);
    }

    [Fact]
    public void A_whole_surrogate_pair_is_text() =>
        Parse("""{"name":"\ud83d\ude00","data":{"\ud83d\ude00":"\ud83d\ude00"}}""").Value.Name.ShouldBe("\U0001F600");

    [Theory]
    [InlineData("", "a JSON body is required")]
    [InlineData(" ", "the JSON breaks off at line 1, byte 2")]
    [InlineData("null", "the JSON must be an object")]
    [InlineData("[]", "the JSON must be an object")]
    [InlineData("""{"\ud800":1}""", "the JSON must be Unicode text: a surrogate (\\ud800 to \\udfff) needs its other half")]
    [InlineData("""{"name":"\ud83d\ude00"} x""", "the JSON is wrong from line 1, byte 25 on")]
    [InlineData("{\n  \"name\": Ada\n}", "the JSON is wrong from line 2, byte 11 on")]
    [InlineData("{\"name\":\"Ada\",}", "the JSON is wrong from line 1, byte 15 on")]
    [InlineData("{\n\"name\":", "the JSON breaks off at line 2, byte 8")]
    [InlineData("{\"name\":\"Ada", "the JSON breaks off at line 1, byte 13")]
    [InlineData("{\"data\":-", "the JSON breaks off at line 1, byte 10")]
    [InlineData("{\"name\":\"Ada\"", "the JSON breaks off at line 1, byte 14")]
    [InlineData("{\"data\":[{\"a\":[1,", "the JSON breaks off at line 1, byte 17")]
    public void What_is_wrong_with_the_whole_body_is_told_by_its_place_and_no_field_is_blamed(string json, string message)
    {
        var error = Parse(json).Error.ShouldNotBeNull();
        (error.Status, error.Message, error.Details).ShouldBe((400, message, null));
    }

    [Fact]
    public void What_is_nested_too_deep_is_told_so() =>
        Parse($"{{\"data\":{new string('[', 70)}{new string(']', 70)}}}").Error.ShouldNotBeNull().Message.ShouldStartWith("the JSON is nested too deep at line 1, byte ");

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    sealed record Closed(string? Name);

    [Fact]
    public void A_field_that_the_contract_forbids_is_named_without_our_types()
    {
        var only = Body<Closed>.Parse("""{"name":"x","surprise":1}"""u8.ToArray()).Error.ShouldNotBeNull().Details.ShouldNotBeNull().ShouldHaveSingleItem();
        only.ShouldBe(new FieldError("surprise", "is not a known field"));
    }

    static Result<Free> Parse(string json) => Body<Free>.Parse(Encoding.UTF8.GetBytes(json));
}
