using System.Text.Json;
using AWorld.Authorization;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tenancy;
using AWorld.Tests.Game;
using Microsoft.Extensions.DependencyInjection;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Tenancy;

/// <summary>Moving the time of a development workspace.</summary>
public sealed class TestClockTests : IAsyncLifetime
{
    const string Path = "/dashboard/v1/test-clock", Advance = Path + "/advance";

    readonly Heard heard = new();
    TestPlatform platform = null!;
    TestWorkspace development = null!;

    sealed class Heard : IClockObserver
    {
        public List<(Tenant, DateTimeOffset)> Moves { get; } = [];
        public bool Fails { get; set; }

        public ValueTask Moved(Tenant tenant, DateTimeOffset now, CancellationToken stop)
        {
            Moves.Add((tenant, now));
            return Fails ? throw new InvalidOperationException("an observer that fails") : default;
        }
    }

    public async ValueTask InitializeAsync()
    {
        platform = await Start();
        var workspace = await platform.Service<Workspaces>().Create(platform.Tenant.AccountId, new("Development", Development: true), CancellationToken.None);
        development = new(platform, new(platform.Tenant.AccountId, workspace.Value.WorkspaceId));
    }

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    Task<TestPlatform> Start(string? data = null, FakeClock? clock = null) =>
        TestPlatform.Start(data, clock, builder => builder.Services.AddSingleton<IClockObserver>(heard));

    async Task<string> Now() => (await development.Dashboard().Get(Path)).Text("now");

    [Fact]
    public async Task A_workspace_lives_in_its_own_time_and_others_do_not()
    {
        (await Now()).ShouldBe("2026-03-10T09:00:00.000Z");
        var set = await development.Dashboard().Put(Path, new { now = "2026-03-20T12:00:00+02:00" });
        (set.Text("now"), set.Text("realTime")).ShouldBe(("2026-03-20T10:00:00.000Z", "2026-03-10T09:00:00.000Z"));
        (await development.Dashboard().Post(Advance, new { by = "P1M8DT90M" })).Text("now").ShouldBe("2026-04-28T11:30:00.000Z");
        platform.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Now()).ShouldBe("2026-04-28T11:31:00.000Z");

