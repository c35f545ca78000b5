using AWorld.Functions.Http;
using AWorld.Functions.Messages;
using AWorld.Functions.Workflows;
using AWorld.Platform;
using Azure.Core.Serialization;

namespace AWorld.Functions;

/// <summary>The product on Azure: its modules, and the adapters of its ports.</summary>
public static class AzureHost
{
    public static IServiceCollection AddAzureHost(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAWorld(configuration);
        services.AddOptions<AzureOptions>().Bind(configuration.GetSection(AzureOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddServiceBus(configuration);
        services.AddDurableWorkflows();
        services.AddTelemetry(configuration);
        services.AddSingleton<ProductPipeline>();
        services.Configure<WorkerOptions>(static worker => worker.Serializer = new JsonObjectSerializer(Json.Options));
        return services;
    }
}
