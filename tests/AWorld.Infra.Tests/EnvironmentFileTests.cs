using System.Text.Json.Nodes;
using AWorld.Infra.Topologies;

namespace AWorld.Infra.Tests;

public sealed class EnvironmentFileTests
{
    const string Right = """
        {
          "project": "aworld", "size": "medium", "hosting": "flexConsumption", "location": "swedencentral", "zones": ["aworld.example"],
          "regions": [{ "name": "westeurope", "cell": "eu", "draining": false, "recoverVault": false }],
          "cells": [{
            "name": "eu", "location": "northeurope", "residency": "Europe", "domain": "api.aworld.example", "accounts": ["contoso"], "origins": ["https://app.example.com"],
            "mail": { "resource": "/subscriptions/0/resourceGroups/mail/providers/Microsoft.Communication/communicationServices/eu", "endpoint": "https://eu.europe.communication.azure.com", "from": "no-reply@aworld.example" }
          }],
          "owner": "owner@aworld.example", "alerts": { "emails": ["operations@aworld.example"], "webhooks": ["https://hook.example"] },
          "monthlyBudget": 10000, "breakGlass": false
        }
        """;

    static IReadOnlyList<string> Problems(string text)
    {
        var file = EnvironmentFile.Parse(text);
        return [.. file.Problems, .. Checks.Problems(file.Environment, "prod", file.Unread)];
    }

    [Fact]
    public void One_that_is_right_has_no_problems() => Problems(Right).ShouldBeEmpty();

    [Theory]
    [InlineData("\"project\": \"aworld\"", "\"project\": \"aworld\", \"project\": \"other\"", "$.project: is there twice")]
    [InlineData("\"project\": \"aworld\"", "\"project\": \"aworld\", \"Project\": \"other\"", "$.Project: is there twice")]
    [InlineData("\"cell\": \"eu\"", "\"cell\": \"eu\", \"cell\": \"us\"", "$.regions[0].cell: is there twice")]
    [InlineData("\"emails\"", "\"emails\": null, \"Emails\"", "$.alerts.emails: is null")]
    [InlineData("\"aworld\"", "\"\\ud800\"", "$.project: is not text: half of a surrogate pair is missing")]
    [InlineData("\"contoso\"", "\"a\\udc00\"", "$.cells[0].accounts[0]: is not text: half of a surrogate pair is missing")]
    [InlineData("\"medium\"", "\"\\ud800\"", "$.size: is not text: half of a surrogate pair is missing")]
    [InlineData("\"owner\"", "\"\\ud800\": 1, \"owner\"", "$['\uFFFD']: is not known")]
    [InlineData("\"owner\"", "\"a.b\": 1, \"c[0]\": 1, \"d'e\": {}, \"owner\"", "$['a.b']: is not known", "$['c[0]']: is not known", "$['d'e']: is not known")]
    [InlineData("\"owner\"", "\"password\": \"x\", \"secret\": { \"a\": 1, \"a\": 1 }, \"owner\"", "$.password: is not known", "$.secret: is not known")]
    [InlineData("\"from\"", "\"location\": \"europe\", \"from\"", "$.cells[0].mail.location: is not known")]
    [InlineData("[{ \"name\": \"westeurope\", \"cell\": \"eu\", \"draining\": false, \"recoverVault\": false }]", "\"westeurope\"", "$.regions: has a value of the wrong kind")]
    [InlineData("\"regions\": [", "\"regions\": [null, ", "$.regions[0]: is null")]
    [InlineData("\"cell\": \"eu\"", "\"cell\": 1", "$.regions[0].cell: has a value of the wrong kind")]
    [InlineData("\"draining\": false", "\"draining\": \"no\"", "$.regions[0].draining: has a value of the wrong kind")]
    [InlineData("\"cells\": [{", "\"cells\": \"eu\", \"unknown\": [{", "$.cells: has a value of the wrong kind", "$.unknown: is not known")]
    [InlineData("\"name\": \"eu\"", "\"name\": []", "$.cells[0].name: has a value of the wrong kind")]
    [InlineData("\"endpoint\"", "\"Resource\": 1, \"endpoint\"", "$.cells[0].mail.Resource: has a value of the wrong kind")]
    [InlineData("[\"aworld.example\"]", "\"aworld.example\"", "$.zones: has a value of the wrong kind")]
    [InlineData("[\"aworld.example\"]", "[1, null]", "$.zones[0]: has a value of the wrong kind", "$.zones[1]: is null")]
    [InlineData("[\"operations@aworld.example\"]", "\"operations@aworld.example\"", "$.alerts.emails: has a value of the wrong kind")]
    [InlineData("\"owner@aworld.example\"", "null", "$.owner: is null")]
    [InlineData("10000", "100.5", "$.monthlyBudget: has a value of the wrong kind")]
    [InlineData("\"swedencentral\"", "{}, \"Monthlybudget\": 1", "$.location: has a value of the wrong kind", "$.monthlyBudget: is there twice")]
    public void What_cannot_be_read_is_said_with_its_place_and_nothing_that_follows_from_it(string instead, string of, params string[] said)
    {
        Right.ShouldContain(instead);
        Problems(Right.Replace(instead, of, StringComparison.Ordinal)).ShouldBe(said);
    }