        const string tag = """{ "namespace": "n", "variant": "v", "defaultLang": "en", "translations": [{ "lang": "en", "label": "Label" }] }""";
        (await development.Dashboard().Post("/dashboard/v1/tags", tag)).Text("createdAt").ShouldBe("2026-04-28T11:31:00.000Z");
        (await platform.Dashboard().Post("/dashboard/v1/tags", tag)).Text("createdAt").ShouldBe("2026-03-10T09:01:00.000Z");
    }

    [Fact]
    public async Task Actions_missions_and_expiries_go_by_it()
    {
        var tenant = development.Tenant;
        await platform.Configure(tenant, Activity("walk"), Currency("points"), Mission("daily", target: "1"),
            Rule("every-day", timeframe: TimeframeType.Recurring, recurrence: Recurrence.Daily, pool: ["daily"]));
        var ada = await platform.NewUser(tenant, "ada");
        var app = development.App(ada);
        var first = (await app.Get("/app/v1/missions")).Items().ShouldHaveSingleItem().Text("missionId");
        var made = await development.Dashboard().Post("/dashboard/v1/virtual-transactions",
            $$"""{ "transactions": [{ "virtualCurrencyId": "points", "redemptionMode": "MANUAL", "amount": 5, "destinationUserId": "{{ada}}", "expiresAt": "2026-03-11T00:00:00Z" }] }""");

        await development.Dashboard().Post(Advance, new { by = "P1D" });
        (await app.Get("/app/v1/missions")).Items().Where(mission => mission.Text("state") == "ACTIVE").ShouldHaveSingleItem().Text("missionId").ShouldNotBe(first);
        (await app.Get($"/app/v1/virtual-transactions/{made.Text("transactions[0].virtualTransactionId")}")).Text("state").ShouldBe("EXPIRED");
        (await app.Post("/app/v1/activity-logs", new { activityId = "walk", userId = ada }, ("x-idempotency-key", "walk-1"))).Text("completedAt").ShouldBe("2026-03-11T09:00:00.000Z");

        // The key's 24 hours are real ones.
        await development.Dashboard().Post(Advance, new { by = "P30D" });
        using var again = await app.Send(HttpMethod.Post, "/app/v1/activity-logs", new { activityId = "walk", userId = ada }, ("x-idempotency-key", "walk-1"));
        again.Headers.GetValues("x-idempotency-cache-hit").ShouldBe(["true"]);
        platform.Clock.Advance(TimeSpan.FromHours(25));
        (await app.Post("/app/v1/activity-logs", new { activityId = "walk", userId = ada }, ("x-idempotency-key", "walk-1"))).Text("completedAt").ShouldBe("2026-04-11T10:00:00.000Z");
    }

    [Fact]
    public async Task It_moves_forward_only_and_not_too_far()
    {
        var manager = development.Dashboard(Role.Manager);
        await manager.Post(Advance, new { by = "P8D" });
        var back = await manager.Refused(409, HttpMethod.Put, Path, new { now = "2026-03-18T08:59:59.999Z" });
        (back.Code, back.Message).ShouldBe(("business/invalid_operation", "the clock of this workspace shows 2026-03-18T09:00:00.000Z and only moves forward"));
        (await manager.Refused(409, HttpMethod.Put, Path, new { now = "2036-03-10T09:00:01Z" })).Message.ShouldContain("at most 10 years");
        await manager.Put(Path, new { now = "2036-03-10T09:00:00Z" });
        (await manager.Refused(409, HttpMethod.Post, Advance, new { by = "PT1S" })).Message.ShouldContain("2036-03-10T09:00:00.000Z");
        await development.Dashboard(Role.Member).Refused(403, HttpMethod.Post, Advance, new { by = "P1D" });
        (await development.Dashboard(Role.Viewer).Get(Path)).Text("now").ShouldBe("2036-03-10T09:00:00.000Z");
    }

    [Theory]
    [InlineData("8 days")]
    [InlineData("P")]
    [InlineData("P0D")]
    [InlineData("P-1D")]
    [InlineData("PT0.0001S")]
    [InlineData("P99999999Y")]
    [InlineData("P9223372036854775807W")]
    [InlineData("P1D and much more than that, far too much")]
    [InlineData(null)]
    public async Task What_is_no_duration_is_refused_by_name(string? by) =>
        (await development.Dashboard().Refused(400, HttpMethod.Post, Advance, new { by })).Fields.ShouldBe(["by"]);

    [Fact]
    public async Task Only_a_development_workspace_has_one_and_stays_one()
    {
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[] { (HttpMethod.Get, Path, null), (HttpMethod.Put, Path, new { now = "2026-04-01T00:00:00Z" }), (HttpMethod.Post, Advance, new { by = "P1D" }) })
        {
            (await platform.Dashboard().Refused(409, method, path, body)).Code.ShouldBe("business/invalid_operation");
        }
        var workspace = $"/portal/v1/accounts/{development.Tenant.AccountId}/workspaces/{development.Tenant.WorkspaceId}";
        await platform.Portal("boss").Patch(workspace, new { development = true });
        await development.Dashboard().Post(Advance, new { by = "P1D" });
        (await platform.Portal("boss").Refused(409, HttpMethod.Patch, workspace, new { development = false })).Code.ShouldBe("business/invalid_operation");
    }

    [Fact]
    public async Task The_same_request_again_moves_it_once()
    {
        var first = await development.Dashboard().Post(Advance, new { by = "P8D" }, ("x-idempotency-key", "k"));
        platform.Clock.Advance(TimeSpan.FromSeconds(5));
        (await development.Dashboard().Post(Advance, new { by = "P8D" }, ("x-idempotency-key", "k"))).GetRawText().ShouldBe(first.GetRawText());
        (await Now()).ShouldBe("2026-03-18T09:00:05.000Z");
        await development.Dashboard().Refused(409, HttpMethod.Post, Advance, new { by = "P9D" }, ("x-idempotency-key", "k"));
        // Another tenant's key of the same name is another key.
        await platform.Other.Dashboard().Refused(409, HttpMethod.Post, Advance, new { by = "P8D" }, ("x-idempotency-key", "k"));
    }

    [Fact]
    public async Task Twenty_at_once_move_it_twenty_times()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            while (!(await development.Dashboard().Send(HttpMethod.Post, Advance, new { by = "P1D" })).IsSuccessStatusCode)
            {
            }
        }));
        (await Now()).ShouldBe("2026-03-30T09:00:00.000Z");
    }

    [Fact]
    public async Task Who_waits_for_it_hears_of_it_before_the_answer_and_after_a_restart()
    {
        heard.Fails = true;
        await development.Dashboard().Post(Advance, new { by = "P8D" });
        heard.Moves.ShouldBe([(development.Tenant, Start8())]);
        await platform.Stop();
        platform = await Start(platform.Data, platform.Clock);
        heard.Moves.ShouldBe([(development.Tenant, Start8()), (development.Tenant, Start8())]);
        (await new TestWorkspace(platform, development.Tenant).Dashboard().Get(Path)).Text("now").ShouldBe(Instants.Text(Start8()));

        static DateTimeOffset Start8() => TestPlatform.Start0.AddDays(8);
    }

    [Fact]
    public void Where_no_clock_was_moved_asking_for_the_time_allocates_nothing()
    {
        var clocks = new WorkspaceClocks(TimeProvider.System);
        var sum = clocks.Now(development.Tenant).Ticks;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            sum += clocks.Now(development.Tenant).Ticks & 1;
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        sum.ShouldBePositive();
    }
}
