using System.Data.Common;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using Azure.Identity;
using Microsoft.Azure.Cosmos;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>
/// A database of its own on a Cosmos DB account or emulator, deleted in the end: <c>AWORLD_COSMOS</c> is
/// <c>AccountEndpoint=...;AccountKey=...</c>, without a key for the identity at hand. Without it the test is skipped.
/// </summary>
sealed class LiveAccount : IAsyncDisposable
{
    const string Variable = "AWORLD_COSMOS";

    readonly CosmosOptions options = new() { Gateway = true };
    readonly string database = $"aworld-test-{new Ids().New()}";

    LiveAccount(Uri endpoint, string? key)
    {
        (options.Endpoint, options.Key) = (endpoint, key);
        Clients = new(options, new DefaultAzureCredential(), database: database);
    }

    public Uri Endpoint => options.Endpoint;
    public CosmosOptions Options => options;
    public CosmosClients Clients { get; }
    public CosmosDocumentStore Store => new(Clients, options, TimeProvider.System);

    public static async Task<LiveAccount> Open()
    {
        var account = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(account), $"{Variable} names no Cosmos DB account");
        var parts = new DbConnectionStringBuilder { ConnectionString = account };
        var live = new LiveAccount(new((string)parts["AccountEndpoint"]), parts.TryGetValue("AccountKey", out var key) ? (string)key : null);
        await live.Clients.CreateContainers(CancellationToken.None);
        return live;
    }

    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        using var client = options.Key is { } key ? new CosmosClient(Endpoint.AbsoluteUri, key, new() { ConnectionMode = ConnectionMode.Gateway }) : new CosmosClient(Endpoint.AbsoluteUri, new DefaultAzureCredential());
        await client.GetDatabase(database).DeleteAsync();
    }
}
