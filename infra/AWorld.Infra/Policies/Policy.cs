using System.Collections.Immutable;
using AWorld.Infra.Components;
using AWorld.Infra.Topologies;

namespace AWorld.Infra.Policies;

/// <summary>A rule that holds for every resource graph. Its violations name the resource and what is wrong.</summary>
sealed record Policy(string Name, Func<Topology, IReadOnlyList<Declared>, IEnumerable<string>> Check)
{
    public static IEnumerable<string> Violations(Topology topology, IReadOnlyList<Declared> graph) =>
        All.SelectMany(policy => policy.Check(topology, graph).Select(violation => $"{policy.Name}: {violation}"));

    /// <param name="Values">One of them must be set.</param>
    internal sealed record Expected(string Type, string Path, params object[] Values)
    {
        /// <summary>The end of the name of those that it is not said of.</summary>
        public string? Except { get; init; }

        public bool IsOf(Declared resource) => resource.Type == Type && !(Except is { } end && resource.Name.EndsWith(end, StringComparison.Ordinal));
    }

    /// <summary>Clients put and get media themselves, by signed addresses alone.</summary>
    const string OfClients = "-media";

    static readonly Expected[] PublicAccess =
    [
        new("azure-native:cosmosdb:DatabaseAccount", "publicNetworkAccess", "Disabled"),
        new("azure-native:storage:StorageAccount", "publicNetworkAccess", "Disabled") { Except = OfClients },
        new("azure-native:storage:StorageAccount", "allowBlobPublicAccess", false),
        new("azure-native:storage:BlobContainer", "publicAccess", "None"),
        new("azure-native:servicebus:Namespace", "publicNetworkAccess", "Disabled"),
        new("azure-native:keyvault:Vault", "properties.publicNetworkAccess", "Disabled"),
        new("azure-native:keyvault:Vault", "properties.networkAcls.defaultAction", "Deny"),
        new("azure-native:webpubsub:WebPubSub", "networkACLs.defaultAction", "Deny"),
    ];

    /// <summary>Data services; Redis has no switch for public access in the provider's version, and takes none when it has an endpoint.</summary>
    static readonly HashSet<string> PrivatelyReached =
    [
        "azure-native:cosmosdb:DatabaseAccount", "azure-native:storage:StorageAccount", "azure-native:servicebus:Namespace", "azure-native:durabletask:Scheduler",
        "azure-native:redisenterprise:RedisEnterprise", "azure-native:keyvault:Vault", "azure-native:webpubsub:WebPubSub",
    ];

    static readonly Expected[] SharedKeys =
    [
        new("azure-native:cosmosdb:DatabaseAccount", "disableLocalAuth", true),
        new("azure-native:storage:StorageAccount", "allowSharedKeyAccess", false),
        new("azure-native:servicebus:Namespace", "disableLocalAuth", true),
        new("azure-native:redisenterprise:Database", "accessKeysAuthentication", "Disabled"),
        new("azure-native:webpubsub:WebPubSub", "disableLocalAuth", true),
        new("azure-native:applicationinsights:Component", "disableLocalAuth", true),
        new("azure-native:operationalinsights:Workspace", "features.disableLocalAuth", true),
        new("azure-native:web:WebAppFtpAllowed", "allow", false),
        new("azure-native:web:WebAppScmAllowed", "allow", false),
        new("azure-native:keyvault:Vault", "properties.enableRbacAuthorization", true),
        new("azure-native:keyvault:Vault", "properties.enablePurgeProtection", true),
    ];

    static readonly Expected[] Tls =
    [
        new("azure-native:cosmosdb:DatabaseAccount", "minimalTlsVersion", "Tls12"),
        new("azure-native:storage:StorageAccount", "minimumTlsVersion", "TLS1_2"),
        new("azure-native:storage:StorageAccount", "enableHttpsTrafficOnly", true),
        new("azure-native:servicebus:Namespace", "minimumTlsVersion", "1.2"),
        new("azure-native:redisenterprise:RedisEnterprise", "minimumTlsVersion", "1.2"),
        new("azure-native:redisenterprise:Database", "clientProtocol", "Encrypted"),
        new("azure-native:web:WebApp", "siteConfig.minTlsVersion", "1.2"),
        new("azure-native:web:WebApp", "siteConfig.scmMinTlsVersion", "1.2"),
        new("azure-native:web:WebApp", "httpsOnly", true),
        new("azure-native:cdn:AFDCustomDomain", "tlsSettings.minimumTlsVersion", "TLS12", "TLS13"),
        new("azure-native:cdn:Route", "httpsRedirect", "Enabled"),
        new("azure-native:cdn:Route", "forwardingProtocol", "HttpsOnly"),
    ];

