using AWorld.Authorization;
using AWorld.Identity;
using AWorld.Integrations.Webhooks;
using AWorld.Platform;
using AWorld.Tenancy;

namespace AWorld.Tests.Contract;

/// <summary>A workspace with one of everything that has an id, by the name of the id in routes.</summary>
sealed class SeededWorkspace(TestWorkspace workspace, string principalId, IReadOnlyDictionary<string, string> ids)
{
    const string Labels = """ "defaultLang": "en", "translations": [{ "lang": "en", "label": "Label" }] """;
    const string Descriptions = """ "defaultLang": "en", "translations": [{ "lang": "en", "description": "Description" }] """;

    public string this[string name] => ids[name];
    public bool Has(string name) => ids.ContainsKey(name);

    /// <summary>Somebody who may do everything that people may do there.</summary>
    public HttpClient Person(ApiContext context) => context switch
    {
        ApiContext.App => workspace.App(ids["userId"], Role.Owner),
        ApiContext.Dashboard => workspace.Dashboard(Role.Owner, ids["userId"]),
        _ => workspace.Portal(principalId),
    };

    public static async Task<SeededWorkspace> Make(TestPlatform platform, TestWorkspace workspace)
    {
        var tenant = workspace.Tenant;
        var ids = new Dictionary<string, string>(StringComparer.Ordinal) { ["accountId"] = tenant.AccountId, ["workspaceId"] = tenant.WorkspaceId };
        var principal = await Tenancy(platform, tenant, ids);
        var dashboard = workspace.Dashboard();

        async Task Create(string path, string id, string body, string? name = null) => ids[name ?? id] = (await dashboard.Post($"/dashboard/v1/{path}", body)).Text(id);
        await Create("users", "userId", $$"""{ "email": "ada-{{tenant.WorkspaceId}}@example.com", "externalId": "emp-{{tenant.WorkspaceId}}" }""");
        ids["externalId"] = $"emp-{tenant.WorkspaceId}";
        await Create("tags", "tagId", $$"""{ "namespace": "n", "variant": "v", {{Labels}} }""");
        await Create("activities", "activityId", $$"""{ "name": "Run", {{Labels}} }""");
        await Create("quizzes", "quizId", Body("quizzes/create", ids));
        await Create("virtual-currencies", "virtualCurrencyId", $$"""{ "name": "Points", {{Labels}} }""");
        await Create("mission-configurations", "missionConfigurationId", Body("missionConfigurations/create", ids));
        await Create("badge-configurations", "badgeConfigurationId", Body("badgeConfigurations/create", ids));
        foreach (var made in new[] { $"tags/{ids["tagId"]}", $"activities/{ids["activityId"]}", $"quizzes/{ids["quizId"]}", $"virtual-currencies/{ids["virtualCurrencyId"]}", $"mission-configurations/{ids["missionConfigurationId"]}", $"badge-configurations/{ids["badgeConfigurationId"]}" })
        {
            await dashboard.Post($"/dashboard/v1/{made}/publish");
        }
        await Create("mission-rules", "missionRuleId", Body("missionRules/create", ids));
        await Create("reward-rules", "rewardRuleId", Body("rewardRules/create", ids));
        await Create("runtime-leaderboard-configurations", "runtimeLeaderboardConfigurationId", Body("runtimeLeaderboardConfigurations/create", ids));
        ids["configurationId"] = ids["runtimeLeaderboardConfigurationId"];
        await Create("runtime-leaderboards", "runtimeLeaderboardId", Body("runtimeLeaderboards/create", ids));
        await dashboard.Post($"/dashboard/v1/reward-rules/{ids["rewardRuleId"]}/publish");
        await Create("webhook-endpoints", "webhookEndpointId", Body("webhookEndpoints/create", ids));
        ids["deliveryId"] = $"delivery-of-{tenant.WorkspaceId}";
        await platform.Service<WebhookDocuments>().Add(tenant, new(ids["deliveryId"], ids["webhookEndpointId"], "event", "user.created", DeliveryState.Succeeded, [], null, null, platform.Clock.GetUtcNow(), "{}"), default);
        var upload = await dashboard.Get(Media.MediaWorld.Upload());
        await platform.Anonymous().Put(upload.Text("uploadUrl"), Media.MediaWorld.File());
        ids["mediaId"] = upload.Text("mediaId");
        foreach (var tagged in new[] { $"media/{ids["mediaId"]}", $"users/{ids["userId"]}", $"activities/{ids["activityId"]}", $"quizzes/{ids["quizId"]}", $"mission-configurations/{ids["missionConfigurationId"]}", $"mission-rules/{ids["missionRuleId"]}", $"badge-configurations/{ids["badgeConfigurationId"]}" })
        {
            await dashboard.Post($"/dashboard/v1/{tagged}/tags/{ids["tagId"]}", """{ "priority": 1 }""");
        }

        await Create("inbound-sources", "sourceId", HookSource);
        ids["inboundEventId"] = (await dashboard.Post("/integrations/v1/events", Body("events/send", ids))).Text("items[0].inboundEventId");
        ids["missionId"] = (await dashboard.Post("/dashboard/v1/missions", Body("missions/create", ids))).Text("missionId");
        var user = workspace.App(ids["userId"], Role.Owner);
        ids["activityLogId"] = (await user.Post("/app/v1/activity-logs", Body("activityLogs/create", ids))).Text("activityLogId");
        ids["quizLogId"] = (await user.Post($"/app/v1/quizzes/{ids["quizId"]}/submit", Body("quizzes/submit", ids))).Text("quizLogId");
        ids["virtualTransactionId"] = (await user.Get("/app/v1/virtual-transactions")).Text("items[0].virtualTransactionId");
        return new(workspace, principal, ids);
    }

