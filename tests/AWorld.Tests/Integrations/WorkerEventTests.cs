using AWorld.Platform;
using AWorld.Tests.Game;
using AWorld.Users;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>What an HR system says of workers.</summary>
public sealed class WorkerEventTests
{
    static readonly string[] Tags = ["sales", "support", "rome", "cc7"];

    static async Task<TestPlatform> StartWithTags(params (string, string)[] settings)
    {
        var platform = await Start(settings);
        await platform.Configure(platform.Tenant, Tag("sales", "department", "Sales"), Tag("support", "department", "Support"), Tag("rome", "location", "Rome"), Tag("cc7", "centres", "7"));
        await platform.Dashboard().Put(Settings, """
            { "eraseAfterDays": 30, "workerTags": [{ "attribute": "DEPARTMENT", "namespace": "department" }, { "attribute": "LOCATION", "values": { "Roma": "rome" } }, { "attribute": "COST_CENTER", "namespace": "centres" }] }
            """);
        return platform;
    }

    static AWorld.Tags.Tag Tag(string id, string space, string variant) =>
        new(space, variant) { Id = id, Stage = Stage.Published, DefaultLang = "en", Translations = [new(variant) { Lang = "en" }] };

    static string Worker(string id, string what, object data, int minute) => Event(id, data, $"hr.worker.{what}", "/hr", At(minute));

    static async Task<IEnumerable<string>> TagsOf(TestPlatform platform, string externalId) => (await platform.User(externalId))!.Tags.Select(tag => tag.TagId).Order(StringComparer.Ordinal);

    [Fact]
    public async Task A_worker_is_hired_moves_leaves_and_is_erased_after_the_retention_time()
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        (await client.StatusOf(Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", firstName = "Ada", lang = "it", timezone = "Europe/Rome", department = "Sales", location = "Roma", costCenter = "7" }, 1))).ShouldBe("ACCEPTED");
        var ada = (await platform.User("w1")).ShouldNotBeNull();
        (ada.Lang, ada.Timezone).ShouldBe(("it", "Europe/Rome"));
        (await TagsOf(platform, "w1")).ShouldBe(["cc7", "rome", "sales"]);

        await client.Post(Events, Worker("2", "changed", new { externalId = "w1", department = "Support", costCenter = (string?)null, nickname = "Ada L" }, 2));
        (await TagsOf(platform, "w1")).ShouldBe(["rome", "support"]);
        (await platform.User("w1"))!.Nickname.ShouldBe("Ada L");

        var app = platform.App(ada.UserId);
        await app.Get("/app/v1/missions");
        (await client.StatusOf(Worker("3", "left", new { externalId = "w1" }, 3))).ShouldBe("ACCEPTED");
        (await platform.User("w1"))!.DeactivatedAt.ShouldBe(DateTimeOffset.Parse(At(3), System.Globalization.CultureInfo.InvariantCulture));
        await app.Refused(401, HttpMethod.Get, "/app/v1/missions");
        await platform.Machine("app/read").Refused(404, HttpMethod.Get, "/app/v1/missions", null, ("x-user-id", ada.UserId));
        (await client.Refused(400, HttpMethod.Post, Events, Read("r1", "w1"))).Message.ShouldBe("the user is deactivated");
        (await platform.Dashboard().Get($"/dashboard/v1/users/{ada.UserId}")).Text("deactivatedAt").ShouldBe("2026-03-10T08:03:00.000Z");

        await platform.Pass(TimeSpan.FromDays(29));
        (await platform.User("w1")).ShouldNotBeNull();
        await platform.Pass(TimeSpan.FromDays(2));
        (await platform.User("w1")).ShouldBeNull();
        (await platform.Dashboard().Get($"/dashboard/v1/users/{ada.UserId}/erasure")).Has("certificate").ShouldBeTrue();
        (await client.StatusOf(Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", firstName = "Ada", lang = "it", timezone = "Europe/Rome", department = "Sales", location = "Roma", costCenter = "7" }, 1))).ShouldBe("DUPLICATE");
        (await platform.User("w1")).ShouldBeNull();
    }

    [Fact]
    public async Task Whoever_comes_back_before_they_are_erased_is_the_same_user_and_stays()
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        await client.Post(Events, Worker("1", "hired", new { externalId = "w1", email = "ada@example.org" }, 1));
        var ada = (await platform.User("w1"))!.UserId;
        await client.Post(Events, Worker("2", "left", new { externalId = "w1" }, 2));
        await platform.Pass(TimeSpan.FromDays(10));
        await client.Post(Events, Event("3", new { externalId = "w1", email = "ada@example.org" }, "hr.worker.hired", "/hr", "2026-03-20T00:00:00Z"));
        await platform.Pass(TimeSpan.FromDays(60));
        var back = (await platform.User("w1")).ShouldNotBeNull();
        (back.UserId, back.DeactivatedAt).ShouldBe((ada, null));
        await client.Post(Events, Event("4", new { externalId = "w1" }, "hr.worker.left", "/hr", "2026-05-19T00:00:00Z"));
        await platform.Pass(TimeSpan.FromDays(31));
        (await platform.User("w1")).ShouldBeNull();
    }

    [Fact]
    public async Task Whoever_left_long_before_we_were_told_is_erased_no_sooner_after_that_and_can_be_kept()
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        foreach (var worker in new[] { "w1", "w2" })
        {
            await client.Post(Events, Worker($"{worker}-1", "hired", new { externalId = worker, email = $"{worker}@example.org" }, 1));
            await client.Post(Events, Worker($"{worker}-2", "left", new { externalId = worker, leftAt = "2016-03-09T00:00:00Z" }, 2));
        }
        await platform.Pass(TimeSpan.FromDays(29));
        await client.Post(Events, Worker("w1-3", "hired", new { externalId = "w1", email = "w1@example.org" }, 3));
        await client.Post(Events, Worker("w2-3", "left", new { externalId = "w2", leftAt = "2016-03-09T00:00:00Z" }, 3));
        (await platform.User("w2")).ShouldNotBeNull();
        await platform.Pass(TimeSpan.FromDays(2));
        (await platform.User("w1")).ShouldNotBeNull().DeactivatedAt.ShouldBeNull();
        (await platform.User("w2")).ShouldBeNull("saying the same again does not begin the time anew");
    }

    [Fact]
    public async Task Whoever_leaves_on_a_day_to_come_acts_until_then()
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        await client.Post(Events, Worker("1", "hired", new { externalId = "w1", email = "ada@example.org" }, 1));
        await client.Post(Events, Worker("2", "left", new { externalId = "w1", leftAt = "2026-03-12T00:00:00Z" }, 2));
        (await client.StatusOf(Read("r1", "w1"))).ShouldBe("ACCEPTED");
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await client.Refused(400, HttpMethod.Post, Events, Read("r2", "w1"));
    }

