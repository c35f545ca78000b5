using System.Text.Json;

namespace AWorld.Tests.Contract;

/// <summary>One valid call of each operation, in an order in which each finds what it needs.</summary>
static class ContractStory
{
    const string Labels = """ "defaultLang": "en", "translations": [{ "lang": "en", "label": "Label", "description": "Description" }] """;
    const string Descriptions = """ "defaultLang": "en", "translations": [{ "lang": "en", "description": "Description" }] """;

    public static async Task Tell(ContractCalls calls)
    {
        var tag = await Tags(calls);
        var user = await Users(calls, tag);
        var activity = await Activities(calls, tag);
        var quiz = await Quizzes(calls, tag);
        var currency = await Currencies(calls);
        var configuration = await MissionConfigurations(calls, tag, activity);
        await MissionRules(calls, tag, configuration);
        var badge = await BadgeConfigurations(calls, tag, configuration);
        await RewardRules(calls, activity, currency, badge);
        await Boards(calls, currency);
        await Media(calls, tag);
        await Play(calls, user, activity, currency, configuration);
        await Answer(calls, quiz, tag);
        await Badges(calls, badge, tag);
        await calls.Dashboard("workspace/get");
        await calls.Dashboard("users/delete", null, user);
    }

    static async Task<string> Tags(ContractCalls calls)
    {
        const string body = $$"""{ "namespace": "department", "variant": "marketing", {{Labels}} }""";
        var id = Id(await calls.Dashboard("tags/create", body), "tagId");
        await calls.Dashboard("tags/get", null, id);
        await calls.Dashboard("tags/update", body, id);
        await calls.Dashboard("tags/publish", null, id);
        await calls.Dashboard("tags/list");
        await calls.Dashboard("tags/listTranslations", null, id);
        return id;
    }

    static async Task<string> Users(ContractCalls calls, string tag)
    {
        var user = Id(await calls.Dashboard("users/create", """{ "email": "ada@example.com", "externalId": "emp-1", "nickname": "Ada", "lang": "en", "timezone": "Europe/Rome", "firstName": "Ada", "lastName": "Lovelace", "profileImage": "https://example.com/ada.png" }"""), "userId");
        await calls.Dashboard("users/get", null, user);
        await calls.Dashboard("users/list");
        await calls.Dashboard("users/getByExternalId", null, "emp-1");
        await calls.Dashboard("users/update", """{ "nickname": "Ada L" }""", user);
        await AssignTags(calls, "users", user, tag);
        calls.Become(user);
        await calls.App("users/getMe");
        await calls.App("users/updateMe", """{ "lang": "it" }""");
        await calls.App("users/getMyStats");
        await calls.App("users/me/tags/list");
        await calls.App("users/me/tags/get", null, tag);
        await calls.App("users/me/principal/get");
        await calls.Dashboard("users/getMe");
        await calls.Dashboard("users/me/principal/get");
        return user;
    }

    /// <summary>The eight operations; at the end the tag is assigned.</summary>
    static async Task AssignTags(ContractCalls calls, string kind, string id, string tag)
    {
        var assignments = $$"""{ "assignments": [{ "tagId": "{{tag}}", "priority": 2 }] }""";
        await calls.Dashboard($"{kind}/createTags", assignments, id);
        await calls.Dashboard($"{kind}/updateTags", assignments, id);
        await calls.Dashboard($"{kind}/listTags", null, id);
        await calls.Dashboard($"{kind}/getTag", null, id, tag);
        await calls.Dashboard($"{kind}/updateTag", """{ "priority": 3 }""", id, tag);
        await calls.Dashboard($"{kind}/deleteTag", null, id, tag);
        await calls.Dashboard($"{kind}/createTag", """{ "priority": 1 }""", id, tag);
        await calls.Dashboard($"{kind}/deleteTags", assignments, id);
        await calls.Dashboard($"{kind}/createTags", assignments, id);
    }