    /// <summary>A valid body of an operation from the ids of a workspace; null: it has no sample here.</summary>
    public static string Body(string operation, IReadOnlyDictionary<string, string> ids) =>
        ids.Aggregate(Samples[operation], (body, id) => body.Replace($"<{id.Key}>", id.Value, StringComparison.Ordinal));

    public string Body(string operation) => Body(operation, ids);

    const string HookSource = """{ "name": "Vendor", "eventSource": "/vendor", "authentication": {}, "mapping": { "id": { "var": "item.id" }, "type": "lms.quiz.answered", "data": { "externalId": { "var": "item.user" } } } }""";
    const string Assignments = """{ "assignments": [{ "tagId": "<tagId>", "priority": 2 }] }""";
    const string MissionConfiguration = $$""" "name": "Run", "missionType": "INDIVIDUAL", "matchType": "INSTANCE", "matchEntity": "Activity", "matchEntityId": "<activityId>", "matchCondition": true, "incrementExpression": 1, "targetAmountExpression": 10, {{Labels}} """;
    const string BadgeConfiguration = $$""" "name": "Runner", "image": "https://example.com/runner.png", "progressSourceEntityType": "MissionConfiguration", "progressSourceEntityId": "<missionConfigurationId>", {{Labels}} """;
    const string Quiz = """ "difficulty": "EASY", "correctAnswer": "opt2", "placement": "STANDALONE", "defaultLang": "en", "translations": [{ "lang": "en", "question": "Which?", "opt1": "This", "opt2": "That" }] """;
    const string MissionRule = $$""" "name": "Weekly", "missionType": "INDIVIDUAL", "usersMatchCondition": true, "missionsMatchCondition": true, "missionConfigurationsPool": ["<missionConfigurationId>"], "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-01-01T00:00:00Z", "assignmentMode": "LAZY", {{Descriptions}} """;
    const string Period = """ "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-01-01T00:00:00Z" """;
    static readonly string Board = $$"""{ "name": "Points", "query": {{Leaderboards.LeaderboardQueryTests.Example.Replace("\"points\"", "\"<virtualCurrencyId>\"", StringComparison.Ordinal)}}, {{Labels}} }""";

