using AWorld.Functions.Cosmos;
using AWorld.Functions.Http;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Functions.Triggers;
using AWorld.Identity;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
        var lines = new Lines();
        await Function(platform, clients, over.Clock, lines).Warmup(new(), null!, new FakeInvocation("Warmup", "warmupTrigger") { InstanceServices = platform.Services });
        lines.Said.ShouldHaveSingleItem().ShouldEndWith("the pipeline answered 200");
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
        await Should.NotThrowAsync(() => Function(platform, clients, over.Clock).Warmup(new(), null!, new FakeInvocation("Warmup", "warmupTrigger") { InstanceServices = platform.Services }));
    }

    [Fact]
    public async Task Configuration_is_read_ahead_for_the_workspaces_whose_users_are_active()
    {
        var (active, idle) = (StoreOverFake.Workspace, new Tenant("account001", "idle000001"));
        await using var over = await StoreOverFake.Start();
        await over.Store.Commit(Partition.Player(idle, "ada"), [Write.Create("state", StoreOverFake.Body("{}"))], StoreOverFake.None);
        over.Clock.Advance(TimeSpan.FromHours(1));
        await over.Commit(Write.Create("state", StoreOverFake.Body("{}")));
        using var clients = new CosmosClients(over.Options, FakeAccount.NoCredential, over.Fake.Client);
        await using var platform = await AzurePlatform.Start(over.Store);
        await Function(platform, clients, over.Clock).Warmup(new(), null!, new FakeInvocation("Warmup", "warmupTrigger") { InstanceServices = platform.Services });

        over.Fake.Requests.Clear();
        foreach (var tenant in (Tenant[])[active, idle])
        {
            await platform.Services.GetRequiredService<Snapshots>().Get(tenant, StoreOverFake.None);
        }
        var read = over.Sent("query").Where(static query => query.Path.Contains("/configuration/", StringComparison.Ordinal)).Select(static query => query.PartitionKey).ToList();
        read.ShouldNotContain(key => key.Contains(active.WorkspaceId, StringComparison.Ordinal));
        read.ShouldContain(key => key.Contains(idle.WorkspaceId, StringComparison.Ordinal));
    }

    static WarmupFunctions Function(AzurePlatform platform, CosmosClients clients, TimeProvider clock, ILogger<WarmupFunctions>? log = null) => new(
        platform.Services.GetRequiredService<ProductPipeline>(), clients, platform.Services.GetRequiredService<SigningKeys>(), platform.Services.GetRequiredService<Snapshots>(), new(), clock,
        log ?? NullLogger<WarmupFunctions>.Instance);

    sealed class Lines : ILogger<WarmupFunctions>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Said.Add(formatter(state, exception));
    }
}
