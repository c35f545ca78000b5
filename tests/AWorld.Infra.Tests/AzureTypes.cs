using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Bicep.Types.Index;
using Azure.Bicep.Types.Az;
using Azure.Bicep.Types.Concrete;

namespace AWorld.Infra.Tests;

/// <summary>
/// The types that Azure publishes of its resources, by the version of the API that the provider asks (`Pulumi.AzureNative` 3.12.0).
/// The provider takes the properties of `properties` as the resource's own, and parts of the path as inputs.
/// </summary>
static class AzureTypes
{
    static readonly AzTypeLoader loader = new();
    static readonly TypeIndex index = loader.LoadTypeIndex();

    /// <summary>By the provider's type.</summary>
    static readonly Dictionary<string, string> types = new(StringComparer.Ordinal)
    {
        ["applicationinsights:Component"] = "Microsoft.Insights/components@2020-02-02",
        ["authorization:RoleAssignment"] = "Microsoft.Authorization/roleAssignments@2022-04-01",
        ["cdn:AFDCustomDomain"] = "Microsoft.Cdn/profiles/customDomains@2025-06-01",
        ["cdn:AFDEndpoint"] = "Microsoft.Cdn/profiles/afdEndpoints@2025-06-01",
        ["cdn:AFDOrigin"] = "Microsoft.Cdn/profiles/originGroups/origins@2025-06-01",
        ["cdn:AFDOriginGroup"] = "Microsoft.Cdn/profiles/originGroups@2025-06-01",
        ["cdn:Profile"] = "Microsoft.Cdn/profiles@2025-06-01",
        ["cdn:Route"] = "Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01",
        ["cdn:SecurityPolicy"] = "Microsoft.Cdn/profiles/securityPolicies@2025-06-01",
        ["consumption:Budget"] = "Microsoft.Consumption/budgets@2024-08-01",
        ["cosmosdb:DatabaseAccount"] = "Microsoft.DocumentDB/databaseAccounts@2025-04-15",
        ["cosmosdb:SqlResourceSqlContainer"] = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-04-15",
        ["cosmosdb:SqlResourceSqlDatabase"] = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-04-15",
        ["cosmosdb:SqlResourceSqlRoleAssignment"] = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-04-15",
        ["dns:RecordSet"] = "Microsoft.Network/dnsZones/{recordType}@2023-07-01-preview",
        ["dns:Zone"] = "Microsoft.Network/dnsZones@2023-07-01-preview",
        ["durabletask:Scheduler"] = "Microsoft.DurableTask/schedulers@2024-10-01-preview",
        ["durabletask:TaskHub"] = "Microsoft.DurableTask/schedulers/taskHubs@2024-10-01-preview",
        ["frontdoor:Policy"] = "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2024-02-01",
        ["keyvault:Vault"] = "Microsoft.KeyVault/vaults@2024-11-01",
        ["managedidentity:UserAssignedIdentity"] = "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31",
        ["monitor:ActionGroup"] = "Microsoft.Insights/actionGroups@2024-10-01-preview",
        ["monitor:DiagnosticSetting"] = "Microsoft.Insights/diagnosticSettings@2021-05-01-preview",
        ["monitor:MetricAlert"] = "Microsoft.Insights/metricAlerts@2018-03-01",
        ["monitor:ScheduledQueryRule"] = "Microsoft.Insights/scheduledQueryRules@2025-01-01-preview",
        ["network:NatGateway"] = "Microsoft.Network/natGateways@2024-05-01",
        ["network:NetworkSecurityGroup"] = "Microsoft.Network/networkSecurityGroups@2024-05-01",
        ["network:PrivateDnsZoneGroup"] = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01",
        ["network:PrivateEndpoint"] = "Microsoft.Network/privateEndpoints@2024-05-01",
        ["network:PublicIPAddress"] = "Microsoft.Network/publicIPAddresses@2024-05-01",
        ["network:Subnet"] = "Microsoft.Network/virtualNetworks/subnets@2024-05-01",
        ["network:VirtualNetwork"] = "Microsoft.Network/virtualNetworks@2024-05-01",
        ["operationalinsights:Workspace"] = "Microsoft.OperationalInsights/workspaces@2023-09-01",
        ["privatedns:PrivateZone"] = "Microsoft.Network/privateDnsZones@2024-06-01",
        ["privatedns:VirtualNetworkLink"] = "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01",
        ["redisenterprise:AccessPolicyAssignment"] = "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-05-01-preview",
        ["redisenterprise:Database"] = "Microsoft.Cache/redisEnterprise/databases@2025-05-01-preview",
        ["redisenterprise:RedisEnterprise"] = "Microsoft.Cache/redisEnterprise@2025-05-01-preview",
        ["resources:Deployment"] = "Microsoft.Resources/deployments@2024-03-01",
        ["resources:ResourceGroup"] = "Microsoft.Resources/resourceGroups@2024-03-01",
        ["servicebus:Namespace"] = "Microsoft.ServiceBus/namespaces@2024-01-01",
        ["servicebus:Queue"] = "Microsoft.ServiceBus/namespaces/queues@2024-01-01",
        ["servicebus:Subscription"] = "Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01",
        ["servicebus:Topic"] = "Microsoft.ServiceBus/namespaces/topics@2024-01-01",
        ["storage:BlobContainer"] = "Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01",
        ["storage:BlobServiceProperties"] = "Microsoft.Storage/storageAccounts/blobServices@2024-01-01",
        ["storage:StorageAccount"] = "Microsoft.Storage/storageAccounts@2024-01-01",
        ["trafficmanager:Profile"] = "Microsoft.Network/trafficmanagerprofiles@2022-04-01",
        ["web:AppServicePlan"] = "Microsoft.Web/serverfarms@2024-04-01",
        ["web:WebApp"] = "Microsoft.Web/sites@2024-04-01",
        ["web:WebAppFtpAllowed"] = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01",
        ["web:WebAppScmAllowed"] = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01",
        ["webpubsub:WebPubSub"] = "Microsoft.SignalRService/webPubSub@2024-03-01",
    };

