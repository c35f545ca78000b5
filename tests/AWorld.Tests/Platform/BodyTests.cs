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
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"name":"\ud83d\ude00"} x""")]
    public void What_is_wrong_with_the_whole_body_is_told_without_an_empty_field_name(string json) =>
        Parse(json).Error.ShouldNotBeNull().Message.ShouldNotStartWith(":");

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
