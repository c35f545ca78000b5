using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.Network;
using Pulumi.AzureNative.Network.Inputs;
using Pulumi.AzureNative.PrivateDns;

namespace AWorld.Infra.Components;

sealed record NetworkArgs(StampTopology Stamp, Hosting Hosting, Place Place, Input<string> WorkspaceId);

/// <summary>A stamp's network: the app reaches every data service by a private address, and the internet from one known address.</summary>
sealed class Network : ComponentResource
{
    readonly string name;
    readonly Place place;
    readonly Output<string> endpoints;
    readonly Dictionary<string, (PrivateZone Zone, Resource Link)> zones = new(StringComparer.Ordinal);
    readonly VirtualNetwork network;
    /// <summary>Several made at once in one subnet fail now and then: https://github.com/hashicorp/terraform-provider-azurerm/issues/16182</summary>
    readonly Turns ofEndpoints = new();

    public Network(string name, NetworkArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Network", name, options)
    {
        (this.name, place) = (name, args.Place);
        var own = new CustomResourceOptions { Parent = this };
        var address = new PublicIPAddress($"{name}-out", new()
        {
            PublicIpAddressName = $"{args.Stamp.Name(Named.Network)}-out",
            ResourceGroupName = place.Group,
            Location = place.Location,
            Sku = new PublicIPAddressSkuArgs { Name = PublicIPAddressSkuName.Standard },
            PublicIPAllocationMethod = IPAllocationMethod.Static,
            Zones = { "1", "2", "3" },
            Tags = place.Tags,
        }, own);
        var gateway = new NatGateway($"{name}-nat", new()
        {
            NatGatewayName = $"{args.Stamp.Name(Named.Network)}-nat",
            ResourceGroupName = place.Group,
            Location = place.Location,
            Sku = new NatGatewaySkuArgs { Name = NatGatewaySkuName.Standard },
            PublicIpAddresses = { new SubResourceArgs { Id = address.Id } },
            Tags = place.Tags,
        }, own);
        var security = new NetworkSecurityGroup($"{name}-nsg", new()
        {
            NetworkSecurityGroupName = args.Stamp.Name(Named.SecurityGroup),
            ResourceGroupName = place.Group,
            Location = place.Location,
            SecurityRules =
            {
                new Pulumi.AzureNative.Network.Inputs.SecurityRuleArgs
                {
                    Name = "nothing-from-outside", Priority = 4000, Direction = SecurityRuleDirection.Inbound, Access = SecurityRuleAccess.Deny, Protocol = SecurityRuleProtocol.Asterisk,
                    SourceAddressPrefix = "Internet", SourcePortRange = "*", DestinationAddressPrefix = "*", DestinationPortRange = "*",
                },
            },
            Tags = place.Tags,
        }, own);
        network = new($"{name}-vnet", new()
        {
            VirtualNetworkName = args.Stamp.Name(Named.Network),
            ResourceGroupName = place.Group,
            Location = place.Location,
            AddressSpace = new AddressSpaceArgs { AddressPrefixes = { args.Stamp.AddressSpace } },
            Tags = place.Tags,
        }, own);
        var apps = Subnet("apps", args.Stamp.AppSubnet, security, new()
        {
            NatGateway = new SubResourceArgs { Id = gateway.Id },
            // Flex Consumption's is https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to, the other App Service's.
            Delegations = { new DelegationArgs { Name = "app", ServiceName = args.Hosting == Hosting.FlexConsumption ? "Microsoft.App/environments" : "Microsoft.Web/serverFarms" } },
        }, own);
        // Azure changes one subnet of a network at a time.
        var ends = Subnet("endpoints", args.Stamp.EndpointSubnet, security, new(), new() { Parent = this, DependsOn = { apps } });
        endpoints = ends.Id;
        AppSubnetId = apps.Id;
        Observability.Diagnose(this, $"{name}-vnet", network.Id, args.WorkspaceId);
        Observability.Diagnose(this, $"{name}-nsg", security.Id, args.WorkspaceId, Sent.Logs);
        Observability.Diagnose(this, $"{name}-out", address.Id, args.WorkspaceId);
        RegisterOutputs();
    }

    public Output<string> AppSubnetId { get; }

    /// <summary>Makes a data service reachable inside the network, by its public name.</summary>
    /// <param name="turns">Of the service's resource, where other stamps have an endpoint to it too.</param>
    /// <param name="regions">Those that the service has addresses in. An endpoint learns of a new one when it is updated, so they are written on it: https://learn.microsoft.com/azure/cosmos-db/how-to-configure-private-endpoints</param>
    /// <returns>What must be there for the name to lead there.</returns>
    public IEnumerable<Resource> Reach(string what, Input<string> resourceId, DataService service, Turns? turns = null, IEnumerable<string>? regions = null)
    {
        var own = new CustomResourceOptions { Parent = this };
        var endpoint = (turns ?? new()).Next(new() { Parent = this }, afterOthers => ofEndpoints.Next(afterOthers, after => new PrivateEndpoint($"{name}-{what}", new()
        {
            PrivateEndpointName = $"{name}-{what}",
            ResourceGroupName = place.Group,
            Location = place.Location,
            Subnet = new Pulumi.AzureNative.Network.Inputs.SubnetArgs { Id = endpoints },
            PrivateLinkServiceConnections = { new PrivateLinkServiceConnectionArgs { Name = what, PrivateLinkServiceId = resourceId, GroupIds = { service.GroupId } } },
            Tags = regions is null ? place.Tags : InputMap<string>.Merge(place.Tags, new() { { "regions", string.Join(' ', regions) } }),
        }, after)));
        var (zone, link) = Zone(service.Zone);
        return [link, new PrivateDnsZoneGroup($"{name}-{what}-dns", new()
        {
            PrivateDnsZoneGroupName = "default",
            PrivateEndpointName = endpoint.Name,
            ResourceGroupName = place.Group,
            PrivateDnsZoneConfigs = { new PrivateDnsZoneConfigArgs { Name = what, PrivateDnsZoneId = zone.Id } },
        }, own)];
    }

    (PrivateZone Zone, Resource Link) Zone(string zone)
    {
        if (zones.TryGetValue(zone, out var made))
        {
            return made;
        }
        var own = new CustomResourceOptions { Parent = this };
        var inside = new PrivateZone($"{name}-{zone}", new() { PrivateZoneName = zone, ResourceGroupName = place.Group, Location = "global", Tags = place.Tags }, own);
        var link = new VirtualNetworkLink($"{name}-{zone}-link", new()
        {
            VirtualNetworkLinkName = "stamp",
            PrivateZoneName = inside.Name,
            ResourceGroupName = place.Group,
            Location = "global",
            RegistrationEnabled = false,
            VirtualNetwork = new Pulumi.AzureNative.PrivateDns.Inputs.SubResourceArgs { Id = network.Id },
            Tags = place.Tags,
        }, own);
        return zones[zone] = (inside, link);
    }

    Subnet Subnet(string part, string range, NetworkSecurityGroup security, Pulumi.AzureNative.Network.SubnetArgs args, CustomResourceOptions own)
    {
        (args.SubnetName, args.ResourceGroupName, args.VirtualNetworkName, args.AddressPrefix) = (part, place.Group, network.Name, range);
        args.NetworkSecurityGroup = new Pulumi.AzureNative.Network.Inputs.NetworkSecurityGroupArgs { Id = security.Id };
        args.DefaultOutboundAccess = false;
        return new($"{name}-{part}", args, own);
    }
}

/// <summary>What private link calls a service, and the zone of its names: https://learn.microsoft.com/azure/private-link/private-endpoint-dns.</summary>
sealed record DataService(string GroupId, string Zone)
{
    public static readonly DataService Cosmos = new("Sql", "privatelink.documents.azure.com");
    public static readonly DataService Blobs = new("blob", "privatelink.blob.core.windows.net");
    public static readonly DataService Queues = new("queue", "privatelink.queue.core.windows.net");
    public static readonly DataService Tables = new("table", "privatelink.table.core.windows.net");
    public static readonly DataService Bus = new("namespace", "privatelink.servicebus.windows.net");
    /// <summary>https://learn.microsoft.com/azure/durable-task/scheduler/durable-task-scheduler-private-endpoints</summary>
    public static readonly DataService Scheduler = new("scheduler", "privatelink.durabletask.io");
    public static readonly DataService Redis = new("redisEnterprise", "privatelink.redis.azure.net");
    public static readonly DataService Vault = new("vault", "privatelink.vaultcore.azure.net");
    public static readonly DataService PubSub = new("webpubsub", "privatelink.webpubsub.azure.com");
}
