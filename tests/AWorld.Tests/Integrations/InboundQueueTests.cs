using System.Text;
using AWorld.Game;
using AWorld.Integrations;
using AWorld.Platform;
using AWorld.Platform.Messages;
using AWorld.Tests.Game;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Events as they come from the queue, and the log of what came in.</summary>
public sealed class InboundQueueTests
{
    [Fact]
    public async Task Poison_goes_to_the_dead_letters_with_a_reason_that_a_person_understands()
    {
        await using var platform = await Start();
        await platform.NewUser(platform.Tenant, "ada");
        await platform.Queue(
            Message("1", "no json"), Message("2", "{}"), Message("3", Event("3", new { externalId = "ada", activityId = "unknown" })), Message("4", Read("4", "ada")),
            Message("5", $"[{Read("5", "ada")},{Event("6", new { }, "x")}]", "application/cloudevents-batch+json"), Message("7", "<xml/>", "text/xml"));
        await platform.Drained(deadLetters: 5);
        (await platform.DeadLetters()).Select(dead => $"{dead.Reason}: {dead.Description}").Order(StringComparer.Ordinal).ShouldBe([
            "Rejected: 1 of 2 events were rejected, the first because of type: 'x' is not one of aworld.activity.completed, aworld.activity.retracted, aworld.quiz.completed, hr.worker.hired, hr.worker.changed, hr.worker.left, lms.course.completed, lms.course.failed, lms.quiz.answered",
            "Rejected: data.activityId: is not a published activity of this workspace",
            "Unreadable: it is no CloudEvent 1.0 in JSON: send JSON, as application/cloudevents+json, application/cloudevents-batch+json or application/json",
            "Unreadable: it is no CloudEvent 1.0 in JSON: specversion must be 1.0; id is required; source is required; type is required; data must be a JSON object",
            "Unreadable: it is no CloudEvent 1.0 in JSON: the JSON is wrong from line 1, byte 2 on"]);
    }

    /// <summary>A handler that dies after the user's commit and before the log's.</summary>
    [Fact]
    public async Task What_a_handler_that_failed_had_applied_is_applied_once_and_one_that_never_succeeds_is_dead_lettered_with_what_failed()
    {
        var failing = new FailingStore { Fails = static (partition, writes) => partition.Key.Contains("/log-", StringComparison.Ordinal) && Encoding.UTF8.GetString(writes[0].Body.Span).Contains("\"id\":\"bad", StringComparison.Ordinal) };
        await using var platform = await TestPlatform.Start(configure: builder => failing.Around(builder.Services));
        await platform.Configure(platform.Tenant, GameWorld.Activity("read"), GameWorld.Currency("points"), GameWorld.Pays("pay", "10"));
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Queue(Message("1", Read("bad", "ada")));
        await platform.Drained(deadLetters: 1);
        (await platform.Points(ada)).ShouldBe(10);
        (await platform.DeadLetters()).Single().ShouldBe(new("Failed", "handling it failed 5 times, at last with IOException: lost"));
        failing.Fails = static (_, _) => false;
        await platform.Queue(Message("2", Read("bad", "ada")));
        await platform.Drained(deadLetters: 1);
        (await platform.Points(ada)).ShouldBe(10);
    }