    static async Task Rest(ContractCalls calls, string kind, string id, string update)
    {
        await calls.Dashboard($"{kind}/get", null, id);
        await calls.Dashboard($"{kind}/update", update, id);
        await calls.Dashboard($"{kind}/publish", null, id);
        await calls.Dashboard($"{kind}/list");
        await calls.Dashboard($"{kind}/listTranslations", null, id);
    }

    static async Task<string> Activities(ContractCalls calls, string tag)
    {
        var id = Id(await calls.Dashboard("activities/create", $$"""{ "name": "Read", {{Labels}} }"""), "activityId");
        await Rest(calls, "activities", id, $$"""{ "activityId": "{{id}}", "name": "Read more", {{Labels}} }""");
        await AssignTags(calls, "activities", id, tag);
        return id;
    }

    static async Task<string> Quizzes(ContractCalls calls, string tag)
    {
        const string content = """ "difficulty": "MEDIUM", "correctAnswer": "opt3", "placement": "STANDALONE", "storyId": "story-1", "source": "https://example.com", "parentId": "path-1", "parentType": "learningPath", "defaultLang": "en", "translations": [{ "lang": "en", "question": "How many?", "opt1": "One", "opt2": "Two", "opt3": "Three", "opt4": "Four", "explanation": "Three it is." }, { "lang": "it", "question": "Quanti?", "opt1": "Uno", "opt2": "Due", "opt3": "Tre" }] """;
        var id = Id(await calls.Dashboard("quizzes/create", $"{{ {content} }}"), "quizId");
        await Rest(calls, "quizzes", id, $$"""{ "quizId": "{{id}}", "origin": "CUSTOM", "syncWithCatalog": false, {{content}} }""");
        await AssignTags(calls, "quizzes", id, tag);
        return id;
    }

    static async Task<string> Currencies(ContractCalls calls)
    {
        const string body = $$"""{ "name": "Points", "icon": "https://example.com/points.png", "minAllowedBalance": 0, "maxAllowedBalance": 1000000, {{Labels}} }""";
        var id = Id(await calls.Dashboard("virtualCurrencies/create", body), "virtualCurrencyId");
        await Rest(calls, "virtualCurrencies", id, body);
        return id;
    }

    static async Task<string> MissionConfigurations(ContractCalls calls, string tag, string activity)
    {
        var content = $$""" "name": "Ten pages", "missionType": "INDIVIDUAL", "matchType": "INSTANCE", "matchEntity": "Activity", "matchEntityId": "{{activity}}", "matchCondition": { "==": [{ "var": "event.outcome" }, "SUCCESS"] }, "incrementExpression": { "var": "event.value" }, "targetAmountExpression": 10, {{Labels}} """;
        var id = Id(await calls.Dashboard("missionConfigurations/create", $"{{ {content} }}"), "missionConfigurationId");
        await Rest(calls, "missionConfigurations", id, $$"""{ "missionConfigurationId": "{{id}}", "origin": "CUSTOM", "langs": ["en"], {{content}} }""");
        await AssignTags(calls, "missionConfigurations", id, tag);
        return id;
    }

    static async Task MissionRules(ContractCalls calls, string tag, string configuration)
    {
        var content = $$""" "name": "Every week", "missionType": "INDIVIDUAL", "missionsMatchCondition": true, "missionConfigurationsPool": ["{{configuration}}"], "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeStartsAt": "2026-01-01T00:00:00Z", "assignmentMode": "LAZY", {{Descriptions}} """;
        var id = Id(await calls.Dashboard("missionRules/create", $$"""{ "usersMatchCondition": true, "timeframeTimezone": "Europe/Rome", {{content}} }"""), "missionRuleId");
        await Rest(calls, "missionRules", id, $$"""{ "missionRuleId": "{{id}}", {{content}} }""");
        await AssignTags(calls, "missionRules", id, tag);
    }

