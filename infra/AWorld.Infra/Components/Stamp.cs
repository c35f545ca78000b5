using AWorld.Infra.Topologies;
using AWorld.Platform.Messages;
using Pulumi;
using Pulumi.AzureNative.Storage;
using Pulumi.AzureNative.WebPubSub;
using Pulumi.AzureNative.WebPubSub.Inputs;

namespace AWorld.Infra.Components;

/// <param name="Before">The cell's stamps made before this one.</param>
sealed record StampArgs(
    Topology Topology, CellTopology CellTopology, StampTopology Stamp, Cell Cell, Observability Observability, Subscription Subscription,
    Output<string> FrontDoorId, IReadOnlyList<MessageEntity> Entities, IReadOnlyList<Stamp> Before);

/// <summary>All that serves one region. It names nothing of another stamp but the replicas of its ranks.</summary>
sealed class Stamp : ComponentResource
{
    const string Packages = "packages";

    readonly string name;
    readonly StampArgs args;
    readonly Place place;

    public Stamp(string name, StampArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Stamp", name, options)
    {
        (this.name, this.args) = (name, args);
        var (stamp, environment, ceilings) = (args.Stamp, args.Topology.Environment, args.Topology.Ceilings);
        var within = new ComponentResourceOptions { Parent = this };
        place = Place.Make(this, $"{name}-rg", stamp.Name(Named.ResourceGroup), stamp.Region.Name, args.Topology.Stack, stamp.Region.Name);
        var logs = args.Observability.WorkspaceId;
        var identity = new Identity(name, new(stamp, place, args.Subscription), within);
        var network = new Network(name, new(stamp, environment.Hosting, place, logs), within);
        var bus = new Messaging(name, new(stamp, ceilings, args.Entities, place, logs), within);
        var workflows = new Workflows(name, new(stamp, ceilings, place, logs), within);
        var ranks = new Ranks(name, new(stamp, stamp.Cell, ceilings, place, args.Subscription, identity, [.. args.Before.Select(static other => other.Ranks)], logs), within);
        var secrets = new Secrets(name, new(stamp.Name(Named.Vault), place, args.Subscription, logs, Protect: !stamp.Draining, stamp.RecoverVault), within);
        var (storage, live) = (Storage(), Live());

        IEnumerable<Resource> needs =
        [
            .. network.Reach("cosmos", args.Cell.Id, DataService.Cosmos, args.Cell.OfAccount, args.CellTopology.Stamps.Select(static stamp => stamp.Region.Name)),
            .. network.Reach("bus", bus.Id, DataService.Bus),
            .. network.Reach("scheduler", workflows.Id, DataService.Scheduler),
            .. network.Reach("redis", ranks.Id, DataService.Redis),
            .. network.Reach("vault", secrets.Id, DataService.Vault),
            .. network.Reach("origin", args.Cell.Secrets.Id, DataService.Vault, args.Cell.OfSecrets),
            .. network.Reach("live", live, DataService.PubSub),
            .. network.Reach("blobs", storage.Id, DataService.Blobs),
            .. network.Reach("queues", storage.Id, DataService.Queues),
            .. network.Reach("tables", storage.Id, DataService.Tables),
            args.Cell.Admit(name, identity.PrincipalId, args.Subscription),
            identity.May(Role.StorageBlobDataOwner, "storage", storage.Id),
            identity.May(Role.StorageBlobDataContributor, "media", args.Cell.MediaId),
            identity.May(Role.StorageQueueDataContributor, "storage", storage.Id),
            identity.May(Role.StorageTableDataContributor, "storage", storage.Id),
            identity.May(Role.ServiceBusDataOwner, "bus", bus.Id),
            identity.May(Role.DurableTaskDataContributor, "hub", workflows.HubId),
            identity.May(Role.KeyVaultSecretsOfficer, "vault", secrets.Id),
            // One region makes keys, the others copy them.
            identity.May(stamp == args.CellTopology.Home ? Role.KeyVaultSecretsOfficer : Role.KeyVaultSecretsUser, "origin", args.Cell.Secrets.Id),
            identity.May(Role.CommunicationAndEmailServiceOwner, "mail", Output.Create(args.CellTopology.Use.Mail!.Resource)),
            identity.May(Role.MonitoringMetricsPublisher, "insights", args.Observability.InsightsId),
            ranks.Access, storage.Packages, .. bus.Entities,
        ];
        var compute = new Compute(name, new(stamp, ceilings, environment.Hosting, place, identity, network.AppSubnetId, $"https://{stamp.Name(Named.Storage)}.blob.core.windows.net/{Packages}",
            environment.BreakGlass ? null : args.FrontDoorId, args.CellTopology.Use.Origins, Settings(identity, bus, workflows, ranks, secrets), logs, [.. needs]), within);
        (Ranks, BusId, SchedulerId, AppHost) = (ranks, bus.Id, workflows.Id, compute.Host);
        RegisterOutputs();
    }

    public Ranks Ranks { get; }
    public Output<string> BusId { get; }
    public Output<string> SchedulerId { get; }
    public Output<string> AppHost { get; }

    (Output<string> Id, Resource Packages) Storage()
    {
        var account = new StorageAccount($"{name}-st", new()
        {
            AccountName = args.Stamp.Name(Named.Storage),
            ResourceGroupName = place.Group,
            Location = place.Location,
            Kind = Pulumi.AzureNative.Storage.Kind.StorageV2,
            Sku = new Pulumi.AzureNative.Storage.Inputs.SkuArgs { Name = Pulumi.AzureNative.Storage.SkuName.Standard_ZRS },
            AllowSharedKeyAccess = false,
            AllowBlobPublicAccess = false,
            AllowCrossTenantReplication = false,
            EnableHttpsTrafficOnly = true,
            MinimumTlsVersion = Pulumi.AzureNative.Storage.MinimumTlsVersion.TLS1_2,
            PublicNetworkAccess = Pulumi.AzureNative.Storage.PublicNetworkAccess.Disabled,
            Tags = place.Tags,
        }, new() { Parent = this, Protect = !args.Stamp.Draining });
        var packages = new BlobContainer($"{name}-{Packages}", new() { AccountName = account.Name, ContainerName = Packages, ResourceGroupName = place.Group, PublicAccess = PublicAccess.None }, new() { Parent = this });
        Observability.DiagnoseStorage(this, $"{name}-st", account.Id, args.Observability.WorkspaceId, "blob", "queue", "table");
        return (account.Id, packages);
    }

    /// <summary>Lets clients of a token connect from anywhere, and sending only from inside. The product does not send yet, so no identity has a role on it.</summary>
    Output<string> Live()
    {
        var live = new WebPubSub($"{name}-wps", new()
        {
            ResourceName = args.Stamp.Name(Named.PubSub),
            ResourceGroupName = place.Group,
            Location = place.Location,
            Sku = new ResourceSkuArgs { Name = "Premium_P1", Tier = WebPubSubSkuTier.Premium, Capacity = args.Topology.Ceilings.PubSubUnits },
            DisableLocalAuth = true,
            PublicNetworkAccess = "Enabled",
            NetworkACLs = new WebPubSubNetworkACLsArgs
            {
                DefaultAction = ACLAction.Deny,
                PublicNetwork = new NetworkACLArgs { Allow = { WebPubSubRequestType.ClientConnection } },
            },
            Tags = place.Tags,
        }, new() { Parent = this });
        Observability.Diagnose(this, $"{name}-wps", live.Id, args.Observability.WorkspaceId);
        return live.Id;
    }

    /// <summary>What the host's options need to know of a stamp; everything else keeps its default.</summary>
    List<(string, Input<string>)> Settings(Identity identity, Messaging bus, Workflows workflows, Ranks ranks, Secrets secrets)
    {
        var settings = new List<(string, Input<string>)>
        {
            ("AZURE_CLIENT_ID", identity.ClientId),
            ("AzureWebJobsStorage__accountName", args.Stamp.Name(Named.Storage)),
            ("AzureWebJobsStorage__credential", "managedidentity"),
            ("AzureWebJobsStorage__clientId", identity.ClientId),
            ("APPLICATIONINSIGHTS_CONNECTION_STRING", args.Observability.ConnectionString),
            ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", identity.ClientId.Apply(static id => $"ClientId={id};Authorization=AAD")),
            ("ServiceBus__fullyQualifiedNamespace", bus.Host),
            ("ServiceBus__credential", "managedidentity"),
            ("ServiceBus__clientId", identity.ClientId),
            ("AWorldTaskHub", workflows.Hub),
            ("AWorldStamp", args.Stamp.Region.Name),
            // https://learn.microsoft.com/azure/durable-task/scheduler/durable-task-scheduler-identity
            ("DURABLE_TASK_SCHEDULER_CONNECTION_STRING", Output.Format($"Endpoint={workflows.Endpoint};Authentication=ManagedIdentity;ClientID={identity.ClientId}")),
            ("Cosmos__accountEndpoint", args.Cell.Endpoint),
            ("Cosmos__credential", "managedidentity"),
            ("Cosmos__clientId", identity.ClientId),
            ("AWorld__Cosmos__Endpoint", args.Cell.Endpoint),
            ("AWorld__Cosmos__AccountRequestUnits", $"{args.Topology.Ceilings.AccountRequestUnits}"),
            ("AWorld__Redis__Endpoint", ranks.Address),
            ("AWorld__KeyVault__Vault", secrets.Uri),
            ("AWorld__KeyVault__Origin", args.Cell.Secrets.Uri),
            ("AWorld__Blob__Endpoint", args.Cell.MediaEndpoint),
            ("AWorld__Mail__Endpoint", args.CellTopology.Use.Mail!.Endpoint!.AbsoluteUri),
            ("AWorld__Identity__MailFrom", args.CellTopology.Use.Mail.From),
            ("AWorld__Identity__Issuer", $"https://{args.CellTopology.Use.Domain}"),
            ("AWorld__Platform__SourceRegion", args.Stamp.Region.PublishedName),
            // The platform's front end and Front Door both add the sender's address; breaking glass leaves out the latter.
            ("AWorld__Azure__Proxies", args.Topology.Environment.BreakGlass ? "1" : "2"),
        };
        if (args.Stamp == args.CellTopology.Home)
        {
            // One region makes it, so that two do not at once.
            settings.Add(("AWorld__Platform__FirstOwner", args.Topology.Environment.Owner));
        }
        settings.AddRange(args.CellTopology.Failover.Select(static (region, i) => ($"AWorld__Cosmos__Regions__{i}", (Input<string>)region.DisplayName)));
        settings.AddRange(args.CellTopology.Use.Origins.Select(static (origin, i) => ($"AWorld__Browsers__Origins__{i}", (Input<string>)origin)));
        return settings;
    }
}
