using System.Text.Json;
using AWorld.Expressions;

namespace AWorld.Tests.Expressions;

/// <summary>What jsonlogic.com says each operation does: expression, data, result.</summary>
public sealed class JsonLogicTests
{
    public static TheoryData<string, string, string> Cases() => new()
    {
        // bare values
        { "true", "null", "true" }, { "17", "null", "17" }, { "3.14", "null", "3.14" }, { "\"apple\"", "null", "\"apple\"" }, { "null", "null", "null" },
        { """["a", 1]""", "null", """["a",1]""" }, { "{}", "null", "{}" }, { """{"a": 1, "b": 2}""", "null", """{"a":1,"b":2}""" },
        // equality
        { """{"==": [1, 1]}""", "null", "true" }, { """{"==": [1, "1"]}""", "null", "true" }, { """{"==": [1, 2]}""", "null", "false" },
        { """{"==": [0, false]}""", "null", "true" }, { """{"==": [null, 0]}""", "null", "false" }, { """{"==": ["", 0]}""", "null", "true" },
        { """{"==": [null, null]}""", "null", "true" }, { """{"==": [[], ""]}""", "null", "true" }, { """{"==": [[1, 2], "1,2"]}""", "null", "true" },
        { """{"==": [[1], [1]]}""", "null", "false" }, { """{"==": ["0x10", 16]}""", "null", "true" }, { """{"==": [{}, "[object Object]"]}""", "null", "true" },
        { """{"===": [1, 1]}""", "null", "true" }, { """{"===": [1, "1"]}""", "null", "false" }, { """{"===": [{"var": "a"}, {"var": "a"}]}""", """{"a": [1]}""", "true" },
        { """{"!=": [1, 2]}""", "null", "true" }, { """{"!=": [1, "1"]}""", "null", "false" }, { """{"!==": [1, "1"]}""", "null", "true" },
        // order
        { """{">": [2, 1]}""", "null", "true" }, { """{">": ["2", 1]}""", "null", "true" }, { """{">": [1, 1]}""", "null", "false" }, { """{">=": [1, 1]}""", "null", "true" },
        { """{"<": [1, 2]}""", "null", "true" }, { """{"<": ["10", "9"]}""", "null", "true" }, { """{"<": ["b", "a"]}""", "null", "false" }, { """{"<": [null, 1]}""", "null", "true" },
        { """{"<": ["x", 1]}""", "null", "false" }, { """{">=": ["x", 1]}""", "null", "false" }, { """{"<": [1, 2, 3]}""", "null", "true" }, { """{"<": [1, 1, 3]}""", "null", "false" },
        { """{"<=": [1, 1, 3]}""", "null", "true" }, { """{"<=": [1, 4, 3]}""", "null", "false" }, { """{"<": [0, {"var": "temp"}, 100]}""", """{"temp": 37}""", "true" },
        // truth
        { """{"!": [[]]}""", "null", "true" }, { """{"!!": [[]]}""", "null", "false" }, { """{"!!": ["0"]}""", "null", "true" }, { """{"!!": [""]}""", "null", "false" },
        { """{"!!": [[0]]}""", "null", "true" }, { """{"!!": [{}]}""", "null", "true" }, { """{"!": true}""", "null", "false" }, { """{"!!": [0]}""", "null", "false" },
        { """{"and": [true, 1, "x"]}""", "null", "\"x\"" }, { """{"and": [1, [], 2]}""", "null", "[]" }, { """{"and": [1, 0, 2]}""", "null", "0" },
        { """{"or": [false, "", 0]}""", "null", "0" }, { """{"or": [[], "a", "b"]}""", "null", "\"a\"" },
        { """{"if": []}""", "null", "null" }, { """{"if": ["apple"]}""", "null", "\"apple\"" }, { """{"if": [false, 1]}""", "null", "null" }, { """{"if": [true, 1, 2]}""", "null", "1" },
        { """{"if": [false, 1, [], 2, 3]}""", "null", "3" }, { """{"if": [false, 1, "x", 2]}""", "null", "2" }, { """{"?:": ["", 1, 2]}""", "null", "2" },
        { """{"if": [{"<": [{"var": "t"}, 0]}, "ice", {"<": [{"var": "t"}, 100]}, "water", "gas"]}""", """{"t": 55}""", "\"water\"" },
        // numbers
        { """{"+": [1, 2, 3]}""", "null", "6" }, { """{"+": "3.14"}""", "null", "3.14" }, { """{"+": ["1.5 apples", 1]}""", "null", "2.5" }, { """{"+": [null, 1]}""", "null", "null" },
        { """{"+": []}""", "null", "0" }, { """{"+": [0.1, 0.2]}""", "null", "0.30000000000000004" }, { """{"-": [2, 3]}""", "null", "-1" }, { """{"-": [2]}""", "null", "-2" },
        { """{"-": ["3"]}""", "null", "-3" }, { """{"*": [3, 2, 2]}""", "null", "12" }, { """{"*": ["7"]}""", "null", "\"7\"" }, { """{"/": [1, 2]}""", "null", "0.5" },
        { """{"/": [1, 0]}""", "null", "null" }, { """{"%": [7, 4]}""", "null", "3" }, { """{"%": [-7, 4]}""", "null", "-3" }, { """{"%": [1, 0]}""", "null", "null" },
        { """{"min": [3, 1, 2]}""", "null", "1" }, { """{"max": [1, "10", 2]}""", "null", "10" }, { """{"max": [1, "x"]}""", "null", "null" },
        // text
        { """{"cat": ["I love", " pie"]}""", "null", "\"I love pie\"" }, { """{"cat": ["a", null, 1, true, [1, [2, null]]]}""", "null", "\"a1true1,2,\"" }, { """{"cat": "solo"}""", "null", "\"solo\"" },
        { """{"substr": ["jsonlogic", 4]}""", "null", "\"logic\"" }, { """{"substr": ["jsonlogic", -5]}""", "null", "\"logic\"" }, { """{"substr": ["jsonlogic", 0, 1]}""", "null", "\"j\"" },
        { """{"substr": ["jsonlogic", -1, 1]}""", "null", "\"c\"" }, { """{"substr": ["jsonlogic", 4, -2]}""", "null", "\"log\"" }, { """{"substr": ["jsonlogic", -5, -2]}""", "null", "\"log\"" },
        { """{"substr": [12345, 1, 2]}""", "null", "\"23\"" }, { """{"substr": ["ab", 1, 99]}""", "null", "\"b\"" }, { """{"substr": ["ab", 9]}""", "null", "\"\"" },
        { """{"in": ["Spring", "Springfield"]}""", "null", "true" }, { """{"in": ["i", "team"]}""", "null", "false" }, { """{"in": ["Bart", ["Bart", "Lisa"]]}""", "null", "true" },
        { """{"in": [1, ["1"]]}""", "null", "false" }, { """{"in": ["a", null]}""", "null", "false" }, { """{"in": [12, "a12b"]}""", "null", "true" }, { """{"in": ["a", 5]}""", "null", "false" },
        // variables
        { """{"var": ["a"]}""", """{"a": 1}""", "1" }, { """{"var": "b"}""", """{"a": 1}""", "null" }, { """{"var": ["b", 26]}""", """{"a": 1}""", "26" }, { """{"var": ["a", 26]}""", """{"a": null}""", "null" },
        { """{"var": "a.b.c"}""", """{"a": {"b": {"c": 3}}}""", "3" }, { """{"var": ["a.x.c", "none"]}""", """{"a": {"x": null}}""", "\"none\"" }, { """{"var": 1}""", """["a", "b"]""", "\"b\"" },
        { """{"var": "list.1.name"}""", """{"list": [{}, {"name": "n"}]}""", "\"n\"" }, { """{"var": "list.length"}""", """{"list": [1, 2, 3]}""", "3" }, { """{"var": "list.01"}""", """{"list": [1, 2]}""", "null" },
        { """{"var": ""}""", "5", "5" }, { """{"var": []}""", """{"a":1}""", """{"a":1}""" }, { """{"var": {"cat": ["a", ".b"]}}""", """{"a": {"b": 7}}""", "7" }, { """{"var": ["x", {"var": "y"}]}""", """{"y": 2}""", "2" },
        { """{"var": "t.1"}""", """{"t": "abc"}""", "\"b\"" },
        { """{"missing": ["a", "b"]}""", """{"a": "apple", "c": ""}""", """["b"]""" }, { """{"missing": ["c"]}""", """{"c": ""}""", """["c"]""" }, { """{"missing": [["a", "b"]]}""", """{"a": 0}""", """["b"]""" },
        { """{"missing": []}""", "null", "[]" }, { """{"missing": {"merge": ["vin", {"if": [{"var": "financing"}, ["apr"], []]}]}}""", """{"financing": true}""", """["vin","apr"]""" },
        { """{"missing_some": [1, ["a", "b", "c"]]}""", """{"a": "apple"}""", "[]" }, { """{"missing_some": [2, ["a", "b", "c"]]}""", """{"a": "apple"}""", """["b","c"]""" },
        // lists
        { """{"merge": [[1, 2], [3, 4]]}""", "null", "[1,2,3,4]" }, { """{"merge": [1, 2, [3, [4]]]}""", "null", "[1,2,3,[4]]" }, { """{"merge": []}""", "null", "[]" }, { """{"merge": "a"}""", "null", """["a"]""" },
        { """{"map": [{"var": "n"}, {"*": [{"var": ""}, 2]}]}""", """{"n": [1, 2, 3]}""", "[2,4,6]" }, { """{"map": [{"var": "x"}, 1]}""", "{}", "[]" },
        { """{"filter": [{"var": "n"}, {"%": [{"var": ""}, 2]}]}""", """{"n": [1, 2, 3]}""", "[1,3]" }, { """{"filter": [{"var": "n"}, {"var": "ok"}]}""", """{"n": [{"ok": 1}, {"ok": 0}]}""", """[{"ok": 1}]""" },
        { """{"reduce": [{"var": "n"}, {"+": [{"var": "current"}, {"var": "accumulator"}]}, 0]}""", """{"n": [1, 2, 3]}""", "6" }, { """{"reduce": [{"var": "x"}, 1, 7]}""", "{}", "7" },
        { """{"reduce": [{"var": "n"}, {"+": [{"var": "current.q"}, {"var": "accumulator"}]}, 0]}""", """{"n": [{"q": 2}, {"q": 5}]}""", "7" },
        { """{"all": [[1, 2], {">": [{"var": ""}, 0]}]}""", "null", "true" }, { """{"all": [[], true]}""", "null", "false" }, { """{"all": [[1, -2], {">": [{"var": ""}, 0]}]}""", "null", "false" },
        { """{"some": [[-1, 2], {">": [{"var": ""}, 0]}]}""", "null", "true" }, { """{"some": [[], true]}""", "null", "false" }, { """{"none": [[], true]}""", "null", "true" },
        { """{"none": [[-1, 2], {">": [{"var": ""}, 0]}]}""", "null", "false" }, { """{"some": [{"var": "pies"}, {"==": [{"var": "filling"}, "apple"]}]}""", """{"pies": [{"filling": "pumpkin"}, {"filling": "apple"}]}""", "true" },
        { """{"map": [[[1, 2], [3]], {"reduce": [{"var": ""}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 0]}]}""", "null", "[3,3]" },
        { """[{"var": "a"}, [{"var": "a"}]]""", """{"a": 1}""", "[1,[1]]" },
        // Math
        { """{"Math.sqrt": 16}""", "null", "4" }, { """{"Math.pow": [2, 10]}""", "null", "1024" }, { """{"Math.round": [2.5]}""", "null", "3" }, { """{"Math.round": [-2.5]}""", "null", "-2" },
        { """{"Math.round": [0.49999999999999994]}""", "null", "0" }, { """{"Math.floor": ["-1.5"]}""", "null", "-2" }, { """{"Math.ceil": [1.2]}""", "null", "2" }, { """{"Math.trunc": [-1.7]}""", "null", "-1" },
        { """{"Math.max": [1, 5, 3]}""", "null", "5" }, { """{"Math.min": [4, null]}""", "null", "0" }, { """{"Math.abs": [-3]}""", "null", "3" }, { """{"Math.sign": [-3]}""", "null", "-1" }, { """{"Math.log": [1]}""", "null", "0" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_expression_gives_what_jsonlogic_says(string expression, string data, string result)
    {
        var parsed = Expression.Parse(expression);
        var value = parsed.Evaluate(Variables.Of(JsonElement.Parse(data)));
        value.Problem.ShouldBeNull();
        value.ToString().ShouldBe(result);
        // and the traced form, which folds nothing, agrees
        parsed.Explain(Variables.Of(JsonElement.Parse(data))).Result.ToString().ShouldBe(result);
    }
}
