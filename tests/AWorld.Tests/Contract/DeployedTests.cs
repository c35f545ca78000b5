using System.Text.Json;
using AWorld.Authorization;

namespace AWorld.Tests.Contract;

/// <summary>What must be so of a platform that is reached over the network; see <see cref="DeployedPlatform"/> for which.</summary>
public sealed class DeployedTests
{
    const string Labels = """ "defaultLang": "en", "translations": [{ "lang": "en", "label": "Label", "description": "Description" }] """;
    const string Descriptions = """ "defaultLang": "en", "translations": [{ "lang": "en", "description": "Description" }] """;

    [Fact]
    public async Task Its_operations_answer_as_published()
    {
        await using var platform = await DeployedPlatform.Reach();
        var served = new List<PublishedOperation>();
        foreach (var context in (ApiContext[])[ApiContext.App, ApiContext.Dashboard])
        {
            served.AddRange(PublishedApi.Served(context, await platform.Anonymous().Get($"/openapi/{context.ToString().ToLowerInvariant()}.json")));
        }
        var calls = new ContractCalls(platform, PublishedApi.Find() ?? served.ToDictionary(operation => operation.Key), served.Select(operation => operation.Key).ToHashSet(StringComparer.Ordinal));
        await ContractStory.Tell(calls);
        await calls.Refusals();
        calls.Wrong.ShouldBeEmpty(string.Join("\n", calls.Wrong));
        calls.Answered.Count.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task What_a_user_does_there_counts_pays_and_ranks_once_until_they_are_erased()
    {
        await using var platform = await DeployedPlatform.Reach();
        using var dashboard = platform.Machine(ApiContext.Dashboard);
        var (activity, currency, board) = await Programme(dashboard);
        var ada = (await dashboard.Post("/dashboard/v1/users", """{ "email": "ada@example.com", "externalId": "emp-1" }""")).Text("userId");
        using var app = platform.User(ApiContext.App, ada);
        await app.Get("/app/v1/missions");

        var action = $$"""{ "activityId": "{{activity}}", "userId": "{{ada}}", "activityLogId": "first" }""";
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.Post("/app/v1/activity-logs", action)));
        (await app.Get("/app/v1/missions")).Flag("items[0].isCompleted").ShouldBeTrue();
        (await app.Get($"/app/v1/virtual-balances/{currency}")).Number("amount").ShouldBe(10);
        (await app.Get($"/app/v1/runtime-leaderboards/{board}/rankings/me")).Number("score").ShouldBe(10);
        (await app.Get($"/app/v1/runtime-leaderboards/{board}/rankings/me")).Number("rank").ShouldBe(1);

        await Inbound(dashboard, app, activity);
        await Erase(dashboard, app, ada);
    }

    /// <summary>One completed mission pays ten points, and points rank.</summary>
    static async Task<(string Activity, string Currency, string Board)> Programme(HttpClient dashboard)
    {
        async Task<string> Publish(string path, string id, string body)
        {
            var made = (await dashboard.Post($"/dashboard/v1/{path}", body)).Text(id);
            await dashboard.Post($"/dashboard/v1/{path}/{made}/publish");
            return made;
        }
        var currency = await Publish("virtual-currencies", "virtualCurrencyId", $$"""{ "name": "Points", {{Labels}} }""");
        var activity = await Publish("activities", "activityId", $$"""{ "name": "Read", {{Labels}} }""");
        var mission = await Publish("mission-configurations", "missionConfigurationId", $$"""{ "name": "Read once", "missionType": "INDIVIDUAL", "matchType": "INSTANCE", "matchEntity": "Activity", "matchEntityId": "{{activity}}", "matchCondition": true, "incrementExpression": 1, "targetAmountExpression": 1, {{Labels}} }""");
        await Publish("mission-rules", "missionRuleId", $$"""{ "name": "Everybody", "missionType": "INDIVIDUAL", "usersMatchCondition": true, "missionsMatchCondition": true, "missionConfigurationsPool": ["{{mission}}"], "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "UTC", "timeframeStartsAt": "2026-01-01T00:00:00Z", "assignmentMode": "LAZY", {{Descriptions}} }""");
        await Publish("reward-rules", "rewardRuleId", $$"""{ "name": "Ten points", "ruleType": "ENTITY", "matchEntity": "Mission", "matchCondition": { "==": [{ "var": "event.isCompleted" }, true] }, "applicationMode": "ALWAYS", "rewards": [{ "rewardType": "VIRTUAL_CURRENCY", "virtualCurrencyId": "{{currency}}", "redemptionMode": "AUTO", "expression": 10 }], {{Descriptions}} }""");
        var query = Leaderboards.LeaderboardQueryTests.Example.Replace("\"points\"", $"\"{currency}\"", StringComparison.Ordinal);
        var configuration = (await dashboard.Post("/dashboard/v1/runtime-leaderboard-configurations", $$"""{ "name": "Points", "query": {{query}}, {{Labels}} }""")).Text("runtimeLeaderboardConfigurationId");
        var board = (await dashboard.Post("/dashboard/v1/runtime-leaderboards", $$"""{ "runtimeLeaderboardConfigurationId": "{{configuration}}", "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "UTC", "timeframeStartsAt": "2026-01-01T00:00:00Z" }""")).Text("runtimeLeaderboardId");
        return (activity, currency, board);
    }

    static async Task Inbound(HttpClient dashboard, HttpClient app, string activity)
    {
        var sent = $$"""{ "specversion": "1.0", "type": "aworld.activity.completed", "source": "/hr", "id": "event-1", "time": "2026-06-01T08:00:00Z", "data": { "externalId": "emp-1", "activityId": "{{activity}}" } }""";
        (await dashboard.Post("/integrations/v1/events", sent)).Text("items[0].status").ShouldBe("ACCEPTED");
        (await dashboard.Post("/integrations/v1/events", sent)).Text("items[0].status").ShouldBe("DUPLICATE");
        (await app.Get("/app/v1/missions")).Number("items[0].currentAmount").ShouldBe(1, "it was complete before");
    }

    /// <summary>A workflow does it.</summary>
    static async Task Erase(HttpClient dashboard, HttpClient app, string userId)
    {
        await dashboard.Delete($"/dashboard/v1/users/{userId}");
        await app.Refused(404, HttpMethod.Get, "/app/v1/missions");
        await DeployedPlatform.Until(() => dashboard.Get($"/dashboard/v1/users/{userId}/erasure"), static (JsonElement erasure) => erasure.Text("state") == "COMPLETED", "the user was erased");
        await dashboard.Refused(404, HttpMethod.Get, $"/dashboard/v1/users/{userId}");
    }
}
