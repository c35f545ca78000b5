using System.Collections.Frozen;
using System.Collections.ObjectModel;
using AWorld.Platform;
using Microsoft.Azure.Cosmos;
using Container = AWorld.Platform.Container;

namespace AWorld.Functions.Cosmos;

/// <summary>One container of the database: its name, and the properties that are its hierarchical partition key.</summary>
sealed record CosmosContainer(Container Container, params string[] Keys)
{
    public string Name { get; } = Container.ToString().ToLowerInvariant();

    /// <summary>Only what queries use is indexed: the partition key and the id, which Cosmos indexes by itself.</summary>
    public ContainerProperties Properties()
    {
        var indexing = new IndexingPolicy { IndexingMode = IndexingMode.Consistent, Automatic = true };
        foreach (var key in Keys)
        {
            indexing.IncludedPaths.Add(new() { Path = $"/{key}/?" });
        }
        indexing.ExcludedPaths.Add(new() { Path = "/*" });
        return new(Name, new Collection<string>([.. Keys.Select(key => $"/{key}")])) { IndexingPolicy = indexing, DefaultTimeToLive = -1 };
    }
}

/// <summary>The containers in Cosmos DB (docs/decisions/0014).</summary>
static class CosmosContainers
{
    /// <summary>The trigger of the change feed names it in an attribute, so no setting can.</summary>
    public const string Database = "aworld";

    const string Account = "accountId", Workspace = "workspaceId";

    public static readonly IReadOnlyList<CosmosContainer> All =
    [
        new(Container.Platform, Account),
        new(Container.Configuration, Account, Workspace, "kind"),
        new(Container.Players, Account, Workspace, "userId"),
        new(Container.Leaderboards, Account, Workspace, "boardId"),
        new(Container.Directory, Account, Workspace, "bucket"),
        new(Container.Audit, Account, Workspace, "day"),
        new(Container.Integrations, Account, Workspace, "part"),
    ];

    static readonly FrozenDictionary<Container, CosmosContainer> ByContainer = All.ToFrozenDictionary(static one => one.Container);

    /// <summary>Workflows and Messages have none: in Azure others keep them.</summary>
    public static CosmosContainer Of(Container container) =>
        ByContainer.GetValueOrDefault(container) ?? throw new ArgumentOutOfRangeException(nameof(container), container, "is not kept in Cosmos DB");

    public static PartitionKey Key(Partition partition)
    {
        var key = new PartitionKeyBuilder();
        foreach (var part in Parts(partition))
        {
            key.Add(part);
        }
        return key.Build();
    }

    public static string[] Parts(Partition partition) => partition.Key.Split('/', Of(partition.Container).Keys.Length);
}