    [Theory]
    [InlineData("left", "2099-01-01T00:00:00Z", "is in the future")]
    [InlineData("changed", "2026-03-10T09:06:00Z", "is in the future")]
    [InlineData("hired", "1999-12-31T23:59:59Z", "must not be before 2000-01-01")]
    public async Task Nothing_is_said_of_another_time_than_ours_that_no_later_word_could_correct(string what, string time, string message)
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        await client.Post(Events, Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", nickname = "Ada" }, 1));
        var refusal = await client.Refused(400, HttpMethod.Post, Events, Event("2", new { externalId = "w1", email = "ada@example.org", nickname = "Other" }, $"hr.worker.{what}", "/hr", time));
        refusal.Details.ShouldBe([new("time", message)]);
        (await client.StatusOf(Event("2", new { externalId = "w1", email = "ada@example.org", nickname = "Ada L" }, "hr.worker.changed", "/hr", "2026-03-10T09:05:00Z"))).ShouldBe("ACCEPTED");
        var user = (await platform.User("w1"))!;
        (user.Nickname, user.DeactivatedAt).ShouldBe(("Ada L", null));
    }

    [Fact]
    public async Task An_event_that_a_later_one_has_overtaken_says_so_in_its_answer_and_in_the_log()
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        await client.Post(Events, Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", nickname = "Ada" }, 1));
        (await client.Post(Events, Worker("2", "changed", new { externalId = "w1", nickname = "Ada L", department = "Sales" }, 3))).At("items[0]").Has("overtaken").ShouldBeFalse();
        var late = await client.Post(Events, Worker("3", "changed", new { externalId = "w1", nickname = "Ada K", department = "Support", lang = "it" }, 2));
        late.Text("items[0].status").ShouldBe("ACCEPTED");
        late.Items("items[0].overtaken").Select(name => name.GetString()).ShouldBe(["nickname", "department"]);
        (await platform.Dashboard().Get($"{Log}/{late.Text("items[0].inboundEventId")}")).Items("overtaken").Count.ShouldBe(2);
        (await client.Post(Events, Worker("4", "left", new { externalId = "w1" }, 0))).Items("items[0].overtaken").Single().GetString().ShouldBe("employment");
        var user = (await platform.User("w1"))!;
        (user.Nickname, user.Lang, user.DeactivatedAt).ShouldBe(("Ada L", "it", null));
    }

