using AWorld.Functions.Cosmos;
using AWorld.Functions.Workflows;
using AWorld.Game;
using Microsoft.DurableTask.Client;

namespace AWorld.Functions.Triggers;

/// <summary>
/// Cosmos DB tells of changes to players; those who follow them read on from their own positions, which move only when
/// they have taken what is before. So a failed invocation loses nothing, and its checkpoint only says who was told.
/// The leases are a stamp's own, so that each region's workers are told of all changes.
/// </summary>
public sealed class FeedFunctions(PlayerFeed feed, DurableConnection durable)
{
    public const string Connection = "Cosmos", Leases = "leases";

    /// <summary>The account that the trigger is told of, by a connection string of an emulator or by its endpoint.</summary>
    internal static Uri? AccountOf(IConfiguration configuration)
    {
        var named = configuration[Connection] is { Length: > 0 } text
            ? text.Split(';').Select(static part => part.Split('=', 2)).FirstOrDefault(static part => part[0].Trim() == "AccountEndpoint") is [_, var endpoint] ? endpoint : null
            : configuration[$"{Connection}:accountEndpoint"];
        return Uri.TryCreate(named, UriKind.Absolute, out var account) ? account : null;
    }

    [Function("PlayerFeed")]
    [ExponentialBackoffRetry(5, "00:00:01", "00:01:00")]
    public Task Players(
        [CosmosDBTrigger(CosmosContainers.Database, "players", Connection = Connection, LeaseContainerName = Leases, CreateLeaseContainerIfNotExists = true, LeaseContainerPrefix = "player-feed-%AWorldStamp%", ChangeFeedMode = CosmosDBChangeFeedMode.LatestVersion, FeedPollDelay = 1000, MaxItemsPerInvocation = 100)] string changes,
        [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Use(client);
        return feed.CatchUp(context.CancellationToken);
    }
}
