using System.Text.Json;

namespace AWorld.Tests.Contract;

public sealed class JsonSchemaTests
{
    static readonly JsonSchema Schema = new(JsonElement.Parse("""{"Name": {"type": "string", "minLength": 2}}"""));

    [Theory]
    [InlineData("""{"type": ["string", "null"]}""", "null", "1")]
    [InlineData("""{"type": "integer"}""", "1.0", "1.5")]
    [InlineData("""{"enum": ["a", 1]}""", "1", "\"b\"")]
    [InlineData("""{"const": "a"}""", "\"a\"", "\"b\"")]
    [InlineData("""{"type": "object", "required": ["a"]}""", """{"a": null}""", "{}")]
    [InlineData("""{"properties": {"a": {"$ref": "#/components/schemas/Name"}}}""", """{"a": "xx"}""", """{"a": "x"}""")]
    [InlineData("""{"properties": {"a": {}}, "additionalProperties": false}""", """{"a": 1}""", """{"b": 1}""")]
    [InlineData("""{"additionalProperties": {"type": "string"}}""", """{"a": "x"}""", """{"a": 1}""")]
    [InlineData("""{"items": {"type": "string"}, "minItems": 1, "maxItems": 2}""", """["a"]""", """["a", 1]""")]
    [InlineData("""{"minItems": 1}""", "[1]", "[]")]
    [InlineData("""{"anyOf": [{"type": "string"}, {"minimum": 3}]}""", "3", "2")]
    [InlineData("""{"oneOf": [{"minimum": 3}, {"maximum": 5}]}""", "6", "4")]
    [InlineData("""{"allOf": [{"minimum": 3}, {"exclusiveMaximum": 5}]}""", "4", "5")]
    [InlineData("""{"exclusiveMinimum": 0}""", "0.1", "0")]
    [InlineData("""{"pattern": "^[a-z]+$/i"}""", "\"AB\"", "\"1\"")]
    [InlineData("""{"format": "date-time"}""", "\"2026-03-29T10:00:00Z\"", "\"2026-03-29\"")]
    [InlineData("""{"format": "uri"}""", "\"https://x.example/\"", "\"x\"")]
    [InlineData("""{"format": "email"}""", "\"a@b\"", "\"a\"")]
    [InlineData("""{"maxLength": 2}""", "\"ab\"", "\"abc\"")]
    public void It_tells_right_from_wrong(string schema, string right, string wrong)
    {
        Schema.Errors(JsonElement.Parse(right), JsonElement.Parse(schema)).ShouldBeEmpty();
        Schema.Errors(JsonElement.Parse(wrong), JsonElement.Parse(schema)).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_keyword_it_does_not_know_fails() =>
        Should.Throw<NotSupportedException>(() => Schema.Errors(JsonElement.Parse("1"), JsonElement.Parse("""{"multipleOf": 2}""")));
}
