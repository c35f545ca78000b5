using AWorld.Functions.Cosmos;
using AWorld.Platform;
using AWorld.Tests.Storage;

namespace AWorld.Functions.Tests.Cosmos;

/// <summary>The store over a Cosmos DB account or emulator (<see cref="LiveAccount"/>).</summary>
public sealed class CosmosLiveTests : DocumentStoreConformance
{
    LiveAccount? account;

    public override async ValueTask InitializeAsync()
    {
        account = await LiveAccount.Open();
        await base.InitializeAsync();
    }

    protected override Task<IDocumentStore> Open() => Task.FromResult<IDocumentStore>(new CosmosDocumentStore(account!.Clients, account.Options, Clock));

    protected override Task Close() => Task.CompletedTask;

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
        if (account is not null)
        {
            await account.DisposeAsync();
        }
    }
}
