using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using AWorld.Expressions;
using AWorld.Platform;

namespace AWorld.Rewards;

/// <summary>All matching ALWAYS rules pay; only when none of them matched, all matching FALLBACK rules do.</summary>
public enum ApplicationMode { Always, Fallback, Disabled }

public enum RewardType { VirtualCurrency, Badge }

/// <summary>What a rule pays: an amount of a currency (the expression's value; 0 or not a number: skipped), or a badge.</summary>
public sealed record Reward(
    [property: Id] string? VirtualCurrencyId = null,
    RedemptionMode? RedemptionMode = null,
    [property: ExpressionField("RewardRule.rewards.expression")] Expression? Expression = null,
    [property: Id] string? BadgeConfigurationId = null,
    RewardType RewardType = RewardType.VirtualCurrency) : IChecked
{
    public void Check(Problems problems)
    {
        var currency = RewardType == RewardType.VirtualCurrency;
        problems
            .When(currency && VirtualCurrencyId is null, "virtualCurrencyId", "is required when rewardType is VIRTUAL_CURRENCY")
            .When(currency && RedemptionMode is null, "redemptionMode", "is required when rewardType is VIRTUAL_CURRENCY")
            .When(currency && Expression is null, "expression", "is required when rewardType is VIRTUAL_CURRENCY")
            .When(currency && BadgeConfigurationId is not null, "badgeConfigurationId", "must be absent unless rewardType is BADGE")
            .When(!currency && BadgeConfigurationId is null, "badgeConfigurationId", "is required when rewardType is BADGE")
            .When(!currency && VirtualCurrencyId is not null, "virtualCurrencyId", "must be absent unless rewardType is VIRTUAL_CURRENCY")
            .When(!currency && RedemptionMode is not null, "redemptionMode", "must be absent unless rewardType is VIRTUAL_CURRENCY")
            .When(!currency && Expression is not null, "expression", "must be absent unless rewardType is VIRTUAL_CURRENCY");
    }
}

/// <summary>Which events pay, and what.</summary>
/// <param name="MatchEntityId">The entity of INSTANCE (for Mission: a mission configuration) or the tag of TAG; absent for ENTITY.</param>
public sealed record RewardRule(
    [property: Required, Text(TextAttribute.Name)] string Name,
    MatchKind RuleType,
    [property: OneOf(EntityType.Mission, EntityType.Activity, EntityType.Quiz, EntityType.Tag, EntityType.LearningPath, EntityType.LearningGroup, EntityType.Slide)]
    EntityType MatchEntity,
    [property: ExpressionField("RewardRule.matchCondition")] Expression MatchCondition,
    ApplicationMode ApplicationMode,
    [property: MinLength(1, ErrorMessage = "must hold 1 to 10 rewards"), MaxLength(10, ErrorMessage = "must hold 1 to 10 rewards")]
    IReadOnlyList<Reward> Rewards,
    [property: Id] string? MatchEntityId = null,
    [property: Id] string? CatalogRewardRuleId = null) : Configured<DescriptionTranslation>
{
    [JsonIgnore] public override Origin Origin => CatalogRewardRuleId is null ? Origin.Custom : Origin.Catalog;
}

static class RewardRules
{
    public static readonly Resource<RewardRule> Resource = new("reward-rules", EntityType.RewardRule)
    {
        FieldsOn = FieldsOn.List,
        Keep = static (stored, sent) => sent with { CatalogRewardRuleId = stored.CatalogRewardRuleId },
        Check = static (rule, problems) => Matching.Check(problems, "ruleType", rule.RuleType, "matchEntityId", rule.MatchEntityId),
        References = static rule =>
        [
            .. Matching.References(rule.RuleType, rule.MatchEntity, "matchEntityId", rule.MatchEntityId),
            .. rule.Rewards.SelectMany(static (reward, index) => ReferencesOf(reward, $"rewards[{index}]")),
        ],
    };

    static IEnumerable<Reference> ReferencesOf(Reward reward, string field) => reward switch
    {
        { VirtualCurrencyId: { } currency } => [new($"{field}.virtualCurrencyId", EntityType.VirtualCurrency, currency)],
        { BadgeConfigurationId: { } badge } => [new($"{field}.badgeConfigurationId", EntityType.BadgeConfiguration, badge)],
        _ => [],
    };
}