    static async Task<string> BadgeConfigurations(ContractCalls calls, string tag, string configuration)
    {
        var content = $$""" "name": "Reader", "image": "https://example.com/reader.png", "progressSourceEntityType": "MissionConfiguration", "progressSourceEntityId": "{{configuration}}", {{Labels}} """;
        var id = Id(await calls.Dashboard("badgeConfigurations/create", $"{{ {content} }}"), "badgeConfigurationId");
        await Rest(calls, "badgeConfigurations", id, $$"""{ "origin": "CUSTOM", "syncWithCatalog": false, "langs": ["en"], {{content}} }""");
        await calls.Dashboard("badgeConfigurations/archive", null, id);
        await calls.Dashboard("badgeConfigurations/unarchive", null, id);
        await calls.Dashboard("badgeConfigurations/publish", null, id);
        await AssignTags(calls, "badgeConfigurations", id, tag);
        return id;
    }

    static async Task Badges(ContractCalls calls, string badge, string tag)
    {
        await calls.App("badgeConfigurations/list");
        await calls.App("badgeConfigurations/listTags", null, badge);
        await calls.App("badgeConfigurations/getTag", null, badge, tag);
        await calls.App("badgeConfigurations/getTranslation", null, badge);
        await calls.App("badges/list");
        await calls.App("badges/get", null, badge);
    }

    static async Task RewardRules(ContractCalls calls, string activity, string currency, string badge)
    {
        var body = $$"""{ "name": "A point a page", "ruleType": "INSTANCE", "matchEntity": "Activity", "matchEntityId": "{{activity}}", "matchCondition": true, "applicationMode": "ALWAYS", "rewards": [{ "rewardType": "VIRTUAL_CURRENCY", "virtualCurrencyId": "{{currency}}", "redemptionMode": "MANUAL", "expression": { "var": "event.value" } }, { "rewardType": "BADGE", "badgeConfigurationId": "{{badge}}" }], {{Descriptions}} }""";
        var id = Id(await calls.Dashboard("rewardRules/create", body), "rewardRuleId");
        await Rest(calls, "rewardRules", id, body);
    }

    static async Task Boards(ContractCalls calls, string currency)
    {
        var query = Leaderboards.LeaderboardQueryTests.Example.Replace("\"points\"", $"\"{currency}\"", StringComparison.Ordinal);
        var body = $$"""{ "name": "Points", "query": {{query}}, {{Labels}} }""";
        var configuration = Id(await calls.Dashboard("runtimeLeaderboardConfigurations/create", body), "runtimeLeaderboardConfigurationId");
        await calls.Dashboard("runtimeLeaderboardConfigurations/get", null, configuration);
        await calls.Dashboard("runtimeLeaderboardConfigurations/update", body, configuration);
        await calls.Dashboard("runtimeLeaderboardConfigurations/list");
        await calls.Dashboard("runtimeLeaderboardConfigurations/listTranslations", null, configuration);
        const string timeframe = """ "timeframeType": "PERMANENT", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-01-01T00:00:00Z" """;
        await calls.Dashboard("runtimeLeaderboardConfigurations/createInstance", """{ "timeframeType": "RANGE", "timeframeTimezoneType": "FIXED", "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-02-01T00:00:00Z", "timeframeEndsAt": "2099-12-01T00:00:00Z" }""", configuration);
        var board = Id(await calls.Dashboard("runtimeLeaderboards/create", $$"""{ "runtimeLeaderboardConfigurationId": "{{configuration}}", {{timeframe}} }"""), "runtimeLeaderboardId");
        await calls.Dashboard("runtimeLeaderboards/get", null, board);
        await calls.Dashboard("runtimeLeaderboards/list");
        await calls.Dashboard("runtimeLeaderboards/update", """{ "timeframeStartsAt": "2026-01-02T00:00:00Z" }""", board);
        await calls.App("runtimeLeaderboards/list");
        await calls.App("runtimeLeaderboards/get", null, board);
        await calls.App("runtimeLeaderboards/getRankings", null, board);
        await calls.App("runtimeLeaderboards/getMyRanking", null, board);
    }

