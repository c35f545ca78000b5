using AWorld.Platform;
using Azure.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace AWorld.Functions.Cosmos;

static class CosmosServices
{
    /// <summary>The document store; whoever adds it adds a <see cref="TokenCredential"/>, and <see cref="ISessionTokens"/> where instances share them.</summary>
    public static IServiceCollection AddCosmosStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<CosmosOptions>(configuration, CosmosOptions.Section);
        services.AddSingleton(static provider => new CosmosClients(Options(provider), provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton<IDocumentStore>(static provider => new CosmosDocumentStore(
            provider.GetRequiredService<CosmosClients>(), Options(provider), provider.GetRequiredService<TimeProvider>(), provider.GetService<ISessionTokens>()));
        services.AddHostedService<ContainersOfEmulator>();
        return services;
    }

    static CosmosOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<CosmosOptions>>().Value;

    /// <summary>Runs before what reads the store.</summary>
    sealed class ContainersOfEmulator(CosmosClients clients, IOptions<CosmosOptions> options) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => options.Value.CreateContainers ? clients.CreateContainers(cancellationToken) : Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
