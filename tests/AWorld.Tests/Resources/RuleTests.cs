using System.Text.Json.Nodes;
using AWorld.Badges;
using AWorld.Missions;
using AWorld.Platform;
using AWorld.Rewards;

namespace AWorld.Tests.Resources;

/// <summary>The rules between fields of each kind, without a server.</summary>
public sealed class RuleTests
{
    static readonly Prepared Ids = new("tag", "tag2", "activity", "configuration", "currency");

    [Theory]
    [InlineData("matchEntityId", """{ "matchType": "ENTITY" }""")]
    [InlineData("matchEntityId", """{ "matchEntityId": null }""")]
    [InlineData("matchEntityId", """{ "matchType": "TAG", "matchEntityId": null }""")]
    [InlineData("matchEntity", """{ "matchEntity": "Mission" }""")]
    [InlineData("matchEntity", """{ "matchEntity": "ACTIVITY" }""")]
    [InlineData("missionType", """{ "missionType": "individual" }""")]
    [InlineData("matchCondition", """{ "matchCondition": { "var": "activeMissions" } }""")]
    [InlineData("incrementExpression", """{ "incrementExpression": { "nope": [1] } }""")]
    [InlineData("targetAmountExpression", """{ "targetAmountExpression": { "var": "event.value" } }""")]
    public void A_mission_configuration_names(string field, string change) => Wrong(MissionConfigurations.Resource, "mission-configurations", change).ShouldContain(field);

    [Theory]
    [InlineData("timeframeTimezone", """{ "timeframeTimezone": null }""")]
    [InlineData("timeframeTimezone", """{ "timeframeTimezoneType": "USER" }""")]
    [InlineData("timeframeTimezone", """{ "timeframeTimezone": "Mars/Base" }""")]
    [InlineData("timeframeEndsAt", """{ "timeframeEndsAt": null }""")]
    [InlineData("timeframeEndsAt", """{ "timeframeEndsAt": "2026-01-01T00:00:00Z" }""")]
    [InlineData("timeframeEndsAt", """{ "timeframeType": "PERMANENT", "recurrence": null }""")]
    [InlineData("timeframeStartsAt", """{ "timeframeStartsAt": "2026-01-01T00:00:00" }""")]
    [InlineData("recurrence", """{ "recurrence": null }""")]
    [InlineData("recurrence", """{ "timeframeType": "RANGE" }""")]
    [InlineData("scheduleCron", """{ "recurrence": "CUSTOM" }""")]
    [InlineData("scheduleCron", """{ "scheduleCron": "0 9 * * MON" }""")]
    [InlineData("scheduleCron", """{ "recurrence": "CUSTOM", "scheduleCron": "0 25 * * *" }""")]
    [InlineData("usersMatchCondition", """{ "usersMatchCondition": "DELETE" }""")]
    [InlineData("usersMatchCondition", """{ "missionType": "GROUP", "groupTagId": "tag" }""")]
    [InlineData("groupTagId", """{ "missionType": "GROUP", "usersMatchCondition": "DELETE" }""")]
    [InlineData("groupTagId", """{ "groupTagId": "tag" }""")]
    [InlineData("eventMatchType", """{ "assignmentMode": "EVENT" }""")]
    [InlineData("eventMatchEntity", """{ "assignmentMode": "EVENT" }""")]
    [InlineData("eventMatchCondition", """{ "assignmentMode": "EVENT" }""")]
    [InlineData("eventMatchEntityId", """{ "assignmentMode": "EVENT", "eventMatchType": "INSTANCE", "eventMatchEntity": "Activity", "eventMatchCondition": true }""")]
    [InlineData("eventMatchType", """{ "eventMatchType": "ENTITY" }""")]
    [InlineData("eventMatchEntity", """{ "eventMatchEntity": "Activity" }""")]
    [InlineData("eventMatchEntityId", """{ "eventMatchEntityId": "activity" }""")]
    [InlineData("eventMatchCondition", """{ "eventMatchCondition": true }""")]
    [InlineData("missionConfigurationsPool[1]", """{ "missionConfigurationsPool": ["configuration", "configuration"] }""")]
    public void A_mission_rule_names(string field, string change) => Wrong(MissionRules.Resource, "mission-rules", change).ShouldContain(field);

    [Theory]
    [InlineData("matchEntityId", """{ "ruleType": "ENTITY" }""")]
    [InlineData("matchEntityId", """{ "matchEntityId": null }""")]
    [InlineData("rewards", """{ "rewards": [] }""")]
    [InlineData("rewards[0].virtualCurrencyId", """{ "rewards": [{ "redemptionMode": "AUTO", "expression": 1 }] }""")]
    [InlineData("rewards[0].redemptionMode", """{ "rewards": [{ "virtualCurrencyId": "currency", "expression": 1 }] }""")]
    [InlineData("rewards[0].expression", """{ "rewards": [{ "virtualCurrencyId": "currency", "redemptionMode": "AUTO" }] }""")]
    [InlineData("rewards[0].badgeConfigurationId", """{ "rewards": [{ "rewardType": "BADGE" }] }""")]
    [InlineData("rewards[0].virtualCurrencyId", """{ "rewards": [{ "rewardType": "BADGE", "badgeConfigurationId": "badge", "virtualCurrencyId": "currency" }] }""")]
    [InlineData("rewards[0].expression", """{ "rewards": [{ "virtualCurrencyId": "currency", "redemptionMode": "AUTO", "expression": { "var": "previousEvent" } }] }""")]
    public void A_reward_rule_names(string field, string change) => Wrong(RewardRules.Resource, "reward-rules", change).ShouldContain(field);

