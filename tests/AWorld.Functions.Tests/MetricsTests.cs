using AWorld.Functions.Cosmos;
using AWorld.Functions.Http;
using AWorld.Functions.Tests.Cosmos;
using AWorld.Platform;
using Microsoft.Extensions.DependencyInjection;

namespace AWorld.Functions.Tests;

/// <summary>The metrics of an account that docs/azure.md names; each test has an account of its own, since all tests count in one process.</summary>
public sealed class MetricsTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_request_is_counted_by_its_status()
    {
        await using var platform = await AzurePlatform.Start();
        var caller = platform.Dashboard with { Tenant = new("accountRQ1", "main000001") };
        using var requests = new Counted("aworld.requests", caller.Tenant.AccountId);
        foreach (var path in (string[])["/dashboard/v1/virtual-currencies", "/dashboard/v1/virtual-currencies/none"])
        {
            var scope = platform.Services.CreateAsyncScope();
            await using var _ = scope;
            await platform.Services.GetRequiredService<ProductPipeline>().Run(AzurePlatform.Request(scope.ServiceProvider, "GET", path, null, platform.SignIn(caller)));
        }
        requests.Seen.ShouldBe([(1, "200"), (1, "404")]);
    }

    [Fact]
    public async Task Calls_that_Cosmos_DB_has_no_units_for_are_counted_also_in_the_further_tries_of_a_commit()
    {
        await using var over = await StoreOverFake.Start(static options => (options.RateLimitRetries, options.Attempts) = (0, 2));
        var player = Partition.Player(new("accountTH1", "workspace1"), "ada");
        using var throttled = new Counted("aworld.store.throttled", player.AccountId);
        over.Fail("read", new Fault(429));
        await Should.ThrowAsync<StoreBusyException>(async () => await over.Store.Read(player, "a", None));
        over.Fail("batch", new Fault(429));
        await Should.ThrowAsync<StoreBusyException>(async () => await over.Store.Commit(player, [Write.Create("a", StoreOverFake.Body("1"))], None));
        throttled.Seen.Count.ShouldBe(2);

        over.Fail("batch", new Fault(503), new Fault(429));
        await Should.ThrowAsync<Microsoft.Azure.Cosmos.CosmosException>(async () => await over.Store.Commit(player, [Write.Create("a", StoreOverFake.Body("1"))], None));
        throttled.Seen.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Refusals_by_an_account_s_budget_are_counted()
    {
        await using var over = await StoreOverFake.Start(static options => options.AccountRequestUnits = 1);
        var player = Partition.Player(new("accountTH2", "workspace1"), "ada");
        using var throttled = new Counted("aworld.store.throttled", player.AccountId);
        for (var n = 0; n < 11; n++)
        {
            await over.Store.Read(player, "a", None);
        }
        throttled.Seen.ShouldBeEmpty();
        await Should.ThrowAsync<StoreBusyException>(async () => await over.Store.Read(player, "a", None));
        await Should.ThrowAsync<StoreBusyException>(async () => await over.Store.Commit(player, [Write.Create("a", StoreOverFake.Body("1"))], None));
        throttled.Seen.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_warm_up_reads_is_counted_as_the_platform_s()
    {
        await using var over = await StoreOverFake.Start();
        await over.Commit(Write.Create("a", StoreOverFake.Body("1")));
        using var clients = new CosmosClients(over.Options, FakeAccount.NoCredential, over.Fake.Client);
        using var units = new Counted("aworld.store.request_units", Partition.PlatformAccount);
        await clients.Warm(over.Clock.GetUtcNow().AddMinutes(-1), None);
        foreach (var container in CosmosContainers.All)
        {
            units.Seen.ShouldContain((1, $"{container.Container} changes"));
        }
    }
}
