using AWorld.Functions.Cosmos;
using AWorld.Platform;
using AWorld.Tests.Storage;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>The store over the real SDK, whose HTTP client reaches a fake of the service.</summary>
public sealed class CosmosDocumentStoreTests : DocumentStoreConformance
{
    FakeCosmos? fake;
    CosmosClients? clients;

    protected override async Task<IDocumentStore> Open()
    {
        fake ??= new FakeCosmos(Clock);
        var options = FakeAccount.Options();
        clients = new(options, FakeAccount.NoCredential, fake.Client);
        await clients.CreateContainers(None);
        return new CosmosDocumentStore(clients, options, Clock);
    }

    protected override Task Close()
    {
        clients?.Dispose();
        return Task.CompletedTask;
    }
}
