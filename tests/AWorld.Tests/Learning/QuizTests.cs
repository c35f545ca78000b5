using System.Text.Json;
using AWorld.Game;
using AWorld.Learning;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Learning;

/// <summary>Answering quizzes over HTTP, with all that the game makes of it.</summary>
public sealed class QuizTests : IAsyncLifetime
{
    const string Path = "/app/v1/quizzes";
    const string Right = """{"==":[{"var":"event.outcome"},"SUCCESS"]}""";

    TestPlatform platform = null!;
    string anna = "", ben = "";

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        var dashboard = platform.Dashboard();
        foreach (var (id, right) in new[] { ("which", "opt2"), ("draft", "opt1") })
        {
            await dashboard.Post("/dashboard/v1/quizzes", QuizConfigurationTests.Quiz(id, right: right));
        }
        await dashboard.Post("/dashboard/v1/quizzes/which/publish");
        await platform.Configure(platform.Tenant, new Tags.Tag("team", "red") { Id = "red", Stage = Stage.Published, DefaultLang = "en" }, Currency("points"),
            Mission("one-right", target: "1", condition: Right, match: MatchKind.Instance, entity: EntityType.Quiz, entityId: "which"),
            Mission("together", target: "5", entity: EntityType.Quiz, type: MissionType.Group), Mission("after", target: "2", entity: EntityType.Quiz),
            Rule("r1", pool: ["one-right"]), Rule("r2", group: "red", pool: ["together"]),
            Rule("r3", AssignmentMode.Event, pool: ["after"]) with { EventMatchType = MatchKind.Instance, EventMatchEntity = EntityType.Quiz, EventMatchEntityId = "which" },
            Pays("right", "10", condition: Right, match: MatchKind.Instance, entity: EntityType.Quiz, entityId: "which"), Pays("tried", "1", entity: EntityType.Quiz, mode: ApplicationMode.Fallback),
            Pays("mission", "100", entity: EntityType.Mission), Pays("activity", "1000"));
        (anna, ben) = (await platform.NewUser(platform.Tenant, "anna", "red"), await platform.NewUser(platform.Tenant, "ben"));
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    Task<JsonElement> Submit(string user, string answer, string? context = null, params (string, string)[] headers) =>
        platform.App(user).Post($"{Path}/which/submit", new { answer, context }, headers);

    async Task<decimal> Points(string user) =>
        (await platform.App(user).Get("/app/v1/virtual-balances")).Items().Select(balance => balance.Number("availableAmount")).SingleOrDefault();

    Task<PlayerState> State(string user) => platform.Service<Players>().Read(platform.Tenant, user, default).AsTask();

    ValueTask<Result<Answer>> Report(string user, QuizInput quiz) => platform.Service<Actions>().Take(platform.Tenant, user, quiz, Somebody, null, default);