    /// <summary>Two of one of Azure's types, whose name says which.</summary>
    static readonly Dictionary<string, string> kindByName = new(StringComparer.Ordinal) { ["azure-native:web:WebAppFtpAllowed"] = "ftp", ["azure-native:web:WebAppScmAllowed"] = "scm" };

    /// <summary>What Azure would refuse of a resource, each by its path.</summary>
    public static IEnumerable<string> Refusals(Declared resource)
    {
        if (!types.TryGetValue(resource.Type["azure-native:".Length..], out var name))
        {
            return [$"{resource}: no type of Azure's is known for {resource.Type}"];
        }
        name = name.Replace("{recordType}", $"{resource["recordType"]}", StringComparison.Ordinal);
        if (!index.Resources.TryGetValue(name, out var location))
        {
            return [$"{resource}: Azure has no {name}"];
        }
        var body = loader.LoadResourceType(location).Body.Type;
        var given = resource.Inputs.SetItem("name", kindByName.GetValueOrDefault(resource.Type) ?? resource["blobServicesName"] ?? Graph.NameOf(resource));
        var known = Properties(body, given, "", []);
        var inputs = given.Where(one => known.GetValueOrDefault(Plain(one.Key)) is { } property ? property.Flags != ObjectTypePropertyFlags.ReadOnly : !OfPath(one.Key)).ToImmutableDictionary();
        var refusals = new List<string>();
        Value(body, inputs, $"{resource}: ", refusals);
        return refusals.Where(static one => !one.EndsWith(": .type is missing", StringComparison.Ordinal) && !one.EndsWith(": .apiVersion is missing", StringComparison.Ordinal));
    }

    static bool OfPath(string input) => input.EndsWith("Name", StringComparison.Ordinal) || input is "scope" or "resourceUri" or "recordType" or "roleAssignmentId";

    /// <summary>The provider writes names in its own case, and one otherwise altogether.</summary>
    static string Plain(string name) => name == "enableHttpsTrafficOnly" ? "supportshttpstrafficonly" : string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>Those of an object, and, where its value has none of the name, of its `properties`.</summary>
    static Dictionary<string, ObjectTypeProperty> Properties(TypeBase type, ImmutableDictionary<string, object> value, string path, List<string> refusals)
    {
        IEnumerable<KeyValuePair<string, ObjectTypeProperty>> declared = [];
        switch (type)
        {
            case ObjectType one:
                declared = one.Properties;
                break;
            case DiscriminatedObjectType some when value.FirstOrDefault(one => Plain(one.Key) == Plain(some.Discriminator)).Value is string kind && some.Elements.TryGetValue(kind, out var element):
                declared = some.BaseProperties.Concat(((ObjectType)element.Type).Properties);
                break;
            case DiscriminatedObjectType some:
                refusals.Add($"{path}.{some.Discriminator} is not one of {string.Join(", ", some.Elements.Keys)}");
                declared = some.BaseProperties;
                break;
        }
        var own = declared.DistinctBy(static one => Plain(one.Key)).ToDictionary(static one => Plain(one.Key), static one => one.Value, StringComparer.Ordinal);
        if (!value.ContainsKey("properties") && own.Remove("properties", out var inner))
        {
            foreach (var (name, property) in Properties(inner.Type.Type, value, path, refusals))
            {
                own.TryAdd(name, property);
            }
        }
        return own;
    }

