using AWorld.Infra.Topologies;
using Pulumi;
using Pulumi.AzureNative.RedisEnterprise;
using Pulumi.AzureNative.RedisEnterprise.Inputs;

namespace AWorld.Infra.Components;

/// <param name="Cell">Its name names the replication group.</param>
/// <param name="Others">Databases of the cell's stamps that were made before.</param>
sealed record RanksArgs(StampTopology Stamp, string Cell, Ceilings Ceilings, Place Place, Subscription Subscription, Identity Identity, IReadOnlyList<Ranks> Others, Input<string> WorkspaceId);

/// <summary>A stamp's Redis, replicated within its cell in both directions.</summary>
sealed class Ranks : ComponentResource
{
    readonly Database database;

    public Ranks(string name, RanksArgs args, ComponentResourceOptions? options = null) : base("aworld:infra:Ranks", name, options)
    {
        var own = new CustomResourceOptions { Parent = this };
        var cluster = new RedisEnterprise($"{name}-redis", new()
        {
            ClusterName = args.Stamp.Name(Named.Redis),
            ResourceGroupName = args.Place.Group,
            Location = args.Place.Location,
            Sku = new SkuArgs { Name = args.Ceilings.Redis },
            HighAvailability = HighAvailability.Enabled,
            MinimumTlsVersion = TlsVersion.TlsVersion_1_2,
            Tags = args.Place.Tags,
        }, own);
        DatabaseId = Output.Format($"/subscriptions/{args.Subscription.Id}/resourceGroups/{args.Stamp.Name(Named.ResourceGroup)}/providers/Microsoft.Cache/redisEnterprise/{args.Stamp.Name(Named.Redis)}/databases/default");
        var replication = new DatabasePropertiesGeoReplicationArgs { GroupNickname = args.Cell, LinkedDatabases = { new LinkedDatabaseArgs { Id = DatabaseId } } };
        foreach (var other in args.Others)
        {
            replication.LinkedDatabases.Add(new LinkedDatabaseArgs { Id = other.DatabaseId });
        }
        // Each new member names those there are (azurerm issue 31353, Azure's own word), and so gives them one more; to send them the shorter list that
        // they were made with fails (github.com/Azure/bicep-types-az/issues/1458). A member that goes is taken off the lists of the others by Azure.
        var after = new CustomResourceOptions { Parent = this, IgnoreChanges = { "geoReplication" } };
        foreach (var other in args.Others)
        {
            after.DependsOn.Add(other.database);
        }
        database = new($"{name}-ranks", new()
        {
            DatabaseName = "default",
            ClusterName = cluster.Name,
            ResourceGroupName = args.Place.Group,
            ClientProtocol = Protocol.Encrypted,
            Port = 10000,
            AccessKeysAuthentication = AccessKeysAuthentication.Disabled,
            // Replication in both directions takes this policy and this eviction: https://learn.microsoft.com/azure/redis/how-to-active-geo-replication
            ClusteringPolicy = ClusteringPolicy.EnterpriseCluster,
            EvictionPolicy = EvictionPolicy.NoEviction,
            GeoReplication = replication,
        }, after);
        Access = new AccessPolicyAssignment($"{name}-access", new()
        {
            AccessPolicyAssignmentName = "app",
            AccessPolicyName = "default",
            ClusterName = cluster.Name,
            DatabaseName = database.Name,
            ResourceGroupName = args.Place.Group,
            User = new AccessPolicyAssignmentPropertiesUserArgs { ObjectId = args.Identity.PrincipalId },
        }, own);
        (Id, Address) = (cluster.Id, cluster.HostName.Apply(static host => $"{host}:10000"));
        Observability.Diagnose(this, $"{name}-redis", cluster.Id, args.WorkspaceId, Sent.Metrics);
        Observability.Diagnose(this, $"{name}-ranks", database.Id, args.WorkspaceId, Sent.Logs);
        RegisterOutputs();
    }

    public Output<string> Id { get; }
    public Resource Access { get; }
    public Output<string> DatabaseId { get; }
    public Output<string> Address { get; }
}
