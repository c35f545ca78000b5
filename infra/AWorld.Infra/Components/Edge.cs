using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.Cdn;
using Pulumi.AzureNative.Cdn.Inputs;
using Pulumi.AzureNative.Dns;
using Pulumi.AzureNative.FrontDoor;

namespace AWorld.Infra.Components;

sealed record EdgeArgs(Topology Topology, Place Place);

/// <summary>Front Door with its firewall, the DNS zones, and for each cell an entrance that leads to its own stamps alone.</summary>
sealed class Edge : ComponentResource
{
    readonly string name;
    readonly EdgeArgs args;
    readonly Profile profile;
    readonly Dictionary<string, Zone> zones;
    readonly List<Output<string>> guarded = [];
    readonly Output<string> firewall;

    public Edge(string name, EdgeArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Edge", name, options)
    {
        (this.name, this.args) = (name, args);
        var own = new CustomResourceOptions { Parent = this };
        profile = new($"{name}-afd", new()
        {
            ProfileName = args.Topology.Global(Named.Profile),
            ResourceGroupName = args.Place.Group,
            Location = "global",
            Sku = new SkuArgs { Name = Pulumi.AzureNative.Cdn.SkuName.Premium_AzureFrontDoor },
            OriginResponseTimeoutSeconds = 60,
            Tags = args.Place.Tags,
        }, own);
        firewall = new Pulumi.AzureNative.FrontDoor.Policy($"{name}-waf", Firewall.Policy(args), own).Id;
        zones = args.Topology.Environment.Zones.ToDictionary(static zone => zone, zone => new Zone($"{name}-{zone}", new()
        {
            ZoneName = zone, ResourceGroupName = args.Place.Group, Location = "global", Tags = args.Place.Tags,
        }, new() { Parent = this, Protect = true }));
        (ProfileId, FrontDoorId) = (profile.Id, profile.FrontDoorId);
        RegisterOutputs();
    }

    public Output<string> ProfileId { get; }

    /// <summary>What Front Door sends with each request as x-azure-fdid.</summary>
    public Output<string> FrontDoorId { get; }

    /// <summary>By zone: where its registrar has to lead.</summary>
    public IEnumerable<(string Zone, Output<System.Collections.Immutable.ImmutableArray<string>> Servers)> NameServers => zones.Select(static zone => (zone.Key, zone.Value.NameServers));

    /// <summary>Opens a cell's domain on its stamps.</summary>
    public void Open(CellTopology cell, IReadOnlyList<(StampTopology Topology, Stamp Stamp)> stamps, Output<string> workspaceId)
    {
        var own = new CustomResourceOptions { Parent = this };
        var of = $"{name}-{cell.Use.Name}";
        var origins = new AFDOriginGroup($"{of}-apps", new()
        {
            OriginGroupName = cell.Name(Named.OriginGroup),
            ProfileName = profile.Name,
            ResourceGroupName = args.Place.Group,
            HealthProbeSettings = new HealthProbeParametersArgs
            {
                ProbePath = "/health/ready", ProbeProtocol = ProbeProtocol.Https, ProbeRequestType = HealthProbeRequestType.GET, ProbeIntervalInSeconds = (int)Objectives.ProbeInterval.TotalSeconds,
            },
            // Zero extra latency: the nearest region that is well answers.
            LoadBalancingSettings = new LoadBalancingSettingsParametersArgs { SampleSize = Objectives.Samples, SuccessfulSamplesRequired = Objectives.SamplesHealthy, AdditionalLatencyInMilliseconds = 0 },
            SessionAffinityState = EnabledState.Disabled,
        }, own);
        var ready = new CustomResourceOptions { Parent = this };
        foreach (var (topology, stamp) in stamps)
        {
            ready.DependsOn.Add(new AFDOrigin($"{of}-{topology.Region.Code}", new()
            {
                OriginName = topology.Region.Name,
                OriginGroupName = origins.Name,
                ProfileName = profile.Name,
                ResourceGroupName = args.Place.Group,
                HostName = stamp.AppHost,
                OriginHostHeader = stamp.AppHost,
                HttpsPort = 443,
                Priority = 1,
                Weight = 1000,
                EnforceCertificateNameCheck = true,
                EnabledState = topology.Draining ? EnabledState.Disabled : EnabledState.Enabled,
            }, own));
        }
        var endpoint = new AFDEndpoint($"{of}-endpoint", new()
        {
            EndpointName = cell.Name(Named.FrontDoorEndpoint), ProfileName = profile.Name, ResourceGroupName = args.Place.Group, Location = "global", EnabledState = EnabledState.Enabled, Tags = args.Place.Tags,
        }, own);
        var domain = new AFDCustomDomain($"{of}-domain", new()
        {
            // No two domains have the same: a label neither begins nor ends with a hyphen.
            CustomDomainName = cell.Use.Domain.Replace("-", "--", StringComparison.Ordinal).Replace('.', '-'),
            HostName = cell.Use.Domain,
            ProfileName = profile.Name,
            ResourceGroupName = args.Place.Group,
            AzureDnsZone = new ResourceReferenceArgs { Id = zones[cell.Zone].Id },
            TlsSettings = new AFDDomainHttpsParametersArgs { CertificateType = AfdCertificateType.ManagedCertificate, MinimumTlsVersion = AfdMinimumTlsVersion.TLS12 },
        }, own);
        _ = new Route($"{of}-route", new()
        {
            RouteName = "all",
            EndpointName = endpoint.Name,
            ProfileName = profile.Name,
            ResourceGroupName = args.Place.Group,
            OriginGroup = new ResourceReferenceArgs { Id = origins.Id },
            CustomDomains = { new ActivatedResourceReferenceArgs { Id = domain.Id } },
            PatternsToMatch = { "/*" },
            SupportedProtocols = { AFDEndpointProtocols.Http, AFDEndpointProtocols.Https },
            HttpsRedirect = HttpsRedirect.Enabled,
            ForwardingProtocol = ForwardingProtocol.HttpsOnly,
            LinkToDefaultDomain = LinkToDefaultDomain.Enabled,
            EnabledState = EnabledState.Enabled,
        }, ready);
        guarded.AddRange([domain.Id, endpoint.Id]);
        var breakGlass = new BreakGlass(of, new(cell, args.Place, stamps, workspaceId), new() { Parent = this });
        Names(of, cell, endpoint, domain, breakGlass);
    }

    /// <summary>Once all cells are open: puts the firewall before every one of their names.</summary>
    public void Guard(Output<string> workspaceId)
    {
        var association = new SecurityPolicyWebApplicationFirewallAssociationArgs { PatternsToMatch = { "/*" } };
        foreach (var id in guarded)
        {
            association.Domains.Add(new ActivatedResourceReferenceArgs { Id = id });
        }
        _ = new SecurityPolicy($"{name}-guard", new()
        {
            SecurityPolicyName = "firewall",
            ProfileName = profile.Name,
            ResourceGroupName = args.Place.Group,
            Parameters = new SecurityPolicyWebApplicationFirewallParametersArgs { Type = "WebApplicationFirewall", WafPolicy = new ResourceReferenceArgs { Id = firewall }, Associations = { association } },
        }, new() { Parent = this });
        Observability.Diagnose(this, $"{name}-afd", profile.Id, workspaceId);
    }

    /// <summary>Azure need not say it again once it is satisfied, and a refresh takes over what it says.</summary>
    internal static string Proof(string? token) => token is { Length: > 0 } ? token : "validated";

    void Names(string of, CellTopology cell, AFDEndpoint endpoint, AFDCustomDomain domain, BreakGlass breakGlass)
    {
        var own = new CustomResourceOptions { Parent = this };
        _ = new RecordSet($"{of}-name", new()
        {
            RelativeRecordSetName = cell.Host,
            RecordType = "CNAME",
            ZoneName = zones[cell.Zone].Name,
            ResourceGroupName = args.Place.Group,
            Ttl = 60,
            CnameRecord = new Pulumi.AzureNative.Dns.Inputs.CnameRecordArgs { Cname = args.Topology.Environment.BreakGlass ? breakGlass.Host : endpoint.HostName },
        }, own);
        _ = new RecordSet($"{of}-proof", new()
        {
            RelativeRecordSetName = $"_dnsauth.{cell.Host}",
            RecordType = "TXT",
            ZoneName = zones[cell.Zone].Name,
            ResourceGroupName = args.Place.Group,
            Ttl = 300,
            TxtRecords = { new Pulumi.AzureNative.Dns.Inputs.TxtRecordArgs { Value = { domain.ValidationProperties.Apply(static proof => Proof(proof?.ValidationToken)) } } },
        }, own);
    }
}
