using Microsoft.Extensions.Options;

namespace AWorld.Platform;

/// <summary>Serves every configuration entity that the modules have declared.</summary>
sealed class ResourcesModule : IModule
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<SnapshotOptions>(configuration, SnapshotOptions.Section);
        services.AddSettings<PlatformOptions>(configuration, "AWorld:Platform");
        services.AddSettings<ConfigurationOutboxOptions>(configuration, ConfigurationOutboxOptions.Section);
        services.AddSingleton<Snapshots>();
        services.AddSingleton<ConfigurationOutbox>();
        services.AddUpkeep<ConfigurationOutbox>("ConfigurationOutbox", static services => services.GetRequiredService<IOptions<ConfigurationOutboxOptions>>().Value.Interval, static outbox => outbox.CatchUp);
        services.AddSingleton<References>();
        services.AddSingleton<PageTokens>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder routes)
    {
        foreach (var resource in routes.ServiceProvider.GetServices<Resource>())
        {
            resource.Map(routes);
        }
    }
}

public static class ResourceRegistration
{
    public static IServiceCollection AddResource(this IServiceCollection services, Resource resource) => services.AddSingleton(resource);
}