    static void Value(TypeBase type, object? value, string path, List<string> refusals)
    {
        switch (type, value)
        {
            case (ObjectType or DiscriminatedObjectType, ImmutableDictionary<string, object> map):
                var properties = Properties(type, map, path, refusals);
                var others = (type as ObjectType)?.AdditionalProperties?.Type;
                foreach (var (input, inner) in map)
                {
                    var name = Plain(input);
                    if (properties.TryGetValue(name, out var property))
                    {
                        if (property.Flags == ObjectTypePropertyFlags.ReadOnly)
                        {
                            refusals.Add($"{path}.{name} cannot be set");
                        }
                        Value(property.Type.Type, inner, $"{path}.{name}", refusals);
                    }
                    else if (others is null)
                    {
                        refusals.Add($"{path}.{name} is unknown; there are {string.Join(", ", properties.Keys)}");
                    }
                    else
                    {
                        Value(others, inner, $"{path}.{name}", refusals);
                    }
                }
                refusals.AddRange(properties.Where(one => one.Value.Flags.HasFlag(ObjectTypePropertyFlags.Required) && !map.Keys.Select(Plain).Contains(one.Key)).Select(one => $"{path}.{one.Key} is missing"));
                break;
            // The provider takes names of identities and sends them as the keys of an object.
            case (ObjectType { AdditionalProperties: not null }, ImmutableArray<object>) when path.EndsWith(".userassignedidentities", StringComparison.Ordinal):
                break;
            case (ArrayType array, ImmutableArray<object> list):
                if (list.Length < (array.MinLength ?? 0) || list.Length > (array.MaxLength ?? long.MaxValue))
                {
                    refusals.Add($"{path} has {list.Length}; Azure takes {array.MinLength} to {array.MaxLength}");
                }
                for (var i = 0; i < list.Length; i++)
                {
                    Value(array.ItemType.Type, list[i], $"{path}.{i}", refusals);
                }
                break;
            case (StringType text, string words):
                if (words.Length < (text.MinLength ?? 0) || words.Length > (text.MaxLength ?? long.MaxValue) || (text.Pattern is { } pattern && !Regex.IsMatch(words, pattern)))
                {
                    refusals.Add($"{path} is \"{words}\"; Azure takes {text.MinLength} to {text.MaxLength} of {text.Pattern}");
                }
                break;
            case (StringLiteralType literal, string words):
                if (!string.Equals(literal.Value, words, StringComparison.Ordinal))
                {
                    refusals.Add($"{path} is \"{words}\"; Azure takes {literal.Value}");
                }
                break;
            case (UnionType union, string words):
                // A list with an open end names what there was when it was published.
                var values = union.Elements.Select(static one => one.Type).OfType<StringLiteralType>().Select(static one => one.Value).ToList();
                if (values.Count > 0 && !values.Contains(words, StringComparer.Ordinal))
                {
                    refusals.Add($"{path} is \"{words}\"; Azure takes {string.Join(", ", values)}");
                }
                break;
            case (UnionType union, _):
                if (union.Elements.All(one => { var wrong = new List<string>(); Value(one.Type, value, path, wrong); return wrong.Count > 0; }))
                {
                    refusals.Add($"{path} is {value}, of a type that Azure does not take");
                }
                break;
            // All numbers are of one type here, whole or not.
            case (IntegerType number, int or long or double):
                var size = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                if (size < (number.MinValue ?? long.MinValue) || size > (number.MaxValue ?? long.MaxValue))
                {
                    refusals.Add($"{path} is {value}; Azure takes {number.MinValue} to {number.MaxValue}");
                }
                break;
            case (BooleanType, bool) or (AnyType, _) or (NullType, null):
                break;
            default:
                refusals.Add($"{path} is {value?.GetType().Name} {value}; Azure takes {type.GetType().Name}");
                break;
        }
    }
}
