using AWorld.Integrations;
using AWorld.Platform;
using AWorld.Tests.Game;
using AWorld.Users;
using static AWorld.Tests.Integrations.InboundWorld;

namespace AWorld.Tests.Integrations;

/// <summary>Events of users who are not there yet.</summary>
public sealed class HeldEventTests
{
    [Fact]
    public async Task Events_of_an_unknown_user_wait_and_are_applied_in_the_order_they_happened_in_once_the_user_is_there()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        (await client.StatusOf(Read("3", "ada", At(3)))).ShouldBe("HELD");
        await platform.Queue(Message("m2", Read("2", "ada", At(2))));
        await platform.Drained();
        (await client.StatusOf(Read("1", "ada", At(1)))).ShouldBe("HELD");
        (await client.StatusOf(Read("1", "ada", At(1)))).ShouldBe("DUPLICATE");
        (await client.StatusOf(Event("0", new { email = "Ada@Example.org", activityId = "read" }, time: At(0)))).ShouldBe("HELD");

        var ada = (await platform.Dashboard().Post("/dashboard/v1/users", """{ "email": "ada@example.org", "externalId": "ada" }""")).Text("userId");
        (await platform.Points(ada)).ShouldBe(40);
        var logs = (await platform.App(ada).Get("/app/v1/activity-logs?order=asc")).Items().Select(log => log.Text("completedAt"));
        logs.Order(StringComparer.Ordinal).ShouldBe(["2026-03-10T08:00:00.000Z", "2026-03-10T08:01:00.000Z", "2026-03-10T08:02:00.000Z", "2026-03-10T08:03:00.000Z"]);
        (await platform.Logged("&status=RETRIED&order=asc")).ShouldBe(["1 ACCEPTED", "2 ACCEPTED", "3 ACCEPTED", "0 ACCEPTED"]);
        foreach (var again in new[] { "1", "2", "3" })
        {
            (await client.StatusOf(Read(again, "ada", At(int.Parse(again))))).ShouldBe("DUPLICATE");
        }
        (await platform.Points(ada)).ShouldBe(40);
    }

    [Fact]
    public async Task A_user_who_gets_the_externalId_later_gets_the_events_that_waited_for_it()
    {
        await using var platform = await Start();
        await platform.Home.Sender().Post(Events, Read("1", "ada-2"));
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await platform.Points(ada)).ShouldBe(0);
        await platform.Dashboard().Patch($"/dashboard/v1/users/{ada}", """{ "externalId": "ada-2" }""");
        (await platform.Points(ada)).ShouldBe(10);
    }

    [Fact]
    public async Task Whoever_does_not_appear_in_seven_days_has_their_events_rejected()
    {
        await using var platform = await Start(("AWorld:Inbound:HeldCheckedEvery", "1.00:00:00"));
        await platform.Home.Sender().Post(Events, Read("1", "ada"));
        platform.Clock.Advance(TimeSpan.FromDays(4));
        await platform.Home.Sender().Post(Events, Read("2", "ada"));
        await platform.Service<InboundEvents>().Sweep(Stop);
        (await platform.Logged("&status=REJECTED")).ShouldBeEmpty();
        platform.Clock.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));
        await platform.Service<InboundEvents>().Sweep(Stop);
        (await platform.Logged("&status=REJECTED")).Distinct().ShouldBe(["1 REJECTED"]);
        (await platform.Dashboard().Get($"{Log}?status=REJECTED")).Text("items[0].reason").ShouldBe("nobody with externalId ada appeared within 7 days");
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await platform.Activities(ada)).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_crash_kept_from_a_user_who_appeared_is_found_by_the_sweep()
    {
        await using var platform = await Start(("AWorld:Inbound:HeldCheckedEvery", "1.00:00:00"));
        var ada = await platform.NewUser(platform.Tenant, "ada");
        var sent = new InboundEvent("1", "/lms", InboundTypes.ActivityCompleted, null, null, Json.Element(new { externalId = "ada", activityId = "read" }));
        await platform.Service<HeldEvents>().Hold(platform.Tenant, new("externalId", "ada"), sent, new("queue"), Stop);
        await platform.Service<InboundEvents>().Sweep(Stop);
        (await platform.Points(ada)).ShouldBe(10);
        await NobodyWaits(platform);
    }

    [Fact]
    public async Task A_workspace_can_have_events_of_unknown_users_rejected_and_no_user_can_have_more_waiting_than_the_limit()
    {
        await using var platform = await Start(("AWorld:Inbound:HeldPerUser", "2"));
        await platform.Sibling.Dashboard().Put(Settings, """{ "unknownUsers": "REJECT" }""");
        (await platform.Sibling.Sender().Refused(400, HttpMethod.Post, Events, Read("1", "ada"))).Message.ShouldBe("data.externalId: no user of this workspace has it");
        var client = platform.Home.Sender();
        (await Task.WhenAll(Enumerable.Range(1, 4).Select(n => client.Send(HttpMethod.Post, Events, Read($"{n}", "ada"))))).Select(answer => (int)answer.StatusCode).Order().ShouldBe([200, 200, 400, 400]);
    }

    [Fact]
    public async Task What_is_rejected_because_too_many_wait_or_after_it_waited_too_long_can_be_sent_again_put_right()
    {
        await using var platform = await Start(("AWorld:Inbound:HeldPerUser", "1"), ("AWorld:Inbound:HeldCheckedEvery", "1.00:00:00"));
        var client = platform.Home.Sender();
        string Reads(string id, int value) => Event(id, new { externalId = "ada", activityId = "read", value }, time: At(int.Parse(id)));
        (await client.StatusOf(Reads("1", 1))).ShouldBe("HELD");
        (await client.Refused(400, HttpMethod.Post, Events, Reads("2", 1))).Code.ShouldBe("business/invalid_operation");
        (await client.Refused(400, HttpMethod.Post, Events, Reads("2", 2))).Code.ShouldBe("business/invalid_operation");
        (await client.Refused(409, HttpMethod.Post, Events, Reads("1", 2))).Code.ShouldBe("resource/conflict");
        platform.Clock.Advance(TimeSpan.FromDays(8));
        await platform.Service<InboundEvents>().Sweep(Stop);
        (await client.StatusOf(Reads("1", 3))).ShouldBe("HELD");
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await client.StatusOf(Reads("2", 4))).ShouldBe("ACCEPTED");
        (await client.StatusOf(Reads("2", 4))).ShouldBe("DUPLICATE");
        (await client.Refused(409, HttpMethod.Post, Events, Reads("1", 1))).Code.ShouldBe("resource/conflict");
        (await platform.App(ada).Get("/app/v1/activity-logs")).Items().Select(log => log.Number("value")).Order().ShouldBe([3m, 4m]);
    }

    static string Back(string id, object data, string? time = null) => Event(id, data, "aworld.activity.retracted", time: time);

    static async Task<List<HeldUser>> Waiting(TestPlatform platform)
    {
        var waiting = new List<HeldUser>();
        await foreach (var (_, who) in platform.Service<HeldEvents>().All(Stop))
        {
            waiting.Add(who);
        }
        return waiting;
    }

    /// <summary>The platform's own sweep may be at it at the same time.</summary>
    static async Task NobodyWaits(TestPlatform platform)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); (await Waiting(platform)).Count > 0;)
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(5));
            await Task.Delay(2, Stop);
        }
    }

    [Fact]
    public async Task A_retraction_that_comes_before_its_action_waits_and_is_applied_once_when_an_event_brings_the_action()
    {
        await using var platform = await Start();
        var (ada, client) = (await platform.NewUser(platform.Tenant, "ada"), platform.Home.Sender());
        var (first, second) = (Back("r1", new { externalId = "ada", eventId = "1" }), Back("r2", new { externalId = "ada", eventId = "2", eventSource = "/lms", reason = "too soon" }));
        (await client.StatusOf(first)).ShouldBe("HELD");
        await platform.Queue(Message("r2", second));
        await platform.Drained();
        (await client.StatusOf(first)).ShouldBe("DUPLICATE");
        (await client.StatusOf(Read("3", "ada"))).ShouldBe("ACCEPTED");
        (await platform.Points(ada)).ShouldBe(10);
        (await client.StatusOf(Read("2", "ada"))).ShouldBe("ACCEPTED");
        (await platform.Points(ada)).ShouldBe(10);
        await platform.Queue(Message("1", Read("1", "ada")));
        await platform.Drained();
        (await platform.Points(ada)).ShouldBe(10);
        foreach (var again in new[] { first, second, Read("1", "ada"), Read("2", "ada") })
        {
            (await client.StatusOf(again)).ShouldBe("DUPLICATE");
        }
        (await platform.Points(ada), await platform.Activities(ada)).ShouldBe((10m, 1L));
        (await platform.Logged("&type=aworld.activity.retracted&order=asc")).ShouldBe(["r1 HELD", "r2 HELD", "r1 DUPLICATE", "r2 ACCEPTED", "r1 ACCEPTED", "r1 DUPLICATE", "r2 DUPLICATE"]);
        (await platform.Dashboard().Get($"{Log}?status=HELD&limit=1")).Text("items[0].reason").ShouldBe("data: names no action of the user");
        await NobodyWaits(platform);
    }

    [Fact]
    public async Task A_retraction_waits_for_its_user_and_then_for_its_action_of_which_the_App_may_tell()
    {
        await using var platform = await Start(("AWorld:Inbound:HeldCheckedEvery", "1.00:00:00"));
        (await platform.Home.Sender().StatusOf(Back("r", new { externalId = "ada", activityLogId = "mine" }))).ShouldBe("HELD");
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await Waiting(platform)).ShouldBe([HeldUser.ActionsOf(ada)]);
        await platform.App(ada).Post("/app/v1/activity-logs", new { activityId = "read", userId = ada, activityLogId = "mine" });
        await platform.Service<InboundEvents>().Sweep(Stop);
        (await platform.Points(ada)).ShouldBe(0);
        (await platform.App(ada).Get("/app/v1/activity-logs/mine")).Has("retractedAt").ShouldBeTrue();
        (await platform.Logged("&order=asc")).ShouldBe(["r HELD", "r HELD", "r ACCEPTED"]);
        await NobodyWaits(platform);
    }

    [Fact]
    public async Task A_retraction_whose_action_does_not_come_is_rejected_after_seven_days_or_at_once_as_the_workspace_chooses()
    {
        await using var platform = await Start(("AWorld:Inbound:HeldCheckedEvery", "1.00:00:00"));
        await platform.NewUser(platform.Sibling.Tenant, "ada");
        await platform.Sibling.Dashboard().Put(Settings, """{ "unknownUsers": "REJECT" }""");
        (await platform.Sibling.Sender().Refused(400, HttpMethod.Post, Events, Back("r", new { externalId = "ada", eventId = "1" }))).Message.ShouldBe("data: names no action of the user");
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await platform.Home.Sender().StatusOf(Back("r", new { userId = ada, eventId = "1" }))).ShouldBe("HELD");
        platform.Clock.Advance(TimeSpan.FromDays(6));
        await platform.Service<InboundEvents>().Sweep(Stop);
        (await Waiting(platform)).Count.ShouldBe(1);
        platform.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        await platform.Service<InboundEvents>().Sweep(Stop);
        await NobodyWaits(platform);
        (await platform.Dashboard().Get($"{Log}?status=REJECTED")).Text("items[0].reason").ShouldBe("no such action of the user appeared within 7 days");
        (await platform.Home.Sender().StatusOf(Read("1", "ada"))).ShouldBe("ACCEPTED");
        (await platform.Points(ada)).ShouldBe(10);
    }

    [Fact]
    public async Task What_waits_for_an_action_of_an_erased_user_goes_with_them()
    {
        await using var platform = await Start();
        var ada = await platform.NewUser(platform.Tenant, "ada");
        await platform.Home.Sender().Post(Events, Back("r", new { userId = ada, eventId = "1" }));
        (await Waiting(platform)).Count.ShouldBe(1);
        await platform.Dashboard().Delete($"/dashboard/v1/users/{ada}");
        await platform.WorkflowsIdle();
        await NobodyWaits(platform);
    }

    [Fact]
    public async Task Actions_and_their_retractions_that_come_at_once_leave_nothing()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        string[] names = ["ada", "bob", "cleo", "dan", "eva"], users = await Task.WhenAll(names.Select(name => platform.NewUser(platform.Tenant, name)));
        await Task.WhenAll(names.SelectMany(name => Enumerable.Range(0, 6).SelectMany(n => new[]
        {
            client.Post(Events, Read($"{name}{n}", name)), client.Post(Events, Back($"r{name}{n}", new { externalId = name, eventId = $"{name}{n}" })),
        })));
        foreach (var userId in users)
        {
            (await platform.Points(userId), await platform.Activities(userId)).ShouldBe((0m, 0L));
        }
        await NobodyWaits(platform);
    }

    [Fact]
    public async Task Users_who_appear_while_their_events_come_in_lose_none()
    {
        await using var platform = await Start();
        var client = platform.Home.Sender();
        var names = Enumerable.Range(0, 12).Select(n => $"user{n}").ToArray();
        var sending = names.SelectMany(name => Enumerable.Range(0, 6).Select(n => client.Post(Events, Read($"{name}-{n}", name)))).ToArray();
        var creating = names.Select(name => platform.NewUser(platform.Tenant, name)).ToArray();
        await Task.WhenAll(sending);
        foreach (var userId in await Task.WhenAll(creating))
        {
            (await platform.Activities(userId)).ShouldBe(6);
        }
    }

    [Fact]
    public async Task No_workspace_has_events_of_more_unknown_users_waiting_than_the_limit_until_some_appear()
    {
        await using var platform = await Start(("AWorld:Inbound:HeldUsers", "3"), ("AWorld:Inbound:HeldCheckedEvery", "1.00:00:00"));
        var client = platform.Home.Sender();
        foreach (var n in Enumerable.Range(0, 3))
        {
            (await client.StatusOf(Read($"{n}", $"user{n}"))).ShouldBe("HELD");
        }
        var refusal = await client.Refused(429, HttpMethod.Post, Events, Read("3", "user3"));
        (refusal.Code, refusal.Message.StartsWith("events of 3 users wait already", StringComparison.Ordinal)).ShouldBe(("rate_limit/exceeded", true));
        (await client.StatusOf(Read("more", "user0"))).ShouldBe("HELD");
        (await platform.Sibling.Sender().StatusOf(Read("3", "user3"))).ShouldBe("HELD");
        await platform.NewUser(platform.Tenant, "user0");
        platform.Clock.Advance(TimeSpan.FromSeconds(11));
        (await client.StatusOf(Read("3", "user3"))).ShouldBe("HELD");
    }

    [Fact]
    public async Task One_event_that_always_fails_does_not_keep_those_behind_it_nor_those_whose_time_is_over()
    {
        var failing = new FailingStore { Fails = static (_, writes) => writes.Any(write => System.Text.Encoding.UTF8.GetString(write.Body.Span).Contains("\"value\":666", StringComparison.Ordinal) && write.Id.StartsWith("journal", StringComparison.Ordinal)) };
        await using var platform = await TestPlatform.Start(settings: [("AWorld:Inbound:HeldCheckedEvery", "1.00:00:00")], configure: builder => failing.Around(builder.Services));
        await platform.Configure(platform.Tenant, GameWorld.Activity("read"));
        var client = platform.Home.Sender();
        await client.StatusOf(Event("bad", new { externalId = "ada", activityId = "read", value = 666 }, time: At(1)));
        await client.StatusOf(Read("good", "ada", At(2)));
        var ada = await platform.NewUser(platform.Tenant, "ada");
        (await platform.Activities(ada)).ShouldBe(0);
        // The platform's own sweep, at its start, may come in between.
        for (var sweeps = 0; sweeps < 20 && await platform.Activities(ada) == 0; sweeps++)
        {
            await platform.Service<InboundEvents>().Sweep(Stop);
        }
        failing.Failed.ShouldBeGreaterThan(0);
        (await platform.Activities(ada)).ShouldBe(1);
        (await platform.Logged("&order=asc")).Distinct().ShouldBe(["bad HELD", "good HELD", "bad REJECTED", "good ACCEPTED"]);
        await NobodyWaits(platform);

        await client.StatusOf(Event("late", new { externalId = "bob", activityId = "read", value = 666 }, time: At(1)));
        platform.Clock.Advance(TimeSpan.FromDays(8));
        await platform.NewUser(platform.Tenant, "bob");
        await platform.Service<InboundEvents>().Sweep(Stop);
        (await platform.Logged())[0].ShouldBe("late REJECTED");
        await NobodyWaits(platform);
    }
}