    [Theory]
    [InlineData("name", """{ "name": null }""")]
    [InlineData("image", """{ "image": null }""")]
    [InlineData("image", """{ "image": "reader.png" }""")]
    [InlineData("progressSourceEntityType", """{ "progressSourceEntityType": "Mission" }""")]
    [InlineData("progressSourceEntityType", """{ "progressSourceEntityType": "missionConfiguration" }""")]
    [InlineData("progressSourceEntityType", """{ "progressSourceEntityType": null }""")]
    [InlineData("progressSourceEntityId", """{ "progressSourceEntityId": null }""")]
    public void A_badge_configuration_names(string field, string change) => Wrong(BadgeConfigurations.Resource, "badge-configurations", change).ShouldContain(field);

    [Theory]
    [InlineData("minAllowedBalance", """{ "minAllowedBalance": 1001 }""")]
    [InlineData("icon", """{ "icon": "points.svg" }""")]
    [InlineData("icon", """{ "icon": "javascript:alert(1)" }""")]
    [InlineData("maxAllowedBalance", """{ "maxAllowedBalance": 1e60 }""")]
    [InlineData("catalogVirtualCurrencyId", """{ "catalogVirtualCurrencyId": "x" }""")]
    public void A_virtual_currency_names(string field, string change) => Wrong(VirtualCurrencies.Resource, "virtual-currencies", change).ShouldContain(field);

    [Fact]
    public void Valid_ones_pass()
    {
        Wrong(MissionConfigurations.Resource, "mission-configurations", "{}").ShouldBeEmpty();
        Wrong(MissionRules.Resource, "mission-rules", "{}").ShouldBeEmpty();
        Wrong(MissionRules.Resource, "mission-rules", """{ "missionType": "GROUP", "groupTagId": "tag", "usersMatchCondition": "DELETE" }""").ShouldBeEmpty();
        Wrong(MissionRules.Resource, "mission-rules", """{ "assignmentMode": "EVENT", "eventMatchType": "ENTITY", "eventMatchEntity": "User", "eventMatchCondition": null }""").ShouldBeEmpty();
        Wrong(MissionRules.Resource, "mission-rules", """{ "recurrence": "CUSTOM", "scheduleCron": "0 9 * * MON-FRI" }""").ShouldBeEmpty();
        Wrong(RewardRules.Resource, "reward-rules", "{}").ShouldBeEmpty();
        Wrong(VirtualCurrencies.Resource, "virtual-currencies", """{ "minAllowedBalance": "DELETE" }""").ShouldBeEmpty();
    }

    [Fact]
    public void What_a_put_cannot_carry_is_kept_for_as_long_as_it_applies()
    {
        var stored = Parse<MissionRule>("mission-rules", """{ "recurrence": "CUSTOM", "scheduleCron": "0 9 * * *" }""").Value;
        var sent = Parse<MissionRule>("mission-rules", """{ "recurrence": "DELETE", "timeframeTimezone": "DELETE", "usersMatchCondition": "DELETE" }""").Value;

        var kept = MissionRules.Resource.Keep(stored, sent);
        (kept.Recurrence, kept.ScheduleCron, kept.TimeframeTimezone, kept.UsersMatchCondition).ShouldBe((Recurrence.Custom, "0 9 * * *", "Europe/Rome", stored.UsersMatchCondition));

        var moved = MissionRules.Resource.Keep(stored, sent with { TimeframeType = TimeframeType.Range, TimeframeTimezoneType = TimeframeTimezoneType.User, MissionType = MissionType.Group, GroupTagId = "tag" });
        (moved.Recurrence, moved.ScheduleCron, moved.TimeframeTimezone, moved.UsersMatchCondition).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void A_badge_reward_refers_to_its_badge()
    {
        var rule = Parse<RewardRule>("reward-rules", """{ "rewards": [{ "rewardType": "BADGE", "badgeConfigurationId": "badge" }] }""").Value;
        RewardRules.Resource.References(rule).ShouldContain(new Reference("rewards[0].badgeConfigurationId", EntityType.BadgeConfiguration, "badge"));
    }

    static IReadOnlyList<string> Wrong<T>(Resource<T> resource, string path, string change) where T : Configured
    {
        var parsed = Parse<T>(path, change);
        if (parsed.Error is { } refused)
        {
            return [.. refused.Details!.Select(detail => detail.Field)];
        }
        var problems = new Problems();
        resource.Check(parsed.Value, problems);
        return [.. problems.Found.Select(problem => problem.Field)];
    }

    static Result<T> Parse<T>(string path, string change) where T : Configured
    {
        var body = ResourceCases.Of(path).Body(Ids);
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            if (value is JsonValue text && text.ToString() == "DELETE")
            {
                body.Remove(name);
            }
            else
            {
                body[name] = value?.DeepClone();
            }
        }
        return Body<T>.Parse(Json.Bytes(body));
    }
}
