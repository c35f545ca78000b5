using System.Net;
using System.Text;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Platform;
using AWorld.Tests.Game;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Events as a system outside sends them over HTTP.</summary>
public sealed class InboundEventTests
{
    [Fact]
    public async Task Every_mode_of_CloudEvents_brings_an_event_and_the_same_one_in_another_mode_nothing_more()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        const string data = """{ "activityId": "read", "externalId": "ada", "value": 1.50 }""";
        const string json = $$"""{ "specversion": "1.0", "id": "é 1", "source": "/lms?a=b", "type": "aworld.activity.completed", "time": "2026-03-10T08:00:00+00:00", "datacontenttype": "application/json", "data": {{data}} }""";
        const string sameOtherwise = """{ "data": { "value": 1.5, "externalId": "ada", "activityId": "\u0072ead" }, "type": "aworld.activity.completed", "time": "2026-03-10T09:00:00+01:00", "source": "/lms?a=b", "id": "\u00e9 1", "specversion": "1.0" }""";
        (await client.StatusOf(new StringContent(json, Encoding.UTF8, "application/cloudevents+json"))).ShouldBe("ACCEPTED");
        (await client.StatusOf(new StringContent($"[{sameOtherwise}]", Encoding.UTF8, "application/cloudevents-batch+json"))).ShouldBe("DUPLICATE");
        (await client.StatusOf(sameOtherwise)).ShouldBe("DUPLICATE");
        (await client.Post(Events, data, ("ce-specversion", "1.0"), ("ce-id", "%C3%A9%201"), ("ce-source", "/lms?a=b"), ("ce-type", "aworld.activity.completed"), ("ce-time", "2026-03-10T08:00:00Z"))).Text("items[0].status").ShouldBe("DUPLICATE");
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(data));
        (await client.StatusOf($$"""{ "specversion": "1.0", "id": "é 1", "source": "/lms?a=b", "type": "aworld.activity.completed", "time": "2026-03-10T08:00:00Z", "data_base64": "{{base64}}" }""")).ShouldBe("DUPLICATE");
        await platform.Queue(Message("1", json), Message("2", data, "application/json", ("cloudEvents_specversion", "1.0"), ("cloudEvents_id", "é 1"), ("ce-source", "/lms?a=b"), ("cloudEvents_type", "aworld.activity.completed"), ("cloudEvents_time", "2026-03-10T08:00:00Z")));
        await platform.Drained();
        (await platform.Points(ada)).ShouldBe(10);
        (await platform.Logged()).ShouldBe([.. Enumerable.Repeat("é 1 DUPLICATE", 6), "é 1 ACCEPTED"]);
    }

    [Fact]
    public async Task An_event_that_comes_many_times_at_once_and_by_every_way_is_applied_once()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        await platform.Queue([.. Enumerable.Range(0, 16).Select(n => Message($"m{n}", Read("1", "ada")))]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.StatusOf(Read("1", "ada"))));
        answers.ShouldAllBe(status => status == "ACCEPTED" || status == "DUPLICATE");
        await platform.Drained();
        (await platform.Points(ada)).ShouldBe(10);
        (await platform.Logged("&status=ACCEPTED")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_id_that_comes_with_other_content_is_a_conflict_and_of_two_at_once_one_is_applied()
    {
        await using var platform = await Start();
        string[] users = [await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob")];
        var client = platform.Home.Sender();
        foreach (var n in Enumerable.Range(0, 8))
        {
            var both = await Task.WhenAll(new[] { "ada", "bob" }.Select(name => client.Send(HttpMethod.Post, Events, Read($"{n}", name))));
            both.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.Conflict]);
        }
        (await platform.Points(users[0]) + await platform.Points(users[1])).ShouldBe(80);
        var refusal = await client.Refused(409, HttpMethod.Post, Events, Event("0", new { externalId = "ada", activityId = "course" }));
        refusal.Message.ShouldBe("event '0' of /lms came before with other content; an id names one event for ever");
        (await platform.Logged("&status=REJECTED")).Count.ShouldBe(9);
    }

    [Fact]
    public async Task What_is_refused_can_be_sent_put_right_under_the_same_id()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        await client.Refused(400, HttpMethod.Post, Events, Event("1", new { externalId = "ada", activityId = "raed" }));
        (await client.StatusOf(Read("1", "ada"))).ShouldBe("ACCEPTED");
        await client.Refused(400, HttpMethod.Post, Events, Event("2", new { externalId = "nobody", activityId = "raed" }));
        await client.Refused(400, HttpMethod.Post, Events, Event("2", new { externalId = "ada", quizId = "none", outcome = "FAIL" }, "aworld.quiz.completed"));
        (await client.StatusOf(Read("2", "ada"))).ShouldBe("ACCEPTED");
        await platform.Configure(platform.Tenant, GameWorld.Activity("read") with { Stage = Stage.Archived });
        (await client.StatusOf(Read("1", "ada"))).ShouldBe("DUPLICATE");
        (await client.Refused(400, HttpMethod.Post, Events, Read("3", "ada"))).Fields.ShouldBe(["data.activityId"]);
        await client.Refused(409, HttpMethod.Post, Events, Event("1", new { externalId = "ada", activityId = "course" }));
        (await platform.Points(ada)).ShouldBe(20);
    }

    [Fact]
    public async Task Where_the_data_names_nobody_the_subject_does()
    {
        await using var platform = await Start();
        var (ada, bob) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Tenant, "bob"));
        var answer = await platform.Home.Sender().Post(Events, """
            [{ "specversion": "1.0", "id": "1", "source": "/lms", "type": "aworld.activity.completed", "subject": "ada", "data": { "activityId": "read" } },
             { "specversion": "1.0", "id": "2", "source": "/lms", "type": "aworld.activity.completed", "subject": "ada", "data": { "activityId": "read", "externalId": "bob" } },
             { "specversion": "1.0", "id": "3", "source": "/lms", "type": "aworld.activity.completed", "subject": "no one's id", "data": { "activityId": "read" } }]
            """);
        answer.Items().Select(item => item.Has("error") ? item.Text("error.message")[..27] : item.Text("status")).ShouldBe(["ACCEPTED", "ACCEPTED", "data.externalId: name the u"]);
        (await platform.Points(ada), await platform.Points(bob)).ShouldBe((10, 10));
    }

    static string About(string subject, string id, object data) => Event(id, data).Replace("\"source\"", $"\"subject\":\"{subject}\",\"source\"", StringComparison.Ordinal);

    [Fact]
    public async Task Events_of_a_user_in_one_request_keep_their_order_whichever_of_their_names_each_gives()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        object Named(int n) => (n % 3) switch { 0 => new { externalId = "ada", activityId = "read", value = n }, 1 => new { email = "Ada@example.org", activityId = "read", value = n }, _ => new { userId = ada, activityId = "read", value = n } };
        await client.Post(Events, Batch([.. Enumerable.Range(0, 60).Select(n => n % 4 == 3 ? About("ada", $"{n}", new { activityId = "read", value = n }) : Event($"{n}", Named(n)))]));
        var journal = await platform.Service<Players>().Journal.Entries(platform.Tenant, ada, 1, false, 100, Stop);
        journal.Select(entry => entry.Activity?.Value).OfType<decimal>().ShouldBe(Enumerable.Range(0, 60).Select(n => (decimal)n));

        var answer = await client.Post(Events, Batch([.. Enumerable.Range(0, 30).SelectMany(n => new[]
        {
            Event($"hire{n}", new { externalId = $"w{n}", email = $"w{n}@example.org" }, "hr.worker.hired", "/hr", At(1)),
            Event($"mail{n}", new { email = $"W{n}@example.org", activityId = "read" }), About($"w{n}", $"own{n}", new { activityId = "read" }),
        })]));
        answer.Items().Select(item => item.Text("status")).Distinct().ShouldBe(["ACCEPTED"]);
        answer.Items().Count.ShouldBe(90);
    }

    [Fact]
    public async Task What_the_subject_names_is_refused_as_the_subject()
    {
        await using var platform = await Start();
        await platform.Dashboard().Put(Settings, """{ "unknownUsers": "REJECT" }""");
        var refusal = await platform.Home.Sender().Refused(400, HttpMethod.Post, Events, About("ada", "1", new { activityId = "read" }));
        refusal.Message.ShouldBe("subject: no user of this workspace has it as externalId");
    }

    [Fact]
    public async Task Each_event_of_a_batch_is_answered_by_itself()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var answer = await platform.Home.Sender().Post(Events, Batch(
            Read("1", "ada"), """{ "specversion": "1.0" }""", Read("1", "ada"), "7", Event("2", new { externalId = "ada", activityId = "unknown" }), Event("3", new { userId = ada, activityId = "read" }),
            Event("4", new { email = "ADA@example.org", activityId = "read" }), Event("5", new { activityId = "read" }), Event("6", new { }, "hr.worker.promoted"), Read("7", "nobody")));
        answer.Items().Select(item => item.Has("error") ? item.Text("error.message") : item.Text("status")).ShouldBe([
            "ACCEPTED", "4 fields are invalid; see details", "DUPLICATE", "an event must be an object with specversion, id, source, type and data", "data.activityId: is not a published activity of this workspace", "ACCEPTED",
            "ACCEPTED", "data.externalId: name the user: by externalId, email or userId, or by their externalId as the event's subject",
            "type: 'hr.worker.promoted' is not one of aworld.activity.completed, aworld.activity.retracted, aworld.quiz.completed, hr.worker.hired, hr.worker.changed, hr.worker.left, lms.course.completed, lms.course.failed, lms.quiz.answered", "HELD"]);
        answer.Items("items[1].error.details").Select(detail => detail.Text("field")).ShouldBe(["id", "source", "type", "data"]);
        (await platform.Points(ada)).ShouldBe(30);
    }

    [Fact]
    public async Task Only_who_may_send_events_can_and_a_workspace_s_events_are_its_own()
    {
        await using var platform = await Start();
        var (ada, theirs) = (await platform.NewUser(platform.Tenant, "ada"), await platform.NewUser(platform.Sibling.Tenant, "ada"));
        await platform.Machine("dashboard/read", "dashboard/write").Refused(403, HttpMethod.Post, Events, Read("1", "ada"));
        await platform.Machine("app/write").Refused(403, HttpMethod.Post, Events, Read("1", "ada"));
        (await platform.Home.Sender().StatusOf(Read("1", "ada"))).ShouldBe("ACCEPTED");
        (await platform.Points(theirs, platform.Sibling.Tenant)).ShouldBe(0);
        (await platform.Sibling.Sender().StatusOf(Read("1", "ada"))).ShouldBe("ACCEPTED");
        (await platform.Home.Sender().Post(Events, Event("2", new { userId = theirs, activityId = "read" }))).Text("items[0].status").ShouldBe("HELD");
        ((await platform.Points(ada)), await platform.Points(theirs, platform.Sibling.Tenant)).ShouldBe((10m, 10m));
        (await platform.Sibling.Dashboard().Get(Log)).Items().Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_stays_that_of_the_user_it_was_applied_to_when_another_has_their_externalId()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        (await client.StatusOf(Read("held", "ada"))).ShouldBe("HELD");
        var first = await platform.NewUser(platform.Tenant, "ada");
        string[] applied =
        [
            Read("1", "ada"), Event("r", new { externalId = "ada", eventId = "1" }, "aworld.activity.retracted"),
            Event("w", new { externalId = "ada", nickname = "First" }, "hr.worker.changed", "/hr", At(1)),
        ];
        (await client.Post(Events, Batch(applied))).Items().Select(item => item.Text("status")).ShouldBe(["ACCEPTED", "ACCEPTED", "ACCEPTED"]);
        var unmapped = Event("later", new { externalId = "ada", activityId = "write" });
        await client.Refused(400, HttpMethod.Post, Events, unmapped);

        await platform.Dashboard().Patch($"/dashboard/v1/users/{first}", """{ "externalId": "first" }""");
        (await client.StatusOf(Read("1", "ada"))).ShouldBe("DUPLICATE");
        var second = (await platform.Dashboard().Post("/dashboard/v1/users", """{ "email": "second@example.org", "externalId": "ada" }""")).Text("userId");
        await platform.Queue([.. applied.Index().Select(one => Message($"m{one.Index}", one.Item))]);
        await platform.Drained();
        foreach (var again in applied.Append(Read("held", "ada")))
        {
            (await client.StatusOf(again)).ShouldBe("DUPLICATE");
        }
        (await platform.Activities(second)).ShouldBe(0);
        (await platform.User("ada"))!.Nickname.ShouldBeNull();
        (await platform.Points(first)).ShouldBe(10);

        await platform.Configure(platform.Tenant, GameWorld.Activity("write"));
        (await client.StatusOf(unmapped)).ShouldBe("ACCEPTED");
        (await client.StatusOf(unmapped)).ShouldBe("DUPLICATE");
        (await platform.Activities(first), await platform.Activities(second)).ShouldBe((1L, 1L));
    }

    [Fact]
    public async Task A_late_event_counts_in_the_period_it_belongs_to()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Home.Sender().Post(Events, Event("1", new { externalId = "ada", activityId = "read", completedAt = "2026-03-01T10:00:00Z" }, time: At(0)));
        await platform.Home.Sender().Post(Events, Event("2", new { externalId = "ada", activityId = "read" }, time: At(30)));
        var logs = (await platform.App(ada).Get("/app/v1/activity-logs")).Items();
        logs.Select(log => log.Text("completedAt")).Order().ShouldBe(["2026-03-01T10:00:00.000Z", "2026-03-10T08:30:00.000Z"]);
    }

    [Fact]
    public async Task An_action_that_an_event_brought_is_taken_back_once_by_another_event()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        string Back(string id, object data) => Event(id, data, "aworld.activity.retracted");
        await client.Post(Events, Batch(Read("1", "ada"), Read("2", "ada")));
        await platform.Queue(Message("m", Back("r1", new { externalId = "ada", eventId = "1", reason = "wrong person" })));
        await platform.Drained();
        (await client.StatusOf(Back("r1", new { externalId = "ada", eventId = "1", reason = "wrong person" }))).ShouldBe("DUPLICATE");
        (await client.StatusOf(Back("r2", new { externalId = "ada", eventId = "1" }))).ShouldBe("DUPLICATE");
        (await platform.Points(ada)).ShouldBe(10);
        (await client.StatusOf(Read("1", "ada"))).ShouldBe("DUPLICATE");
        (await platform.Points(ada)).ShouldBe(10);
        (await client.Refused(400, HttpMethod.Post, Events, Back("r3", new { externalId = "ada" }))).Fields.ShouldBe(["data.activityLogId"]);
    }

    [Fact]
    public async Task A_quiz_that_was_answered_elsewhere_pays_once_and_is_taken_back_once()
    {
        await using var platform = await Start();
        await platform.Configure(platform.Tenant, GameWorld.Quiz("which"), GameWorld.Pays("quiz-pay", "7", match: MatchKind.Instance, entity: EntityType.Quiz, entityId: "which"));
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        var answered = Event("1", new { externalId = "ada", quizId = "which", outcome = "SUCCESS" }, "aworld.quiz.completed");
        (await client.StatusOf(answered)).ShouldBe("ACCEPTED");
        (await client.StatusOf(answered)).ShouldBe("DUPLICATE");
        (await platform.Points(ada)).ShouldBe(7);
        string Back(string id, object data) => Event(id, data, "aworld.activity.retracted");
        (await client.StatusOf(Back("r1", new { externalId = "ada", eventId = "1", reason = "wrong person" }))).ShouldBe("ACCEPTED");
        (await platform.Points(ada)).ShouldBe(0);
        var quizLogId = (await platform.Service<Players>().Journal.Entries(platform.Tenant, ada, 1, false, 10, Stop)).Select(entry => entry.Quiz?.QuizLogId).OfType<string>().Single();
        await platform.Queue(Message("r2", Back("r2", new { externalId = "ada", quizLogId })));
        await platform.Drained();
        (await client.StatusOf(Back("r2", new { externalId = "ada", quizLogId }))).ShouldBe("DUPLICATE");
        (await client.StatusOf(answered)).ShouldBe("DUPLICATE");
        (await platform.Points(ada)).ShouldBe(0);
        (await client.Refused(400, HttpMethod.Post, Events, Back("r3", new { externalId = "ada", quizLogId, eventId = "1" }))).Fields.ShouldBe(["data.activityLogId"]);
        (await client.Refused(400, HttpMethod.Post, Events, Event("2", new { externalId = "ada", quizId = "none", outcome = "SUCCESS" }, "aworld.quiz.completed"))).Fields.ShouldBe(["data.quizId"]);
        (await client.Refused(400, HttpMethod.Post, Events, Event("3", new { externalId = "ada", quizId = "which" }, "aworld.quiz.completed"))).Fields.ShouldBe(["data.outcome"]);
    }

    [Theory]
    [InlineData("SUCCESS", QuizOutcome.Success)]
    [InlineData("FAIL", QuizOutcome.Fail)]
    [InlineData("FAILURE", QuizOutcome.Fail)]
    public async Task A_quiz_s_outcome_is_told_in_the_words_of_quizzes_or_of_activities(string outcome, object logged)
    {
        await using var platform = await Start();
        await platform.Configure(platform.Tenant, GameWorld.Quiz("which"));
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await platform.Home.Sender().StatusOf(Event("1", new { externalId = "ada", quizId = "which", outcome }, "aworld.quiz.completed"))).ShouldBe("ACCEPTED");
        (await platform.Service<Players>().Journal.Entries(platform.Tenant, ada, 1, false, 10, Stop)).Select(entry => entry.Quiz?.Outcome).OfType<QuizOutcome>().ShouldBe([(QuizOutcome)logged]);
    }
}
