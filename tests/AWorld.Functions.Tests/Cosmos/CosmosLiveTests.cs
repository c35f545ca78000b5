using System.Data.Common;
using AWorld.Functions.Cosmos;
using AWorld.Platform;
using AWorld.Tests.Storage;
using Azure.Identity;
using Microsoft.Azure.Cosmos;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>
/// The store over a Cosmos DB account or emulator: <c>AWORLD_COSMOS</c> is <c>AccountEndpoint=...;AccountKey=...</c>,
/// without a key for the identity at hand. Every test makes a database of its own and deletes it.
/// </summary>
public sealed class CosmosLiveTests : DocumentStoreConformance
{
    const string Variable = "AWORLD_COSMOS";

    readonly CosmosOptions options = new() { Database = $"aworld-test-{new Ids().New()}", Gateway = true };
    CosmosClients? clients;

    public override async ValueTask InitializeAsync()
    {
        var account = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(account), $"{Variable} names no Cosmos DB account");
        var parts = new DbConnectionStringBuilder { ConnectionString = account };
        options.Endpoint = new((string)parts["AccountEndpoint"]);
        options.Key = parts.TryGetValue("AccountKey", out var key) ? (string)key : null;
        await base.InitializeAsync();
    }

    protected override async Task<IDocumentStore> Open()
    {
        clients = new(options, new DefaultAzureCredential());
        await clients.CreateContainers(None);
        return new CosmosDocumentStore(clients, options, Clock);
    }

    protected override Task Close()
    {
        clients?.Dispose();
        return Task.CompletedTask;
    }

    // The service's clock is not ours to move.
    protected override TimeSpan Lifetime => TimeSpan.FromSeconds(3);

    protected override async Task Pass(TimeSpan time)
    {
        await Task.Delay(time + TimeSpan.FromSeconds(2), None);
        await base.Pass(time);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (options.Endpoint is not null)
        {
            using var client = options.Key is { } key ? new CosmosClient(options.Endpoint.AbsoluteUri, key, new() { ConnectionMode = ConnectionMode.Gateway }) : new CosmosClient(options.Endpoint.AbsoluteUri, new DefaultAzureCredential());
            await client.GetDatabase(options.Database).DeleteAsync();
        }
    }
}
