using System.Text.Json;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;
using AWorld.Tags;
using AWorld.Tenancy;
using AWorld.Tests.Game;
using static AWorld.Tests.Game.GameWorld;

namespace AWorld.Tests.Missions;

/// <summary>A development workspace where rules of missions live through HTTP, with their workflows.</summary>
public abstract class RuleLives : IAsyncLifetime
{
    private protected TestPlatform platform = null!;
    private protected TestWorkspace workspace = null!;

    private protected Tenant Tenant => workspace.Tenant;
    private protected HttpClient Dashboard => workspace.Dashboard();

    public async ValueTask InitializeAsync()
    {
        platform = await TestPlatform.Start();
        var made = await platform.Service<Workspaces>().Create(platform.Tenant.AccountId, new("Development", Development: true), CancellationToken.None);
        workspace = new(platform, new(platform.Tenant.AccountId, made.Value.WorkspaceId));
        await platform.Configure(Tenant, Activity("walk"), Currency("points"), Currency("tokens"), new Tag("team", "red") { Id = "red", Stage = Stage.Published, DefaultLang = "en" },
            Mission("two", target: "2"), Mission("together", target: "4", type: MissionType.Group),
            Pays("done", "10", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "two"),
            Pays("later", "1", "tokens", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "two", redemption: RedemptionMode.Manual),
            Pays("shared", """{"*":[{"var":"event.currentAmount"},3]}""", entity: EntityType.Mission, match: MatchKind.Instance, entityId: "together"));
    }

    public async ValueTask DisposeAsync()
    {
        await platform.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<string> Publish(string id, object changes)
    {
        var body = JsonSerializer.SerializeToNode(new
        {
            missionRuleId = id, name = id, missionType = "INDIVIDUAL", usersMatchCondition = true, missionsMatchCondition = true, missionConfigurationsPool = new[] { "two" },
            timeframeType = "RECURRING", timeframeTimezoneType = "FIXED", timeframeTimezone = "Europe/Rome", timeframeStartsAt = "2026-01-01T00:00:00Z", timeframeEndsAt = "2028-01-01T00:00:00Z",
            recurrence = "DAILY", assignmentMode = "SCHEDULED_PUSH", defaultLang = "en", translations = new[] { new { lang = "en" } },
        })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(changes)!.AsObject().ToList())
        {
            body.Remove(name);
            if (value is not null)
            {
                body[name] = value.DeepClone();
            }
        }
        await Dashboard.Post("/dashboard/v1/mission-rules", body.ToJsonString());
        await Dashboard.Post($"/dashboard/v1/mission-rules/{id}/publish");
        await platform.WorkflowsIdle();
        return body.ToJsonString();
    }

    private protected Task<JsonElement> Advance(string by) => Dashboard.Post("/dashboard/v1/test-clock/advance", new { by });
    private protected Task<JsonElement> Summary(string id) => Dashboard.Get($"/dashboard/v1/mission-rules/{id}/summary");
    private protected async Task<IReadOnlyList<JsonElement>> Events(string id) => (await Dashboard.Get($"/dashboard/v1/mission-rules/{id}/events?limit=100")).Items();
    private protected async Task Walk(string user, int times = 1)
    {
        for (var n = 0; n < times; n++)
        {
            await workspace.App(user).Post("/app/v1/activity-logs", new { activityId = "walk", userId = user });
        }
    }

    private protected async Task<IReadOnlyList<(string Period, string State)>> Missions(string user) =>
        [.. (await workspace.App(user).Get("/app/v1/missions?sort=updatedAt&order=asc&limit=100")).Items().Select(one => (one.Text("periodId"), one.Text("state"))).OrderBy(one => one.Item1, StringComparer.Ordinal)];

    private protected static (decimal Assigned, decimal Completed, string Paid, string Promised) Sums(JsonElement summary) =>
        (summary.Number("assigned"), summary.Number("completed"), Amounts(summary, "paid"), Amounts(summary, "promised"));

    private protected static string Amounts(JsonElement summary, string name) => string.Join(' ', summary.Items(name).Select(one => $"{one.Number("amount"):0} {one.Text("virtualCurrencyId")}"));
}