    static async Task Media(ContractCalls calls, string tag)
    {
        calls.Query = "?contentType=image/png&fileName=a.png&fileSize=100&fileType=image";
        var asked = await calls.Dashboard("media/getUploadUrl");
        calls.Query = "";
        var id = Id(asked, "mediaId");
        if (id != ContractCalls.Absent)
        {
            await AWorld.Tests.Media.MediaWorld.Put(calls.Anonymous(), asked, 100);
        }
        await calls.Dashboard("media/list");
        await calls.Dashboard("media/get", null, id);
        await calls.Dashboard("media/update", """{ "translations": [{ "lang": "en", "label": "A picture", "description": "Of us" }] }""", id);
        await calls.Dashboard("media/listTranslations", null, id);
        await AssignTags(calls, "media", id, tag);
        calls.Query = "?fields=tags,translations";
        await calls.Dashboard("media/list");
        calls.Query = "";
        await calls.Dashboard("media/delete", null, id);
    }

    static async Task Play(ContractCalls calls, string user, string activity, string currency, string configuration)
    {
        await calls.App("missions/list");
        await calls.App("activityLogs/create", $$"""{ "activityId": "{{activity}}", "userId": "{{user}}", "outcome": "SUCCESS", "value": 4, "tags": ["x"], "additionalData": { "page": 1 }, "completedAt": "2026-03-10T08:59:00Z" }""");
        var missions = await calls.App("missions/list");
        await calls.App("missions/get", null, FirstId(missions, "missionId"));
        await calls.Dashboard("missions/create", $$"""{ "userId": "{{user}}", "missionType": "INDIVIDUAL", "missionConfigurationId": "{{configuration}}", "startsAt": "2026-03-10T00:00:00Z", "endsAt": "2099-04-10T00:00:00Z", "targetAmount": 3, "timeframeType": "RANGE" }""");
        var transactions = await calls.App("virtualTransactions/list");
        var transaction = FirstId(transactions, "virtualTransactionId");
        await calls.App("virtualTransactions/get", null, transaction);
        await calls.App("virtualTransactions/redeem", null, transaction);
        await calls.Dashboard("virtualTransactions/create", $$"""{ "transactions": [{ "virtualCurrencyId": "{{currency}}", "redemptionMode": "AUTO", "amount": 50, "destinationUserId": "{{user}}", "additionalData": { "why": "welcome" } }] }""");
        await calls.App("virtualTransactions/create", $$"""{ "transactions": [{ "virtualCurrencyId": "{{currency}}", "redemptionMode": "AUTO", "amount": 5, "destinationUserId": "{{user}}" }] }""");
        await calls.App("virtualBalances/list");
        await calls.App("virtualBalances/get", null, currency);
    }

    static async Task Answer(ContractCalls calls, string quiz, string tag)
    {
        await calls.App("quizzes/list");
        await calls.App("quizzes/listTags", null, quiz);
        await calls.App("quizzes/getTag", null, quiz, tag);
        await calls.App("quizzes/getTranslation", null, quiz);
        await calls.App("quizzes/submit", """{ "answer": "opt3", "context": "default", "progress": "COMPLETE", "parentId": "path-1", "parentType": "learningPath" }""", quiz);
        await calls.App("quizzes/get", null, quiz);
    }

    static string Id(JsonElement answer, string name) => answer.TryGetProperty(name, out var id) ? id.GetString()! : ContractCalls.Absent;

    static string FirstId(JsonElement list, string name) => list.TryGetProperty("items", out var items) && items.GetArrayLength() > 0 ? Id(items[0], name) : ContractCalls.Absent;
}
