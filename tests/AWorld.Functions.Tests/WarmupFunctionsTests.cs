using AWorld.Functions.Cosmos;
using AWorld.Functions.Http;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Functions.Triggers;
using AWorld.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AWorld.Functions.Tests;

public sealed class WarmupFunctionsTests
{
    [Fact]
    public async Task A_new_worker_knows_every_container_and_has_a_connection_to_each_partition()
    {
        await using var over = await StoreOverFake.Start();
        using var clients = new CosmosClients(over.Options, FakeAccount.NoCredential, over.Fake.Client);
        await using var platform = await AzurePlatform.Start();
        await Function(platform, clients).Warmup(new(), null!, new FakeInvocation("Warmup", "warmupTrigger"));
        over.Sent("collection").Count().ShouldBe(CosmosContainers.All.Count);
        over.Sent("feed").Select(request => request.Path.Split('/')[3]).Distinct().Count().ShouldBe(CosmosContainers.All.Count);
    }

    [Fact]
    public async Task A_store_out_of_reach_does_not_keep_a_worker_from_its_work()
    {
        await using var over = await StoreOverFake.Start();
        using var clients = new CosmosClients(over.Options, FakeAccount.NoCredential, over.Fake.Client);
        await using var platform = await AzurePlatform.Start();
        over.Fake.Faults = static _ => new(Status: 403);
        await Should.NotThrowAsync(() => Function(platform, clients).Warmup(new(), null!, new FakeInvocation("Warmup", "warmupTrigger")));
    }

    static WarmupFunctions Function(AzurePlatform platform, CosmosClients clients) =>
        new(platform.Services.GetRequiredService<ProductPipeline>(), clients, platform.Services.GetRequiredService<SigningKeys>(), new(), NullLogger<WarmupFunctions>.Instance);
}
