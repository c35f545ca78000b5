using System.Text.Json.Nodes;

namespace AWorld.Tests.Resources;

/// <summary>One published kind of configuration entity, as its contract has it: how to make a valid one, and what differs between kinds.</summary>
/// <param name="Body">A valid creation, from what was prepared for it.</param>
/// <param name="Label">A required field of its translations; null: none is.</param>
/// <param name="Prose">An optional one.</param>
/// <param name="Change">Makes the creation a valid update that changes something.</param>
public sealed record ResourceCase(
    string Path, string IdName, Func<Prepared, JsonObject> Body, Action<JsonObject> Change, bool ChosenId = false, bool Tagged = false, bool Strict = false,
    bool FieldsOnList = false, bool FieldsOnGet = false, bool BareTranslations = false, string? TranslationsAt = null, string? Label = "label", string Prose = "description", string[]? PutNames = null)
{
    public string Root => $"/dashboard/v1/{Path}";
    public string At(string id) => $"{Root}/{id}";
    public string TranslationsOf(string id) => (TranslationsAt ?? $"/dashboard/v1/{Path}/{{}}/translations").Replace("{}", id);
    public override string ToString() => Path;

    /// <summary>The body of a PUT: the contract's fields plus a change.</summary>
    public JsonObject Update(Prepared prepared, string id)
    {
        var body = Body(prepared);
        Change(body);
        body[IdName] = id;
        body["origin"] = "CUSTOM";
        body["langs"] = new JsonArray("en", "it");
        return body;
    }
}

/// <summary>What valid bodies refer to, in one workspace.</summary>
public sealed record Prepared(string TagId, string OtherTagId, string ActivityId, string ConfigurationId, string CurrencyId)
{
    public static async Task<Prepared> In(HttpClient dashboard)
    {
        var prepared = new Prepared(await dashboard.Create("tags", null!), await dashboard.Create("tags", null!), await dashboard.Create("activities", null!), "", await dashboard.Create("virtual-currencies", null!));
        return prepared with { ConfigurationId = await dashboard.Create("mission-configurations", prepared) };
    }
}

public static class ResourceCases
{
    public static readonly IReadOnlyList<ResourceCase> All =
    [
        new("activities", "activityId",
            _ => With("""{ "name": "Read" }""", Labels), body => body["name"] = "Read more",
            ChosenId: true, Tagged: true, FieldsOnList: true, PutNames: ["activityId"]),
        new("tags", "tagId",
            _ => With("""{ "namespace": "department", "variant": "marketing" }""", Labels), body => body["variant"] = "sales",
            FieldsOnList: true, FieldsOnGet: true, TranslationsAt: "/dashboard/v1/tag/{}/translations"),
        new("mission-configurations", "missionConfigurationId",
            prepared => With($$"""
                { "name": "Five times", "missionType": "INDIVIDUAL", "matchType": "INSTANCE", "matchEntity": "Activity", "matchEntityId": "{{prepared.ActivityId}}",
                  "matchCondition": { ">=": [{ "var": "event.value" }, 40] }, "incrementExpression": null, "targetAmountExpression": 5 }
                """, Labels), body => body["targetAmountExpression"] = 6,
            ChosenId: true, Tagged: true, Strict: true, BareTranslations: true, PutNames: ["missionConfigurationId", "origin", "langs"]),
        new("mission-rules", "missionRuleId",
            prepared => With($$"""
                { "name": "Weekly", "missionType": "INDIVIDUAL", "usersMatchCondition": true, "missionConfigurationsPool": ["{{prepared.ConfigurationId}}"],
                  "missionsMatchCondition": true, "timeframeType": "RECURRING", "recurrence": "WEEKLY", "timeframeTimezoneType": "FIXED",
                  "timeframeTimezone": "Europe/Rome", "timeframeStartsAt": "2026-01-01T00:00:00Z", "timeframeEndsAt": "2027-01-01T00:00:00+01:00", "assignmentMode": "LAZY" }
                """, Descriptions), body => body["assignmentMode"] = "DISABLED",
            ChosenId: true, Tagged: true, Strict: true, Label: null, PutNames: ["missionRuleId"]),
        new("reward-rules", "rewardRuleId",
            prepared => With($$"""
                { "name": "Ten points", "ruleType": "TAG", "matchEntity": "Activity", "matchEntityId": "{{prepared.TagId}}", "matchCondition": true, "applicationMode": "ALWAYS",
                  "rewards": [{ "rewardType": "VIRTUAL_CURRENCY", "virtualCurrencyId": "{{prepared.CurrencyId}}", "redemptionMode": "AUTO", "expression": { "*": [{ "var": "event.value" }, 10] } }] }
                """, Descriptions), body => body["applicationMode"] = "FALLBACK",
            FieldsOnList: true, Label: null),
        new("badge-configurations", "badgeConfigurationId",
            prepared => With($$"""{ "name": "Reader", "image": "https://example.com/reader.png", "progressSourceEntityType": "MissionConfiguration", "progressSourceEntityId": "{{prepared.ConfigurationId}}" }""", Labels),
            body => body["image"] = "https://example.com/reader.svg",
            ChosenId: true, Tagged: true, FieldsOnList: true, FieldsOnGet: true, PutNames: ["origin", "langs"]),
        new("virtual-currencies", "virtualCurrencyId",
            _ => With("""{ "name": "Points", "minAllowedBalance": 0, "maxAllowedBalance": 1000.5, "icon": "https://example.com/points.svg" }""", Labels), body => body["maxAllowedBalance"] = 2000,
            ChosenId: true, FieldsOnList: true, FieldsOnGet: true, TranslationsAt: "/dashboard/v1/streak-rules/{}/translations"),
        new("quizzes", "quizId",
            _ => With("""{ "difficulty": "MEDIUM", "correctAnswer": "opt3", "placement": "STORY", "storyId": "story-1", "source": "https://example.com", "parentId": "path-1", "parentType": "learningPath" }""", Questions),
            body => body["difficulty"] = "HARD",
            ChosenId: true, Tagged: true, Strict: true, FieldsOnGet: true, TranslationsAt: "/dashboard/v1/quiz/{}/translations", Label: "question", Prose: "explanation", PutNames: ["quizId", "origin"]),
    ];

    public static TheoryData<string> Paths => [.. All.Select(one => one.Path)];
    public static ResourceCase Of(string path) => All.Single(one => one.Path == path);

    public static async Task<string> Create(this HttpClient dashboard, string path, Prepared prepared) =>
        (await dashboard.Post(Of(path).Root, Of(path).Body(prepared))).Text(Of(path).IdName);

    const string Labels = """[{ "lang": "en", "label": "Something" }, { "lang": "it", "label": "Qualcosa è così 🎯", "description": "日本語" }]""";
    const string Descriptions = """[{ "lang": "en" }, { "lang": "it", "description": "Qualcosa è così 🎯" }]""";
    const string Questions = """[{ "lang": "en", "question": "How many?", "opt1": "One", "opt2": "Two", "opt3": "Three" }, { "lang": "it", "question": "Quanti?", "opt1": "Uno", "opt2": "Due", "opt3": "Così 🎯", "explanation": "日本語" }]""";

    static JsonObject With(string json, string translations)
    {
        var body = JsonNode.Parse(json)!.AsObject();
        body["defaultLang"] = "en";
        body["translations"] = JsonNode.Parse(translations);
        return body;
    }
}
