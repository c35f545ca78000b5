using System.Text.Json;
using AWorld.Expressions;
using FsCheck;
using FsCheck.Fluent;

namespace AWorld.Tests.Expressions;

/// <summary>Random expressions on random data give what json-logic-js gives for them.</summary>
public sealed class DifferentialTests
{
    const int Cases = 20_000;

    /// <summary>The same cases every time; other numbers, tried by hand, give others.</summary>
    static readonly Rnd Seed = new(2026);

    // Expression and data as JSON
    static readonly Gen<string> Texts = Gen.Elements("", "0", "1", "-1", "2", "1.5", " 7 ", "0x10", "1e2", "abc", "ab", "b", "null", "true", "1,2", "3 apples", "é", "a.b", "-0", "Infinity", ".5", "5.", "+3", "1e", "a\\\"b");
    static readonly Gen<string> Numbers = Gen.Elements("0", "1", "-1", "2", "3", "10", "1.5", "-2.5", "0.1", "1e21", "1e-7", "123456789012345680000", "1e300", "-0.0", "4503599627370495.5", "100", "0.000001", "1.7976931348623157e308", "5e-324");
    static readonly Gen<string> Atoms = Gen.Frequency((4, Numbers), (4, Texts.Select(text => $"\"{text}\"")), (1, Gen.Elements("null")), (2, Gen.Elements("true", "false")), (1, Gen.Elements("[]", "{}")));
    static readonly Gen<string> Anywhere = Gen.Elements("a", "b", "c", "d.x", "d.y.z", "l", "l.0", "l.1", "l.length", "m.0.x", "nope", "d.nope", "t", "t.length", "t.0", "x", "");
    // Not "": of a reduction it is an object that json-logic-js makes once an item and we each time, which === can tell
    static readonly Gen<string> InReduce = Gen.Elements("current", "accumulator", "accumulator.x", "current.x", "current.0", "accumulator.length");

    static readonly string[] Unary = ["!", "!!", "+", "-", "*", "cat", "merge", "min", "max", "var", "if", "and", "or", "missing",
        "Math.floor", "Math.ceil", "Math.round", "Math.abs", "Math.sqrt", "Math.trunc", "Math.sign"];
    static readonly string[] Binary = ["==", "===", "!=", "!==", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "cat", "min", "max", "merge", "substr", "and", "or", "if", "var", "Math.min", "Math.max"];
    static readonly string[] Ternary = ["<", "<=", "+", "*", "cat", "min", "max", "merge", "substr", "if", "?:", "and", "or", "missing"];
    static readonly string[] Loops = ["map", "filter", "all", "some", "none"];

    static Gen<string> Data(int depth) => depth == 0 ? Atoms : Gen.Frequency(
        (3, Atoms),
        (1, Data(depth - 1).ListOf().Where(items => items.Count <= 4).Select(items => $"[{string.Join(",", items)}]")),
        (1, from x in Data(depth - 1) from y in Data(depth - 1) select $$"""{"x":{{x}},"y":{{y}}}"""));

    static Gen<string> Root() =>
        from a in Data(1)
        from b in Data(0)
        from d in Data(2)
        from list in Data(1).ListOf()
        from objects in Data(1).ListOf()
        from text in Texts
        select $$"""{"a":{{a}},"b":{{b}},"d":{{d}},"l":[{{string.Join(",", list.Take(5))}}],"m":[{{string.Join(",", objects.Take(4).Select(x => $$"""{"x":{{x}}}"""))}}],"t":"{{text}}","x":{{b}}}""";

    static Gen<string> Logic(int depth, Gen<string> names)
    {
        var variable = names.Select(name => $$"""{"var":"{{name}}"}""");
        if (depth == 0)
        {
            return Gen.Frequency((1, Atoms), (1, variable));
        }
        var inner = Logic(depth - 1, names);
        return Gen.Frequency(
            (1, Atoms),
            (2, variable),
            (1, from name in names from otherwise in inner select $$"""{"var":["{{name}}",{{otherwise}}]}"""),
            (1, from some in names.ListOf() select $$"""{"missing":[{{string.Join(",", some.Select(name => $"\"{name}\""))}}]}"""),
            (1, from needed in Gen.Choose(0, 4) from some in names.ListOf() select $$"""{"missing_some":[{{needed}},[{{string.Join(",", some.Select(name => $"\"{name}\""))}}]]}"""),
            (1, from one in inner from two in inner select $"[{one},{two}]"),
            (3, from op in Gen.Elements(Unary.Except(["var", "missing"]).ToArray()) from a in inner from bare in Gen.Elements(true, false) select bare && !a.StartsWith('[') ? $$"""{"{{op}}":{{a}}}""" : $$"""{"{{op}}":[{{a}}]}"""),
            (8, from op in Gen.Elements(Binary.Except(["var"]).ToArray()) from a in inner from b in inner select $$"""{"{{op}}":[{{a}},{{b}}]}"""),
            (4, from op in Gen.Elements(Ternary.Except(["missing"]).ToArray()) from a in inner from b in inner from c in inner select $$"""{"{{op}}":[{{a}},{{b}},{{c}}]}"""),
            (3, from op in Gen.Elements(Loops) from list in Lists(inner) from body in Logic(depth - 1, Anywhere) select $$"""{"{{op}}":[{{list}},{{body}}]}"""),
            (2, from list in Lists(inner) from body in Logic(depth - 1, InReduce) from start in inner select $$"""{"reduce":[{{list}},{{body}},{{start}}]}"""));
    }

    static Gen<string> Lists(Gen<string> inner) => Gen.Frequency((3, Gen.Elements("""{"var":"l"}""", """{"var":"m"}""")), (2, inner));

    [Fact]
    public async Task Random_expressions_give_what_json_logic_js_gives()
    {
        var module = await Node.Install("json-logic");
        var cases = (from logic in Logic(3, Anywhere) from data in Root() select (logic, data)).Sample(Cases, Seed, 20).ToArray();
        var answers = await Node.Run(Path.Combine(module, "evaluate.js"), cases.Select(one => $"[{one.logic},{one.data}]"));
        answers.Count.ShouldBe(Cases);
        var differing = new List<string>();
        var compared = 0;
        for (var i = 0; i < Cases; i++)
        {
            var expression = Expression.Parse(cases[i].logic);
            var theirs = JsonElement.Parse(answers[i]);
            var ours = expression.Evaluate(Variables.Of(JsonElement.Parse(cases[i].data)));
            if (theirs.TryGetProperty("skip", out _) || ours.IsError)
            {
                continue;   // bounds of ours, exceptions of theirs
            }
            compared++;
            if (!JsonElement.DeepEquals(ours.ToJson(), theirs.GetProperty("result")) || ours.IsTruthy != theirs.GetProperty("truthy").GetBoolean())
            {
                differing.Add($"{cases[i].logic}\n  on {cases[i].data}\n  gives {ours}, json-logic-js {answers[i]}");
            }
        }
        differing.OrderBy(text => text.Length).Take(5).ShouldBeEmpty($"{differing.Count} of {compared} differ");
        compared.ShouldBeGreaterThan(Cases * 9 / 10);
    }
}