    [Fact]
    public async Task A_right_answer_runs_the_whole_chain_in_one_entry()
    {
        await platform.App(anna).Get("/app/v1/missions");
        var before = (await State(anna)).Seq;

        var log = await Submit(anna, "opt2");

        log.Text("outcome").ShouldBe("SUCCESS");
        log.Text("progress").ShouldBe("COMPLETE");
        log.Text("context").ShouldBe("default");
        log.Text("userId").ShouldBe(anna);
        log.Text("completedAt").ShouldBe(Instants.Text(platform.Clock.GetUtcNow()));
        var entry = (await platform.Service<Players>().Journal.Entry(platform.Tenant, anna, before + 1, default))!;
        entry.Quiz!.QuizLogId.ShouldBe(log.Text("quizLogId"));
        entry.By.Via.ShouldBe("quizzes/submit");
        entry.MissionLogs.Single().Completed.ShouldBeTrue();
        entry.Assigned.Single().Definition.MissionConfigurationId.ShouldBe("after");
        entry.Transactions.Select(transaction => transaction.Initiator).ShouldBe(["right", "mission"]);
        entry.Contributions.Single().GroupTagId.ShouldBe("red");
        (await State(anna)).Seq.ShouldBe(before + 1);
        (await Points(anna)).ShouldBe(110);
        (await platform.App(anna).Get("/app/v1/missions")).Items().Single(mission => mission.Text("missionConfigurationId") == "together").Number("currentAmount").ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_answer_pays_only_the_fallback()
    {
        (await Submit(anna, "opt1")).Text("outcome").ShouldBe("FAIL");
        (await Points(anna)).ShouldBe(1);
        await Submit(anna, "opt2", "again");
        (await platform.App(anna).Get("/app/v1/users/me/stats")).Number("quizSuccessRate").ShouldBe(0.5m);
    }

    [Fact]
    public async Task Answering_twice_in_a_context_counts_once()
    {
        var first = await Submit(anna, "opt2");
        using var again = await platform.App(anna).Send(HttpMethod.Post, $"{Path}/which/submit", """{ "answer": "opt2", "progress": "START" }""");
        again.Headers.Contains("x-idempotency-cache-hit").ShouldBeTrue();
        (await again.Body()).ToString().ShouldBe(first.ToString());
        (await platform.App(anna).Refused(409, HttpMethod.Post, $"{Path}/which/submit", """{ "answer": "opt1" }""")).Code.ShouldBe("resource/already_exists");
        (await Points(anna)).ShouldBe(10);

        await Submit(anna, "opt1", "second try");
        (await Points(anna)).ShouldBe(11);
        await Submit(ben, "opt2");
        (await Points(ben)).ShouldBe(10);
    }

    [Fact]
    public async Task The_same_answer_sent_at_once_many_times_counts_once()
    {
        var logs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Submit(anna, "opt2")));
        logs.Select(log => log.Text("quizLogId")).Distinct().Count().ShouldBe(1);
        (await State(anna)).Quizzes.ShouldBe(1);
        (await Points(anna)).ShouldBe(10);
    }

    [Fact]
    public async Task An_idempotency_key_is_one_answer()
    {
        (string, string) key = ("x-idempotency-key", "k1");
        var first = await Submit(anna, "opt2", "a", key);
        (await Submit(anna, "opt2", "a", key)).ToString().ShouldBe(first.ToString());
        (await platform.App(anna).Refused(409, HttpMethod.Post, $"{Path}/which/submit", """{ "answer": "opt1", "context": "b" }""", key)).Code.ShouldBe("resource/conflict");
        (await State(anna)).Quizzes.ShouldBe(1);
    }

    [Fact]
    public async Task The_right_answer_is_shown_only_to_who_has_answered()
    {
        foreach (var read in new[] { Path, $"{Path}/which?fields=tags,translation,progress" })
        {
            var shown = (await platform.App(anna).Get(read)).ToString();
            shown.ShouldNotContain("correctAnswer");
            shown.ShouldNotContain("Count them.");
        }
        (await platform.App(anna).Get($"{Path}/which?fields=progress")).At("progress").ToString().ShouldBe("""{"status":"NOT_STARTED"}""");
        await Submit(anna, "opt1", "ctx");
        var progress = (await platform.App(anna).Get($"{Path}/which?fields=progress&context=ctx")).At("progress");
        (progress.Text("status"), progress.Text("outcome"), progress.Text("answer"), progress.Text("correctAnswer")).ShouldBe(("COMPLETED", "FAIL", "opt1", "opt2"));
        (await platform.App(anna).Get($"{Path}/which?fields=progress")).At("progress").Text("status").ShouldBe("NOT_STARTED");
        (await platform.App(ben).Get($"{Path}/which?fields=progress&context=ctx")).At("progress").Text("status").ShouldBe("NOT_STARTED");
    }

    [Theory]
    [InlineData("it", "it")]
    [InlineData("it-CH", "it")]
    [InlineData("fr", "en")]
    public async Task The_text_is_in_the_language_of_the_user_or_its_base_or_the_default_one(string lang, string expected)
    {
        await platform.App(anna).Patch("/app/v1/users/me", new { lang });
        (await platform.App(anna).Get(Path)).Items().Single().Text("translation.lang").ShouldBe(expected);
        (await platform.App(anna).Get($"{Path}/which?fields=translation")).Text("translation.lang").ShouldBe(expected);
        (await platform.App(anna).Get($"{Path}/which/translation")).Text("lang").ShouldBe(expected);
        (await Submit(anna, "opt2")).Text("lang").ShouldBe(expected);
    }

    [Fact]
    public async Task Why_an_answer_paid_or_did_not_is_explained_to_who_gave_it()
    {
        var id = (await Submit(anna, "opt1")).Text("quizLogId");
        var told = await platform.App(anna).Get($"/app/v1/quiz-logs/{id}/explanation");
        told.Text("quizLog.outcome").ShouldBe("FAIL");
        told.Items("rules").Where(rule => rule.Text("kind") == "REWARD_RULE").Select(rule => (rule.Text("id"), rule.Text("verdict"))).ShouldBe([("right", "CONDITION_FALSE"), ("tried", "APPLIED")]);
        told.Items("rules").First(rule => rule.Text("id") == "right").Items("condition.steps").ShouldContain(step => step.ToString().Contains("FAIL"));
        await platform.App(ben).Refused(404, HttpMethod.Get, $"/app/v1/quiz-logs/{id}/explanation");
        await platform.App(anna).Refused(404, HttpMethod.Get, $"/app/v1/activity-logs/{id}/explanation");
    }

    [Fact]
    public async Task Only_published_quizzes_are_there()
    {
        (await platform.App(anna).Get(Path)).Items().Select(quiz => quiz.Text("quizId")).ShouldBe(["which"]);
        foreach (var path in new[] { "draft", "draft/translation", "draft/tags", "draft/tags/red", "unknown" })
        {
            (await platform.App(anna).Refused(404, HttpMethod.Get, $"{Path}/{path}")).Code.ShouldBe("resource/not_found");
        }
        await platform.App(anna).Refused(404, HttpMethod.Post, $"{Path}/draft/submit", """{ "answer": "opt1" }""");
        (await State(anna)).Seq.ShouldBe(0);
    }

    [Theory]
    [InlineData("""{ "answer": "opt5" }""", "answer")]
    [InlineData("""{ }""", "answer")]
    [InlineData("""{ "answer": "opt1", "context": "" }""", "context")]
    [InlineData("""{ "answer": "opt1", "parentType": "learningPath" }""", "parentId")]
    [InlineData("""{ "answer": "opt1", "progress": "DONE" }""", "progress")]
    public async Task A_wrong_field_is_named_and_nothing_happens(string body, string field)
    {
        (await platform.App(anna).Refused(400, HttpMethod.Post, $"{Path}/which/submit", body)).Fields.ShouldBe([field]);
        (await State(anna)).Seq.ShouldBe(0);
    }

    [Fact]
    public async Task An_option_that_the_quiz_does_not_have_is_no_answer()
    {
        await platform.Configure(platform.Tenant, Quiz("three"));
        (await platform.App(anna).Refused(400, HttpMethod.Post, $"{Path}/three/submit", """{ "answer": "opt4" }""")).Fields.ShouldBe(["answer"]);
    }

    [Fact]
    public async Task A_machine_answers_for_the_user_it_names()
    {
        await platform.Machine("app/write").Post($"{Path}/which/submit", """{ "answer": "opt2" }""", ("x-user-id", ben));
        (await Points(ben)).ShouldBe(10);
        await platform.Machine("app/write").Refused(400, HttpMethod.Post, $"{Path}/which/submit", """{ "answer": "opt2" }""");
        await platform.Machine("app/read").Refused(403, HttpMethod.Post, $"{Path}/which/submit", """{ "answer": "opt2" }""", ("x-user-id", ben));
    }

    [Fact]
    public async Task What_is_reported_by_an_id_is_applied_once_for_ever()
    {
        var reported = new QuizInput("which", Outcome: QuizOutcome.Success, QuizLogId: "lms-1", CompletedAt: platform.Clock.GetUtcNow().AddDays(-1), AdditionalData: JsonElement.Parse("""{ "score": 80 }"""));
        (await Report(anna, reported)).Value.Replayed.ShouldBeFalse();
        (await Report(anna, reported)).Value.Replayed.ShouldBeTrue();
        (await Report(anna, reported with { Outcome = QuizOutcome.Fail })).Error!.Code.ShouldBe("resource/already_exists");
        (await Report(anna, reported with { QuizLogId = "lms-2", Outcome = QuizOutcome.Fail })).Succeeded.ShouldBeTrue();
        (await Points(anna)).ShouldBe(11);
        (await State(anna)).Quizzes.ShouldBe(2);

        (await platform.App(anna).Get($"{Path}/which?fields=progress")).Text("progress.outcome").ShouldBe("FAIL");
        await platform.App(anna).Refused(409, HttpMethod.Post, $"{Path}/which/submit", """{ "answer": "opt2" }""");
    }

    [Fact]
    public async Task What_is_reported_wrongly_is_refused_by_the_name_of_the_field()
    {
        async Task<string> Refused(QuizInput quiz) => (await Report(anna, quiz)).Error!.Details!.Single().Field;
        (await Refused(new("unknown", Outcome: QuizOutcome.Success))).ShouldBe("quizId");
        (await Refused(new("draft", Outcome: QuizOutcome.Success))).ShouldBe("quizId");
        (await Refused(new("which"))).ShouldBe("outcome");
        (await Refused(new("which", QuizOption.Opt1, CompletedAt: platform.Clock.GetUtcNow().AddHours(1)))).ShouldBe("completedAt");
        (await State(anna)).Seq.ShouldBe(0);
    }
}