    [Fact]
    public void What_cannot_be_read_hides_nothing_else() =>
        Problems(Right.Replace("\"regions\": [{", "\"regions\": [{ \"name\": \"atlantis\", \"cell\": \"eu\" }, { \"name\": 1, \"cell\": 1 }, {", StringComparison.Ordinal).Replace("owner@", "nobody", StringComparison.Ordinal))
            .Select(static problem => problem[..20]).ShouldBe(["$.regions[1].name: h", "$.regions[1].cell: h", "owner: say the e-mai", "regions: 'atlantis' "]);

    [Fact]
    public void A_value_or_a_name_of_any_length_is_said_in_short()
    {
        Problems(Right.Replace("\"aworld\"", $"\"{new string('a', 1_000)}\"", StringComparison.Ordinal)).ShouldBe(["$.project: has 1000 characters, and 500 are the most"]);
        Problems(Right.Replace("\"owner\"", $"\"{new string('a', 1_000)}\": 1, \"owner\"", StringComparison.Ordinal)).ShouldBe([$"$['{new string('a', 60)}…']: is not known"]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"aworld\"")]
    public void What_is_no_object_is_that_and_nothing_else(string text) => Problems(text).ShouldBe(["$: has a value of the wrong kind"]);

    /// <summary>Whatever stands wherever: it may be right or wrong, but never throws.</summary>
    [Fact]
    public void Every_value_at_every_place_is_read_or_refused()
    {
        string[] values = ["null", "true", "1", "-1.5", "1e400", "99999999999", "\"\"", "\"\\ud800\"", "\"\\n\"", "[]", "[null]", "[[]]", "[1]", "{}", "{\"name\":1,\"name\":2}", "{\"\\ud800\":1}", "[{}]", "\"http://[\""];
        var places = 0;
        for (; Replaced(places) is { } changed; places++)
        {
            foreach (var value in values)
            {
                var text = changed.Replace("\"here\"", value, StringComparison.Ordinal);
                Should.NotThrow(() => Problems(text), text);
            }
        }
        places.ShouldBeGreaterThan(30);
    }

    /// <summary>With "here" in the place of the part of that number; null: there are fewer.</summary>
    static string? Replaced(int number)
    {
        var root = JsonNode.Parse(Right)!;
        if (Below(root).ElementAtOrDefault(number) is not { } part)
        {
            return null;
        }
        part.ReplaceWith("here");
        return root.ToJsonString();
    }

    static IEnumerable<JsonNode> Below(JsonNode node) => (node switch
    {
        JsonObject parts => parts.Select(static part => part.Value!),
        JsonArray items => items.Select(static item => item!),
        _ => [],
    }).SelectMany(static one => Below(one).Prepend(one));
}