    /// <summary>What the first three policies expect.</summary>
    internal static IEnumerable<(string Policy, Expected Row)> Rows =>
        [.. PublicAccess.Select(static row => ("no public data endpoint", row)), .. SharedKeys.Select(static row => ("no shared key", row)), .. Tls.Select(static row => ("TLS 1.2 at least", row))];

    /// <summary>
    /// Types that have something to send, and what: Azure refuses a setting that asks for more. A network security group and a
    /// database of Redis let no metrics out, a cluster of Redis, a storage account itself and a plan have no logs. As the
    /// modules of https://github.com/Azure/bicep-registry-modules (avm/res) take them, each deployed by its own tests.
    /// </summary>
    static readonly Dictionary<string, Sent> Diagnosed = new(StringComparer.Ordinal)
    {
        ["cdn:Profile"] = Sent.Both, ["cosmosdb:DatabaseAccount"] = Sent.Both, ["servicebus:Namespace"] = Sent.Both, ["durabletask:Scheduler"] = Sent.Both, ["keyvault:Vault"] = Sent.Both, ["webpubsub:WebPubSub"] = Sent.Both,
        ["web:WebApp"] = Sent.Both, ["network:VirtualNetwork"] = Sent.Both, ["network:PublicIPAddress"] = Sent.Both, ["operationalinsights:Workspace"] = Sent.Both, ["trafficmanager:Profile"] = Sent.Both,
        ["network:NetworkSecurityGroup"] = Sent.Logs, ["redisenterprise:Database"] = Sent.Logs,
        ["redisenterprise:RedisEnterprise"] = Sent.Metrics, ["storage:StorageAccount"] = Sent.Metrics, ["web:AppServicePlan"] = Sent.Metrics,
    };

    /// <summary>Of a storage account's services each keeps its own logs.</summary>
    static readonly string[] StorageServices = ["blob", "queue", "table"];

    /// <summary>
    /// Types that have none: parts, which their whole reports; rules and rights; and those whose metrics Azure does not
    /// let out ("DS Export: No" in https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/metrics-index)
    /// or has none of. The component of Application Insights keeps its data in the workspace as it is.
    /// </summary>
    static readonly HashSet<string> Silent =
    [
        "cdn:AFDEndpoint", "cdn:AFDOriginGroup", "cdn:AFDOrigin", "cdn:AFDCustomDomain", "cdn:Route", "cdn:SecurityPolicy", "frontdoor:Policy", "dns:RecordSet",
        "cosmosdb:SqlResourceSqlDatabase", "cosmosdb:SqlResourceSqlContainer", "cosmosdb:SqlResourceSqlRoleAssignment", "storage:BlobContainer", "storage:BlobServiceProperties", "web:WebAppFtpAllowed", "web:WebAppScmAllowed",
        "servicebus:Queue", "servicebus:Topic", "servicebus:Subscription", "redisenterprise:AccessPolicyAssignment", "durabletask:TaskHub",
        "network:Subnet", "network:PrivateDnsZoneGroup", "privatedns:VirtualNetworkLink",
        "resources:ResourceGroup", "resources:Deployment", "managedidentity:UserAssignedIdentity", "authorization:RoleAssignment", "consumption:Budget",
        "monitor:ActionGroup", "monitor:MetricAlert", "monitor:ScheduledQueryRule", "monitor:DiagnosticSetting",
        "network:NatGateway", "network:PrivateEndpoint", "dns:Zone", "privatedns:PrivateZone",
        "applicationinsights:Component",
    ];