    [Fact]
    public async Task Messages_of_a_session_are_applied_in_their_order()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Queue([.. Enumerable.Range(0, 40).Select(n => Message($"{n}", Event($"{n}", new { externalId = "ada", activityId = "read", value = n })) with { SessionId = "ada" })]);
        await platform.Drained();
        var journal = await platform.Service<Players>().Journal.Entries(platform.Tenant, ada, 1, false, 100, Stop);
        journal.Select(entry => entry.Activity?.Value).OfType<decimal>().ShouldBe(Enumerable.Range(0, 40).Select(n => (decimal)n));
    }

    [Fact]
    public async Task The_log_tells_of_every_handling_by_page_filter_and_order_and_one_entry_with_its_content()
    {
        await using var platform = await Start(("AWorld:Inbound:EntriesPerDocument", "3"));
        await platform.NewUser(platform.Tenant, "ada");
        var client = platform.Home.Sender();
        foreach (var n in Enumerable.Range(0, 10))
        {
            await client.Post(Events, Batch(Read($"a{n}", "ada"), Event($"b{n}", new { externalId = "ada", activityId = "none" }, source: "/hr")));
            platform.Clock.Advance(TimeSpan.FromHours(8));
        }
        (await platform.Logged()).Count.ShouldBe(20);
        foreach (var order in new[] { "asc", "desc" })
        {
            var (seen, token) = (new List<string>(), "");
            do
            {
                var page = await platform.Dashboard().Get($"{Log}?limit=3&order={order}{(token.Length > 0 ? $"&nextToken={token}" : "")}");
                seen.AddRange(page.Items().Select(entry => entry.Text("at") + entry.Text("id")));
                token = page.Has("nextToken") ? page.Text("nextToken") : "";
            }
            while (token.Length > 0);
            seen.Count.ShouldBe(20);
            seen.Distinct().Count().ShouldBe(20);
            seen.Select(one => one[..24]).ShouldBe(order == "asc" ? seen.Select(one => one[..24]).Order() : seen.Select(one => one[..24]).OrderDescending());
        }
        (await platform.Logged("&status=REJECTED&source=/hr")).Count.ShouldBe(10);
        (await platform.Logged("&source=/lms&type=aworld.activity.completed&from=2026-03-11T00:00:00Z&to=2026-03-12T00:00:00Z")).ShouldBe(["a4 ACCEPTED", "a3 ACCEPTED", "a2 ACCEPTED"]);
        var rejected = (await platform.Dashboard().Get($"{Log}?status=REJECTED&limit=1")).At("items[0]");
        rejected.Has("data").ShouldBeFalse();
        (rejected.Text("reason"), rejected.Text("problems[0].field"), rejected.Text("channel")).ShouldBe(("data.activityId: is not a published activity of this workspace", "data.activityId", "http"));
        (await platform.Dashboard().Get($"{Log}/{rejected.Text("inboundEventId")}")).Text("data.externalId").ShouldBe("ada");
        await platform.Sibling.Dashboard().Refused(404, HttpMethod.Get, $"{Log}/{rejected.Text("inboundEventId")}");
        foreach (var wrong in new[] { "status=LOST", "from=yesterday", "limit=0", "nextToken=x" })
        {
            (await platform.Dashboard().Refused(400, HttpMethod.Get, $"{Log}?{wrong}")).Fields.ShouldBe([wrong.Split('=')[0]]);
        }
    }

    [Fact]
    public async Task What_was_stored_when_a_channel_was_called_a_door_is_shown_with_its_channel_and_what_waits_is_applied()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        (await client.StatusOf(Read("1", "ada"))).ShouldBe("HELD");
        await CallChannelsDoors(platform, $"log-{platform.Clock.GetUtcNow():yyyy-MM-dd}");
        await CallChannelsDoors(platform, $"held-{new HeldUser("externalId", "ada").Key}");
        var entry = (await platform.Dashboard().Get(Log)).At("items[0]");
        (entry.Text("channel"), entry.Has("door")).ShouldBe(("http", false));
        (await platform.Dashboard().Get($"{Log}/{entry.Text("inboundEventId")}")).Text("channel").ShouldBe("http");
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await platform.Points(ada)).ShouldBe(10);
        (await platform.Dashboard().Get(Log)).Items().Select(one => one.Text("channel")).ShouldBe(["held", "http"]);
    }

    static async Task CallChannelsDoors(TestPlatform platform, string part)
    {
        var (store, partition) = (platform.Service<IDocumentStore>(), Partition.Integrations(platform.Tenant, part));
        var renamed = from document in (await store.Query(partition, DocumentQuery.Prefix("inbound-"), Stop)).Items
                      let body = Encoding.UTF8.GetString(document.Body.Span)
                      where body.Contains("\"channel\"", StringComparison.Ordinal)
                      select Write.Replace(document.Id, Encoding.UTF8.GetBytes(body.Replace("\"channel\"", "\"door\"", StringComparison.Ordinal)), document.ETag);
        (await store.Commit(partition, [.. renamed], Stop)).Committed.ShouldBeTrue();
    }

    [Fact]
    public async Task The_log_forgets_what_is_older_than_it_keeps_and_an_event_stays_applied_once_all_the_same()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Home.Sender().Post(Events, Read("1", "ada"));
        platform.Clock.Advance(TimeSpan.FromDays(31));
        (await platform.Logged()).ShouldBeEmpty();
        (await platform.Home.Sender().StatusOf(Read("1", "ada"))).ShouldBe("DUPLICATE");
        (await platform.Points(ada)).ShouldBe(10);
    }

    [Fact]
    public async Task What_systems_outside_said_of_a_user_is_erased_with_them_and_nobody_else_s()
    {
        await using var platform = await Start(("AWorld:Inbound:EntriesPerDocument", "2"));
        var (ada, client) = (await platform.NewUser(platform.Tenant, "ada"), platform.Home.Sender());
        await platform.NewUser(platform.Tenant, "bob");
        await client.Post(Events, Batch(Read("1", "ada"), Read("2", "bob"), Event("3", new { email = "ADA@example.org", activityId = "none" }), Event("4", new { userId = ada, activityId = "read" })));
        platform.Clock.Advance(TimeSpan.FromDays(2));
        await client.Post(Events, Event("5", new { externalId = "ada", nickname = "Ada L" }, "hr.worker.changed", "/hr", At(1)));
        await platform.Dashboard().Delete($"/dashboard/v1/users/{ada}");
        await platform.WorkflowsIdle();
        (await Kept(platform)).ShouldBe(["2"]);
        (await client.StatusOf(Read("1", "ada"))).ShouldBe("DUPLICATE");
        (await client.StatusOf(Read("new", "ada"))).ShouldBe("HELD");
    }

    [Fact]
    public async Task An_erased_user_s_short_name_takes_nothing_of_others_and_their_own_is_found_however_it_is_written()
    {
        await using var platform = await Start();
        var (an, client) = (await platform.NewUser(platform.Tenant, "An"), platform.Home.Sender());
        await platform.NewUser(platform.Tenant, "bob");
        await client.Post(Events, Batch(
            Event("bob", new { externalId = "bob", activityId = "read", additionalData = new { note = "An answer, and another", An = "x" } }),
            Event("nested", new { externalId = "bob", activityId = "read", additionalData = new { with = new[] { new { who = "AN@Example.org" } } } }),
            Read("own", "An").Replace("\"An\"", "\"\\u0041n\"", StringComparison.Ordinal)));
        await platform.Dashboard().Delete($"/dashboard/v1/users/{an}");
        await platform.WorkflowsIdle();
        (await Kept(platform)).ShouldBe(["bob"]);
    }

    [Fact]
    public async Task Users_who_are_erased_at_the_same_time_go_from_the_same_part_of_the_log()
    {
        await using var platform = await Start();
        string[] names = [.. Enumerable.Range(0, 8).Select(n => $"user{n}")];
        var users = await Task.WhenAll(names.Select(name => platform.NewUser(platform.Tenant, name)));
        await platform.NewUser(platform.Tenant, "bob");
        await platform.Home.Sender().Post(Events, Batch([.. names.Append("bob").Select(name => Read(name, name))]));
        await Task.WhenAll(users.Select(user => platform.Dashboard().Delete($"/dashboard/v1/users/{user}")));
        await platform.WorkflowsIdle();
        (await Kept(platform)).ShouldBe(["bob"]);
    }

    /// <summary>Events whose content is still in the log.</summary>
    static async Task<List<string>> Kept(TestPlatform platform)
    {
        var kept = new List<string>();
        foreach (var entry in (await platform.Dashboard().Get(Log)).Items())
        {
            var whole = await platform.Dashboard().Get($"{Log}/{entry.Text("inboundEventId")}");
            if (whole.Has("data"))
            {
                kept.Add(whole.Text("id"));
            }
        }
        return kept;
    }
}
