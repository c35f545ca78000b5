using AWorld.Platform;

namespace AWorld.Infra.Topologies;

/// <summary>A container of Cosmos DB: architecture's table of storage.</summary>
sealed record CosmosContainer(Container Container, params IReadOnlyList<string> Keys)
{
    public string Name => Container.ToString().ToLowerInvariant();

    public static readonly IReadOnlyList<CosmosContainer> All =
    [
        new(Container.Platform, "/accountId"),
        new(Container.Configuration, "/accountId", "/workspaceId", "/kind"),
        new(Container.Players, "/accountId", "/workspaceId", "/userId"),
        new(Container.Leaderboards, "/accountId", "/workspaceId", "/boardId"),
        new(Container.Directory, "/accountId", "/workspaceId", "/bucket"),
        new(Container.Audit, "/accountId", "/workspaceId", "/day"),
        new(Container.Integrations, "/accountId", "/workspaceId", "/part"),
    ];
}
