using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.FrontDoor;
using Pulumi.AzureNative.FrontDoor.Inputs;

namespace AWorld.Infra.Components;

/// <summary>
/// What Front Door lets through. The rates are per address and edge location, so an attack from many is left to the product's own limits.
/// All that is blocked gets one status (https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-policy-settings):
/// 403, since clients would try again for ever what a managed rule takes for an attack if that were 429.
/// </summary>
static class Firewall
{
    public const int AuthenticationRequests = 100, Minutes = 5;

    /// <summary>What the product limits as authentication. Groups may not capture: https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-custom-rules.</summary>
    public const string AuthenticationPaths = "^(?:https?://[^/]+)?/(?:oauth2|auth)(?:/|$)";

    public static PolicyArgs Policy(EdgeArgs args) => new()
    {
        PolicyName = args.Topology.Global(Named.FirewallPolicy),
        ResourceGroupName = args.Place.Group,
        Location = "Global",
        Sku = new SkuArgs { Name = SkuName.Premium_AzureFrontDoor },
        PolicySettings = new PolicySettingsArgs { EnabledState = PolicyEnabledState.Enabled, Mode = PolicyMode.Prevention, RequestBodyCheck = PolicyRequestBodyCheck.Enabled, CustomBlockResponseStatusCode = 403 },
        CustomRules = new CustomRuleListArgs
        {
            Rules =
            {
                Rate("authentication", 10, AuthenticationRequests, Operator.RegEx, AuthenticationPaths),
                Rate("everything", 20, args.Topology.Ceilings.RequestsPerAddress, Operator.Contains, "/"),
            },
        },
        // Rule sets and versions: https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-drs
        ManagedRules = new ManagedRuleSetListArgs
        {
            ManagedRuleSets =
            {
                new ManagedRuleSetArgs { RuleSetType = "Microsoft_DefaultRuleSet", RuleSetVersion = "2.1", RuleSetAction = ManagedRuleSetActionType.Block },
                new ManagedRuleSetArgs { RuleSetType = "Microsoft_BotManagerRuleSet", RuleSetVersion = "1.1" },
            },
        },
        Tags = args.Place.Tags,
    };

    static CustomRuleArgs Rate(string name, int priority, int threshold, Operator compare, string uri) => new()
    {
        Name = name,
        Priority = priority,
        EnabledState = CustomRuleEnabledState.Enabled,
        RuleType = RuleType.RateLimitRule,
        RateLimitDurationInMinutes = Minutes,
        RateLimitThreshold = threshold,
        Action = ActionType.Block,
        MatchConditions = { new MatchConditionArgs { MatchVariable = MatchVariable.RequestUri, Operator = compare, MatchValue = { uri }, Transforms = { TransformType.UrlDecode, TransformType.Lowercase } } },
    };
}
