using System.Text.Json.Nodes;

namespace AWorld.Tests.Learning;

/// <summary>What is particular to quizzes among the configuration entities.</summary>
public sealed class QuizConfigurationTests
{
    const string Path = "/dashboard/v1/quizzes";

    [Fact]
    public async Task The_right_answer_is_among_the_options_of_every_language()
    {
        await using var platform = await TestPlatform.Start();
        var quiz = Quiz("which", right: "opt3");
        quiz["translations"]![1]!.AsObject().Remove("opt3");
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Path, quiz)).Fields.ShouldBe(["translations[1].opt3"]);
        quiz["correctAnswer"] = "opt2";
        await platform.Dashboard().Post(Path, quiz);
        quiz["correctAnswer"] = "opt5";
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Path, quiz)).Fields.ShouldBe(["correctAnswer"]);
    }

    [Theory]
    [InlineData("parentId", "parentType")]
    [InlineData("parentType", "parentId")]
    public async Task A_parent_is_an_id_and_a_type(string left, string missing)
    {
        await using var platform = await TestPlatform.Start();
        var quiz = Quiz("which");
        quiz[left] = left == "parentId" ? "path-1" : "learningPath";
        (await platform.Dashboard().Refused(400, HttpMethod.Post, Path, quiz)).Fields.ShouldBe([missing]);
    }

    [Fact]
    public async Task The_origin_is_what_was_sent_or_follows_from_the_catalogue()
    {
        await using var platform = await TestPlatform.Start();
        (await platform.Dashboard().Post(Path, Quiz("own"))).Text("origin").ShouldBe("CUSTOM");
        (await platform.Dashboard().Post(Path, Quiz("taken", quiz => quiz["catalogQuizId"] = "q-9"))).Text("origin").ShouldBe("CATALOG");
        (await platform.Dashboard().Post(Path, Quiz("made", quiz => quiz["origin"] = "AI"))).Text("origin").ShouldBe("AI");
    }

    [Fact]
    public async Task Reads_can_be_narrowed_to_what_came_from_a_catalogue()
    {
        await using var platform = await TestPlatform.Start();
        var dashboard = platform.Dashboard();
        await dashboard.Post(Path, Quiz("own"));
        await dashboard.Post(Path, Quiz("taken", quiz => quiz["catalogWorkspaceId"] = "catalogue1"));

        (await dashboard.Get(Path)).Items().Count.ShouldBe(2);
        (await dashboard.Get($"{Path}?catalogWorkspaceId=catalogue1")).Items().Single().Text("quizId").ShouldBe("taken");
        (await dashboard.Get($"{Path}/taken?catalogWorkspaceId=catalogue1")).Text("quizId").ShouldBe("taken");
        await dashboard.Refused(404, HttpMethod.Get, $"{Path}/own?catalogWorkspaceId=catalogue1");
        (await dashboard.Refused(400, HttpMethod.Get, $"{Path}?catalogWorkspaceId=short")).Fields.ShouldBe(["catalogWorkspaceId"]);
    }

    [Fact]
    public async Task Rules_name_only_quizzes_that_exist()
    {
        await using var platform = await TestPlatform.Start();
        var dashboard = platform.Dashboard();
        var mission = JsonNode.Parse("""
            { "name": "Right", "missionType": "INDIVIDUAL", "matchType": "INSTANCE", "matchEntity": "Quiz", "matchEntityId": "which", "matchCondition": true,
              "incrementExpression": 1, "targetAmountExpression": 1, "defaultLang": "en", "translations": [{ "lang": "en", "label": "L" }] }
            """)!;
        (await dashboard.Refused(400, HttpMethod.Post, "/dashboard/v1/mission-configurations", mission)).Fields.ShouldBe(["matchEntityId"]);
        await dashboard.Post(Path, Quiz("which"));
        await dashboard.Post("/dashboard/v1/mission-configurations", mission);
    }

    /// <summary>In English and Italian, with four options.</summary>
    internal static JsonObject Quiz(string id, Action<JsonObject>? change = null, string right = "opt2")
    {
        var quiz = JsonNode.Parse($$"""
            { "quizId": "{{id}}", "difficulty": "EASY", "correctAnswer": "{{right}}", "placement": "STANDALONE", "defaultLang": "en", "translations": [
              { "lang": "en", "question": "How many?", "opt1": "One", "opt2": "Two", "opt3": "Three", "opt4": "Four", "explanation": "Count them." },
              { "lang": "it", "question": "Quanti?", "opt1": "Uno", "opt2": "Due", "opt3": "Tre", "opt4": "Quattro" }] }
            """)!.AsObject();
        change?.Invoke(quiz);
        return quiz;
    }
}