    /// <summary>By operation id, with the ids of what they refer to in angle brackets.</summary>
    public static readonly IReadOnlyDictionary<string, string> Samples = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["activityLogs/create"] = """{ "activityId": "<activityId>", "userId": "<userId>" }""",
        ["activityLogs/batch"] = """{ "items": [{ "activityId": "<activityId>", "userId": "<userId>" }] }""",
        ["activityLogs/retract"] = """{ "userId": "<userId>", "reason": "By mistake" }""",
        ["quizLogs/retract"] = """{ "userId": "<userId>", "reason": "By mistake" }""",
        ["virtualTransactions/create"] = """{ "transactions": [{ "virtualCurrencyId": "<virtualCurrencyId>", "redemptionMode": "AUTO", "amount": 5, "destinationUserId": "<userId>" }] }""",
        ["virtualTransactions/reject"] = """{ "userId": "<userId>", "reason": "Late" }""",
        ["users/create"] = """{ "email": "new@example.com" }""",
        ["users/update"] = """{ "nickname": "Ada L" }""",
        ["users/updateMe"] = """{ "nickname": "Ada M" }""",
        ["tags/create"] = $$"""{ "namespace": "n", "variant": "w", {{Labels}} }""",
        ["tags/update"] = $$"""{ "namespace": "n", "variant": "x", {{Labels}} }""",
        ["activities/create"] = $$"""{ "name": "Walk", {{Labels}} }""",
        ["activities/update"] = $$"""{ "activityId": "{activityId}", "name": "Run on", {{Labels}} }""",
        ["quizzes/create"] = $$"""{ {{Quiz}} }""",
        ["quizzes/update"] = $$"""{ "quizId": "{quizId}", "origin": "CUSTOM", {{Quiz}} }""",
        ["quizzes/submit"] = """{ "answer": "opt1" }""",
        ["virtualCurrencies/create"] = $$"""{ "name": "Coins", {{Labels}} }""",
        ["virtualCurrencies/update"] = $$"""{ "name": "Coins", {{Labels}} }""",
        ["missionConfigurations/create"] = $$"""{ {{MissionConfiguration}} }""",
        ["missionConfigurations/update"] = $$"""{ "missionConfigurationId": "{missionConfigurationId}", "origin": "CUSTOM", "langs": ["en"], {{MissionConfiguration}} }""",
        ["badgeConfigurations/create"] = $$"""{ {{BadgeConfiguration}} }""",
        ["badgeConfigurations/update"] = $$"""{ "origin": "CUSTOM", "langs": ["en"], {{BadgeConfiguration}} }""",
        ["missionRules/create"] = $$"""{ {{MissionRule}} }""",
        ["missionRules/update"] = $$"""{ "missionRuleId": "{missionRuleId}", {{MissionRule}} }""",
        ["rewardRules/create"] = RewardRule,
        ["rewardRules/update"] = RewardRule,
        ["missions/create"] = """{ "userId": "<userId>", "missionType": "INDIVIDUAL", "missionConfigurationId": "<missionConfigurationId>", "startsAt": "2026-03-10T00:00:00Z", "endsAt": "2026-04-10T00:00:00Z", "timeframeType": "RANGE" }""",
        ["runtimeLeaderboardConfigurations/create"] = Board,
        ["runtimeLeaderboardConfigurations/update"] = Board,
        ["runtimeLeaderboardConfigurations/createInstance"] = """{ "timeframeType": "RANGE", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-02-01T00:00:00Z", "timeframeEndsAt": "2026-12-01T00:00:00Z" }""",
        ["runtimeLeaderboards/create"] = $$"""{ "runtimeLeaderboardConfigurationId": "<runtimeLeaderboardConfigurationId>", {{Period}} }""",
        ["runtimeLeaderboards/update"] = """{ "runtimeLeaderboardConfigurationId": "<runtimeLeaderboardConfigurationId>", "timeframeStartsAt": "2026-01-02T00:00:00Z" }""",
        ["media/update"] = """{ "translations": [{ "lang": "en", "label": "A picture" }] }""",
        ["createTags"] = Assignments, ["updateTags"] = Assignments, ["deleteTags"] = Assignments, ["createTag"] = """{ "priority": 3 }""", ["updateTag"] = """{ "priority": 4 }""",
        ["events/send"] = """{ "specversion": "1.0", "id": "1", "source": "/hr", "type": "aworld.activity.completed", "data": { "activityId": "<activityId>", "userId": "<userId>" } }""",
        ["inboundSettings/put"] = """{ "workerTags": [{ "attribute": "DEPARTMENT", "values": { "Sales": "<tagId>" } }], "learning": [{ "type": "lms.quiz.answered", "objectId": "q1", "activityId": "<activityId>" }] }""",
        ["inboundSources/create"] = HookSource, ["inboundSources/put"] = HookSource,
        ["inboundSources/dryRun"] = """{ "body": { "id": 1 } }""",
        ["inboundEvents/replayRange"] = """{ "from": "2026-03-10T00:00:00Z" }""",
        ["inboundEvents/replay"] = "{}",
        ["expressions/evaluate"] = """{ "expression": 1 }""",
        ["testClock/set"] = """{ "now": "2026-03-11T00:00:00Z" }""",
        ["testClock/advance"] = """{ "by": "P1D" }""",
        ["webhookEndpoints/create"] = Webhook,
        ["webhookEndpoints/update"] = Webhook,
        ["webhookEndpoints/rotateSecret"] = "{}",
        ["webhookEndpoints/resend"] = """{ "since": "2026-03-01T00:00:00Z" }""",
        ["accounts/create"] = """{ "name": "Account" }""",
        ["accounts/update"] = """{ "name": "Account" }""",
        ["workspaces/create"] = """{ "name": "Workspace" }""",
        ["workspaces/update"] = """{ "name": "Workspace" }""",
        ["principals/invite"] = """{ "email": "new@example.com", "role": "VIEWER", "workspaceId": "<workspaceId>" }""",
        ["principals/update"] = """{ "role": "VIEWER" }""",
        ["clients/create"] = """{ "name": "Client", "context": "APP" }""",
        ["clients/rotate"] = "{}",
        ["authorizer/update"] = """{ "issuers": [{ "issuer": "https://id.example.com", "audience": "aworld", "claims": { "email": "email" }, "contexts": ["APP"], "workspaceId": "<workspaceId>" }] }""",
    };

    /// <summary>It leads nowhere: the host name cannot exist.</summary>
    const string Webhook = """{ "url": "https://receiver.invalid/events", "eventTypes": ["leaderboard.ended"] }""";

    const string RewardRule = $$"""{ "name": "Pay", "ruleType": "INSTANCE", "matchEntity": "Activity", "matchEntityId": "<activityId>", "matchCondition": true, "applicationMode": "ALWAYS", "rewards": [{ "rewardType": "VIRTUAL_CURRENCY", "virtualCurrencyId": "<virtualCurrencyId>", "redemptionMode": "MANUAL", "expression": 5 }, { "rewardType": "BADGE", "badgeConfigurationId": "<badgeConfigurationId>" }], {{Descriptions}} }""";

    /// <summary>An owner, a member and a client of the workspace, as the portal would have made them; developers' endpoints are open.</summary>
    static async Task<string> Tenancy(TestPlatform platform, Tenant tenant, Dictionary<string, string> ids)
    {
        var workspace = (await platform.Service<Workspaces>().Find(tenant, default))! with { Development = true };
        await platform.Service<IDocumentStore>().Commit(Partition.Platform(tenant.AccountId), [Write.Upsert(workspace.DocumentId, Json.Bytes(workspace))], default);
        var (principals, memberships) = (platform.Service<Principals>(), platform.Service<Memberships>());
        var owner = await principals.Ensure($"owner-{tenant.WorkspaceId}@example.com", null, null, default);
        var member = await principals.Ensure($"member-{tenant.WorkspaceId}@example.com", null, null, default);
        await memberships.Grant(tenant.AccountId, owner.PrincipalId, null, Role.Owner, default);
        await memberships.Grant(tenant.AccountId, member.PrincipalId, null, Role.Viewer, default);
        var (client, _) = (await platform.Service<Clients>().Create(tenant, "Client", ApiContext.App, null, default)).Value;
        (ids["principalId"], ids["clientId"]) = (member.PrincipalId, client.ClientId);
        return owner.PrincipalId;
    }
}