    /// <summary>What a stamp consists of, and how many of it.</summary>
    static readonly (string Type, int Count)[] OfStamp =
    [
        ("azure-native:web:WebApp", 1), ("azure-native:web:WebAppFtpAllowed", 1), ("azure-native:web:WebAppScmAllowed", 1), ("azure-native:web:AppServicePlan", 1), ("azure-native:storage:StorageAccount", 1), ("azure-native:servicebus:Namespace", 1),
        ("azure-native:durabletask:Scheduler", 1), ("azure-native:durabletask:TaskHub", 1),
        ("azure-native:redisenterprise:RedisEnterprise", 1), ("azure-native:redisenterprise:Database", 1), ("azure-native:webpubsub:WebPubSub", 1),
        ("azure-native:managedidentity:UserAssignedIdentity", 1), ("azure-native:network:VirtualNetwork", 1), ("azure-native:network:Subnet", 2), ("azure-native:network:PrivateEndpoint", 10), ("azure-native:keyvault:Vault", 1),
        ("azure-native:authorization:RoleAssignment", 10),
    ];

    public static readonly IReadOnlyList<Policy> All =
    [
        new("no public data endpoint", static (_, graph) => Expect(graph, PublicAccess)
            .Concat(graph.Where(static one => one.Type == "azure-native:webpubsub:WebPubSub" && one.List("networkACLs.publicNetwork.allow").Any(static kind => !Equals(kind, "ClientConnection")))
                .Select(static one => $"{one} lets more than its clients in from outside"))
            .Concat(graph.Where(static one => one.Type == "azure-native:durabletask:Scheduler" && (one.List("properties.ipAllowlist").ToList() is not { Count: > 0 } allowed || !allowed.TrueForAll(static range => $"{range}".StartsWith("10.", StringComparison.Ordinal))))
                .Select(static one => $"{one} lets addresses in that are not the platform's own"))
            .Concat(graph.Where(one => PrivatelyReached.Contains(one.Type) && !one.Name.EndsWith(OfClients, StringComparison.Ordinal) && !graph.Any(end => end.Type == "azure-native:network:PrivateEndpoint" && Equals(end["privateLinkServiceConnections.0.privateLinkServiceId"], one.Id)))
                .Select(static one => $"{one} has no private endpoint"))),
        new("no shared key", static (_, graph) => Expect(graph, SharedKeys)),
        new("TLS 1.2 at least", static (_, graph) => Expect(graph, Tls)),
        new("diagnostics everywhere", static (_, graph) => Diagnostics(graph)),
        new("residency", Residency),
        new("every region has everything", Whole),
        new("each role on one resource", static (topology, graph) => graph.Where(one => one.Type == "azure-native:authorization:RoleAssignment"
                && graph.All(resource => resource.Id != $"{one["scope"]}") && topology.Cells.All(cell => cell.Use.Mail?.Resource != $"{one["scope"]}"))
            .Select(static one => $"{one} is not on one resource")),
    ];

    static IEnumerable<string> Expect(IReadOnlyList<Declared> graph, Expected[] rows) =>
        from row in rows
        from resource in graph
        where row.IsOf(resource) && !row.Values.Contains(resource[row.Path])
        select $"{resource}: {row.Path} is {resource[row.Path] ?? "not set"}, not {string.Join(" or ", row.Values)}";

    static IEnumerable<string> Diagnostics(IReadOnlyList<Declared> graph)
    {
        var sent = graph.Where(static one => one.Type == "azure-native:monitor:DiagnosticSetting" && one["workspaceId"] is string { Length: > 0 }).ToLookup(static one => $"{one["resourceUri"]}", SentBy);
        foreach (var one in graph)
        {
            var type = one.Type["azure-native:".Length..];
            // The plan of Flex Consumption has no metrics, those of other tiers have: https://learn.microsoft.com/azure/app-service/web-sites-monitor
            var has = Diagnosed.GetValueOrDefault(type);
            if (has != default && one["sku.tier"] is not "FlexConsumption" && !sent[one.Id].SequenceEqual([has]))
            {
                yield return $"{one} sends {string.Join(", ", sent[one.Id].DefaultIfEmpty())}, and has {has}";
            }
            else if (has == default && !Silent.Contains(type))
            {
                yield return $"{one} is of a type of which nobody has said whether it has any";
            }
            foreach (var service in StorageServices.Where(service => type == "storage:StorageAccount" && (service == "blob" || !one.Name.EndsWith(OfClients, StringComparison.Ordinal)) && !sent[$"{one.Id}/{service}Services/default"].Contains(Sent.Both)))
            {
                yield return $"{one} does not send what its {service} service has";
            }
        }
    }

