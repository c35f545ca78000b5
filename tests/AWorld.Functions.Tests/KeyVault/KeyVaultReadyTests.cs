using AWorld.Platform;
using AWorld.Tests;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AWorld.Functions.Tests.KeyVault;

/// <summary>An instance whose keys are out of reach would get requests that it can only refuse.</summary>
public sealed class KeyVaultReadyTests : KeyVaultRegions
{
    readonly MemoryStore store = new();

    int Asked => origin.Authorizations.Count + regions[0].Authorizations.Count;

    [Fact]
    public async Task Without_any_vault_who_runs_stays_ready_and_who_starts_is_not_until_one_is_back()
    {
        await using var running = Node();
        (await Keys(running)).ShouldBe(HealthStatus.Healthy);
        (origin.Down, regions[0].Down) = (true, true);
        clock.Advance(options.RefreshEvery);
        (await Keys(running)).ShouldBe(HealthStatus.Healthy);

        await using var started = Node();
        (await Keys(started)).ShouldBe(HealthStatus.Unhealthy);
        regions[0].Down = false;
        clock.Advance(KeysUnavailableException.RetryAfter);
        (await Keys(started)).ShouldBe(HealthStatus.Healthy);
        (await Keys(running)).ShouldBe(HealthStatus.Healthy);
    }

    /// <summary>Who refuses is not left alone as who is out of reach is, and anybody may ask for the state.</summary>
    [Fact]
    public async Task A_vault_that_refuses_is_asked_once_for_many_probes()
    {
        origin.ReadOnly = true;
        await using var started = Node();
        (await Keys(started)).ShouldBe(HealthStatus.Unhealthy);
        var asked = Asked;
        for (var probe = 0; probe < 20; probe++)
        {
            (await Keys(started)).ShouldBe(HealthStatus.Unhealthy);
        }
        Asked.ShouldBe(asked);
        clock.Advance(KeysUnavailableException.RetryAfter);
        (await Keys(started)).ShouldBe(HealthStatus.Unhealthy);
        Asked.ShouldBe(2 * asked);
    }

    /// <summary>The product with the store of all and protection of its own.</summary>
    ServiceProvider Node() => new ServiceCollection().AddLogging().AddAWorld(new ConfigurationBuilder().Build())
        .AddSingleton<TimeProvider>(clock).AddSingleton<IDocumentStore>(store).AddSingleton<IKeyProtection>(Instance()).BuildServiceProvider();

    static async Task<HealthStatus> Keys(ServiceProvider node) => (await node.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Name == "keys")).Status;
}
