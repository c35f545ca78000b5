using AWorld.Functions.Blob;
using AWorld.Functions.Cosmos;
using AWorld.Functions.Http;
using AWorld.Functions.KeyVault;
using AWorld.Functions.Mail;
using AWorld.Functions.Messages;
using AWorld.Functions.Redis;
using AWorld.Functions.Triggers;
using AWorld.Functions.Workflows;
using AWorld.Leaderboards;
using AWorld.Platform;
using Azure.Core;
using Azure.Core.Serialization;
using Azure.Identity;
using Microsoft.Extensions.Options;

namespace AWorld.Functions;

/// <summary>The product on Azure: its modules, and the adapters of its ports.</summary>
public static class AzureHost
{
    public static IServiceCollection AddAzureHost(this IServiceCollection services, IConfiguration configuration)
    {
        // First, since it makes an emulator's containers before what follows reads them.
        services.AddCosmosStore(configuration);
        services.AddAWorld(configuration);
        services.AddSettings<AzureOptions>(configuration, AzureOptions.Section)
            .Validate(_ => !string.IsNullOrEmpty(configuration["AWorldTaskHub"]), "AWorldTaskHub must name the task hub of workflows")
            .Validate(_ => !string.IsNullOrEmpty(configuration["AWorldStamp"]), "AWorldStamp must name this deployment, whose positions in the change feed are its own")
            .Validate<IOptions<CosmosOptions>>((_, store) => FeedFunctions.AccountOf(configuration) is { } account && account.Host == store.Value.Endpoint.Host && account.Port == store.Value.Endpoint.Port,
                $"{FeedFunctions.Connection}__accountEndpoint must be the account of AWorld__Cosmos__Endpoint: the trigger would be told of the changes of another");
        services.AddSingleton<TokenCredential>(static _ => new DefaultAzureCredential());
        services.AddRedis(configuration);
        LeaderboardsModule.ShareRanks<SharedRanks>(services);
        services.AddKeyVault(configuration);
        services.AddMail(configuration);
        services.AddBlobs(configuration);
        // Other instances change configuration too.
        services.PostConfigure<SnapshotOptions>(static options => options.CheckEvery = options.CheckEvery == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : options.CheckEvery);
        services.AddServiceBus(configuration);
        services.AddDurableWorkflows();
        services.AddTelemetry(configuration);
        // It has two lines for each request, of which the trace tells as much; each would go to the Functions host.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
        services.AddSingleton<ProductPipeline>();
        services.Configure<WorkerOptions>(static worker => worker.Serializer = new JsonObjectSerializer(Json.Options));
        return services;
    }
}