    [Fact]
    public async Task Events_of_a_worker_in_any_order_and_more_than_once_end_as_those_in_order()
    {
        string[] story =
        [
            Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", department = "Sales", location = "Roma" }, 1),
            Worker("2", "changed", new { externalId = "w1", department = "Support", nickname = "Ada" }, 2),
            Worker("3", "left", new { externalId = "w1" }, 3),
            Worker("4", "changed", new { externalId = "w1", location = (string?)null, costCenter = "7" }, 4),
            Worker("5", "hired", new { externalId = "w1", email = "ada@example.org", nickname = "Ada 2" }, 5),
            Worker("6", "changed", new { externalId = "w1", department = "Sales", timezone = "Europe/Rome" }, 6),
        ];
        string? orderly = null;
        foreach (var seed in Enumerable.Range(0, 12))
        {
            await using var platform = await StartWithTags();
            var random = new Random(seed);
            var order = seed == 0 ? story : [.. story.Concat(story).OrderBy(_ => random.Next())];
            foreach (var sent in order)
            {
                (await platform.Home.Sender().StatusOf(sent)).ShouldNotBe("REJECTED");
            }
            var user = (await platform.User("w1")).ShouldNotBeNull();
            var end = $"{user.Nickname} {user.Timezone} {user.DeactivatedAt} {string.Join(",", user.Tags.Select(tag => tag.TagId).Order(StringComparer.Ordinal))}";
            end.ShouldBe(orderly ??= end, $"seed {seed}");
        }
        orderly.ShouldBe("Ada 2 Europe/Rome  cc7,sales");
    }

    [Fact]
    public async Task The_same_hire_at_once_makes_one_user_and_HR_finds_whom_the_workspace_knew_by_e_mail()
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        var known = (await platform.Dashboard().Post("/dashboard/v1/users", """{ "email": "bob@example.org" }""")).Text("userId");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => client.StatusOf(Worker(n % 2 == 0 ? "1" : $"other{n}", "hired", new { externalId = "w1", email = "ada@example.org", department = "Sales" }, 1))));
        (await platform.Dashboard().Get("/dashboard/v1/users")).Items().Count.ShouldBe(2);
        await client.Post(Events, Worker("b", "hired", new { externalId = "w2", email = "bob@example.org", department = "Support" }, 1));
        (await platform.User("w2"))!.UserId.ShouldBe(known);
        (await TagsOf(platform, "w2")).ShouldBe(["support"]);
        foreach (var status in new[] { "ACCEPTED", "DUPLICATE" })
        {
            var answer = await client.Post(Events, Worker("c", "hired", new { externalId = "w3", email = "cy@example.org" }, 1));
            (answer.Text("items[0].status"), answer.Text("items[0].userId")).ShouldBe((status, (await platform.User("w3"))!.UserId));
        }
    }

    [Fact]
    public async Task A_hire_by_the_address_of_somebody_with_another_externalId_is_a_conflict_and_changes_nothing()
    {
        await using var platform = await StartWithTags();
        var client = platform.Home.Sender();
        var hired = await client.Post(Events, Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", department = "Sales" }, 1));
        var ada = (await platform.User("w1"))!.UserId;
        hired.Text("items[0].userId").ShouldBe(ada);
        var again = Worker("2", "hired", new { externalId = "w2", email = "Ada@example.org", department = "Support" }, 2);
        (await client.Refused(409, HttpMethod.Post, Events, again)).Fields.ShouldBe(["data.externalId"]);
        (await platform.User("w2")).ShouldBeNull();
        (await TagsOf(platform, "w1")).ShouldBe(["sales"]);

        (await client.StatusOf(Worker("3", "changed", new { userId = ada, externalId = "w2" }, 3))).ShouldBe("ACCEPTED");
        (await client.Post(Events, again)).Text("items[0].userId").ShouldBe(ada);
        (await TagsOf(platform, "w2")).ShouldBe(["support"]);
        (await client.Post(Events, Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", department = "Sales" }, 1))).Text("items[0].userId").ShouldBe(ada);
    }

    [Theory]
    [InlineData("Davis Jr.", "Davis Jr")]
    [InlineData("O\u2019Neil", "O'Neil")]
    [InlineData("Anne\u2011Marie", "Anne-Marie")]
    [InlineData("D'Àlò Ñandú", "D'Àlò Ñandú")]
    [InlineData("李", null)]
    [InlineData("O", null)]
    [InlineData("?", null)]
    public async Task Nobody_is_refused_for_their_name_and_what_the_contract_can_hold_of_it_is_kept(string sent, string? kept)
    {
        await using var platform = await Start();
        (await platform.Home.Sender().StatusOf(Worker("1", "hired", new { externalId = "w1", email = "ada@example.org", firstName = "Ada", lastName = sent }, 1))).ShouldBe("ACCEPTED");
        var principal = (await platform.Dashboard().Get($"/dashboard/v1/users/{(await platform.User("w1"))!.UserId}?fields=principal")).At("principal");
        (principal.Text("firstName"), principal.Has("lastName") ? principal.Text("lastName") : null).ShouldBe(("Ada", kept));
    }
}
