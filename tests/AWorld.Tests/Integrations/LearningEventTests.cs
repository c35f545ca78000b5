using System.Text.Json.Nodes;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Platform;
using AWorld.Tests.Game;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>What a learning system says, by the mapping of the workspace.</summary>
public sealed class LearningEventTests
{
    const string Mapping = """
        { "learning": [
            { "type": "lms.quiz.answered", "objectId": "q1", "activityId": "read", "when": { ">=": [{ "var": "event.data.score" }, 50] }, "value": { "var": "event.data.score" } },
            { "type": "lms.quiz.answered", "objectId": "*", "source": "/moodle", "activityId": "read" },
            { "type": "lms.course.completed", "objectId": "c1", "activityId": "course" },
            { "type": "lms.course.failed", "objectId": "c1", "activityId": "course" },
            { "type": "lms.course.completed", "objectId": "c2", "activityId": "read" }
        ] }
        """;

    static string Learned(string id, string type, object data, string source = "/lms") => Event(id, data, $"lms.{type}", source, At(1));

    [Fact]
    public async Task Courses_and_quizzes_are_the_activities_they_are_mapped_to()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Dashboard().Put(Settings, Mapping);
        var answer = await platform.Home.Sender().Post(Events, Batch(
            Learned("1", "quiz.answered", new { externalId = "ada", quizId = "q1", score = 80, outcome = "SUCCESS" }), Learned("2", "quiz.answered", new { externalId = "ada", quizId = "q1", score = 20 }),
            Learned("3", "quiz.answered", new { externalId = "ada", quizId = "q9" }, "/moodle"), Learned("4", "quiz.answered", new { externalId = "ada", quizId = "q9" }),
            Learned("5", "course.completed", new { externalId = "ada", courseId = "c1" }), Learned("6", "course.failed", new { externalId = "ada", courseId = "c1" }), Learned("7", "course.completed", new { externalId = "ada" })));
        answer.Items().Select(item => item.Text("status")).ShouldBe(["ACCEPTED", "REJECTED", "ACCEPTED", "REJECTED", "ACCEPTED", "ACCEPTED", "REJECTED"]);
        answer.Text("items[3].error.message").ShouldBe("data: no mapping of the workspace fits lms.quiz.answered of 'q9'; add one to the inbound settings");
        answer.Text("items[6].error.message").ShouldBe("data.courseId: is required");
        var logs = (await platform.App(ada).Get("/app/v1/activity-logs")).Items().Select(log => $"{log.Text("activityId")} {(log.Has("outcome") ? log.Text("outcome") : "-")} {log.Number("value")} {log.At("additionalData")}");
        logs.Order(StringComparer.Ordinal).ShouldBe([
            """course FAILURE 1 {"courseId":"c1"}""", """course SUCCESS 1 {"courseId":"c1"}""", """read - 1 {"quizId":"q9"}""", """read SUCCESS 80 {"quizId":"q1","score":80}"""]);
    }

    const string Quizzes = """
        { "learning": [
            { "type": "lms.quiz.answered", "objectId": "judged", "quizId": "which", "answer": { "var": "event.data.choice" } },
            { "type": "lms.quiz.answered", "objectId": "scored", "quizId": "which", "outcome": { ">=": [{ "var": "event.data.score" }, 40] } },
            { "type": "lms.quiz.answered", "objectId": "told", "quizId": "which" },
            { "type": "lms.quiz.answered", "objectId": "named", "quizId": "which", "outcome": { "var": "event.data.result" } },
            { "type": "lms.course.completed", "objectId": "c1", "quizId": "which" },
            { "type": "lms.course.failed", "objectId": "c1", "quizId": "which" }
        ] }
        """;

    static async Task<TestPlatform> StartWithQuizzes()
    {
        var platform = await Start();
        await platform.Configure(platform.Tenant, GameWorld.Quiz("which"),
            GameWorld.Pays("right", "7", condition: """{ "==": [{ "var": "event.outcome" }, "SUCCESS"] }""", match: MatchKind.Instance, entity: EntityType.Quiz, entityId: "which"));
        await platform.Dashboard().Put(Settings, Quizzes);
        return platform;
    }

    static async Task<IEnumerable<string>> QuizLogs(TestPlatform platform, string userId) =>
        (await platform.Service<Players>().Journal.Entries(platform.Tenant, userId, 1, false, 100, Stop)).Select(entry => entry.Quiz).OfType<QuizLog>()
        .Select(log => $"{log.QuizId} {log.Outcome} {log.Answer?.ToString() ?? "-"} {log.AdditionalData}");

    public static TheoryData<string, string, string> Answered => new()
    {
        { "quiz.answered", """{ "quizId": "judged", "choice": "opt2" }""", """which Success Opt2 {"quizId":"judged","choice":"opt2"}""" },
        { "quiz.answered", """{ "quizId": "judged", "choice": "opt1", "outcome": "SUCCESS" }""", """which Fail Opt1 {"quizId":"judged","choice":"opt1"}""" },
        { "quiz.answered", """{ "quizId": "scored", "score": 40 }""", """which Success - {"quizId":"scored","score":40}""" },
        { "quiz.answered", """{ "quizId": "scored", "score": 39, "outcome": "SUCCESS" }""", """which Fail - {"quizId":"scored","score":39}""" },
        { "quiz.answered", """{ "quizId": "told", "outcome": "SUCCESS" }""", """which Success - {"quizId":"told"}""" },
        { "quiz.answered", """{ "quizId": "told", "outcome": "FAILURE" }""", """which Fail - {"quizId":"told"}""" },
        { "quiz.answered", """{ "quizId": "named", "result": "FAIL" }""", """which Fail - {"quizId":"named","result":"FAIL"}""" },
        { "course.completed", """{ "courseId": "c1" }""", """which Success - {"courseId":"c1"}""" },
        { "course.failed", """{ "courseId": "c1" }""", """which Fail - {"courseId":"c1"}""" },
    };

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task What_is_mapped_to_a_quiz_answers_it_once_by_the_queue_and_over_HTTP(string type, string data, string log)
    {
        await using var platform = await StartWithQuizzes();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var said = JsonNode.Parse(data)!.AsObject();
        said["externalId"] = "ada";
        var client = platform.Home.Sender();
        await platform.Queue(Message("1", Learned("1", type, said)));
        await platform.Drained();
        (await client.StatusOf(Learned("1", type, said))).ShouldBe("DUPLICATE");
        (await client.StatusOf(Learned("2", type, said))).ShouldBe("ACCEPTED");
        await platform.Queue(Message("2", Learned("2", type, said)));
        await platform.Drained();
        (await QuizLogs(platform, ada)).ShouldBe([log, log]);
        (await platform.Points(ada)).ShouldBe(log.Contains("Success", StringComparison.Ordinal) ? 14 : 0);
        (await platform.Activities(ada)).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{ "quizId": "told" }""", "data.outcome: is required when there is no answer")]
    [InlineData("""{ "quizId": "judged", "choice": "opt9" }""", "data: the mapping's answer gives \"opt9\" for it; it must give opt1, opt2, opt3 or opt4")]
    [InlineData("""{ "quizId": "judged", "choice": "opt4" }""", "data.answer: is not an option of this quiz")]
    [InlineData("""{ "quizId": "named", "result": "PASSED" }""", "data: the mapping's outcome gives \"PASSED\" for it; it must give true, false, SUCCESS or FAIL")]
    [InlineData("""{ "quizId": "named" }""", "data: the mapping's outcome gives null for it; it must give true, false, SUCCESS or FAIL")]
    public async Task What_a_quiz_cannot_be_made_of_is_rejected_with_the_reason_and_changes_nothing(string data, string reason)
    {
        await using var platform = await StartWithQuizzes();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var said = JsonNode.Parse(data)!.AsObject();
        said["externalId"] = "ada";
        (await platform.Home.Sender().Refused(400, HttpMethod.Post, Events, Learned("1", "quiz.answered", said))).Message.ShouldBe(reason);
        await platform.Queue(Message("2", Learned("2", "quiz.answered", said)));
        await platform.Drained(deadLetters: 1);
        (await platform.DeadLetters()).Single().Description.ShouldBe(reason);
        (await QuizLogs(platform, ada)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_another_mapping_makes_a_quiz_of_what_was_an_activity_is_not_applied_again()
    {
        await using var platform = await StartWithQuizzes();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        string One(string id) => Learned(id, "quiz.answered", new { externalId = "ada", quizId = "told", outcome = "SUCCESS" });
        (await client.StatusOf(One("1"))).ShouldBe("ACCEPTED");
        await platform.Dashboard().Put(Settings, """{ "learning": [{ "type": "lms.quiz.answered", "objectId": "told", "activityId": "read" }] }""");
        (await client.StatusOf(One("1"))).ShouldBe("DUPLICATE");
        (await client.StatusOf(One("2"))).ShouldBe("ACCEPTED");
        await platform.Dashboard().Put(Settings, Quizzes);
        (await client.StatusOf(One("2"))).ShouldBe("DUPLICATE");
        (await platform.Points(ada)).ShouldBe(17);
    }

    [Fact]
    public async Task A_mapping_to_a_quiz_that_is_gone_says_so()
    {
        await using var platform = await StartWithQuizzes();
        await platform.NewUser(platform.Tenant, "ada");
        await platform.Configure(platform.Tenant, GameWorld.Quiz("which") with { Stage = Stage.Archived });
        (await platform.Home.Sender().Refused(400, HttpMethod.Post, Events, Learned("1", "quiz.answered", new { externalId = "ada", quizId = "told", outcome = "SUCCESS" })))
            .Message.ShouldBe("data: 'told' is mapped to quiz 'which', which is not a published quiz of this workspace");
    }

    [Fact]
    public async Task What_was_rejected_for_want_of_a_mapping_is_replayed_once_there_is_one()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        foreach (var n in Enumerable.Range(0, 5))
        {
            await client.Refused(400, HttpMethod.Post, Events, Learned($"{n}", "course.completed", new { externalId = "ada", courseId = "c1" }));
        }
        await client.Refused(400, HttpMethod.Post, Events, Learned("other", "course.completed", new { externalId = "ada", courseId = "c9" }));
        await platform.Dashboard().Put(Settings, Mapping);
        var first = (await platform.Dashboard().Get($"{Log}?order=asc&limit=1")).At("items[0]");
        var again = await platform.Dashboard().Post($"{Log}/{first.Text("inboundEventId")}/replay");
        (again.Text("status"), again.Text("retryOf"), again.Text("id")).ShouldBe(("ACCEPTED", first.Text("inboundEventId"), "0"));

        var replayed = await platform.Dashboard().Post($"{Log}/replay", new { from = "2026-03-10T00:00:00Z", type = "lms.course.completed" });
        (replayed.Number("accepted"), replayed.Number("duplicates"), replayed.Number("rejected"), replayed.Has("continueAfter")).ShouldBe((4, 1, 1, false));
        (await platform.Activities(ada)).ShouldBe(5);
        (await platform.Logged("&status=RETRIED")).Order().ShouldBe(["0 ACCEPTED", "0 DUPLICATE", "1 ACCEPTED", "2 ACCEPTED", "3 ACCEPTED", "4 ACCEPTED", "other REJECTED"]);
        await platform.Dashboard().Refused(404, HttpMethod.Post, $"{Log}/00000000000000-aaaaaaaaaaaaaa.0/replay");
        await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Log}/replay", "{}");
        (await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Log}/replay", new { from = "2026-03-10T00:00:00Z", after = "x" })).Fields.ShouldBe(["after"]);
    }

    [Fact]
    public async Task A_replay_of_a_long_log_comes_to_its_end_though_little_of_it_fits()
    {
        await using var platform = await InboundWorld.Start(("AWorld:Inbound:EntriesPerDocument", "1"));
        await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        var course = Learned("missing", "course.completed", new { externalId = "ada", courseId = "c1" });
        await client.Post(Events, Batch([course, .. Enumerable.Range(0, 250).Select(n => Read($"{n}", "ada")), Learned("last", "course.completed", new { externalId = "ada", courseId = "c1" })]));
        var (rejected, requests, after) = (0m, 0, (string?)null);
        do
        {
            var replayed = await platform.Dashboard().Post($"{Log}/replay", new { from = "2026-03-10T00:00:00Z", type = "lms.course.completed", after });
            (rejected, requests, after) = (rejected + replayed.Number("rejected"), requests + 1, replayed.Has("continueAfter") ? replayed.Text("continueAfter") : null);
        }
        while (after is not null && requests < 10);
        (rejected, requests > 1, after).ShouldBe((2m, true, null));
        (await platform.Dashboard().Post($"{Log}/replay", new { from = "2026-03-10T00:00:00Z", source = "/none" })).Number("rejected").ShouldBe(0);
    }

    [Theory]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "activityId": "nothing" }] }""", "learning[0].activityId")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "quizId": "nothing" }] }""", "learning[0].quizId")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1" }] }""", "learning[0].activityId")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "activityId": "read", "quizId": "which" }] }""", "learning[0].activityId")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "activityId": "read", "answer": "opt1" }] }""", "learning[0].answer")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "activityId": "read", "outcome": true }] }""", "learning[0].outcome")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "quizId": "which", "value": 2 }] }""", "learning[0].value")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "quizId": "which", "outcome": { "var": "user.lang" } }] }""", "learning[0].outcome")]
    [InlineData("""{ "learning": [{ "type": "hr.worker.left", "objectId": "q1", "activityId": "read" }] }""", "learning[0].type")]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "activityId": "read", "when": { "var": "user.lang" } }] }""", "learning[0].when")]
    [InlineData("""{ "workerTags": [{ "attribute": "LOCATION" }] }""", "workerTags[0].namespace")]
    [InlineData("""{ "workerTags": [{ "attribute": "LOCATION", "namespace": "a" }, { "attribute": "LOCATION", "namespace": "b" }] }""", "workerTags[1].attribute")]
    [InlineData("""{ "workerTags": [{ "attribute": "LOCATION", "values": { "Rome": "unknown" } }] }""", "workerTags[0].values.Rome")]
    [InlineData("""{ "eraseAfterDays": -1 }""", "eraseAfterDays")]
    public async Task Wrong_settings_are_refused_by_field(string settings, string field)
    {
        await using var platform = await Start();
        (await platform.Dashboard().Refused(400, HttpMethod.Put, Settings, settings)).Fields.ShouldBe([field]);
    }

    [Fact]
    public async Task Settings_have_a_version_that_a_change_can_insist_on()
    {
        await using var platform = await Start();
        (await platform.Dashboard().Get(Settings)).Text("unknownUsers").ShouldBe("HOLD");
        await platform.Dashboard().Put(Settings, """{ "eraseAfterDays": 7 }""");
        using var read = await platform.Dashboard().Send(HttpMethod.Get, Settings);
        var etag = read.Headers.ETag!.ToString();
        await platform.Dashboard().Put(Settings, """{ "eraseAfterDays": 8 }""", ("If-Match", etag));
        await platform.Dashboard().Refused(412, HttpMethod.Put, Settings, """{ "eraseAfterDays": 9 }""", ("If-Match", etag));
        (await platform.Dashboard().Get(Settings)).Number("eraseAfterDays").ShouldBe(8);
    }
}
