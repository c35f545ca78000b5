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
        (replayed.Number("accepted"), replayed.Number("duplicates"), replayed.Number("rejected"), replayed.Has("continueFrom")).ShouldBe((4, 1, 1, false));
        (await platform.Activities(ada)).ShouldBe(5);
        (await platform.Logged("&status=RETRIED")).Order().ShouldBe(["0 ACCEPTED", "0 DUPLICATE", "1 ACCEPTED", "2 ACCEPTED", "3 ACCEPTED", "4 ACCEPTED", "other REJECTED"]);
        await platform.Dashboard().Refused(404, HttpMethod.Post, $"{Log}/00000000000000-aaaaaaaaaaaaaa.0/replay");
        await platform.Dashboard().Refused(400, HttpMethod.Post, $"{Log}/replay", "{}");
    }

    [Theory]
    [InlineData("""{ "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "activityId": "nothing" }] }""", "learning[0].activityId")]
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