    static Sent SentBy(Declared setting) => (setting.List("logs").Any() ? Sent.Logs : default) | (setting.List("metrics").Any() ? Sent.Metrics : default);

    /// <summary>Every resource with a location lies in a region of its cell or where the cell is kept, and no diagnostic data leaves it.</summary>
    static IEnumerable<string> Residency(Topology topology, IReadOnlyList<Declared> graph)
    {
        var ofGroup = topology.Cells.SelectMany(static cell => cell.Stamps.Select(stamp => stamp.Name(Named.ResourceGroup)).Append(cell.Name(Named.ResourceGroup)).Select(group => (Group: group, Cell: cell)))
            .ToDictionary(static one => one.Group, static one => one.Cell, StringComparer.Ordinal);
        var cellOf = new Dictionary<string, CellTopology>(StringComparer.Ordinal);
        foreach (var resource in graph)
        {
            if (resource["resourceGroupName"] is not string group || !ofGroup.TryGetValue(group, out var cell))
            {
                continue;
            }
            cellOf[resource.Id] = cell;
            var regions = cell.Stamps.Select(static stamp => stamp.Region.Name).Append(cell.Use.Location).ToHashSet(StringComparer.Ordinal);
            IEnumerable<object?> places = [resource["location"], .. resource.List("locations").Select(static place => (place as ImmutableDictionary<string, object>)?["locationName"])];
            foreach (var place in places.OfType<string>().Where(place => place != "global" && !regions.Contains(place)))
            {
                yield return $"{resource} of the cell {cell.Use.Name} lies in {place}";
            }
            foreach (var linked in resource.List("geoReplication.linkedDatabases").Select(static one => $"{(one as ImmutableDictionary<string, object>)?["id"]}").Where(id => cell.Stamps.All(stamp => !id.Contains($"/{stamp.Name(Named.ResourceGroup)}/", StringComparison.Ordinal))))
            {
                yield return $"{resource} of the cell {cell.Use.Name} is replicated to {linked}";
            }
        }
        foreach (var setting in graph.Where(static one => one.Type == "azure-native:monitor:DiagnosticSetting"))
        {
            if (cellOf.TryGetValue($"{setting["resourceUri"]}", out var from) && (!cellOf.TryGetValue($"{setting["workspaceId"]}", out var to) || to != from))
            {
                yield return $"{setting} takes logs of the cell {from.Use.Name} out of it";
            }
        }
        foreach (var rule in graph.Where(static one => one.Type == "azure-native:monitor:ScheduledQueryRule"))
        {
            if (rule.List("scopes").Any(scope => cellOf.GetValueOrDefault($"{scope}") != cellOf.GetValueOrDefault(rule.Id)))
            {
                yield return $"{rule} reads a cell's logs from outside of it";
            }
        }
    }

    static IEnumerable<string> Whole(Topology topology, IReadOnlyList<Declared> graph)
    {
        foreach (var stamp in topology.Stamps)
        {
            var own = graph.Where(one => one["resourceGroupName"] is string group && group == stamp.Name(Named.ResourceGroup)
                || one.Type == "azure-native:authorization:RoleAssignment" && one.Name.StartsWith($"{stamp.Region.Name}-", StringComparison.Ordinal)).CountBy(static one => one.Type).ToDictionary();
            foreach (var (type, count) in OfStamp.Where(part => own.GetValueOrDefault(part.Type) != part.Count))
            {
                yield return $"{stamp.Region.Name} has {own.GetValueOrDefault(type)} {type[(type.LastIndexOf(':') + 1)..]}, not {count}";
            }
        }
        foreach (var cell in topology.Cells)
        {
            foreach (var container in CosmosContainer.All.Where(container => !graph.Any(one => one.Type == "azure-native:cosmosdb:SqlResourceSqlContainer" && Equals(one["accountName"], cell.Name(Named.Cosmos)) && Equals(one["resource.id"], container.Name))))
            {
                yield return $"the cell {cell.Use.Name} has no container {container.Name}";
            }
        }
    }
}
