using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.CosmosDB;
using Pulumi.AzureNative.CosmosDB.Inputs;
using Storage = Pulumi.AzureNative.Storage;

namespace AWorld.Infra.Components;

sealed record CellArgs(CellTopology Cell, Ceilings Ceilings, Place Place, Subscription Subscription, Input<string> WorkspaceId);

/// <summary>A residency cell's Cosmos DB, every region of which writes, the vault that the keys of all its stamps come from, and the files of its workspaces.</summary>
sealed class Cell : ComponentResource
{
    const string DatabaseName = "aworld", MediaContainer = "media";

    /// <summary>How far the apps' change feed triggers have been told; it can be lost, since followers keep positions of their own.</summary>
    const string Leases = "leases";

    /// <summary>The least that scales by itself.</summary>
    const int LeaseRequestUnits = 1000;

    readonly CellArgs args;
    readonly DatabaseAccount account;

    public Cell(string name, CellArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Cell", name, options)
    {
        this.args = args;
        account = new($"{name}-cosmos", Account(args), new() { Parent = this, Protect = true });
        Id = account.Id;
        Endpoint = account.Name.Apply(static made => $"https://{made}.documents.azure.com:443/");
        var database = new SqlResourceSqlDatabase($"{name}-database", new()
        {
            AccountName = account.Name,
            DatabaseName = DatabaseName,
            ResourceGroupName = args.Place.Group,
            Resource = new SqlDatabaseResourceArgs { Id = DatabaseName },
            Tags = args.Place.Tags,
        }, new() { Parent = this, Protect = true });
        var containers = new List<Resource>();
        foreach (var container in CosmosContainer.All)
        {
            containers.Add(new SqlResourceSqlContainer($"{name}-{container.Name}", Container(container.Name, container.Keys, args.Ceilings.RequestUnits[container.Container], database.Name), new() { Parent = this, Protect = true }));
        }
        containers.Add(new SqlResourceSqlContainer($"{name}-{Leases}", Container(Leases, ["/id"], LeaseRequestUnits, database.Name), new() { Parent = this }));
        OfAccount = new(containers);
        Secrets = new(name, new(args.Cell.Name(Named.Vault), args.Place, args.Subscription, args.WorkspaceId, Protect: true), new() { Parent = this });
        // Not those that have a row for each request or name the largest keys, which are users: https://learn.microsoft.com/azure/cosmos-db/monitor-resource-logs
        Observability.Diagnose(this, $"{name}-cosmos", account.Id, args.WorkspaceId, Sent.Both, "ControlPlaneRequests");
        var media = new Storage.StorageAccount($"{name}-media", Media(args), new() { Parent = this, Protect = true });
        (MediaId, MediaEndpoint) = (media.Id, $"https://{args.Cell.Name(Named.Media)}.blob.core.windows.net");
        _ = new Storage.BlobContainer($"{name}-media", new() { AccountName = media.Name, ContainerName = MediaContainer, ResourceGroupName = args.Place.Group, PublicAccess = Storage.PublicAccess.None }, new() { Parent = this, Protect = true });
        if (args.Cell.Use.Origins.Count > 0)
        {
            _ = new Storage.BlobServiceProperties($"{name}-media-pages", Pages(args, media.Name), new() { Parent = this });
        }
        Observability.DiagnoseStorage(this, $"{name}-media", media.Id, args.WorkspaceId, "blob");
        RegisterOutputs();
    }

    public Output<string> Id { get; }
    public Output<string> Endpoint { get; }
    /// <summary>Changes of the Cosmos account that stamps make.</summary>
    public Turns OfAccount { get; }
    public Secrets Secrets { get; }
    public Turns OfSecrets { get; } = new();
    public Output<string> MediaId { get; }
    public string MediaEndpoint { get; }

    /// <summary>Lets an identity read and write documents, and nothing of the account itself.</summary>
    public Resource Admit(string who, Input<string> principalId, Subscription subscription)
    {
        var id = Output.Format($"/subscriptions/{subscription.Id}/resourceGroups/{args.Cell.Name(Named.ResourceGroup)}/providers/Microsoft.DocumentDB/databaseAccounts/{args.Cell.Name(Named.Cosmos)}");
        return OfAccount.Next(new() { Parent = this }, own => new SqlResourceSqlRoleAssignment($"{who}-documents", new()
        {
            AccountName = account.Name,
            ResourceGroupName = args.Place.Group,
            // A name that follows from what it assigns, so that doing it again changes nothing.
            RoleAssignmentId = DerivedId.Of(args.Cell.Name(Named.Cosmos), who, Role.CosmosDataContributor.Id),
            PrincipalId = principalId,
            RoleDefinitionId = Output.Format($"{id}/sqlRoleDefinitions/{Role.CosmosDataContributor.Id}"),
            Scope = Output.Format($"{id}/dbs/{DatabaseName}"),
        }, own));
    }

    static DatabaseAccountArgs Account(CellArgs args)
    {
        var made = new DatabaseAccountArgs
        {
            AccountName = args.Cell.Name(Named.Cosmos),
            ResourceGroupName = args.Place.Group,
            // Of the resource itself, "the location of the resource group to which the resource belongs" (Microsoft.DocumentDB, ARMResourceProperties); its data lie in Locations.
            Location = args.Place.Location,
            Kind = DatabaseAccountKind.GlobalDocumentDB,
            DatabaseAccountOfferType = DatabaseAccountOfferType.Standard,
            EnableMultipleWriteLocations = true,
            EnableAutomaticFailover = true,
            EnablePerRegionPerPartitionAutoscale = true,
            ConsistencyPolicy = new ConsistencyPolicyArgs { DefaultConsistencyLevel = DefaultConsistencyLevel.Session },
            BackupPolicy = new ContinuousModeBackupPolicyArgs { Type = "Continuous", ContinuousModeProperties = new ContinuousModePropertiesArgs { Tier = ContinuousTier.Continuous30Days } },
            DisableLocalAuth = true,
            DisableKeyBasedMetadataWriteAccess = true,
            PublicNetworkAccess = Pulumi.AzureNative.CosmosDB.PublicNetworkAccess.Disabled,
            MinimalTlsVersion = MinimalTlsVersion.Tls12,
            Tags = args.Place.Tags,
        };
        // By line, whichever drains: Azure does not exchange the first of an account that is written everywhere
        // (https://learn.microsoft.com/azure/cosmos-db/how-to-manage-database-account#manual-failover), and who writes where is the apps' to say.
        foreach (var (region, priority) in args.Cell.Stamps.Select(static (stamp, priority) => (stamp.Region, priority)))
        {
            made.Locations.Add(new LocationArgs { LocationName = region.Name, FailoverPriority = priority, IsZoneRedundant = true });
        }
        return made;
    }

    /// <summary>Clients reach it from anywhere, by addresses that the app signs; without one nothing can be read. In the cell's location alone: a pair's may lie outside of its geography.</summary>
    static Storage.StorageAccountArgs Media(CellArgs args) => new()
    {
        AccountName = args.Cell.Name(Named.Media),
        ResourceGroupName = args.Place.Group,
        Location = args.Place.Location,
        Kind = Storage.Kind.StorageV2,
        Sku = new Storage.Inputs.SkuArgs { Name = Storage.SkuName.Standard_ZRS },
        AllowSharedKeyAccess = false,
        AllowBlobPublicAccess = false,
        AllowCrossTenantReplication = false,
        EnableHttpsTrafficOnly = true,
        MinimumTlsVersion = Storage.MinimumTlsVersion.TLS1_2,
        PublicNetworkAccess = Storage.PublicNetworkAccess.Enabled,
        Tags = args.Place.Tags,
    };

    /// <summary>Lets pages of the cell's origins put a file at an address that the app signed, and show it.</summary>
    static Storage.BlobServicePropertiesArgs Pages(CellArgs args, Input<string> account) => new()
    {
        AccountName = account,
        BlobServicesName = "default",
        ResourceGroupName = args.Place.Group,
        Cors = new Storage.Inputs.CorsRulesArgs
        {
            CorsRules =
            {
                new Storage.Inputs.CorsRuleArgs
                {
                    AllowedOrigins = args.Cell.Use.Origins.ToArray(), AllowedMethods = { Storage.AllowedMethods.GET, Storage.AllowedMethods.HEAD, Storage.AllowedMethods.PUT },
                    AllowedHeaders = { "content-type", "x-ms-blob-type" }, ExposedHeaders = { "etag" }, MaxAgeInSeconds = 3600,
                },
            },
        },
    };

    SqlResourceSqlContainerArgs Container(string name, IReadOnlyList<string> keys, int requestUnits, Input<string> database)
    {
        var indexing = new IndexingPolicyArgs { Automatic = true, IndexingMode = IndexingMode.Consistent, ExcludedPaths = { new ExcludedPathArgs { Path = "/*" } } };
        var key = new ContainerPartitionKeyArgs { Kind = keys.Count > 1 ? PartitionKind.MultiHash : PartitionKind.Hash, Version = 2 };
        foreach (var path in keys)
        {
            indexing.IncludedPaths.Add(new IncludedPathArgs { Path = $"{path}/?" });
            key.Paths.Add(path);
        }
        return new()
        {
            AccountName = account.Name,
            DatabaseName = database,
            ContainerName = name,
            ResourceGroupName = args.Place.Group,
            Resource = new SqlContainerResourceArgs
            {
                Id = name,
                PartitionKey = key,
                IndexingPolicy = indexing,
                // Documents expire by their own time, if they have one.
                DefaultTtl = -1,
                // Writers go to one region, so two versions meet only around a failover; the later one stays.
                ConflictResolutionPolicy = new ConflictResolutionPolicyArgs { Mode = ConflictResolutionMode.LastWriterWins, ConflictResolutionPath = "/_ts" },
            },
            Options = new CreateUpdateOptionsArgs { AutoscaleSettings = new AutoscaleSettingsArgs { MaxThroughput = requestUnits } },
            Tags = args.Place.Tags,
        };
    }
}
